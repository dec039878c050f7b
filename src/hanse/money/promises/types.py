"""Promises as values: what was earned, when somebody was enrolled, and the lines that are owed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from hanse.kernel.clock import Period, local_day

LineKind = Literal["floor", "top_up", "advance", "recouped", "forgiven", "fee"]


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One amount of one period, in minor units; a fee has the moment when it is due at both ends.

    `note` names the deliverable that a fee is for.
    """

    kind: LineKind
    clause: int
    starts_at: datetime
    ends_at: datetime
    amount_minor: int
    terms_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Earning:
    """What is owed for one conversion. `counted_minor` is what it is worth to a floor: voided ones count as earned."""

    occurred_at: datetime
    order: str
    owed_minor: int
    counted_minor: int
    commission_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """The times in which somebody was enrolled, in order; None: before everything, or still."""

    zone: str
    times: tuple[tuple[datetime | None, datetime | None], ...] = ((None, None),)

    def has(self, at: datetime) -> bool:
        """Say whether they were enrolled at a moment."""
        return any((since is None or since <= at) and (until is None or at < until) for since, until in self.times)

    def days(self, first: date, end: date) -> int:
        """Count the local days of `[first, end)` on which they were enrolled, the days of coming and leaving too."""
        count, counted_until = 0, first
        for since, until in self.times:
            start = max(counted_until, local_day(since, self.zone)) if since else counted_until
            stop = min(end, local_day(until, self.zone) + timedelta(days=1)) if until else end
            if stop > start:
                count, counted_until = count + (stop - start).days, stop
        return count


class Pool:
    """What was earned, and how much of it has been taken to pay back advances: each part once, over all floors."""

    def __init__(self, earned: Iterable[Earning]) -> None:
        self._rows = sorted(earned, key=lambda one: (one.occurred_at, one.order))
        self._times = [one.occurred_at for one in self._rows]
        self._taken = [0] * len(self._rows)

    @property
    def taken(self) -> dict[UUID, int]:
        """Return what each commission pays back."""
        pairs = zip(self._rows, self._taken, strict=True)
        return {one.commission_id: minor for one, minor in pairs if minor and one.commission_id is not None}

    def counted(self, period: Period) -> int:
        """Return what the conversions of a period are worth to a floor."""
        return sum(self._rows[place].counted_minor for place in self._places(period))

    def take(self, period: Period, most_minor: int) -> int:
        """Take up to an amount out of what a period has left, from the earliest conversion on, and return it."""
        places, taken = self._places(period), 0
        limit = min(most_minor, sum(self._rows[place].owed_minor for place in places))
        for place in places:
            left = max(0, self._rows[place].owed_minor) - self._taken[place]
            part = min(left, max(0, limit - taken))
            self._taken[place] += part
            taken += part
        return taken

    def _places(self, period: Period) -> range:
        return range(bisect_left(self._times, period.starts_at), bisect_left(self._times, period.ends_at))


class WrittenOff:
    """What a person gave up of advances, by when: each part once, over all floors."""

    def __init__(self, amounts: Iterable[tuple[datetime, int]] = ()) -> None:
        self._left = dict(enumerate(amounts))

    def take(self, period: Period, most_minor: int) -> int:
        """Take up to an amount out of what was given up within a period, and return it."""
        taken = 0
        for key, (at, minor) in self._left.items():
            if period.starts_at <= at < period.ends_at:
                part = min(minor, most_minor - taken)
                self._left[key] = (at, minor - part)
                taken += part
        return taken


@dataclass(frozen=True, slots=True)
class Accepted:
    """A deliverable that is accepted: since when, and what it is called."""

    at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that decides what is promised to one enrolment. `signed` says when which version was accepted,
    `accepted` which deliverables are."""

    stay: Stay
    pool: Pool
    signed: Mapping[UUID, datetime] = field(default_factory=dict)
    moments: tuple[datetime, ...] = ()
    accepted: Mapping[UUID, Accepted] = field(default_factory=dict)
    written_off: WrittenOff = field(default_factory=WrittenOff)
