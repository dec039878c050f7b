"""What is said about a partner's readers, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale as far as it is looked at here. `hour` is local; `categories` are those of its lines."""

    hour: int
    amount_minor: int
    is_new: bool | None
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """What the sales of some days have in common. A part that too few sales speak for is None."""

    since: datetime
    until: datetime
    sales: int
    from_hour: int
    until_hour: int
    hours_share: Decimal
    average_minor: int
    average_before_minor: int | None
    new_share: Decimal | None
    others_new_share: Decimal | None
    categories: Sequence[tuple[str, Decimal]]
