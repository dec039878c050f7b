"""Joint projects as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypedDict
from uuid import UUID

Side = Literal["us", "partner"]
Stage = Literal["our_turn", "their_turn", "agreed", "proof", "to_look_at", "result", "done", "declined", "cancelled"]
SIDES: tuple[Side, ...] = ("us", "partner")


class CostLine(TypedDict):
    """One planned cost: what for, how much, and who lays it out."""

    name: str
    planned_minor: int
    paid_by: str


class ProjectFields(TypedDict, total=False):
    """What a proposal says. `our_cost_ppm` and `our_leads_ppm` are our shares; the partner has the rest."""

    kind: str
    title: str
    text: str
    happens_on: date
    our_cost_ppm: int
    our_leads_ppm: int
    costs: Sequence[CostLine]


class Cost(Protocol):
    """What rules need to know of a cost."""

    planned_minor: int
    actual_minor: int | None
    paid_by: str


class Proof(Protocol):
    """What rules need to know of a proof."""

    side: str
    state: str


class Asked(Protocol):
    """What rules need to know of a project."""

    state: str
    kind: str
    happens_on: date
    last_by: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What costs come to: `total = ours + theirs`, and what moves so that each side carries its share.

    `to_partner_minor` is what we owe the partner; below zero it is what comes off the partner's balance.
    """

    total_minor: int
    ours_minor: int
    theirs_minor: int
    laid_out_by_us_minor: int
    laid_out_by_partner_minor: int
    not_counted_minor: int

    @property
    def to_partner_minor(self) -> int:
        """Our share less what we laid out ourselves; the same as what the partner laid out less their share."""
        return self.ours_minor - self.laid_out_by_us_minor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a project's link and code brought so far; `leads` are conversions without a value."""

    clicks: int = 0
    sales: int = 0
    leads: int = 0
    value_minor: int = 0


@dataclass(frozen=True, slots=True)
class OpenBudget:
    """Our share of a project that is agreed and not settled yet: a promise of money to come."""

    project_id: UUID
    enrolment_id: UUID
    happens_on: date
    currency: str
    amount_minor: int
