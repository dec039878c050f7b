"""Commissions as values: who earns, what changed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hanse.money.pricing.types import Earner
from hanse.programs.terms.rules import choose_terms
from hanse.programs.terms.types import DatedTerms


@dataclass(frozen=True, slots=True)
class ProgramRules:
    """What a program says about its commissions."""

    id: UUID
    currency: str
    time_zone: str
    hold_days: int
    approval_ceiling_minor: int | None


@dataclass(frozen=True, slots=True)
class EarnerRecord:
    """An enrolment with everything that decides which terms it has at a moment."""

    id: UUID
    program: ProgramRules
    enrolled_at: datetime
    is_test: bool
    types: tuple[str, ...]
    country: str
    tier_moves: tuple[tuple[datetime, UUID | None], ...]
    tier_keys: dict[UUID, str]
    versions: tuple[DatedTerms, ...]

    def tier_at(self, at: datetime) -> UUID | None:
        """Return the tier at a moment; before the first move, the tier it was first put into."""
        place = bisect_right([moved_at for moved_at, _tier in self.tier_moves], at)
        return self.tier_moves[max(0, place - 1)][1] if self.tier_moves else None

    def tier_key_at(self, at: datetime) -> str:
        """Return the key of the tier at a moment, or ""."""
        tier_id = self.tier_at(at)
        return self.tier_keys.get(tier_id, "") if tier_id else ""

    def version_at(self, at: datetime) -> DatedTerms | None:
        """Return the terms in force at a moment."""
        return choose_terms(self.versions, self.id, self.tier_at(at), self.program.id, at)

    @property
    def earner(self) -> Earner:
        """Return what pricing needs to know."""
        return Earner(
            self.id, self.program.time_zone, self.enrolled_at, self.version_at, self.versions, self.types, self.country
        )


@dataclass(frozen=True, slots=True)
class CommissionChange:
    """One commission that is new or worth another amount; `before_minor` is 0 for a new one."""

    commission_id: UUID
    conversion_id: UUID
    enrolment_id: UUID
    program_id: UUID
    occurred_at: datetime
    currency: str
    before_minor: int
    after_minor: int
