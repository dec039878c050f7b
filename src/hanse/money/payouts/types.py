"""Payouts as values: open lines, the audit's verdicts, what a file said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

RAILS = ("manual", "csv", "paypal_csv", "paypal", "wise", "sepa", "credit")
Reason = Literal[
    "below_minimum",
    "no_details",
    "details_changed",
    "details_resting",
    "other_rail",
    "bad_details",
    "no_agreement",
    "suspended",
    "open_case",
    "hold_not_over",
    "later_refund",
    "duplicate",
    "self_referral",
    "sums_differ",
    "withdrawn",
]
CHECKS: tuple[Reason, ...] = (
    "hold_not_over", "later_refund", "duplicate", "self_referral", "sums_differ", "no_details", "details_changed",
    "details_resting", "other_rail", "bad_details", "no_agreement", "suspended", "open_case", "below_minimum",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A payable entry that no living payout has taken."""

    entry_id: UUID
    enrolment_id: UUID
    amount_minor: int
    commission_id: UUID | None
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """Everything the audit looks at for one enrolment, gathered from the tables.

    `is_first`: nothing was ever paid or sent; `details_rest`: changed too lately; `trouble`: what the rail refuses.
    """

    enrolment_id: UUID
    partner_id: UUID
    amount_minor: int
    status: str
    details: dict[str, str] | None
    has_agreed: bool
    has_open_case: bool
    holds_over: bool
    refunded_later: bool
    is_credited_twice: bool
    bought_themselves: bool
    sums_match: bool
    is_first: bool = False
    details_rest: bool = False
    fits_rail: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ReadBackRow:
    """One line of a bank's answer: which payout, what became of it."""

    number: int
    payout_id: UUID
    paid: bool
    reference: str = ""
    reason: str = ""
    came_back: bool = False


@dataclass(slots=True)
class ReadBack:
    """What reading a file back did: how many settled, failed or came back, and the rows not taken, with reasons."""

    settled: int = 0
    failed: int = 0
    returned: int = 0
    waiting: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
