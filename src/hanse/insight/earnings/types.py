"""What is said about earnings, as values. Amounts are minor units of the program's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TierEarnings:
    """What the middle one of a tier's partners earned in a month. None where too few to say."""

    tier_id: UUID
    partners: int
    median_minor: int | None


@dataclass(frozen=True, slots=True)
class DayEarnings:
    """What was credited to one enrolment on a local day."""

    day: date
    clicks: int
    sales: int
    value_minor: int
    commission_minor: int
