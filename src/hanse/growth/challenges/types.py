"""Challenges as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol, TypedDict

Stage = Literal["draft", "upcoming", "running", "settling", "over", "cancelled"]
Standing = Literal["going", "reached", "waiting", "won", "declined", "lapsed", "taken_back", "missed", "full"]


class ChallengeFields(TypedDict, total=False):
    """What a challenge is made of. `prize_minor` is money, or with a `gift` what that is worth about."""

    name: str
    text: str
    metric: str
    target: int
    starts_on: date
    ends_on: date
    audience: Mapping[str, Any] | None
    is_reviewed: bool
    most_winners: int | None
    prize_minor: int
    gift: str


class AskedFor(Protocol):
    """What rules need to know of a challenge."""

    metric: str
    target: int
    starts_on: date
    ends_on: date
    most_winners: int | None
    opened_at: datetime | None
    cancelled_at: datetime | None


class Reached(Protocol):
    """What rules need to know of an entry."""

    state: str
    settles_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one partner is in one challenge; `amount` of `target` in the metric's own unit (money in minor units)."""

    amount: int
    target: int
    standing: Standing
    settles_at: datetime | None = None
    reason: str = ""

    @property
    def percent(self) -> int:
        """How much of the way is done, 0 to 100, never rounded up to the end."""
        return min(100, self.amount * 100 // self.target) if self.amount > 0 else 0

    @property
    def missing(self) -> int:
        """What is still missing."""
        return max(0, self.target - self.amount)
