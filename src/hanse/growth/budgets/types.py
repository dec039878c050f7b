"""Budgets as values: what counts against a plan, what is promised ahead, and what an offer would add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from hanse.kernel.clock import Period
from hanse.kernel.errors import Refused

Source = Literal["floor", "top_up", "advance", "fee", "proposal", "deliverable", "prize", "joint", "benefit"]
State = Literal["fine", "near", "over", "will_be_over"]
OfferKind = Literal["terms", "proposal", "challenge", "deliverable", "joint"]
Cell = tuple[str, str]  # partner type, key of the tier: ("", "") also for what belongs to nobody yet


@dataclass(frozen=True, slots=True)
class Member:
    """One enrolment as budgets see it: under the first of its types, and the tier that it had at the quarter's end (or
    has now); `tier_id` is today's. Test enrolments and those that wait or have ended are promised nothing: `counts`."""

    enrolment_id: UUID
    name: str
    type: str
    tier: str
    tier_id: UUID | None
    counts: bool

    @property
    def cell(self) -> Cell:
        """Where its money is counted."""
        return (self.type, self.tier)


@dataclass(frozen=True, slots=True)
class Promised:
    """Something promised that is not booked yet; `covered` shrinks by what the partner earns until then."""

    source: Source
    enrolment_id: UUID | None
    amount_minor: int
    title: str = ""
    due_on: date | None = None
    covered: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """What counts against a plan, in minor units. Paid is a part of what was accrued, now or earlier."""

    accrued_minor: int = 0
    in_kind_minor: int = 0
    committed_minor: int = 0
    expected_minor: int = 0
    paid_minor: int = 0

    @property
    def used_minor(self) -> int:
        """What is spent or promised."""
        return self.accrued_minor + self.in_kind_minor + self.committed_minor

    def plus(self, other: Sums) -> Sums:
        """Add amount by amount."""
        return Sums(
            self.accrued_minor + other.accrued_minor, self.in_kind_minor + other.in_kind_minor,
            self.committed_minor + other.committed_minor, self.expected_minor + other.expected_minor,
            self.paid_minor + other.paid_minor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pace:
    """What a quarter's rest would bring: the mean of each weekday in the days looked at, times those to come."""

    rest_minor: int = 0
    days: int = 0
    by_enrolment: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a program's quarter stands: sums by cell, which add up to the whole, and where they come from."""

    period: Period
    first: date
    cells: Mapping[Cell, Sums]
    promised: Sequence[Promised]
    pace: Pace
    members: Mapping[UUID, Member]
    booked_minor: int

    @property
    def whole(self) -> Sums:
        """Everything in the program."""
        return self.of("", "")

    def of(self, type: str, tier: str) -> Sums:
        """Add up what belongs to a type, a tier, or both at once; "" stands for all of them."""
        found = Sums()
        for (one_type, one_tier), sums in self.cells.items():
            if type in ("", one_type) and tier in ("", one_tier):
                found = found.plus(sums)
        return found


@dataclass(frozen=True, slots=True)
class Planned:
    """One plan, as rules need it: ids as text, "" for all."""

    budget_id: UUID
    type: str
    tier: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Share:
    """What an offer adds on one local day, for one enrolment or (None) for nobody in particular."""

    on: date
    amount_minor: int
    enrolment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfferMade:
    """Something that would be promised. `key` names it with its content: another sum is another offer."""

    key: str
    kind: OfferKind
    title: str
    shares: Sequence[Share]
    enrolment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A budget that an offer would exceed: by what is spent and promised, or only by what is expected."""

    budget_id: UUID
    first: date
    type: str
    tier: str
    planned_minor: int
    before_minor: int
    added_minor: int
    is_beyond: bool

    @property
    def over_minor(self) -> int:
        """How far beyond the plan it leads."""
        return self.before_minor + self.added_minor - self.planned_minor


class OverBudget(Refused):
    """An offer that goes beyond a budget and needs somebody's approval first. `offer` and `breaches` say which."""

    def __init__(self, message: str, program_id: UUID, offer: OfferMade, breaches: Sequence[Breach]) -> None:
        super().__init__("over_budget", message)
        self.program_id, self.offer, self.breaches = program_id, offer, tuple(breaches)
