"""Attribution as values: touchpoints, policies, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

Verdict = Literal["won", "agrees", "lost", "excluded"]
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """How a program decides. `windows` overrides `window_days` for a kind; None there: no window.

    `stand_down_minutes`, `takeover_seconds` and `introducer_ppm` are off at 0; `own_signals` name what tells an own
    purchase.
    """

    model: str = "last"
    window_days: int = 30
    half_life_days: int = 7
    order: tuple[str, ...] = ()
    self_referral: str = "block"
    windows: Mapping[str, int | None] = field(default_factory=dict)
    lifetime: bool = False
    new_customers_only: bool = False
    own_signals: tuple[str, ...] = ("email", "account", "device")
    stand_down_minutes: int = 30
    takeover_seconds: int = 5
    introducer_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Touch:
    """One touchpoint: anything that can earn credit. Without `touched_at` it belongs to the conversion itself.

    `excluded` is the reason why it cannot count, known before any rule of time; `unpaid` why its share earns nothing;
    `share_ppm` an owner's share. `is_extension`: its partner's tool sits in the buyer's browser; `is_browsers`: only a
    browser told of it.
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
    deal_id: UUID | None = None
    visitor: str = ""
    is_extension: bool = False
    is_browsers: bool = False

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Sort touchpoints by time, then id; those of the conversion itself come last."""
        return (self.touched_at or LATEST, self.click_id, str(self.enrolment_id))


@dataclass(frozen=True, slots=True)
class Judged:
    """A touchpoint with what became of it and why."""

    touch: Touch
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Share:
    """One enrolment's part of a conversion, and the touchpoint that stands for it. `hold` is "" or why a person has to
    look before it is paid."""

    enrolment_id: UUID
    share_ppm: int
    touch: Touch
    hold: str = ""


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
    """A conversion as attribution reads it; `is_kept` is False once it is fully refunded.

    `browsers` names what only a browser told of ("click", "visitor", "coupon", "partner"); `other_coupons` are codes of
    sources whose word did not stand; `hand` is what a person decided: (enrolment, parts per million) each; `resold_by`
    is who sold the order on and keeps its margin.
    """

    id: UUID
    program_id: UUID
    external_id: str
    occurred_at: datetime
    is_recurring: bool
    customer_id: UUID | None
    customer_external_id: str
    email_hash: str
    is_new: bool | None
    click_id: str
    click_link_number: int | None
    click_touched_at: datetime | None
    bad_click: str
    visitor: str
    coupon_code: str
    partner_hint: str
    is_kept: bool
    metadata: Mapping[str, object] = field(default_factory=dict)
    browsers: frozenset[str] = frozenset()
    other_coupons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    hand: tuple[tuple[UUID, int], ...] = ()
    resold_by: UUID | None = None
    is_test: bool = False

    @property
    def order(self) -> tuple[datetime, str]:
        """Where it stands among its customer's conversions."""
        return (self.occurred_at, self.external_id)
