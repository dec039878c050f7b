"""What is owed for a time and not for a conversion: floors and fees, as a pure function of what was earned in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from hanse.kernel.clock import Period, day_starts_at, local_day, period_of
from hanse.kernel.money import round_half_away
from hanse.programs.terms.types import Clause, Fee, Floor

PeriodKind = Literal["floor", "top_up", "advance", "recouped", "forgiven", "fee"]
Earned = Sequence[tuple[datetime, int]]  # when a conversion occurred, and what is owed for it


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One amount of one period, in minor units; a fee has the moment when it is due at both ends."""

    kind: PeriodKind
    clause: int
    starts_at: datetime
    ends_at: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Stay:
    """When somebody was enrolled; None: before everything, or still."""

    zone: str
    since: datetime | None = None
    until: datetime | None = None


class Pool:
    """What was earned, and how much of it has been taken to pay back advances: each part once, over all floors."""

    def __init__(self, earned: Earned) -> None:
        self.earned = earned
        self._left = [max(0, owed) for _at, owed in earned]

    def within(self, period: Period) -> int:
        """Return what was earned in a period."""
        return sum(owed for at, owed in self.earned if at in period)

    def take(self, period: Period, most_minor: int) -> int:
        """Take up to an amount out of what a period has left, and return it."""
        taken = 0
        limit = min(most_minor, self.within(period))
        for place, (at, _owed) in enumerate(self.earned):
            part = min(self._left[place], max(0, limit - taken)) if at in period else 0
            self._left[place] -= part
            taken += part
        return taken


def period_lines(
    clauses: Iterable[Clause], earned: Earned | Pool, stay: Stay, since: datetime | None, until: datetime
) -> list[PeriodLine]:
    """Return floors for every period closed by `until` that ends after `since`, and fees due by then.

    `added` pays the floor; `greater_of` pays what commissions of the period lack; `recoupable` pays it in advance and
    takes it back out of commissions, the rest is carried on or forgiven at the close. Joining or leaving inside a
    period pro-rates by local days. Calls that share a pool take each commission once.
    """
    lines: list[PeriodLine] = []
    pool = earned if isinstance(earned, Pool) else Pool(earned)
    for clause in clauses:
        if isinstance(clause, Floor) and since is not None:
            lines += _floor(clause, pool, stay, since, until)
        elif isinstance(clause, Fee):
            lines += _fee(clause, stay, since, until)
    return lines


def total_of(lines: Iterable[PeriodLine]) -> int:
    """Return what the lines add to what is owed: recouped amounts are taken off, forgiven ones were paid already."""
    sign = {"floor": 1, "top_up": 1, "advance": 1, "fee": 1, "recouped": -1, "forgiven": 0}
    return sum(sign[line.kind] * line.amount_minor for line in lines)


def _floor(clause: Floor, pool: Pool, stay: Stay, since: datetime, until: datetime) -> Iterator[PeriodLine]:
    outstanding = 0
    for period in _closed_periods(clause, stay.zone, since, until):
        amount = _pro_rated(clause.amount_minor, period, stay)
        if clause.mode == "added":
            yield from _line("floor", clause, period, amount)
        elif clause.mode == "greater_of":
            yield from _line("top_up", clause, period, max(0, amount - pool.within(period)))
        else:
            recouped = pool.take(period, outstanding + amount)
            left = outstanding + amount - recouped
            yield from _line("advance", clause, period, amount)
            yield from _line("recouped", clause, period, recouped)
            yield from _line("forgiven", clause, period, 0 if clause.carry else left)
            outstanding = left if clause.carry else 0


def _line(kind: PeriodKind, clause: Floor, period: Period, amount_minor: int) -> Iterator[PeriodLine]:
    if amount_minor:
        yield PeriodLine(kind, clause.scope.number, period.starts_at, period.ends_at, amount_minor)


def _closed_periods(clause: Floor, zone: str, since: datetime, until: datetime) -> Iterator[Period]:
    period = period_of(since, clause.period, zone)
    while period.closed(until):
        yield period
        period = period_of(period.ends_at, clause.period, zone)


def _pro_rated(amount_minor: int, period: Period, stay: Stay) -> int:
    first, end = local_day(period.starts_at, stay.zone), local_day(period.ends_at, stay.zone)
    joined = max(first, local_day(stay.since, stay.zone)) if stay.since else first
    left = min(end, local_day(stay.until, stay.zone) + timedelta(days=1)) if stay.until else end
    return round_half_away(amount_minor * max(0, (left - joined).days), (end - first).days)


def _fee(clause: Fee, stay: Stay, since: datetime | None, until: datetime) -> Iterator[PeriodLine]:
    if clause.due == "signing":
        due_at: datetime | None = stay.since or since or until
    else:
        due_at = day_starts_at(clause.due, stay.zone) if isinstance(clause.due, date) else None
    if due_at is not None and due_at <= until:
        yield PeriodLine("fee", clause.scope.number, due_at, due_at, clause.amount_minor)
