"""Pre-added numbers as values."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

NOBODY = UUID(int=0)  # stands for conversions that nobody was credited with
COUNTERS = (
    "clicks", "invalid_clicks", "conversions", "click_conversions", "new_customers", "value_minor", "refunded_minor",
    "commission_minor",
)  # fmt: skip

CellKey = tuple[UUID, UUID, date]  # program, enrolment, local day of the program
Cells = dict[CellKey, Counter[str]]
