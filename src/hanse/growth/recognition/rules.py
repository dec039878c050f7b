"""Rules of recognition: which days are worth a word, and who stands where on the board."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

LOOK_BACK_DAYS = 7
LEAST_MONTHS = 3
LEAST_SALES = 5
LEAST_ON_BOARD = 3


@dataclass(frozen=True, slots=True)
class Place:
    """One place on the board; equal numbers share a place."""

    place: int
    name: str
    number: int
    is_own: bool = False


def anniversary(joined_on: date, today: date, look_back_days: int = LOOK_BACK_DAYS) -> int | None:
    """Return how many years somebody is with us if that day lies within the last days, else None."""
    for back in range(look_back_days + 1):
        day = today - timedelta(days=back)
        years = day.year - joined_on.year
        if years >= 1 and day == _on(joined_on, day.year):
            return years
    return None


def _on(day: date, year: int) -> date:
    """Return the day's date in another year; 29 February is 28 February where there is none."""
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def record_month(months: Sequence[tuple[date, int]], last: date) -> tuple[int, int] | None:
    """Return the sales of the month `last` and those of the best before, if it is a record worth telling.

    At least three earlier months with sales and five sales: nobody's second sale ever is a record.
    """
    sales = dict(months)
    earlier = [count for month, count in months if month < last and count > 0]
    now = sales.get(last, 0)
    if len(earlier) < LEAST_MONTHS or now < LEAST_SALES or now <= max(earlier):
        return None
    return now, max(earlier)


def board(numbers: Iterable[tuple[UUID, str, int]], places: int, own: UUID | None) -> list[Place]:
    """Return the places, the most first; one's own place stands below where it is not among them.

    Nothing for fewer than three: a board of two tells each what the other has.
    """
    ranked = sorted((row for row in numbers if row[2] > 0), key=lambda row: (-row[2], row[1], row[0]))
    if len(ranked) < LEAST_ON_BOARD:
        return []
    found, place = list[Place](), 0
    for position, (id_, name, number) in enumerate(ranked, start=1):
        place = place if found and found[-1].number == number else position
        found.append(Place(place, name, number, id_ == own))
    return [one for position, one in enumerate(found) if position < places or one.is_own]
