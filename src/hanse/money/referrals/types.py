"""Referrals as values."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

Part = tuple[int, int, int]  # clause, rate in ppm, amount in minor units


@dataclass(frozen=True, slots=True)
class Referred:
    """What one commission of a recruit earns its recruiter: `base_minor` is what counts of it."""

    terms_id: UUID
    base_minor: int
    parts: tuple[Part, ...]

    @property
    def owed_minor(self) -> int:
        """What all clauses pay together."""
        return sum(amount for _clause, _rate_ppm, amount in self.parts)
