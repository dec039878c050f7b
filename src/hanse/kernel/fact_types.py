"""Facts as values: what the edge has checked and the pipeline may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

RefundKind = Literal["refund", "chargeback", "dispute_won"]
FactKind = Literal["conversion", "refund"]
BROWSER = "browser"  # the source of what a visitor's browser said: anybody can say it, so it waits for approval


@dataclass(frozen=True, slots=True)
class ClickFact:
    """One pass through a link. `reason` is "" for a valid click, else a named reason of domain.md §3.

    `device` is phone, tablet, desktop, other, bot or "" (not known); `variant` names the split's arm, "" if none.
    A sub-parameter `initiative` stands for this click in place of its link's.
    """

    core_hex: str
    link_number: int
    occurred_at: datetime
    visitor: str = ""
    ip_hash: str = ""
    country: str = ""
    network: str = ""
    agent: str = ""
    referrer: str = ""
    reason: str = ""
    subs: Mapping[str, str] = field(default_factory=dict)
    landing: str = ""
    device: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class LineFact:
    """One line of an order or refund: `amount_minor` is for all of its `quantity` units."""

    sku: str
    category: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CustomerFact:
    """The business's buyer. The address is already a keyed hash; `is_new` None means the sender did not say."""

    external_id: str
    email_hash: str = ""
    country: str = ""
    is_new: bool | None = None


@dataclass(frozen=True, slots=True)
class ConversionFact:
    """One occurrence of a goal. `dated` is False when `occurred_at` is only the moment it was received.

    `page_host` is the host of the page whose browser told it, as the door saw it; "" where it was no page.
    """

    goal: str
    external_id: str
    occurred_at: datetime
    amount_minor: int
    currency: str
    lines: tuple[LineFact, ...]
    customer: CustomerFact | None = None
    click: str | None = None
    visitor: str | None = None
    coupon: str | None = None
    partner: str | None = None
    metadata: Mapping[str, str | int | bool] = field(default_factory=dict)
    is_test: bool = False
    revision: int = 0
    dated: bool = True
    page_host: str = ""

    @property
    def goal_of_identity(self) -> str:
        """A lead and a sale may bear the same outside id: the goal is a part of what makes it one conversion."""
        return self.goal


@dataclass(frozen=True, slots=True)
class RefundFact:
    """Value taken back from the conversion with the outside id `conversion`; `lines` None: spread by line value."""

    external_id: str
    conversion: str
    goal: str | None
    kind: RefundKind
    reverses: str | None
    occurred_at: datetime
    amount_minor: int
    currency: str
    lines: tuple[LineFact, ...] | None = None
    dated: bool = True

    @property
    def goal_of_identity(self) -> str:
        """A refund's outside id is its own in the whole program, whatever goal it names."""
        return ""


Fact = ConversionFact | RefundFact
