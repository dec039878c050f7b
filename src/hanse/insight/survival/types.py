"""Times until an event as values. Shares are floats: they are statistics, never money."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """One day on which it happened to somebody: how many were at risk, and which share it has not happened to after it.

    `low` and `high` are the 95 % interval of that share; both are None where every one of them had it.
    """

    day: int
    at_risk: int
    events: int
    waiting: float
    standard_error: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan–Meier curve. `median` is the first day by which half had it, None where fewer are sure to have.

    `median_low` and `median_high` are its 95 % interval (Brookmeyer & Crowley); None where it is open. `last_day` is
    how long anybody was watched: nothing is known of later days. `censored_on` says how many were lost from sight on
    which day.
    """

    n: int
    events: int
    moments: Sequence[Moment]
    median: int | None
    median_low: int | None
    median_high: int | None
    last_day: int
    censored_on: Mapping[int, int]

    def lost_before(self, day: int) -> int:
        """Return how many were not watched until a day, and it had not happened to them."""
        return sum(count for on, count in self.censored_on.items() if on < day)

    @property
    def censored(self) -> int:
        """To how many it has not happened as far as is known."""
        return self.n - self.events

    def at(self, day: int) -> Moment | None:
        """Return the last moment up to a day; None before the first."""
        place = bisect_right(self.moments, day, key=lambda moment: moment.day)
        return self.moments[place - 1] if place else None

    def share_by(self, day: int) -> float:
        """Return the estimated share to whom it has happened by a day."""
        moment = self.at(day)
        return 1 - moment.waiting if moment else 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many, as a share with its 95 % interval (Wilson 1927); None of nobody."""

    count: int
    of: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """The share itself."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times likelier one group is than another, with its 95 % interval (Katz 1978)."""

    times: float
    low: float
    high: float
