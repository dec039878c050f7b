"""Reads the signs of enrolments: a fixed number of queries for any number of them in one program."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from hanse.growth.silence.rules import WINDOW, pool_of
from hanse.growth.silence.types import Pools, Signal, Signs
from hanse.growth.watch.queries import broken_links
from hanse.insight.events.models import PartnerEvent
from hanse.insight.rollups.facets import COUPON
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark, ProgramDay, SaleDay
from hanse.kernel.clock import day_starts_at, local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

EVENTS = {"piece": Signal.PIECE, "portal_login": Signal.LOGIN, "product_use": Signal.PRODUCT}
_QUARTER = 90


def signs_of(program: Program, enrolment_ids: Collection[UUID], today: date) -> list[Signs]:
    """Return the signs of enrolments by the end of a local day. Seven queries."""
    ids = list(enrolment_ids)
    rows = Enrolment.objects.filter(program=program, id__in=ids).values_list("id", "tier_id", "enrolled_at")
    days, (had, seen) = _days(ids, today), _had(ids, today)
    coupons, events, broken = _coupon_days(ids, today), _event_days(program, ids, today), broken_links(ids)
    found = []
    for key, tier_id, enrolled_at in rows:
        mine = days.get(key, [])
        by_signal = {
            Signal.CLICK: [on for on, clicks, _sales, _value in mine if clicks],
            Signal.CONVERSION: [on for on, _clicks, sales, _value in mine if sales],
            Signal.COUPON: coupons.get(key, []),
            **events.get(key, {}),
        }
        found.append(
            Signs(
                key, tier_id, local_day(enrolled_at, program.time_zone),
                {signal: dates for signal, dates in by_signal.items() if dates}, frozenset(had.get(key, ())),
                _clicks_since_sale(mine), key in broken, broken.get(key, ""), *_quarters(mine, today),
                [(on, value) for on, _clicks, _sales, value in mine if value], seen.get(key),
            )
        )  # fmt: skip
    return found


def pools_of(program: Program, today: date) -> Pools:
    """Return the usual gaps of each tier, and the program's own change. Four queries; walks through all days."""
    tiers = dict(
        Enrolment.objects.filter(program=program, is_test=False)
        .exclude(status=Enrolment.Status.PENDING)
        .values_list("id", "tier_id")
    )
    counts: dict[tuple[UUID | None, Signal], Counter[int]] = defaultdict(Counter)
    window = {"day__gt": today - timedelta(days=WINDOW), "day__lte": today}
    days = EnrolmentDay.objects.filter(program_id=program.pk, **window).order_by("enrolment_id", "day")
    last: dict[Signal, tuple[UUID, date]] = {}
    for who, on, clicks, sales in days.values_list("enrolment_id", "day", "clicks", "conversions").iterator():
        for signal, count in ((Signal.CLICK, clicks), (Signal.CONVERSION, sales)):
            if count > 0 and who in tiers:
                _count(counts, last, signal, who, on, tiers)
    used = SaleDay.objects.filter(enrolment_id__in=_with_codes(program), dimension=COUPON, conversions__gt=0, **window)
    for who, on in used.order_by("enrolment_id", "day").values_list("enrolment_id", "day").distinct().iterator():
        if who in tiers:
            _count(counts, last, Signal.COUPON, who, on, tiers)
    sums = {}
    for name, first in (("now", 0), ("before", _QUARTER)):
        span = (today - timedelta(days=first + _QUARTER - 1), today - timedelta(days=first))
        rows = ProgramDay.objects.filter(program_id=program.pk, day__range=span)
        sums[name] = rows.aggregate(left=Sum(F("value_minor") - F("refunded_minor")))["left"] or 0
    gaps: dict[tuple[UUID | None, Signal], Decimal] = {place: pool_of(found) for place, found in counts.items()}
    return Pools(gaps, sums["now"], sums["before"])


def _with_codes(program: Program) -> Any:
    from hanse.traffic.coupons.models import Coupon

    return Coupon.objects.filter(program=program).values("enrolment_id")


def _count(counts: Any, last: dict[Signal, tuple[UUID, date]], signal: Signal, who: UUID, on: date, tiers: Any) -> None:
    before = last.get(signal)
    if before is not None and before[0] == who:
        counts[tiers[who], signal][(on - before[1]).days] += 1
    last[signal] = who, on


def _days(ids: list[UUID], today: date) -> Mapping[UUID, list[tuple[date, int, int, int]]]:
    rows = EnrolmentDay.objects.filter(
        enrolment_id__in=ids, day__gt=today - timedelta(days=WINDOW), day__lte=today
    ).order_by("day")
    found: dict[UUID, list[tuple[date, int, int, int]]] = defaultdict(list)
    columns = ("enrolment_id", "day", "clicks", "conversions", "value_minor", "refunded_minor")
    for who, on, clicks, sales, value, refunded in rows.values_list(*columns):
        found[who].append((on, clicks, sales, value - refunded))
    return found


def _had(ids: list[UUID], today: date) -> tuple[dict[UUID, set[Signal]], dict[UUID, date]]:
    """Return the sales signals that were there at any time until a day, and the last click or sale. Two queries."""
    found: dict[UUID, set[Signal]] = defaultdict(set)
    seen: dict[UUID, date] = {}
    marks = EnrolmentMark.objects.filter(enrolment_id__in=ids)
    names = ("enrolment_id", "first_click", "first_sale", "last_click", "last_sale")
    for who, first_click, first_sale, *lasts in marks.values_list(*names):
        if first_click and first_click <= today:
            found[who].add(Signal.CLICK)
        if first_sale and first_sale <= today:
            found[who].add(Signal.CONVERSION)
        known = [day for day in lasts if day and day <= today]
        if known:
            seen[who] = max(known)
    used = SaleDay.objects.filter(enrolment_id__in=ids, dimension=COUPON, conversions__gt=0, day__lte=today)
    for who in used.order_by().values_list("enrolment_id", flat=True).distinct():
        found[who].add(Signal.COUPON)
    return found, seen


def _coupon_days(ids: list[UUID], today: date) -> dict[UUID, list[date]]:
    rows = SaleDay.objects.filter(
        enrolment_id__in=ids, dimension=COUPON, conversions__gt=0, day__gt=today - timedelta(days=WINDOW),
        day__lte=today,
    )  # fmt: skip
    found: dict[UUID, list[date]] = defaultdict(list)
    for who, on in rows.order_by("day").values_list("enrolment_id", "day").distinct():
        found[who].append(on)
    return found


def _event_days(program: Program, ids: list[UUID], today: date) -> dict[UUID, dict[Signal, list[date]]]:
    zone = program.time_zone
    begin, end = (day_starts_at(today + timedelta(days=offset), zone) for offset in (1 - WINDOW, 1))
    rows = PartnerEvent.objects.filter(
        program_id=program.pk, enrolment_id__in=ids, kind__in=EVENTS, occurred_at__gte=begin, occurred_at__lt=end
    ).order_by("occurred_at")
    found: dict[UUID, dict[Signal, list[date]]] = defaultdict(lambda: defaultdict(list))
    for who, kind, at in rows.values_list("enrolment_id", "kind", "occurred_at"):
        dates, on = found[who][EVENTS[kind]], local_day(at, zone)
        if not dates or dates[-1] != on:
            dates.append(on)
    return found


def _clicks_since_sale(days: list[tuple[date, int, int, int]]) -> int:
    clicks = 0
    for _on, more, sales, _value in reversed(days):
        if sales:
            return clicks
        clicks += more
    return clicks


def _quarters(days: list[tuple[date, int, int, int]], today: date) -> tuple[int, int, int]:
    """Return the value of the last 90 days, that of the 90 before, and their sales."""
    now, before = today - timedelta(days=_QUARTER - 1), today - timedelta(days=2 * _QUARTER - 1)
    return (
        sum(value for on, _clicks, _sales, value in days if on >= now),
        sum(value for on, _clicks, _sales, value in days if before <= on < now),
        sum(sales for on, _clicks, sales, _value in days if before <= on < now),
    )
