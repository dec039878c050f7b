"""Price lists as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from hanse.kernel.money import round_half_away


class InForce(Protocol):
    """What rules need to know of a version."""

    number: int
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Price:
    """One product's prices for one unit, in minor units of the program's currency."""

    sku: str
    name: str
    list_minor: int
    partner_minor: int

    @property
    def margin_ppm(self) -> int:
        """What stays with the partner, in parts of a million of the list price, to the tenth of a percent."""
        kept = self.list_minor - self.partner_minor
        return round_half_away(kept * 1000, self.list_minor) * 1000 if self.list_minor else 0
