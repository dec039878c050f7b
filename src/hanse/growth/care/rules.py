"""Rules of our promises: when one falls due, and how well they were kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

SCORED_DAYS: Final = 90
AHEAD_DAYS: Final = 7  # a briefing is on the list so long before its last day
BOUNDS: Final = {"answer": (1, 24 * 30), "call": (1, 365), "briefing": (1, 90), "own": (1, 365)}
DEFAULTS: Final = {"answer": 24, "call": 30, "briefing": 21, "own": 90}


@dataclass(frozen=True, slots=True)
class Score:
    """How one kind of promise was kept: what fell due in the days that are scored, and what is open."""

    in_time: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0

    @property
    def n(self) -> int:
        """How many fell due."""
        return self.in_time + self.late + self.overdue

    @property
    def share(self) -> Decimal | None:
        """The part that was kept in time; None where nothing fell due."""
        return Decimal(self.in_time) / self.n if self.n else None

    def __add__(self, other: Score) -> Score:
        return Score(
            self.in_time + other.in_time, self.late + other.late, self.overdue + other.overdue, self.open + other.open
        )


def score(dues: Iterable[tuple[datetime, datetime | None]], now: datetime, days: int = SCORED_DAYS) -> Score:
    """Score promises given as (due, kept): in time, late, overdue; what is not due yet is open.

    What was kept before it fell due counts from the day it was kept.
    """
    since, found = now - timedelta(days=days), Score()
    for due_at, kept_at in dues:
        if kept_at is not None and kept_at <= due_at:
            found += Score(in_time=1) if kept_at > since else Score()
        elif due_at > now:
            found += Score(open=1)
        elif kept_at is None:
            found += Score(overdue=1)
        else:
            found += Score(late=1) if due_at > since else Score()
    return found


def next_turn(every_days: int, last_kept_at: datetime | None, begins_at: datetime) -> datetime:
    """Return when a promise that comes round is due next: so many days after it was kept last, or after it began."""
    return (last_kept_at or begins_at) + timedelta(days=every_days)


def briefing_day(on: date, ahead_days: int) -> date:
    """Return the last day on which a briefing about a day is early enough."""
    return on - timedelta(days=ahead_days)
