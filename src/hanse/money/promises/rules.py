"""What is owed for a time and not for a conversion: floors and fees, as a pure function of the set of facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from hanse.kernel.clock import Period, local_day, period_of
from hanse.kernel.money import round_half_away
from hanse.money.pricing.choice import version_spanning
from hanse.money.pricing.types import Earner
from hanse.money.promises.fees import fees
from hanse.money.promises.types import Facts, LineKind, PeriodLine
from hanse.programs.terms.types import DatedTerms, Fee, Floor, Span, TermsBody

SPANS: Final[tuple[Span, ...]] = ("month", "quarter", "year")
Frame = Callable[[Span], tuple[datetime, datetime] | None]
SIGNS: Final = {"floor": 1, "top_up": 1, "advance": 1, "fee": 1, "recouped": -1, "forgiven": 0}
_Place = tuple[UUID, int]  # terms, clause


def promised_lines(earner: Earner, facts: Facts, frame: Frame, until: datetime, *, ahead: bool) -> list[PeriodLine]:
    """Return floors by period and fees due by `until`, each under the version in force when its period began.

    `frame` says from when and until when the periods of a length count. `added` pays the floor at the close;
    `greater_of` pays what commissions of the period lack; `recoupable` pays it at the period's start (with `ahead` also
    for the period that is open) and takes it back out of the period's commissions; what no person has written off since
    is carried on, also under later terms without a floor, or forgiven at the close. Coming or leaving inside a period
    pro-rates by local days; who is paused or suspended stays. `facts.pool` knows afterwards what each commission pays
    back.
    """
    lines: list[PeriodLine] = []
    for span in SPANS:
        bounds = frame(span)
        if bounds is not None and any(_floors(version.body, span) for version in earner.versions):
            lines += _Chain(earner, facts, span, ahead=ahead).lines(*bounds)
    return lines + list(fees(earner, facts, until))


def has_promises(body: TermsBody) -> bool:
    """Say whether terms promise anything for a time."""
    return any(isinstance(clause, Floor | Fee) for clause in body.clauses)


def total_of(lines: Iterable[PeriodLine]) -> int:
    """Return what the lines add to what is owed: recouped amounts are taken off, forgiven ones were paid already."""
    return sum(SIGNS[line.kind] * line.amount_minor for line in lines)


def _floors(body: TermsBody, span: Span) -> list[Floor]:
    return [clause for clause in body.clauses if isinstance(clause, Floor) and clause.period == span]


class _Chain:
    """The periods of one length, one after the other; what is outstanding of advances goes from each to the next."""

    def __init__(self, earner: Earner, facts: Facts, span: Span, *, ahead: bool) -> None:
        self._earner, self._facts, self._span, self._ahead = earner, facts, span, ahead
        self._outstanding: dict[int, tuple[int, _Place]] = {}

    def lines(self, since: datetime, until: datetime) -> Iterator[PeriodLine]:
        """Yield the lines of every period that counts by `until`."""
        zone = self._earner.time_zone
        period = period_of(since, self._span, zone)
        while period.closed(until) or (self._ahead and period.starts_at <= until):
            yield from self._period(period, until)
            period = period_of(period.ends_at, self._span, zone)

    def _period(self, period: Period, until: datetime) -> Iterator[PeriodLine]:
        version, is_closed, advances = version_spanning(self._earner, period), period.closed(until), 0
        for clause in _floors(version.body, self._span) if version is not None else ():
            assert version is not None
            place, amount = (version.id, clause.scope.number), self._amount(clause, version, period)
            if clause.mode == "recoupable":
                yield from self._advance(clause, place, advances, amount, period, is_closed=is_closed)
                advances += 1
            elif is_closed and clause.mode == "added":
                yield from _line("floor", place, period, amount)
            elif is_closed:
                yield from _line("top_up", place, period, max(0, amount - self._facts.pool.counted(period)))
        for slot in sorted(slot for slot in self._outstanding if slot >= advances):
            left, place = self._outstanding[slot]
            recouped, left = self._paid_back(period, left)
            self._outstanding[slot] = (left, place)
            yield from _line("recouped", place, period, recouped)

    def _advance(
        self, clause: Floor, place: _Place, slot: int, amount: int, period: Period, *, is_closed: bool
    ) -> Iterator[PeriodLine]:
        due = self._outstanding.get(slot, (0, place))[0] + amount
        recouped, left = self._paid_back(period, due)
        forgiven = left if is_closed and not clause.carry else 0
        self._outstanding[slot] = (left - forgiven, place)
        yield from _line("advance", place, period, amount)
        yield from _line("recouped", place, period, recouped)
        yield from _line("forgiven", place, period, forgiven)

    def _paid_back(self, period: Period, due_minor: int) -> tuple[int, int]:
        """Return what commissions of a period pay back, and what is left behind what a person wrote off in it."""
        recouped = self._facts.pool.take(period, due_minor)
        left = due_minor - recouped
        return recouped, left - self._facts.written_off.take(period, left)

    def _amount(self, clause: Floor, version: DatedTerms, period: Period) -> int:
        """Pro-rate by local days; terms that are the first inside the period count from their start."""
        stay, begins_at = self._facts.stay, max(period.starts_at, self._earner.enrolled_at)
        end, start = local_day(period.ends_at, stay.zone), local_day(period.starts_at, stay.zone)
        first = start if self._earner.version_at(begins_at) else local_day(version.starts_at, stay.zone)
        return round_half_away(clause.amount_minor * stay.days(first, end), (end - start).days)


def _line(kind: LineKind, place: _Place, period: Period, amount_minor: int) -> Iterator[PeriodLine]:
    if amount_minor:
        yield PeriodLine(kind, place[1], period.starts_at, period.ends_at, amount_minor, place[0])
