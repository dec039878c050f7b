"""Reads of figures: a fixed number of queries, however many enrolments there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from hanse.insight.figures.types import Figures
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark, EnrolmentMonth
from hanse.insight.rollups.types import NOBODY
from hanse.kernel.clock import day_starts_at, local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.models import Refund

_FEW = 300  # so many are named in a query; of more, the whole program is read
_LONGEST = 180
_LEFT = F("value_minor") - F("refunded_minor")
_WINDOWS = {
    "clicks_7d": ("clicks", 7), "clicks_30d": ("clicks", 30), "clicks_90d": ("clicks", 90),
    "conversions_30d": ("conversions", 30), "conversions_90d": ("conversions", 90),
    "conversions_180d": ("conversions", _LONGEST), "value_30d_minor": (_LEFT, 30), "value_90d_minor": (_LEFT, 90),
    "value_180d_minor": (_LEFT, _LONGEST), "new_customers_90d": ("new_customers", 90),
}  # fmt: skip


def figures_of(program_id: UUID, enrolment_ids: Collection[UUID] | None, as_of: datetime | date) -> dict[UUID, Figures]:
    """Return the figures of enrolments of a program by a moment (or a local day); None: of all but the pending.

    Every one that is asked for and belongs to the program is there, with zeros where nothing was. Seven queries, eight
    for a look at the past.
    """
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=program_id)
    today = local_day(as_of, zone) if isinstance(as_of, datetime) else as_of
    numbers: dict[UUID, dict[str, Any]] = {}
    enrolments = _narrow(Enrolment.objects.filter(program_id=program_id), enrolment_ids, "id")
    if enrolment_ids is None:
        enrolments = enrolments.exclude(status=Enrolment.Status.PENDING)
    for who, at in enrolments.values_list("id", "enrolled_at"):
        numbers[who] = {"days_enrolled": max(0, (today - local_day(at, zone)).days)}
    if not numbers:
        return {}
    for rows in (
        _windows(program_id, enrolment_ids, today),
        _totals(program_id, enrolment_ids, today),
        _refunds(program_id, enrolment_ids, today, zone),
        _days_since(program_id, enrolment_ids, today),
    ):
        for who, found in rows.items():
            if who in numbers:
                numbers[who] |= found
    return {who: Figures(**found) for who, found in numbers.items()}


def _narrow(rows: QuerySet[Any], ids: Collection[UUID] | None, column: str = "enrolment_id") -> QuerySet[Any]:
    return rows if ids is None or len(ids) > _FEW else rows.filter(**{f"{column}__in": list(ids)})


def _windows(program_id: UUID, ids: Collection[UUID] | None, today: date) -> dict[UUID, dict[str, Any]]:
    days = EnrolmentDay.objects.filter(
        program_id=program_id, day__gt=today - timedelta(days=_LONGEST), day__lte=today
    ).exclude(enrolment_id=NOBODY)
    sums = {
        name: Sum(what, filter=Q(day__gt=today - timedelta(days=length)), default=0)
        for name, (what, length) in _WINDOWS.items()
    }
    rows = _narrow(days, ids).order_by().values("enrolment_id").annotate(**sums)
    return {row.pop("enrolment_id"): row for row in rows}


def _totals(program_id: UUID, ids: Collection[UUID] | None, today: date) -> dict[UUID, dict[str, Any]]:
    """Return sums of all time: whole months, and the days of the month that runs. Two queries."""
    month = today.replace(day=1)
    sums: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"sales_total": 0, "value_total_minor": 0})
    for rows in (
        EnrolmentMonth.objects.filter(program_id=program_id, month__lt=month),
        EnrolmentDay.objects.filter(program_id=program_id, day__gte=month, day__lte=today),
    ):
        grouped = _narrow(rows, ids).order_by().values("enrolment_id").annotate(n=Sum("conversions"), v=Sum(_LEFT))
        for who, sales, value in grouped.values_list("enrolment_id", "n", "v"):
            mine = sums[who]
            mine["sales_total"] += sales
            mine["value_total_minor"] += value
    return sums


def _refunds(program_id: UUID, ids: Collection[UUID] | None, today: date, zone: str) -> dict[UUID, dict[str, Any]]:
    since, until = (day_starts_at(today + timedelta(days=offset), zone) for offset in (-89, 1))
    rows = Credit.objects.filter(
        conversion__program_id=program_id, conversion__is_test=False, conversion__refunds__occurred_at__gte=since,
        conversion__refunds__occurred_at__lt=until,
        conversion__refunds__kind__in=(Refund.Kind.REFUND, Refund.Kind.CHARGEBACK),
    )  # fmt: skip
    grouped = _narrow(rows, ids).order_by().values("enrolment_id").annotate(n=Count("conversion__refunds"))
    return {who: {"refunds_90d": count} for who, count in grouped.values_list("enrolment_id", "n")}


def _days_since(program_id: UUID, ids: Collection[UUID] | None, today: date) -> dict[UUID, dict[str, Any]]:
    """Return days since the last click and sale: by the marks, and by the days of those who had one later. Two queries.

    Only a look at the past needs the second.
    """
    found: dict[UUID, dict[str, Any]] = {}
    later: list[UUID] = []
    marks = _narrow(EnrolmentMark.objects.filter(program_id=program_id), ids)
    for who, click, sale in marks.values_list("enrolment_id", "last_click", "last_sale"):
        found[who] = _since(click, sale, today)
        if (click and click > today) or (sale and sale > today):
            later.append(who)
    if not later:
        return found
    days = EnrolmentDay.objects.filter(program_id=program_id, day__lte=today)
    days = days.filter(enrolment_id__in=later) if len(later) <= _FEW else days.exclude(enrolment_id=NOBODY)
    lasts = days.order_by().values("enrolment_id").annotate(
        click=Max("day", filter=Q(clicks__gt=0)), sale=Max("day", filter=Q(conversions__gt=0))
    )  # fmt: skip
    for who, click, sale in lasts.values_list("enrolment_id", "click", "sale"):
        found[who] = _since(click, sale, today)
    return found


def _since(click: date | None, sale: date | None, today: date) -> dict[str, Any]:
    return {
        name: (today - day).days if day is not None and day <= today else None
        for name, day in (("days_since_click", click), ("days_since_sale", sale))
    }
