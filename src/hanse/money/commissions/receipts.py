"""A commission as the page "Why this amount?" shows it: order, evidence, terms, arithmetic, movements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from hanse.money.pricing.words import ArithmeticLine
from hanse.traffic.attribution.models import Evidence

CommissionState = Literal["held", "kept", "payable", "in_transit", "paid", "taken_back", "voided"]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of the order: as sold, and what is left of it. `name` is what the business calls the article, or ""."""

    sku: str
    category: str
    quantity: int
    amount_minor: int
    left_minor: int
    name: str = ""

    @property
    def label(self) -> str:
        """The best word there is for the line; "" when it came without any."""
        return self.name or self.sku or self.category


@dataclass(frozen=True, slots=True)
class ReceiptOriginal:
    """What the buyer paid in another currency, and the rate of which day made the program's amount of it.

    `rate` is a decimal of six digits for people; the exact fraction is kept with the order.
    """

    amount_minor: int
    currency: str
    rate: str
    rate_on: date


@dataclass(frozen=True, slots=True)
class ReceiptOrder:
    """The order under a commission. `value_minor` is after discounts, before tax and shipping."""

    conversion_id: UUID
    external_id: str
    goal: str
    goal_name: str
    occurred_at: datetime
    received_at: datetime
    source: str
    lines: tuple[ReceiptLine, ...]
    value_minor: int
    refunded_minor: int
    coupon_code: str
    is_new: bool | None
    country: str
    is_test: bool
    original: ReceiptOriginal | None = None


@dataclass(frozen=True, slots=True)
class ReceiptTerms:
    """The version that paid: whose it is, how long it was in force, when it was accepted, and its sentences."""

    id: UUID
    number: int
    name: str
    scope: Literal["program", "tier", "negotiated"]
    tier_name: str
    starts_at: datetime
    until: datetime | None
    accepted_at: datetime | None
    accepted_by: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """One ledger transaction as this commission felt it; amounts are changes of its pots, in minor units."""

    number: int
    cause: str
    note: str
    posted_at: datetime
    occurred_at: datetime
    held_minor: int = 0
    payable_minor: int = 0
    in_transit_minor: int = 0
    paid_minor: int = 0
    recouped_minor: int = 0
    run_id: UUID | None = None
    run_number: str = ""
    rail: str = ""


@dataclass(frozen=True, slots=True)
class ReferralPaid:
    """What a recruiter earns from this commission, on top and at the program's cost. Partners are not told."""

    partner_name: str
    base_minor: int
    rates_ppm: tuple[int, ...]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that explains one commission. The amounts of `earned` add up to `earned_minor`, with `changes` to
    `owed_minor`; the movements add up to the five balances; `recouped_minor` has paid
    back an advance. `usual_until` is when the hold would have ended but for the shorter one of a first payout. For a
    partner `evidence` holds only their own and `others` says how many touchpoints of other partners had which verdict.
    """

    id: UUID
    program_id: UUID
    enrolment_id: UUID
    partner_id: UUID
    partner_name: str
    currency: str
    time_zone: str
    state: CommissionState
    earned_minor: int
    owed_minor: int
    share_ppm: int
    accrued_at: datetime
    held_until: datetime
    approved_at: datetime | None
    approved_by: str
    paid_at: datetime | None
    voided_at: datetime | None
    void_reason: str
    cases: tuple[str, ...]
    order: ReceiptOrder
    evidence: tuple[Evidence, ...]
    others: dict[str, int]
    decided_window_days: int | None
    decided_model: str
    decided_level: str
    terms: ReceiptTerms | None
    earned: tuple[ArithmeticLine, ...]
    changes: tuple[ArithmeticLine, ...]
    movements: tuple[Movement, ...]
    held_minor: int
    payable_minor: int
    in_transit_minor: int
    paid_minor: int
    recouped_minor: int
    referrals: tuple[ReferralPaid, ...] = ()
    usual_until: datetime | None = None
