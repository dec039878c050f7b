"""Pre-added numbers as values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

NOBODY = UUID(int=0)  # stands for conversions that nobody was credited with
COUNTERS = (
    "clicks", "invalid_clicks", "conversions", "click_conversions", "new_customers", "value_minor", "refunded_minor",
    "commission_minor", "held_minor",
)  # fmt: skip
SOLD = (
    "conversions", "click_conversions", "new_customers", "value_minor", "refunded_minor", "commission_minor",
)  # fmt: skip

CellKey = tuple[UUID, UUID, date]  # program, enrolment, local day of the program
Cells = dict[CellKey, Counter[str]]
Row = dict[str, Any]
Part = tuple[str, str]  # dimension and value
SaleKey = tuple[UUID, UUID, int, date]  # program, enrolment, link number (0: none), local day


@dataclass(slots=True)
class Slices:
    """Numbers by link and hour, and by link, day and part; `programs` says whose each link is."""

    hours: dict[tuple[int, datetime], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    clicks: dict[tuple[int, date], Counter[Part]] = field(default_factory=lambda: defaultdict(Counter))
    sales: dict[SaleKey, dict[Part, Counter[str]]] = field(default_factory=dict)
    programs: dict[int, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreditedSale:
    """What one enrolment's credit of a conversion adds, as the rows are or as it was added.

    `numbers` are in the order of SOLD. Commission without a credit (a share of a recruit's) has no link and no facets.
    """

    conversion_id: UUID
    enrolment_id: UUID
    program_id: UUID
    customer_id: UUID | None
    occurred_at: datetime
    link_number: int
    click_id: str
    facets: Mapping[str, str]
    numbers: tuple[int, ...]

    @property
    def key(self) -> tuple[UUID, UUID]:
        """Which credit it is."""
        return self.conversion_id, self.enrolment_id
