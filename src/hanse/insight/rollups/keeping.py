"""Writing slices: which values keep their names on a link's day, and what that means for whole programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count

from hanse.insight.rollups.facets import BOUNDED, KEPT, LINK, OTHER, named
from hanse.insight.rollups.models import LinkDay, LinkHour, SaleDay, SliceDay, SliceMonth
from hanse.insight.rollups.types import SOLD, Part, Slices
from hanse.spine.bulk import Row, add_many

_HOURLY = ("clicks", "invalid_clicks", "conversions", "value_minor", "refunded_minor", "commission_minor")
_SLICED = ("clicks", *SOLD)
Group = tuple[int, str, date]  # link number, dimension, local day
SliceKey = tuple[UUID, str, date, str]  # program, dimension, local day, value


def add_slices(slices: Slices) -> None:
    """Add slices to every rollup by link and dimension. Eight statements, two more where a link's day overflows."""
    gone = name_values(slices.clicks)
    _write(LinkHour, ("link_number", "hour_at"), _HOURLY, slices.hours)
    add_many(LinkDay, ("link_number", "dimension", "day", "value"), list(_link_days(slices.clicks)))
    LinkDay.objects.filter(pk__in=gone).delete()
    sales = {(who, dimension, day, link, value): numbers for (_program, who, link, day), parts in slices.sales.items()
             for (dimension, value), numbers in parts.items()}  # fmt: skip
    _write(SaleDay, ("enrolment_id", "dimension", "day", "link_number", "value"), SOLD, sales)
    days = of_programs(slices)
    _write(SliceDay, ("program_id", "dimension", "day", "value"), _SLICED, days)
    _write(SliceMonth, ("program_id", "dimension", "month", "value"), _SLICED, by_month(days))


def of_programs(slices: Slices) -> dict[SliceKey, Counter[str]]:
    """Return the same numbers for whole programs, where a link is a value like any other."""
    sums: dict[SliceKey, Counter[str]] = defaultdict(Counter)
    for (link, day), parts in slices.clicks.items():
        program_id = slices.programs[link]
        for (dimension, value), count in parts.items():
            place = (program_id, dimension, day, value) if dimension else (program_id, LINK, day, str(link))
            sums[place]["clicks"] += count
    for (program_id, _who, link, day), sold in slices.sales.items():
        for (dimension, value), numbers in sold.items():
            if not dimension and not link:
                continue
            mine = sums[(program_id, dimension, day, value) if dimension else (program_id, LINK, day, str(link))]
            for name, number in numbers.items():
                mine[name] += number
    return dict(sums)


def by_month(days: Mapping[SliceKey, Counter[str]]) -> dict[SliceKey, Counter[str]]:
    """Add the days of months up."""
    sums: dict[SliceKey, Counter[str]] = defaultdict(Counter)
    for (program_id, dimension, day, value), numbers in days.items():
        mine = sums[program_id, dimension, day.replace(day=1), value]
        for name, number in numbers.items():
            mine[name] += number
    return dict(sums)


def name_values(clicks: Mapping[tuple[int, date], Counter[Part]]) -> list[int]:
    """Move what loses its name, new or stored, to OTHER in the counts given; return the stored rows to delete."""
    groups = _groups(clicks)
    full = _overflowing(groups)
    if not full:
        return []
    gone, stored = [], _stored(full)
    for group in full:
        link, dimension, day = group
        parts, known = clicks[link, day], stored.get(group, {})
        kept = named(known.keys() | groups[group])
        for value in groups[group] - kept:
            parts[dimension, OTHER] += parts[dimension, value]
            parts[dimension, value] = 0
        for value in known.keys() - kept:
            key, count = known[value]
            parts[dimension, OTHER] += count
            parts[dimension, value] = -count
            gone.append(key)
    return gone


def name_all(clicks: Mapping[tuple[int, date], Counter[Part]]) -> None:
    """Name the values of whole days, of which nothing is stored: the same ones that coming in one by one leaves."""
    for (link, dimension, day), values in _groups(clicks).items():
        parts = clicks[link, day]
        for value in values - named(values):
            parts[dimension, OTHER] += parts.pop((dimension, value))


def _groups(clicks: Mapping[tuple[int, date], Counter[Part]]) -> dict[Group, set[str]]:
    groups: dict[Group, set[str]] = {}
    for (link, day), parts in clicks.items():
        for dimension, value in parts:
            if dimension not in BOUNDED and value != OTHER:
                groups.setdefault((link, dimension, day), set()).add(value)
    return groups


def _overflowing(groups: Mapping[Group, Collection[str]]) -> list[Group]:
    """Return the groups that may hold more values than keep their names. One query."""
    if not groups:
        return []
    most = max(map(len, groups.values()))
    counted = _rows_of(groups).values("link_number", "dimension", "day").annotate(values=Count("pk")).order_by()
    near = counted.filter(values__gt=KEPT - most).values_list("link_number", "dimension", "day", "values")
    sizes = {(link, dimension, day): size for link, dimension, day, size in near}
    return [group for group, values in groups.items() if sizes.get(group, 0) + len(values) > KEPT]


def _stored(groups: Collection[Group]) -> dict[Group, dict[str, tuple[int, int]]]:
    found: dict[Group, dict[str, tuple[int, int]]] = {}
    rows = _rows_of(groups).values_list("link_number", "dimension", "day", "value", "pk", "clicks")
    for link, dimension, day, value, key, count in rows:
        if value != OTHER:
            found.setdefault((link, dimension, day), {})[value] = key, count
    return found


def _rows_of(groups: Iterable[Group]) -> Any:
    links, dimensions, days = zip(*groups, strict=True)
    rows = LinkDay.objects.filter(link_number__in=set(links), dimension__in=set(dimensions))
    return rows.filter(day__in=set(days))


def _link_days(clicks: Mapping[tuple[int, date], Counter[Part]]) -> Iterable[Row]:
    for (link, day), parts in clicks.items():
        for (dimension, value), count in parts.items():
            if count:
                yield {"link_number": link, "dimension": dimension, "day": day, "value": value, "clicks": count}


def _write(model: Any, keys: tuple[str, ...], counters: tuple[str, ...], sums: Mapping[Any, Counter[str]]) -> None:
    nothing = dict.fromkeys(counters, 0)
    rows: list[Row] = [
        {**dict(zip(keys, place, strict=True)), **nothing, **numbers}
        for place, numbers in sums.items()
        if any(numbers.values())
    ]
    add_many(model, keys, rows)
