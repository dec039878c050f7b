"""Attribution as values: touchpoints, policies, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

Verdict = Literal["won", "agrees", "lost", "excluded"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How a program decides. `windows` overrides `window_days` for a kind; None there: no window."""

    model: str = "last"
    window_days: int = 30
    half_life_days: int = 7
    order: tuple[str, ...] = ()
    self_referral: str = "block"
    windows: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Touch:
    """One touchpoint: anything that can earn credit. Without `touched_at` it belongs to the conversion itself.

    `excluded` is the reason why it cannot count, known before any rule of time; `unpaid` why its share earns nothing;
    `share_ppm` an owner's share.
    """

    kind: str
    enrolment_id: UUID | None = None
    touched_at: datetime | None = None
    click_id: str = ""
    link_number: int | None = None
    coupon_id: UUID | None = None
    excluded: str = ""
    unpaid: str = ""
    share_ppm: int = 0
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A touchpoint with what became of it and why."""

    touch: Touch
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Share:
    """One enrolment's part of a conversion, and the touchpoint that stands for it."""

    enrolment_id: UUID
    share_ppm: int
    touch: Touch


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: the level that won ("" when nobody did), every touchpoint judged, the shares."""

    level: str
    judged: tuple[Judged, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class CreditShare:
    """One enrolment's share of a conversion, as pricing reads it."""

    conversion_id: UUID
    enrolment_id: UUID
    share_ppm: int
    occurred_at: datetime
    unpaid_reason: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A conversion as attribution reads it; `is_kept` is False once it is fully refunded."""

    id: UUID
    program_id: UUID
    external_id: str
    occurred_at: datetime
    is_recurring: bool
    customer_id: UUID | None
    email_hash: str
    click_id: str
    click_link_number: int | None
    click_touched_at: datetime | None
    bad_click: str
    visitor: str
    coupon_code: str
    partner_hint: str
    is_kept: bool
