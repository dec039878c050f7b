"""Facts about a partner, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

Page = Literal["links", "earnings", "numbers", "terms", "payouts", "grow", "pieces"]


@dataclass(frozen=True, slots=True)
class FoundFact:
    """One true statement. `n` is how many cases it rests on; `rank_ppm` how much it is worth telling, up to a million.

    `numbers` hold what the sentence says: whole numbers (minor units, parts per million, days) and names.
    """

    kind: str
    enrolment_id: UUID
    period_from: date
    period_to: date
    n: int
    numbers: Mapping[str, int | str] = field(default_factory=dict)
    rank_ppm: int = 0


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of fact: `least_n` is the fewest cases it is told on, `page` where the partner can check it.

    `weight` (0–100) says how useful such a fact is in itself; `shown_to` is "partner" where the partner may read it and
    "team" where it is for the team alone.
    """

    key: str
    least_n: int
    page: Page
    weight: int
    shown_to: Literal["partner", "team"] = "partner"
