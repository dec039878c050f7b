"""What terms promise for a time, whatever is sold: floors, fees and benefits of one quarter. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hanse.kernel.clock import Period, day_starts_at, local_day, period_of
from hanse.kernel.money import round_half_away
from hanse.programs.terms.types import Benefit, Fee, Floor, TermsBody

Place = tuple[UUID | None, UUID | None]  # whom terms are for: an enrolment, a tier, or (neither) everybody
NO_WORK: Mapping[UUID, date] = {}


@dataclass(frozen=True, slots=True)
class FixedSum:
    """One sum with the local day it falls on; `covered`: commission of its period counts against it."""

    on: date
    amount_minor: int
    covered: bool = False


def fixed_sums(
    body: TermsBody, within: Period, quarter: Period, zone: str, work: Mapping[UUID, date] = NO_WORK
) -> list[FixedSum]:
    """Return what terms that hold `within` a span promise in a quarter.

    A floor falls on the last day of its period, by the days that the terms hold in it; one that is paid in advance and
    carried on costs nothing beyond the commission it is paid back from. A fee at signing falls on the first day; one
    for a deliverable on its day in `work`, and what is not named there pays nothing; a benefit on the first day of its
    period.
    """
    found: list[FixedSum] = []
    for clause in body.clauses:
        if isinstance(clause, Floor):
            found += _floor(clause, within, quarter, zone)
        elif isinstance(clause, Fee):
            found += _fee(clause, within, zone, work)
        elif isinstance(clause, Benefit):
            found += _benefit(clause, within, quarter, zone)
    first, end = local_day(quarter.starts_at, zone), local_day(quarter.ends_at, zone)
    return [one for one in found if first <= one.on < end and one.amount_minor]


def _floor(clause: Floor, within: Period, quarter: Period, zone: str) -> Iterator[FixedSum]:
    if clause.mode == "recoupable" and clause.carry:
        return
    period = period_of(quarter.starts_at, clause.period, zone)
    while period.ends_at <= quarter.ends_at:
        start, end = local_day(period.starts_at, zone), local_day(period.ends_at, zone)
        first = max(start, local_day(within.starts_at, zone))
        last = min(end, local_day(within.ends_at, zone))
        days = max(0, (last - first).days)
        amount = round_half_away(clause.amount_minor * days, (end - start).days)
        yield FixedSum(end - timedelta(days=1), amount, clause.mode != "added")
        period = period_of(period.ends_at, clause.period, zone)


def _fee(clause: Fee, within: Period, zone: str, work: Mapping[UUID, date]) -> Iterator[FixedSum]:
    if isinstance(clause.due, UUID):
        if clause.due in work:  # whatever happens to the terms until then: what was promised for work is kept
            yield FixedSum(max(work[clause.due], local_day(within.starts_at, zone)), clause.amount_minor)
        return
    on = clause.due if isinstance(clause.due, date) else local_day(within.starts_at, zone)
    if within.starts_at < day_starts_at(on + timedelta(days=1), zone) and day_starts_at(on, zone) < within.ends_at:
        yield FixedSum(on, clause.amount_minor)


def _benefit(clause: Benefit, within: Period, quarter: Period, zone: str) -> Iterator[FixedSum]:
    if clause.period == "life":
        yield FixedSum(local_day(within.starts_at, zone), clause.worth_minor)
        return
    period = period_of(max(quarter.starts_at, within.starts_at), clause.period, zone)
    while period.starts_at < min(quarter.ends_at, within.ends_at):
        yield FixedSum(local_day(max(period.starts_at, within.starts_at), zone), clause.worth_minor)
        period = period_of(period.ends_at, clause.period, zone)


def kept_of(body: TermsBody | None, theirs: Place, new: Place) -> TermsBody | None:
    """Return what new terms stand in for of those in force. A signing fee is paid once for each scope: new terms of
    another scope pay theirs beside it."""
    if body is None or theirs == new:
        return body
    return TermsBody(tuple(one for one in body.clauses if not (isinstance(one, Fee) and one.due == "signing")))


def span_from(starts_at: datetime, ends_at: datetime | None) -> Period:
    """Return the span in which a version holds; without an end it holds for ever."""
    return Period(starts_at, ends_at or period_of(starts_at, "life", "UTC").ends_at)


def more_than(
    new: TermsBody, old: TermsBody | None, within: Period, quarter: Period, zone: str,
    work: Mapping[UUID, date] = NO_WORK,
) -> tuple[int, int]:  # fmt: skip
    """Return by how much one body promises more than another in a quarter: sums that stand, and sums that commission
    counts against; below zero where it promises less."""
    found = [0, 0]
    for sign, body in ((1, new), (-1, old)):
        for one in fixed_sums(body, within, quarter, zone, work) if body is not None else ():
            found[one.covered] += sign * one.amount_minor
    return found[0], found[1]
