"""The stored rows of a program's day or month beside what they should be: to be compared, or to be mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hanse.insight.rollups.facets import LINK, hour_of
from hanse.insight.rollups.keeping import by_month, of_programs
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.models import (
    Counted,
    EnrolmentDay,
    EnrolmentMonth,
    LinkDay,
    LinkHour,
    ProgramDay,
    SaleDay,
    SliceDay,
    SliceMonth,
)
from hanse.insight.rollups.repairing import Derived, ProgramOfDay
from hanse.insight.rollups.rules import differing
from hanse.insight.rollups.types import COUNTERS, SOLD, Cells
from hanse.spine.bulk import add_many

Sums = dict[tuple[Any, ...], Counter[str]]
_HOURLY = ("clicks", "invalid_clicks", "conversions", "value_minor", "refunded_minor", "commission_minor")
_SLICED = ("clicks", *SOLD)
_CLICKS = ("clicks", "invalid_clicks")
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows of one table by their keys, with what they should hold."""

    model: type[Any]
    keys: tuple[str, ...]
    counters: tuple[str, ...]
    rows: Sequence[QuerySet[Any]]
    right: Sums

    def stored(self) -> Sums:
        """Return what is there, without rows of nothing."""
        width = len(self.keys)
        found = (row for part in self.rows for row in part.values_list(*self.keys, *self.counters).iterator())
        return {
            row[:width]: Counter(dict(zip(self.counters, row[width:], strict=True)))
            for row in found
            if any(row[width:])
        }

    def findings(self, believed: Sequence[str] = ()) -> list[tuple[str, str]]:
        """Return where and how it differs; counters that are believed never do."""
        stored = self.stored()
        return differing(stored, self._right(stored, believed), self.counters)

    def mend(self, believed: Sequence[str] = ()) -> None:
        """Make it what it should be."""
        stored = self.stored()
        right = self._right(stored, believed)
        wrong = {
            place: [right.get(place, Counter())[name] - stored.get(place, Counter())[name] for name in self.counters]
            for place in stored.keys() | right.keys()
        }
        rows: list[dict[str, object]] = [
            dict(zip(self.keys, place, strict=True)) | dict(zip(self.counters, numbers, strict=True))
            for place, numbers in wrong.items()
            if any(numbers)
        ]
        if rows:
            add_many(self.model, self.keys, rows)
            for part in self.rows:
                part.filter(**dict.fromkeys(self.counters, 0)).delete()

    def _right(self, stored: Sums, believed: Sequence[str]) -> Sums:
        if not believed:
            return {place: numbers for place, numbers in self.right.items() if any(numbers.values())}
        right = {place: Counter(numbers) for place, numbers in self.right.items()}
        for place, numbers in stored.items():
            for name in believed:
                right.setdefault(place, Counter())[name] = numbers[name]
        return right


def shelves_of_day(
    of: ProgramOfDay, derived: Derived, dimensions: Collection[str]
) -> list[tuple[Shelf, Sequence[str]]]:
    """Return every shelf of a program's day, each with the counters to believe."""
    sliced: Any = of_programs(derived.slices)
    known = {*dimensions, *(key[1] for key in sliced), LINK}
    days = SliceDay.objects.filter(program_id=of.program_id, dimension__in=known, day=of.day)
    links = derived.slices.programs.keys() | _links(days)
    who = {key[1] for key in derived.cells} | {key[1] for key in derived.slices.sales}
    enrolments = EnrolmentDay.objects.filter(program_id=of.program_id, day=of.day)
    who |= set(enrolments.values_list("enrolment_id", flat=True))
    hours = (hour_of(of.starts_at), hour_of(of.ends_at))
    parts = {*known, ""} - {LINK}
    believed = () if of.knows_clicks else _CLICKS
    clicks, sales = derived.slices.clicks, derived.slices.sales
    return [
        (_counted(EnrolmentDay, enrolments, LEVELS[0].sums(derived.cells)), believed),
        (_counted(ProgramDay, ProgramDay.objects.filter(program_id=of.program_id, day=of.day),
                  LEVELS[2].sums(derived.cells)), believed),
        (Shelf(LinkHour, ("link_number", "hour_at"), _HOURLY,
               [LinkHour.objects.filter(link_number__in=some, hour_at__gte=hours[0], hour_at__lt=hours[1])
                for some in _portions(links)], dict(derived.slices.hours)), believed),
        (Shelf(LinkDay, ("link_number", "dimension", "day", "value"), ("clicks",),
               [LinkDay.objects.filter(link_number__in=some, dimension__in=parts, day=of.day)
                for some in _portions(links)],
               {(link, dimension, day, value): Counter(clicks=count) for (link, day), counts in clicks.items()
                for (dimension, value), count in counts.items()}), believed[:1]),
        (Shelf(SaleDay, ("enrolment_id", "dimension", "day", "link_number", "value"), SOLD,
               [SaleDay.objects.filter(enrolment_id__in=who, dimension__in=parts, day=of.day)],
               {(enrolment, dimension, day, link, value): numbers for (_, enrolment, link, day), sold in sales.items()
                for (dimension, value), numbers in sold.items()}), ()),
        (Shelf(SliceDay, ("program_id", "dimension", "day", "value"), _SLICED, [days], sliced), believed[:1]),
    ]  # fmt: skip


def shelves_of_month(
    program_id: UUID, month: date, cells: Cells, sliced: Sums, dimensions: Collection[str]
) -> list[Shelf]:
    """Return the shelves of a program's month, from its days."""
    known = {*dimensions, *(key[1] for key in sliced), LINK}
    whole: Any = by_month(sliced)
    return [
        _counted(EnrolmentMonth, EnrolmentMonth.objects.filter(program_id=program_id, month=month),
                 LEVELS[1].sums(cells)),
        Shelf(SliceMonth, ("program_id", "dimension", "month", "value"), _SLICED,
              [SliceMonth.objects.filter(program_id=program_id, dimension__in=known, month=month)], whole),
    ]  # fmt: skip


def _counted(model: type[Counted], rows: QuerySet[Any], right: Mapping[Any, Counter[str]]) -> Shelf:
    keys = next(level.keys for level in LEVELS if level.model is model)
    return Shelf(model, keys, COUNTERS, [rows], dict(right))


def _links(days: QuerySet[SliceDay]) -> set[int]:
    return {int(value) for value in days.filter(dimension=LINK).values_list("value", flat=True)}


def _portions(links: Collection[int]) -> Iterator[list[int]]:
    every = sorted(links)
    for at in range(0, len(every), _AT_ONCE):
        yield every[at : at + _AT_ONCE]
