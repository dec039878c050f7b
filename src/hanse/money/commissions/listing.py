"""Commissions for a list: found by state, partner, order and time, with what they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case

ListState = Literal["all", "held", "kept", "payable", "paid", "taken_back", "voided"]


@dataclass(frozen=True, slots=True)
class CommissionTotals:
    """What a list of commissions adds up to, in minor units."""

    number: int
    earned_minor: int
    owed_minor: int


def commissions_in(
    program_id: UUID, *, state: ListState = "all", enrolment_id: UUID | None = None, since: datetime | None = None,
    search: str = "",
) -> QuerySet[Commission]:  # fmt: skip
    """Return a program's commissions with partner and order, each with `has_case`. `search` is an order's number."""
    case = Exists(Case.objects.filter(commission_id=OuterRef("pk"), decided_at=None))
    rows = Commission.objects.filter(program_id=program_id).annotate(has_case=case)
    rows = rows.select_related("enrolment__partner", "conversion__goal")
    if enrolment_id:
        rows = rows.filter(enrolment_id=enrolment_id)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if search:
        rows = rows.filter(conversion__external_id__istartswith=search)
    kept = _states().get(state)
    return rows.filter(kept) if kept is not None else rows


def _states() -> dict[str, Q]:
    alive = Q(voided_at=None) & ~Q(earned_minor__gt=0, owed_minor=0)
    return {
        "held": alive & Q(approved_at=None, has_case=False),
        "kept": alive & Q(approved_at=None, has_case=True),
        "payable": alive & Q(approved_at__isnull=False, paid_at=None),
        "paid": alive & Q(paid_at__isnull=False),
        "taken_back": Q(voided_at=None, earned_minor__gt=0, owed_minor=0),
        "voided": Q(voided_at__isnull=False),
    }


def list_state(row: Commission) -> ListState:
    """Say in one word where a listed commission is, as the filter means it."""
    if row.voided_at is not None:
        return "voided"
    if row.earned_minor > 0 and row.owed_minor == 0:
        return "taken_back"
    if row.paid_at is not None:
        return "paid"
    if row.approved_at is not None:
        return "payable"
    return "kept" if getattr(row, "has_case", False) else "held"


def totals_of(rows: QuerySet[Commission]) -> CommissionTotals:
    """Return how many commissions a list has and what they add up to, in one query."""
    sums = rows.order_by().aggregate(number=Count("id"), earned=Sum("earned_minor"), owed=Sum(F("owed_minor")))
    return CommissionTotals(sums["number"], sums["earned"] or 0, sums["owed"] or 0)
