"""Terms as values: the clauses of domain.md §5, read once and never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from hanse.kernel.conditions import Condition

Span = Literal["month", "quarter", "year", "life"]
Metric = Literal["value", "count"]
LadderMode = Literal["marginal", "retroactive", "bonus"]
FloorMode = Literal["added", "greater_of", "recoupable"]


@dataclass(frozen=True, slots=True)
class Recurring:
    """How long a base clause holds for one customer: months, payments, or (both None) life."""

    months: int | None = None
    payments: int | None = None

    @property
    def for_life(self) -> bool:
        """Whether it never ends, not even with the enrolment."""
        return self.months is None and self.payments is None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a clause stands (`number` counts from 1) and which conversions and lines it looks at."""

    number: int
    goal: str | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of each line's value."""

    scope: Scope
    rate_ppm: int
    recurring: Recurring | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A sum for each conversion, or for each unit of a line."""

    scope: Scope
    amount_minor: int
    per: Literal["conversion", "unit"]
    recurring: Recurring | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder: `start` in minor units or conversions, and a rate or (mode bonus) an amount."""

    start: int
    rate_ppm: int = 0
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rates or bonuses that rise with the enrolment's credited value or count in a period."""

    scope: Scope
    metric: Metric
    period: Span
    mode: LadderMode
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor on what a line earns; several multiply."""

    scope: Scope
    factor_ppm: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """A fixed sum once, when the metric reaches `at`."""

    scope: Scope
    metric: Metric
    at: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be earned (`amount_minor`) or how many conversions may earn (`count`)."""

    scope: Scope
    per: Literal["conversion", "customer", "period"]
    period: Span | None = None
    amount_minor: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """An amount promised for each period."""

    scope: Scope
    amount_minor: int
    period: Span
    mode: FloorMode
    carry: bool = False


@dataclass(frozen=True, slots=True)
class Fee:
    """A fixed sum once: at signing, on a date, or when a deliverable is accepted."""

    scope: Scope
    amount_minor: int
    due: Literal["signing"] | date | UUID


@dataclass(frozen=True, slots=True)
class Benefit:
    """Something that is not money, with its estimated worth, for each period."""

    scope: Scope
    name: str
    worth_minor: int
    period: Span


@dataclass(frozen=True, slots=True)
class Referral:
    """A share of what a recruit earns on conversions, for some months from the recruit's enrolment."""

    scope: Scope
    rate_ppm: int
    months: int


Base = Percent | Fixed | Ladder
Clause = Percent | Fixed | Ladder | Multiplier | Milestone | Cap | Floor | Fee | Benefit | Referral


@dataclass(frozen=True, slots=True)
class TermsBody:
    """A list of clauses in the order that they were written."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class DatedTerms:
    """One stored version as pricing needs it."""

    id: UUID
    program_id: UUID
    tier_id: UUID | None
    enrolment_id: UUID | None
    number: int
    starts_at: datetime
    ends_at: datetime | None
    body: TermsBody = field(compare=False)

    def in_force(self, at: datetime) -> bool:
        """Say whether this version has begun and has not been taken back by its own end."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
