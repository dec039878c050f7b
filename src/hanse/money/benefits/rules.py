"""What is owed in kind: one line for each period under the version in force when it began."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from hanse.kernel.clock import Period, period_of
from hanse.money.pricing.choice import version_spanning
from hanse.money.pricing.types import Earner
from hanse.programs.terms.types import Benefit, Span, TermsBody

SPANS: Final[tuple[Span, ...]] = ("month", "quarter", "year", "life")
State = Literal["owed", "overdue", "delivered"]
Times = Sequence[tuple[datetime | None, datetime | None]]


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """One thing of one period. Once for ever: from the enrolment on, without an end."""

    terms_id: UUID
    clause: int
    name: str
    worth_minor: int
    starts_at: datetime
    ends_at: datetime


def has_benefits(body: TermsBody) -> bool:
    """Say whether terms promise anything in kind."""
    return any(isinstance(clause, Benefit) for clause in body.clauses)


def benefit_lines(earner: Earner, times: Times, now: datetime) -> Iterator[BenefitLine]:
    """Yield what is owed for every period that has begun, while somebody was there; nothing before the terms began.

    A period counts under the version in force at its first instant (or at the enrolment). A benefit for life is owed
    once, also where later versions repeat its name.
    """
    seen_for_life: set[str] = set()
    for span in SPANS:
        if not any(_of(version.body, span) for version in earner.versions):
            continue
        period = period_of(earner.enrolled_at, span, earner.time_zone)
        while period.starts_at <= now:
            version = version_spanning(earner, period)
            for clause in _of(version.body, span) if version is not None and _was_there(times, period, now) else ():
                assert version is not None
                if span == "life" and clause.name in seen_for_life:
                    continue
                starts_at = earner.enrolled_at if span == "life" else period.starts_at
                yield BenefitLine(
                    version.id, clause.scope.number, clause.name, clause.worth_minor, starts_at, period.ends_at
                )
                if span == "life":
                    seen_for_life.add(clause.name)
            if span == "life":
                break
            period = period_of(period.ends_at, span, earner.time_zone)


def state_of(delivered: bool, ends_at: datetime, now: datetime) -> State:
    """Say how it stands with a benefit: overdue when its period ended without it."""
    if delivered:
        return "delivered"
    return "overdue" if ends_at <= now else "owed"


def _of(body: TermsBody, span: Span) -> list[Benefit]:
    return [clause for clause in body.clauses if isinstance(clause, Benefit) and clause.period == span]


def _was_there(times: Times, period: Period, now: datetime) -> bool:
    """Say whether somebody was there in any moment of a period `[starts_at, ends_at)` so far."""
    return any(
        (since is None or (since < period.ends_at and since <= now)) and (end is None or end > period.starts_at)
        for since, end in times
    )
