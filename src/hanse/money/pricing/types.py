"""Credits as pricing sees them, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.programs.terms.types import DatedTerms
from hanse.traffic.conversions.types import SoldConversion

Step = dict[str, Any]
VersionAt = Callable[[datetime], DatedTerms | None]


@dataclass(frozen=True, slots=True)
class Credited:
    """One enrolment's share of one conversion, with the terms in force and the tier at that time.

    `unpaid_reason` says why the share earns nothing; with `partner_ended` clauses for life still pay.
    """

    conversion: SoldConversion
    share_ppm: int
    terms: DatedTerms | None
    tier: str = ""
    unpaid_reason: str = ""


@dataclass(frozen=True, slots=True)
class Earner:
    """The enrolment that is priced. `version_at` answers which terms it had at a moment."""

    enrolment_id: UUID
    time_zone: str
    enrolled_at: datetime
    version_at: VersionAt
    versions: tuple[DatedTerms, ...] = ()
    types: tuple[str, ...] = ()
    country: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """What one credit earns: had nothing been refunded, and after all refunds.

    The amounts of `steps` add up to `earned_minor`; those of `changes` are the way from there to `owed_minor`.
    """

    conversion_id: UUID
    earned_minor: int
    owed_minor: int
    steps: tuple[Step, ...] = ()
    changes: tuple[Step, ...] = ()

    @property
    def explanation(self) -> Mapping[str, Any]:
        """The steps as JSON: structured data only, put into words when somebody reads it."""
        return {"steps": list(self.steps), "changes": list(self.changes)}


@dataclass(slots=True)
class Tally:
    """What one credit came to in one pass: its amount so far and, where it `explains`, the steps that led there."""

    amount_minor: int = 0
    steps: list[Step] = field(default_factory=list)
    explains: bool = True

    def add(self, amount_minor: int, **step: Any) -> None:
        """Take an amount with its reason."""
        self.amount_minor += amount_minor
        if self.explains:
            self.steps.append({**step, "amount": amount_minor})
