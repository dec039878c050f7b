"""What-if as values: the terms that are tried, on whom, and what they would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hanse.programs.terms.types import TermsBody


@dataclass(frozen=True, slots=True)
class Draft:
    """Terms that somebody thinks of: for a whole program, one of its tiers or one enrolment.

    With `instead_of_all` they stand for everything that anybody in the set has, negotiated terms too.
    """

    program_id: UUID
    tier_id: UUID | None
    enrolment_id: UUID | None
    body: TermsBody
    instead_of_all: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a draft would change for one enrolment; value is its share of what is left of the orders, in minor units."""

    enrolment_id: UUID
    name: str
    orders: int
    value_minor: int
    before_minor: int
    after_minor: int

    @property
    def change_minor(self) -> int:
        """What the partner would gain, or (below zero) lose."""
        return self.after_minor - self.before_minor


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a draft would have cost over a period, partner by partner, the largest change first."""

    effects: Sequence[Effect] = field(default_factory=tuple)

    @property
    def orders(self) -> int:
        """How many credited orders were priced."""
        return sum(effect.orders for effect in self.effects)

    @property
    def value_minor(self) -> int:
        """What they brought."""
        return sum(effect.value_minor for effect in self.effects)

    @property
    def before_minor(self) -> int:
        """What they cost under the terms that were in force."""
        return sum(effect.before_minor for effect in self.effects)

    @property
    def after_minor(self) -> int:
        """What they would have cost under the draft."""
        return sum(effect.after_minor for effect in self.effects)

    @property
    def change_minor(self) -> int:
        """What the draft would have cost more, or (below zero) less."""
        return self.after_minor - self.before_minor

    @property
    def gain(self) -> int:
        """How many partners would have earned more."""
        return sum(effect.change_minor > 0 for effect in self.effects)

    @property
    def lose(self) -> int:
        """How many partners would have earned less."""
        return sum(effect.change_minor < 0 for effect in self.effects)
