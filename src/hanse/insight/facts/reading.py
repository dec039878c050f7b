"""Reads what facts are found in: a fixed number of queries for any number of enrolments of one program."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Q, Sum

from hanse.insight.facts.aheads import aheads_of
from hanse.insight.facts.material import YEAR, CouponOf, LinkOf, Material, Sale, Sums
from hanse.insight.rollups.facets import COUNTRY, COUPON, DEVICE, INITIATIVE, REFERRER, WHOLE
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark, EnrolmentMonth, LinkDay, SaleDay
from hanse.kernel.clock import day_starts_at, local_day
from hanse.money.payouts.models import Payout
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

_FACETS = (COUNTRY, DEVICE, REFERRER, INITIATIVE)
_QUARTER = 90
_LEFT = F("value_minor") - F("refunded_minor")
_SUMS = {
    "n_clicks": Sum("clicks"), "n_click_sales": Sum("click_conversions"), "n_sales": Sum("conversions"),
    "n_new": Sum("new_customers"), "n_value": Sum(_LEFT), "n_commission": Sum("commission_minor"),
}  # fmt: skip
_DAY = ("clicks", "click_conversions", "conversions", "new_customers", "value_minor", "refunded_minor",
        "commission_minor")  # fmt: skip
_SALE = (
    "enrolment_id", "occurred_at", "conversion__amount_minor", "conversion__refunded_minor", "conversion__is_new",
    "conversion__customer_id", "conversion__country", "conversion__goal__is_recurring", "conversion__click_touched_at",
)  # fmt: skip
_By = Mapping[UUID, Any]


def materials(program: Program, enrolment_ids: Collection[UUID], today: date) -> list[Material]:
    """Return everything that is known of enrolments by the end of a local day. Fourteen queries."""
    ids, zone = list(enrolment_ids), program.time_zone
    enrolments = list(
        Enrolment.objects.filter(program=program, id__in=ids).values_list(
            "id", "tier_id", "enrolled_at", "partner__types"
        )
    )
    days, months, marks, paid = _days(ids, today), _months(ids, today), _marks(ids), _first_paid(ids, today, zone)
    sales, coupons, facets = _sales(ids, today, zone), _coupons(ids, today, zone), _sale_facets(ids, today)
    links = _links(ids, today, zone, facets)
    found = []
    for key, _tier, enrolled_at, types in enrolments:
        first_click, first_sale = marks.get(key, (None, None))
        found.append(
            Material(
                key, str(types[0]) if types else "", local_day(enrolled_at, zone), today, days.get(key, ()),
                months.get(key, {}), first_click, first_sale, sales.get(key, ()),
                {name: dict(values) for name, values in facets.get(key, {}).items()}, links.get(key, ()),
                coupons.get(key, ()), (), paid.get(key),
            )
        )  # fmt: skip
    ahead = aheads_of(program, {key: (tier, enrolled_at) for key, tier, enrolled_at, _types in enrolments}, found)
    return [replace(one, ahead=ahead.get(one.enrolment_id, ())) for one in found]


def _days(ids: list[UUID], today: date) -> _By:
    rows = EnrolmentDay.objects.filter(enrolment_id__in=ids, day__gte=today - timedelta(days=YEAR), day__lte=today)
    found: dict[UUID, list[tuple[date, Sums]]] = defaultdict(list)
    for who, day, *numbers in rows.order_by("day").values_list("enrolment_id", "day", *_DAY):
        found[who].append((day, _sums(*numbers)))
    return found


def _sums(clicks: int, click_sales: int, sales: int, new: int, value: int, refunded: int, commission: int) -> Sums:
    return Sums(clicks, click_sales, sales, new, value - refunded, commission)


def _months(ids: list[UUID], today: date) -> _By:
    """Return the months of all time; of the month that runs only what lies before tomorrow."""
    month, found = today.replace(day=1), dict[UUID, dict[date, Sums]]()
    rows = EnrolmentMonth.objects.filter(enrolment_id__in=ids, month__lt=month)
    for who, on, *numbers in rows.values_list("enrolment_id", "month", *_DAY):
        found.setdefault(who, {})[on] = _sums(*numbers)
    running = EnrolmentDay.objects.filter(enrolment_id__in=ids, day__gte=month, day__lte=today).order_by()
    grouped = running.values("enrolment_id").annotate(**_SUMS)
    for who, *added in grouped.values_list("enrolment_id", *_SUMS):
        found.setdefault(who, {})[month] = Sums(*added)
    return found


def _marks(ids: list[UUID]) -> _By:
    rows = EnrolmentMark.objects.filter(enrolment_id__in=ids).values_list("enrolment_id", "first_click", "first_sale")
    return {who: (click, sale) for who, click, sale in rows}


def _first_paid(ids: list[UUID], today: date, zone: str) -> _By:
    settled = Payout.objects.filter(enrolment_id__in=ids, state=Payout.State.SETTLED, settled_at__isnull=False)
    firsts = settled.order_by("-settled_at").values_list("enrolment_id", "settled_at", "amount_minor")
    return {who: (local_day(at, zone), amount) for who, at, amount in firsts if at and local_day(at, zone) <= today}


def _sales(ids: list[UUID], today: date, zone: str) -> _By:
    """Return the credited sales of a year; what they hold, of the last quarter alone. Two queries."""
    begin, quarter, end = (day_starts_at(today + timedelta(days=n), zone) for n in (-YEAR, 1 - _QUARTER, 1))
    rows = Credit.objects.filter(enrolment_id__in=ids, occurred_at__lt=end, conversion__is_test=False)
    lines = rows.filter(occurred_at__gte=quarter).values_list("conversion_id", "conversion__lines")
    held = {key: _held(found) for key, found in lines.iterator()}
    local, nothing = ZoneInfo(zone), (frozenset[str](), frozenset[str]())
    found: dict[UUID, list[Sale]] = defaultdict(list)
    year = rows.filter(occurred_at__gte=begin).order_by("occurred_at").values_list(*_SALE, "conversion_id")
    for who, at, amount, refunded, is_new, customer, country, recurs, touched, key in year.iterator():
        moment = at.astimezone(local)
        minutes = max(0, int((at - touched).total_seconds() // 60)) if touched else None
        found[who].append(
            Sale(
                moment.date(), moment.hour, amount, refunded > 0, is_new, customer, country, recurs, minutes,
                *held.get(key, nothing),
            )
        )  # fmt: skip
    return found


def _held(lines: Any) -> tuple[frozenset[str], frozenset[str]]:
    rows = json.loads(lines) if isinstance(lines, str) else lines or []
    return frozenset(str(row[0] or "") for row in rows), frozenset(str(row[1] or "") for row in rows)


def _sale_facets(ids: list[UUID], today: date) -> dict[UUID, dict[str, dict[str, tuple[int, int]]]]:
    """Return click sales of the last 90 days by dimension and value; clicks are added with the links."""
    rows = SaleDay.objects.filter(
        enrolment_id__in=ids, dimension__in=_FACETS, day__gt=today - timedelta(days=_QUARTER), day__lte=today
    ).order_by()
    found: dict[UUID, dict[str, dict[str, tuple[int, int]]]] = {}
    grouped = rows.values("enrolment_id", "dimension", "value").annotate(n=Sum("click_conversions"))
    for who, dimension, value, sales in grouped.values_list("enrolment_id", "dimension", "value", "n"):
        found.setdefault(who, {}).setdefault(dimension, {})[value] = (0, sales)
    return found


def _links(ids: list[UUID], today: date, zone: str, facets: Any) -> _By:
    """Return the links in use with their numbers, and add their clicks to the facets. Five queries."""
    rows = Link.objects.filter(enrolment_id__in=ids, created_at__lt=day_starts_at(today + timedelta(days=1), zone))
    known = {
        number: (who, archived, LinkOf(number, label or slug, url != plain, local_day(made, zone)))
        for number, who, archived, slug, label, url, plain, made in rows.values_list(
            "number", "enrolment_id", "archived_at", "slug", "label", "destination_url", "offer__destination_url",
            "created_at",
        )
    }  # fmt: skip
    _add_click_facets(known, today, facets)
    clicks, sales = _clicks_of(known, today), _sales_of(ids, today)
    found: dict[UUID, list[LinkOf]] = defaultdict(list)
    for number, (who, archived, link) in known.items():
        if archived is None:
            ever, last, recent = clicks.get(number, (0, None, 0))
            sold, bought, value, all_sold = sales.get((who, number), (0, 0, 0, 0))
            found[who].append(
                replace(
                    link, clicks_ever=ever, last_click=last, clicks_90d=recent, sales_90d=sold, click_sales_90d=bought,
                    value_90d_minor=value, sales_ever=all_sold,
                )
            )  # fmt: skip
    return found


def _add_click_facets(known: Mapping[int, Any], today: date, facets: Any) -> None:
    rows = LinkDay.objects.filter(
        link_number__in=list(known), dimension__in=_FACETS, day__gt=today - timedelta(days=_QUARTER), day__lte=today
    ).order_by()
    grouped = rows.values("link_number", "dimension", "value").annotate(n=Sum("clicks"))
    for number, dimension, value, count in grouped.values_list("link_number", "dimension", "value", "n"):
        values = facets.setdefault(known[number][0], {}).setdefault(dimension, {})
        clicks, sales = values.get(value, (0, 0))
        values[value] = (clicks + count, sales)


def _clicks_of(known: Mapping[int, Any], today: date) -> dict[int, tuple[int, date | None, int]]:
    rows = LinkDay.objects.filter(
        link_number__in=list(known), dimension=WHOLE, value=WHOLE, day__lte=today, clicks__gt=0
    )
    recent = Q(day__gt=today - timedelta(days=_QUARTER))
    grouped = rows.order_by().values("link_number").annotate(
        ever=Sum("clicks"), last=Max("day"), recent=Sum("clicks", filter=recent, default=0)
    )  # fmt: skip
    return {
        key: (ever, last, now) for key, ever, last, now in grouped.values_list("link_number", "ever", "last", "recent")
    }


def _sales_of(ids: list[UUID], today: date) -> dict[tuple[UUID, int], tuple[int, int, int, int]]:
    rows = SaleDay.objects.filter(enrolment_id__in=ids, dimension=WHOLE, link_number__gt=0, day__lte=today)
    recent = Q(day__gt=today - timedelta(days=_QUARTER))
    grouped = rows.order_by().values("enrolment_id", "link_number").annotate(
        sold=Sum("conversions", filter=recent, default=0), bought=Sum("click_conversions", filter=recent, default=0),
        left=Sum(_LEFT, filter=recent, default=0), ever=Sum("conversions"),
    )  # fmt: skip
    columns = ("enrolment_id", "link_number", "sold", "bought", "left", "ever")
    return {(who, number): tuple(sums) for who, number, *sums in grouped.values_list(*columns)}


def _coupons(ids: list[UUID], today: date, zone: str) -> _By:
    """Return the codes that can be used today, with their last use. Two queries."""
    begin, end = day_starts_at(today, zone), day_starts_at(today + timedelta(days=1), zone)
    rows = Coupon.objects.filter(enrolment_id__in=ids, archived_at=None, created_at__lt=end).filter(
        Q(ends_at=None) | Q(ends_at__gt=begin), Q(starts_at=None) | Q(starts_at__lt=end)
    )
    used = SaleDay.objects.filter(enrolment_id__in=ids, dimension=COUPON, day__lte=today, conversions__gt=0)
    lasts = used.order_by().values("enrolment_id", "value").annotate(last=Max("day"))
    last = {(who, code): day for who, code, day in lasts.values_list("enrolment_id", "value", "last")}
    found: dict[UUID, list[CouponOf]] = defaultdict(list)
    for who, code, made, ends in rows.order_by("code").values_list("enrolment_id", "code", "created_at", "ends_at"):
        ends_on = local_day(ends, zone) if ends else None
        found[who].append(CouponOf(code, local_day(made, zone), ends_on, last.get((who, code))))
    return found


def skus_in(found: Iterable[Material]) -> set[str]:
    """Return the articles that are sold in these, so that their names can be read."""
    return {sku for one in found for sale in one.sales for sku in sale.skus}


def moment_of(today: date, zone: str) -> datetime:
    """Return the last moment of a local day."""
    return day_starts_at(today + timedelta(days=1), zone) - timedelta(microseconds=1)
