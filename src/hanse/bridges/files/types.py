"""What an order file holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Skip(StrEnum):
    """Why a line of an order file becomes neither a sale nor a refund."""

    BAD_DEBT = "bad_debt"
    STOCK_CORRECTION = "stock_correction"
    NO_VALUE = "no_value"
    CHARGE_ON_REFUND = "charge_on_refund"
    NEGATIVE_QUANTITY = "negative_quantity"
    NO_ORDER_NUMBER = "no_order_number"
    BAD_DATE = "bad_date"
    BAD_QUANTITY = "bad_quantity"
    BAD_PRICE = "bad_price"
    COLUMNS_MISSING = "columns_missing"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One readable line. `amount_minor` is quantity × price, rounded once, with the file's own sign.

    `exact_micro` is the same in millionths of a minor unit, before rounding: prices of a tenth of a penny exist.
    """

    row: int
    order: str
    sku: str
    category: str
    quantity: int
    amount_minor: int
    exact_micro: int
    at: datetime
    customer: str
    country: str
    is_refund: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class SkippedLine:
    """One line that was left out, with its value as the file has it (0 where unreadable)."""

    row: int
    order: str
    reason: Skip
    amount_minor: int
    text: str


@dataclass(frozen=True, slots=True)
class SoldItem:
    """So many of an article on one order of a customer."""

    order: str
    at: datetime
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ReturnedItem:
    """So many of an article returned on one refund document; `amount_minor` is positive."""

    document: str
    row: int
    at: datetime
    sku: str
    category: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Return:
    """A part of a returned item and the order it belongs to; None where the file knows no such sale."""

    item: ReturnedItem
    order: str | None
    quantity: int
    amount_minor: int


@dataclass(slots=True)
class Tally:
    """A count and the value behind it, in minor units."""

    count: int = 0
    amount_minor: int = 0

    def add(self, amount_minor: int, count: int = 1) -> None:
        """Count once more."""
        self.count += count
        self.amount_minor += amount_minor


@dataclass(slots=True)
class Report:
    """What became of every line of a file; gross, refunds and net count all of its rows.

    `gross_minor` is the exact sum, rounded once; `rounding_minor` is what rounding each line alone added to it.
    """

    rows: int = 0
    repeated_rows: int = 0
    gross_minor: int = 0
    rounding_minor: int = 0
    refunds_minor: int = 0
    orders: Tally = field(default_factory=Tally)
    order_lines: int = 0
    refunds: Tally = field(default_factory=Tally)
    refund_rows: int = 0
    refund_rows_without_earlier_sale: int = 0
    refunds_without_sale: Tally = field(default_factory=Tally)
    skipped: dict[str, Tally] = field(default_factory=dict)

    @property
    def net_minor(self) -> int:
        """Everything the file adds up to."""
        return self.gross_minor + self.refunds_minor


@dataclass(frozen=True, slots=True)
class FileFact:
    """One fact of the file, as the object that the API would take."""

    sequence: int
    kind: str
    occurred_at: datetime
    body: Mapping[str, object]
