"""Sales that only a visitor's browser tells of: what they earn waits for a person, or for a source with a key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.kernel.fact_types import BROWSER
from hanse.kernel.ids import new_id
from hanse.money.commissions.models import Commission
from hanse.money.holds.actions import FROM_BROWSER
from hanse.money.holds.models import Case
from hanse.spine.bulk import insert_many


def watch_browser_sales(rows: Collection[Mapping[str, Any]], now: datetime) -> None:
    """Open a case for each stored, unreleased commission that rests on a browser's word; close those that earn nothing.

    What a person has approved stays approved.
    """
    unreleased = {row["id"]: row for row in rows if not row["approved_at"]}
    if not unreleased:
        return
    resting = Commission.objects.filter(id__in=unreleased, conversion__source=BROWSER)
    watched = set(resting.values_list("id", flat=True))
    if not watched:
        return
    cases = Case.objects.filter(commission_id__in=watched, reason=FROM_BROWSER)
    opened = set(cases.filter(decided_at=None).values_list("commission_id", flat=True))
    approved = set(cases.filter(decision="approved").values_list("commission_id", flat=True))
    earning = {id_ for id_ in watched if unreleased[id_]["owed_minor"]}
    idle = cases.filter(commission_id__in=opened - earning, decided_at=None)
    idle.update(decided_at=now, decision="obsolete")
    insert_many(Case, [_case_row(unreleased[id_], now) for id_ in sorted(earning - opened - approved)])


def vouch_for(conversion_ids: Collection[UUID], now: datetime) -> int:
    """Close the cases of sales that a source with a key has told of by now; return how many there were."""
    cases = Case.objects.filter(
        reason=FROM_BROWSER, decided_at=None, commission__conversion_id__in=conversion_ids
    ).exclude(commission__conversion__source=BROWSER)
    found = list(cases.values_list("id", flat=True))
    return Case.objects.filter(id__in=found).update(decided_at=now, decision="obsolete") if found else 0


def _case_row(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "program_id": row["program_id"], "enrolment_id": row["enrolment_id"],
        "commission_id": row["id"], "reason": FROM_BROWSER, "opened_at": now,
    }  # fmt: skip
