"""Credits that stand, but that a person should look at before they are paid: takeovers, and a browser's word alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.kernel.ids import new_id
from hanse.money.holds.models import Case
from hanse.spine.bulk import insert_many
from hanse.traffic.attribution.models import Credit

TAKEOVER, BROWSER_EVIDENCE = "takeover", "browser_evidence"
REASONS = (TAKEOVER, BROWSER_EVIDENCE)


def watch_doubts(rows: Collection[Mapping[str, Any]], now: datetime) -> None:
    """Open a case for each stored, unreleased commission whose credit is in doubt; close those that no longer are.

    What a person has approved stays approved. Nothing is dropped: the credit stands, only its payment waits.
    """
    unreleased = {row["id"]: row for row in rows if not row["approved_at"]}
    if not unreleased:
        return
    doubted = _doubted(unreleased)
    cases = Case.objects.filter(commission_id__in=unreleased, reason__in=REASONS)
    known = list(cases.values_list("id", "commission_id", "reason", "decided_at", "decision"))
    if not doubted and not known:
        return
    opened = {(commission_id, reason): id_ for id_, commission_id, reason, decided_at, _ in known if not decided_at}
    approved = {(commission_id, reason) for _, commission_id, reason, _, decision in known if decision == "approved"}
    wanted = {
        (id_, reason) for id_, (reason, _) in doubted.items() if unreleased[id_]["owed_minor"]
    }  # fmt: skip
    gone = [id_ for place, id_ in opened.items() if place not in wanted]
    if gone:
        Case.objects.filter(id__in=gone).update(decided_at=now, decision="obsolete")
    fresh = sorted(wanted - opened.keys() - approved)
    insert_many(Case, [_case_row(unreleased[id_], *doubted[id_], now) for id_, _reason in fresh])


def _doubted(unreleased: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, tuple[str, dict[str, Any]]]:
    """Return the doubt about each commission's credit, with the click's age. One query."""
    by_place = {(row["conversion_id"], row["enrolment_id"]): id_ for id_, row in unreleased.items()}
    credits_ = Credit.objects.filter(
        conversion_id__in={conversion_id for conversion_id, _ in by_place}, hold_reason__in=REASONS
    )
    found = {}
    for conversion_id, enrolment_id, reason, share_ppm in credits_.values_list(
        "conversion_id", "enrolment_id", "hold_reason", "share_ppm"
    ):
        id_ = by_place.get((conversion_id, enrolment_id))
        if id_ is not None:
            found[id_] = (reason, {"share_ppm": share_ppm})
    return found


def _case_row(row: Mapping[str, Any], reason: str, detail: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "program_id": row["program_id"], "enrolment_id": row["enrolment_id"],
        "commission_id": row["id"], "reason": reason, "detail": dict(detail), "opened_at": now,
    }  # fmt: skip
