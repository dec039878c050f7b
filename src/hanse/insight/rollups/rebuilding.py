"""Comparing the rollups with the rows, and mending them, program by program and day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from hanse.insight.rollups.actions import settle_ledger
from hanse.insight.rollups.credited import Key, counted_sales, owed_of, recount
from hanse.insight.rollups.keeping import of_programs
from hanse.insight.rollups.marks import NAMES, marks_of_program, mend_marks
from hanse.insight.rollups.models import EnrolmentDay, SliceDay
from hanse.insight.rollups.queries import Reach, reaches
from hanse.insight.rollups.repairing import ProgramOfDay, derive, months_between
from hanse.insight.rollups.rules import add_up
from hanse.insight.rollups.shelves import Sums, shelves_of_day, shelves_of_month
from hanse.insight.rollups.types import COUNTERS, SOLD, Cells, CreditedSale
from hanse.spine.findings import Finding

Step = Callable[[], int]
_SLICED = ("clicks", *SOLD)


def compare_rollups() -> list[Finding]:
    """Return every number that is not what the rows say. Clicks of days whose rows were forgotten are believed."""
    return [Finding("rollups", subject, message) for reach in reaches() for subject, message in _wrong(reach)]


def rebuild_rollups(now: datetime) -> int:
    """Add everything up anew, in the caller's transaction; returns how many days were looked at."""
    return sum(step() for step in rebuild_steps(now))


def rebuild_steps(now: datetime) -> list[Step]:
    """Return the steps of a rebuild, each for a transaction of its own and safe to run again.

    A step mends one program's day (or, after those of a month, the month) and returns how many days it looked at.
    Clicks of days whose rows were forgotten keep the numbers they stood at.
    """
    steps: list[Step] = []
    for reach in reaches():
        for first, last in months_between(reach.first, reach.last):
            steps += [partial(_mend_day, reach, day, now) for day in _each(first, last)]
            steps.append(partial(_mend_month, reach, first.replace(day=1)))
        steps.append(partial(_mend_marks, reach.program_id))
    return steps


def _mend_day(reach: Reach, day: date, now: datetime) -> int:
    settle_ledger(now)  # what is booked and not yet counted would come twice
    of = ProgramOfDay(reach.program_id, reach.zone, day)
    derived = derive(of)
    for shelf, believed in shelves_of_day(of, derived, reach.dimensions):
        shelf.mend(believed)
    recount(derived.standing, owed_of(derived.standing), derived.standing)
    return 1


def _mend_month(reach: Reach, month: date) -> int:
    for shelf in shelves_of_month(reach.program_id, month, *_stored_days(reach, month), reach.dimensions):
        shelf.mend()
    return 0


def _mend_marks(program_id: UUID) -> int:
    mend_marks(program_id)
    return 0


def _stored_days(reach: Reach, month: date) -> tuple[Cells, Sums]:
    """Return the days of a month as they are stored: just mended, and with what came in since."""
    until = (month + timedelta(days=31)).replace(day=1)
    days = EnrolmentDay.objects.filter(program_id=reach.program_id, day__gte=month, day__lt=until)
    cells: Cells = {
        (program_id, who, day): Counter(dict(zip(COUNTERS, numbers, strict=True)))
        for program_id, who, day, *numbers in days.values_list("program_id", "enrolment_id", "day", *COUNTERS)
    }
    parts = SliceDay.objects.filter(program_id=reach.program_id, day__gte=month, day__lt=until)
    keys = ("program_id", "dimension", "day", "value")
    sliced: Sums = {
        tuple(row[:4]): Counter(dict(zip(_SLICED, row[4:], strict=True)))
        for row in parts.values_list(*keys, *_SLICED).iterator()
    }
    return cells, sliced


def _wrong(reach: Reach) -> Iterator[tuple[str, str]]:
    for first, last in months_between(reach.first, reach.last):
        month, cells, sliced = first.replace(day=1), Cells(), Sums()
        for day in _each(first, last):
            of = ProgramOfDay(reach.program_id, reach.zone, day)
            derived = derive(of)
            for shelf, believed in shelves_of_day(of, derived, reach.dimensions):
                yield from _named(shelf.model.__name__, shelf.findings(believed))
            yield from _wrong_credits(derived.sales)
            add_up([derived.cells], into=cells)
            sliced |= of_programs(derived.slices)
            if not of.knows_clicks:
                _believe(of, cells, sliced)
        for shelf in shelves_of_month(reach.program_id, month, cells, sliced, reach.dimensions):
            yield from _named(shelf.model.__name__, shelf.findings())
    stored, right = marks_of_program(reach.program_id)
    for who in sorted(stored.keys() | right.keys()):
        have, should = stored.get(who, dict.fromkeys(NAMES)), right.get(who, dict.fromkeys(NAMES))
        for name in NAMES:
            if have[name] != should[name]:
                yield f"EnrolmentMark {who} {name}", f"{have[name]} is stored, {should[name]} is right"


def _wrong_credits(sales: Mapping[Key, CreditedSale]) -> Iterator[tuple[str, str]]:
    counted = counted_sales({key[0] for key in sales})
    for key in counted.keys() | sales.keys():
        if key not in counted or key not in sales or counted[key][1] != sales[key]:
            yield f"CountedCredit {key[0]} {key[1]}", "what was counted is not what the rows say"


def _believe(of: ProgramOfDay, cells: Cells, sliced: Sums) -> None:
    """Take the clicks of a day without rows as they are stored, for the sums of its month."""
    days = EnrolmentDay.objects.filter(program_id=of.program_id, day=of.day)
    for who, clicks, invalid in days.values_list("enrolment_id", "clicks", "invalid_clicks"):
        cells.setdefault((of.program_id, who, of.day), Counter()).update(clicks=clicks, invalid_clicks=invalid)
    parts = SliceDay.objects.filter(program_id=of.program_id, day=of.day).exclude(clicks=0)
    for dimension, value, clicks in parts.values_list("dimension", "value", "clicks"):
        sliced.setdefault((of.program_id, dimension, of.day, value), Counter())["clicks"] = clicks


def _named(model: str, findings: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((f"{model} {subject}", message) for subject, message in findings)


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
