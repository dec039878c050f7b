"""Silence as values: signals, rhythms, what a day's look gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Signal(StrEnum):
    """A sign of life. The first three are the sales signals: they alone make silence, the others only warn."""

    CLICK = "click"
    CONVERSION = "conversion"
    COUPON = "coupon"
    PIECE = "piece"
    LOGIN = "login"
    PRODUCT = "product_use"


SALES = (Signal.CLICK, Signal.CONVERSION, Signal.COUPON)
WARNING = (Signal.PIECE, Signal.LOGIN, Signal.PRODUCT)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One signal's rhythm by a day. `usual_days` is the own median gap, or the pool's where `is_own` is false."""

    active_days: int
    is_own: bool
    usual_days: Decimal
    spread_days: Decimal
    limit_days: Decimal
    last_on: date | None
    days_since: int | None

    @property
    def is_quiet(self) -> bool:
        """Whether more days have gone by than the rhythm allows."""
        return self.days_since is None or self.days_since > self.limit_days

    @property
    def usual_gap(self) -> int:
        """The usual gap in whole days, rounded up: one more of it is the time in which a false alarm shows."""
        return max(1, int(self.usual_days.to_integral_value(rounding="ROUND_CEILING")))


@dataclass(frozen=True, slots=True)
class Signs:
    """What one enrolment showed by a day. `days` are the active local days of the last 365 by signal, in order.

    `had` are signals that were there at any time, `last_seen` the last click or sale of all time. `value_days` are
    values left by day. Money is in minor units.
    """

    enrolment_id: UUID
    tier_id: UUID | None
    enrolled_on: date
    days: Mapping[Signal, Sequence[date]] = field(default_factory=dict)
    had: frozenset[Signal] = frozenset()
    clicks_since_sale: int = 0
    has_broken_link: bool = False
    broken_url: str = ""
    value_minor: int = 0
    before_minor: int = 0
    sales_before: int = 0
    value_days: Sequence[tuple[date, int]] = ()
    last_seen: date | None = None


@dataclass(frozen=True, slots=True)
class Pools:
    """Usual gaps of a tier by signal, for those who have no rhythm of their own; and the program's own change.

    `now_minor` and `before_minor` are the whole program's value of the last 90 days and of the 90 before.
    """

    gaps: Mapping[tuple[UUID | None, Signal], Decimal] = field(default_factory=dict)
    now_minor: int = 0
    before_minor: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What a day's look at one enrolment gives. `cause` is "" for who is not silent; `since` the first silent day."""

    enrolment_id: UUID
    rhythms: Mapping[Signal, Rhythm]
    cause: str = ""
    since: date | None = None
    last_sign_on: date | None = None
    gap_days: int = 0
    at_stake_minor: int = 0

    @property
    def warns(self) -> tuple[Signal, ...]:
        """Signals that are quiet and only warn."""
        return tuple(one for one in WARNING if one in self.rhythms and self.rhythms[one].is_quiet)
