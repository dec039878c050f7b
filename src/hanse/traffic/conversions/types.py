"""Conversions and refunds as values: what pricing reads, and what recording a batch answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from hanse.spine.intake.types import FactKey
from hanse.spine.parked.types import Parking

Row = dict[str, Any]
Watch = Callable[[Collection[UUID]], None]


def watch_nothing(_conversion_ids: Collection[UUID]) -> None:
    """Stand in for a watch where nobody wants to know which conversions are about to change."""


class SoldLine(NamedTuple):
    """One line as sold: `amount_minor` is for all of its `quantity` units, in the program's currency."""

    sku: str
    category: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SoldConversion:
    """A conversion as pricing reads it: as sold, and what is left of each line after all refunds.

    `quantities_left` are exact: a refund without lines takes units back by value, which may leave a part of one.
    Amounts are in `currency`; `original_currency` is what the buyer paid in where that is another.
    """

    id: UUID
    program_id: UUID
    goal: str
    external_id: str
    occurred_at: datetime
    amount_minor: int
    currency: str
    lines: tuple[SoldLine, ...]
    refunded_minor: int
    lines_left: tuple[int, ...]
    quantities_left: tuple[Fraction, ...]
    customer_id: UUID | None
    is_new: bool | None
    country: str
    coupon_code: str
    metadata: Mapping[str, object]
    is_test: bool
    original_currency: str = ""


@dataclass(frozen=True, slots=True)
class RefundedValue:
    """What all refunds of one conversion take back, in all and of each line."""

    amount_minor: int
    line_amounts: tuple[int, ...]
    quantities_left: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """One refund, chargeback or won dispute as the fold over the set sees it; `lines` None: none were named.

    `currency` "" is that of the order.
    """

    kind: str
    external_id: str
    reverses: str
    amount_minor: int
    lines: tuple[SoldLine, ...] | None = None
    currency: str = ""


@dataclass(slots=True)
class Recorded:
    """What a batch of conversions or refunds did.

    `new`, `changed` and `turned` are conversion ids; those that turned became fully refunded or are so no longer, which
    decides who owns their customers' renewals. `moved` holds customers whose history changed, each since when;
    `renamed` those whose address is another now; `stood_for` says which conversion each applied fact belongs to.
    """

    new: set[UUID] = field(default_factory=set)
    changed: set[UUID] = field(default_factory=set)
    turned: set[UUID] = field(default_factory=set)
    moved: dict[UUID, datetime] = field(default_factory=dict)
    renamed: set[UUID] = field(default_factory=set)
    stood_for: dict[FactKey, UUID] = field(default_factory=dict)
    parkings: list[Parking] = field(default_factory=list)
    released: list[UUID] = field(default_factory=list)
