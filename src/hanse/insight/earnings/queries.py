"""Reads of earnings, from the daily rollups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, Sum

from hanse.insight.earnings.types import DayEarnings, TierEarnings
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMonth
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

FEWEST = 5  # a median over fewer partners would tell about one of them


def median_months(program: Program, months: Sequence[tuple[date, date]]) -> list[TierEarnings]:
    """Return what partners of each tier earn in a month: the median of their means over the given months.

    `months` are whole ones, (first day, last day), the oldest first. A partner's mean counts from the program's local
    month of enrolment on. Read from the months' rollup: anybody may open the page that shows it.
    """
    totals = dict(
        EnrolmentMonth.objects.filter(program_id=program.pk, month__range=(months[0][0], months[-1][1]))
        .values("enrolment_id")
        .annotate(total=Sum("commission_minor"))
        .values_list("enrolment_id", "total")
    )
    means: dict[UUID, list[int]] = {}
    for enrolment_id, tier_id, enrolled_at in _enrolled(program):
        count = sum(1 for _first, last in months if last >= enrolled_at)
        if tier_id and count:
            means.setdefault(tier_id, []).append(max(0, totals.get(enrolment_id, 0)) // count)
    return [TierEarnings(tier_id, len(rows), _median(rows)) for tier_id, rows in means.items()]


def _enrolled(program: Program) -> list[tuple[UUID, UUID | None, date]]:
    gone = (Enrolment.Status.ENDED, Enrolment.Status.PENDING)
    rows = Enrolment.objects.filter(program=program, is_test=False).exclude(status__in=gone)
    joined = rows.values_list("pk", "tier_id", "enrolled_at")
    return [(pk, tier_id, local_day(at, program.time_zone)) for pk, tier_id, at in joined]


def _median(rows: list[int]) -> int | None:
    if len(rows) < FEWEST:
        return None
    ordered, middle = sorted(rows), len(rows) // 2
    return ordered[middle] if len(rows) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def days_of(enrolment_id: UUID, first: date, last: date) -> list[DayEarnings]:
    """Return an enrolment's days that have any numbers, the oldest first."""
    rows = EnrolmentDay.objects.filter(enrolment_id=enrolment_id, day__range=(first, last)).order_by("day")
    left = rows.annotate(left_minor=F("value_minor") - F("refunded_minor"))
    return [
        DayEarnings(*row) for row in left.values_list("day", "clicks", "conversions", "left_minor", "commission_minor")
    ]
