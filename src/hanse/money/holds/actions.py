"""Verbs of cases: open one for a person to decide, and close it with a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.commissions.models import Commission
from hanse.money.commissions.rules import exceeds_ceiling
from hanse.money.holds.models import Case
from hanse.money.ledger.actions import lock_chain
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change
from hanse.spine.bulk import insert_many

ABOVE_CEILING, FROM_BROWSER = "above_ceiling", "from_browser"


def open_case(
    enrolment: Enrolment,
    commission: Commission | None,
    reason: str,
    detail: Mapping[str, Any],
    *,
    now: datetime,
    by: str,
) -> Case:
    """Open a case that keeps a commission (or, without one, all payouts of an enrolment); an open one is returned."""
    known = Case.objects.filter(enrolment=enrolment, commission=commission, reason=reason, decided_at=None).first()
    if known is not None:
        return known
    return Case.objects.create(
        program_id=enrolment.program_id, enrolment=enrolment, commission=commission, reason=reason,
        detail=dict(detail), opened_at=now, opened_by=by,
    )  # fmt: skip


def release_case(case: Case, *, reason: str, now: datetime, by: str) -> None:
    """Decide an open case for the partner: what it kept goes on. Refuses a case that is decided."""
    lock_chain()
    _decide([_open(case)], "approved", reason, now, by)
    case.refresh_from_db()


def close_cases(commission: Commission, *, decision: str, reason: str, now: datetime, by: str) -> int:
    """Decide every open case of a commission; return how many there were."""
    cases = list(Case.objects.filter(commission=commission, decided_at=None).select_for_update())
    _decide(cases, decision, reason, now, by)
    return len(cases)


def watch_ceilings(rows: Collection[Mapping[str, Any]], ceilings: Mapping[UUID, int | None], now: datetime) -> None:
    """Open a case for each unreleased commission above its program's ceiling; close those that fell below it."""
    watched = {row["id"]: row for row in rows if ceilings[row["enrolment_id"]] is not None and not row["approved_at"]}
    if not watched:
        return
    opened: set[UUID] = set()
    decided: defaultdict[UUID | None, list[int]] = defaultdict(list)
    for case in Case.objects.filter(commission_id__in=watched, reason=ABOVE_CEILING):
        if case.decided_at is None and case.commission_id is not None:
            opened.add(case.commission_id)
        elif case.decision == "approved":
            decided[case.commission_id].append(int(case.detail.get("amount_minor", 0)))
    above = {
        id for id, row in watched.items()
        if exceeds_ceiling(row["owed_minor"], ceilings[row["enrolment_id"]], decided[id])
    }  # fmt: skip
    Case.objects.filter(commission_id__in=opened - above, reason=ABOVE_CEILING, decided_at=None).update(
        decided_at=now, decision="obsolete"
    )
    insert_many(Case, [_case_row(watched[id], ceilings, now) for id in sorted(above - opened)])


def _case_row(row: Mapping[str, Any], ceilings: Mapping[UUID, int | None], now: datetime) -> dict[str, Any]:
    detail = {"amount_minor": row["owed_minor"], "ceiling_minor": ceilings[row["enrolment_id"]]}
    return {
        "id": new_id(), "program_id": row["program_id"], "enrolment_id": row["enrolment_id"],
        "commission_id": row["id"], "reason": ABOVE_CEILING, "detail": detail, "opened_at": now,
    }  # fmt: skip


def _open(case: Case) -> Case:
    found = Case.objects.select_for_update().filter(pk=case.pk, decided_at=None).first()
    if found is None:
        raise Refused("decided", _("This case is decided."))
    return found


def _decide(cases: Collection[Case], decision: str, reason: str, now: datetime, by: str) -> None:
    for case in cases:
        case.decided_at, case.decision, case.decided_by, case.decision_reason = now, decision, by, reason
        case.save(update_fields=["decided_at", "decision", "decided_by", "decision_reason"])
        record_change(
            actor=by, verb="decide_case", subject_kind="case", subject_id=case.pk, before={},
            after={"decision": decision}, reason=reason, now=now,
        )  # fmt: skip
