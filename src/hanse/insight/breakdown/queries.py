"""Reads of breakdowns, from rollups alone: a fixed number of queries, however many facts there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Sum

from hanse.insight.breakdown import rules
from hanse.insight.breakdown.reading import everybodys_numbers, links_numbers
from hanse.insight.breakdown.types import OF_ONE, STORED, Breakdown, First, Found, Numbers, Scope
from hanse.insight.overview.reading import whole_months
from hanse.insight.overview.types import Span
from hanse.insight.rollups.facets import INITIATIVE, LINK, SUB, WHOLE
from hanse.insight.rollups.models import LinkDay, LinkHour, ProgramDay, SaleDay, SliceDay, SliceMonth
from hanse.traffic.links.models import Link

_LEFT = F("value_minor") - F("refunded_minor")
_SOLD = {"n_sales": Sum("conversions"), "n_value": Sum(_LEFT), "n_commission": Sum("commission_minor")}
_ALL = {"n_clicks": Sum("clicks"), **_SOLD}


def dimensions(scope: Scope, span: Span) -> list[str]:
    """Return what can be chosen to break down by, the sub-parameters that came in these days last. One query."""
    if scope.enrolment_id is None:
        rows: QuerySet[Any] = SliceMonth.objects.filter(program_id=scope.program_id, month__lte=span.last)
        rows = rows.filter(month__gte=span.first.replace(day=1))
    else:
        rows = LinkDay.objects.filter(link_number__in=_links(scope), day__range=(span.first, span.last))
    named = rows.filter(dimension__startswith=SUB).order_by().values_list("dimension", flat=True).distinct()
    subs = sorted(named, key=lambda name: (len(name), name))
    fixed = [*STORED, "initiative", "link", "tier", "type", "partner"] if scope.enrolment_id is None else list(OF_ONE)
    return [*fixed, *subs]


def breakdown(scope: Scope, by: str, span: Span, first: First | None = None) -> Breakdown:
    """Break the numbers of a span down by a dimension, beside those of as many days before.

    `by` is one of `dimensions`; tier, type and partner are for programs only. Raises ValueError for others. With
    `first` only so many values are named.
    """
    if scope.enrolment_id is None and by in ("tier", "type", "partner"):
        numbers = everybodys_numbers(scope.program_id, by, span)
        return rules.assembled(by, span, *numbers, first=first, has_rest=False)
    read = _of_program if scope.enrolment_id is None else _of_one
    if by not in OF_ONE and not by.startswith(SUB):
        raise ValueError(by)
    now, before = read(scope, by, span), read(scope, by, span.before())
    if by == INITIATIVE:
        tags = _tags(scope)
        now, before = (_with_tags(scope, part, found, tags) for part, found in ((span, now), (span.before(), before)))
    return rules.assembled(by, span, now, before, whole(scope, span), whole(scope, span.before()), first=first)


def whole(scope: Scope, span: Span) -> Numbers:
    """Return all numbers of a span. One query, or two."""
    if scope.enrolment_id is None:
        rows = ProgramDay.objects.filter(program_id=scope.program_id, day__range=(span.first, span.last))
        return _numbers(rows.aggregate(**_ALL))
    return rules.total(_of_one(scope, LINK, span).values())


def hours(link_number: int, since: datetime, until: datetime) -> dict[datetime, tuple[int, int, int]]:
    """Return a link's valid clicks, other clicks and sales by hour in UTC; hours without any are left out."""
    rows = LinkHour.objects.filter(link_number=link_number, hour_at__gte=since, hour_at__lt=until)
    found = rows.values_list("hour_at", "clicks", "invalid_clicks", "conversions")
    return {at: (clicks, invalid, sales) for at, clicks, invalid, sales in found}


def _of_program(scope: Scope, by: str, span: Span) -> Found:
    if by == LINK:
        return links_numbers(scope.program_id, span)
    months, days = whole_months(span)
    found: dict[str, Numbers] = {}
    parts: list[QuerySet[Any]] = [SliceDay.objects.filter(day__range=(first, last)) for first, last in days]
    if months:
        parts.append(SliceMonth.objects.filter(month__range=months))
    for part in parts:
        rows = part.filter(program_id=scope.program_id, dimension=by).order_by().values("value").annotate(**_ALL)
        _gather(found, rows, "value")
    return found


def _of_one(scope: Scope, by: str, span: Span) -> Found:
    by_link = by == LINK
    place = {"dimension": WHOLE if by_link else by, "day__range": (span.first, span.last)}
    column = "link_number" if by_link else "value"
    clicks = LinkDay.objects.filter(link_number__in=_links(scope), **place).order_by().values(column)
    sales = SaleDay.objects.filter(enrolment_id=scope.own_id, **place).order_by().values(column)
    if scope.link_number is not None:
        sales = sales.filter(link_number=scope.link_number)
    found: dict[str, Numbers] = {}
    _gather(found, clicks.annotate(n_clicks=Sum("clicks")), column)
    _gather(found, sales.annotate(**_SOLD), column)
    return found


def _gather(found: dict[str, Numbers], rows: Iterable[Mapping[str, Any]], column: str) -> None:
    for row in rows:
        key = str(row[column])
        found[key] = found.get(key, Numbers()).plus(_numbers(row))


def _numbers(row: Mapping[str, Any]) -> Numbers:
    return Numbers(*(int(row.get(name) or 0) for name in ("n_clicks", "n_sales", "n_value", "n_commission")))


def _links(scope: Scope) -> Collection[int] | QuerySet[Any]:
    if scope.link_number is not None:
        return [scope.link_number]
    return Link.objects.filter(enrolment_id=scope.own_id).values("number")


def _with_tags(scope: Scope, span: Span, found: Found, tags: Mapping[str, str]) -> Found:
    """Add to the initiatives that clicks named themselves what else came through links that are tagged with one."""
    if not tags:
        return found
    place = {"dimension": INITIATIVE, "day__range": (span.first, span.last)}
    tagged = _tagged(scope)
    clicks = LinkDay.objects.filter(link_number__in=tagged.values("number"), **place).order_by().values("link_number")
    sales = SaleDay.objects.filter(enrolment_id__in=tagged.values("enrolment_id"), **place).order_by()
    named: dict[str, Numbers] = {}
    _gather(named, clicks.annotate(n_clicks=Sum("clicks")), "link_number")
    _gather(named, sales.values("link_number").annotate(**_SOLD), "link_number")
    read = _of_program if scope.enrolment_id is None else _of_one
    rest = dict(read(scope, LINK, span))
    for link in named.keys() & rest.keys():
        rest[link] = [one - two for one, two in zip(rest[link], named[link], strict=True)]
    both = dict(found)
    for name, sums in rules.regrouped(rest, tags).items():
        both[name] = rules.total((both.get(name, Numbers()), sums))
    return both


def _tags(scope: Scope) -> dict[str, str]:
    return {str(number): name for number, name in _tagged(scope).values_list("number", "initiative")}


def _tagged(scope: Scope) -> QuerySet[Link]:
    links = Link.objects.exclude(initiative="")
    if scope.enrolment_id is None:
        return links.filter(enrolment__program_id=scope.program_id)
    return links.filter(number__in=_links(scope))
