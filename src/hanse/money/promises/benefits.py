"""What is owed in kind: each benefit of the terms, for each of its periods that somebody was enrolled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hanse.kernel.clock import Period, local_day, period_of
from hanse.money.pricing.choice import version_spanning
from hanse.money.pricing.types import Earner
from hanse.money.promises.types import Stay
from hanse.programs.terms.types import Benefit, Span

_SPANS: Final[tuple[Span, ...]] = ("month", "quarter", "year", "life")


@dataclass(frozen=True, slots=True)
class BenefitOwed:
    """One benefit for one period, with its estimated worth in minor units. For life: from enrolment on, once."""

    terms_id: UUID
    clause: int
    name: str
    worth_minor: int
    starts_at: datetime
    ends_at: datetime


def benefits_owed(earner: Earner, stay: Stay, until: datetime) -> list[BenefitOwed]:
    """Return the benefits of every period that has begun by `until`, in the order of length and time.

    As with floors the version in force when a period began counts, or at enrolment inside it. A benefit is whole: it is
    owed for a period if there is any local day of it on which somebody was enrolled.
    """
    since = stay.times[0][0] if stay.times else None
    return [one for span in _SPANS for one in _of_span(earner, stay, span, since or earner.enrolled_at, until)]


def _of_span(earner: Earner, stay: Stay, span: Span, since: datetime, until: datetime) -> Iterator[BenefitOwed]:
    if not any(_clauses(row.body.clauses, span) for row in earner.versions):
        return
    period = Period(since, period_of(since, "life", stay.zone).ends_at) if span == "life" else None
    period = period or period_of(since, span, stay.zone)
    while period.starts_at <= until:
        version = version_spanning(earner, period)
        days = stay.days(local_day(period.starts_at, stay.zone), local_day(min(period.ends_at, until), stay.zone))
        is_there = days > 0 or stay.has(min(until, period.starts_at))
        for clause in _clauses(version.body.clauses, span) if version is not None and is_there else ():
            assert version is not None
            number = clause.scope.number
            yield BenefitOwed(version.id, number, clause.name, clause.worth_minor, period.starts_at, period.ends_at)
        if span == "life":
            return
        period = period_of(period.ends_at, span, stay.zone)


def _clauses(clauses: tuple[object, ...], span: Span) -> list[Benefit]:
    return [clause for clause in clauses if isinstance(clause, Benefit) and clause.period == span]
