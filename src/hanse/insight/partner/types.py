"""What is known of one partner, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Topic = Literal["money", "talk", "links", "standing"]


class Kind(StrEnum):
    """What sort of thing happened."""

    STATUS = "status"
    TIER = "tier"
    AGREED = "agreed"
    NOTE = "note"
    PAYOUT = "payout"
    PROMISE = "promise"
    LINK = "link"
    COUPON = "coupon"
    FIRST_CLICK = "first_click"
    FIRST_SALE = "first_sale"
    BEST_DAY = "best_day"
    CASE = "case"
    DECIDED = "decided"
    CHANGED = "changed"


TOPICS: Mapping[Kind, Topic] = {
    Kind.STATUS: "standing",
    Kind.TIER: "standing",
    Kind.AGREED: "standing",
    Kind.CHANGED: "standing",
    Kind.NOTE: "talk",
    Kind.PAYOUT: "money",
    Kind.PROMISE: "money",
    Kind.FIRST_SALE: "money",
    Kind.BEST_DAY: "money",
    Kind.CASE: "money",
    Kind.DECIDED: "money",
    Kind.LINK: "links",
    Kind.COUPON: "links",
    Kind.FIRST_CLICK: "links",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `name` is what it concerns, `detail` what else is known, `about` its id in text."""

    at: datetime
    kind: Kind
    name: str = ""
    amount_minor: int = 0
    count: int = 0
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def topic(self) -> Topic:
        """Under which heading it is found."""
        return TOPICS[self.kind]


@dataclass(frozen=True, slots=True)
class MonthOfCommission:
    """Commission of the sales of one month: what is approved, and what is still on hold."""

    first: date
    approved_minor: int
    held_minor: int


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case with what is owed for its commission now (0 where it has none)."""

    reason: str
    opened_at: datetime
    decided_at: datetime | None
    decision: str
    decided_by: str
    decision_reason: str
    owed_minor: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What a link or a code brought: credited sales and their value as sold."""

    sales: int = 0
    value_minor: int = 0

    def __add__(self, other: Brought) -> Brought:
        return Brought(self.sales + other.sales, self.value_minor + other.value_minor)
