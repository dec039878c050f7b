"""Tiers as values: who stands in the field, what the rules ask for, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Operator = Literal["gt", "gte", "lt", "lte", "eq"]
Metric = Literal["value", "count"]
Moved = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Share:
    """The first part of the field by rank, of those whose metric is above nothing."""

    share_ppm: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a partner compared with a mark. Values are in minor units."""

    field: str
    op: Operator
    mark: int


@dataclass(frozen=True, slots=True)
class Steady:
    """Conversions in at least so many of the last months."""

    at_least: int
    months: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Several conditions of which `all` or `any` must hold."""

    how: Literal["all", "any"]
    conditions: tuple[Condition, ...]


Condition = Share | Threshold | Steady | Joined


@dataclass(frozen=True, slots=True)
class TierRule:
    """One tier: who gets in (None: the rest), and who stays in (None: the entry, a fifth wider)."""

    key: str
    when: Condition | None = None
    exit: Condition | None = None


@dataclass(frozen=True, slots=True)
class TierRules:
    """All tiers of a program, the highest first; the last one takes the rest.

    Numbers count over `window_days` and the goals named. Down only beyond the band, in `checks` evaluations on other
    local dates, after `stay_days`. Moves in a direction of `review` wait for a person. `strategic` None: a fifth.
    """

    tiers: tuple[TierRule, ...]
    metric: Metric = "value"
    stay_days: int = 90
    window_days: int = 180
    goals: tuple[str, ...] = ("sale", "renewal")
    checks: int = 2
    band_ppm: int = 200_000
    review: tuple[Moved, ...] = ()
    strategic: Condition | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One enrolment of the field. `value_minor` and `conversions` are of the window; `months` the latest first.

    `below_exit` counts the evaluations on other local dates, one after the other, that found it below the exit.
    `first_at` is when the earliest conversion that counts occurred: from `window_days` later on it does not any more.
    """

    id: str
    enrolled_at: datetime
    value_minor: int
    conversions: int
    tier: str | None = None
    tier_since: datetime | None = None
    below_exit: int = 0
    is_locked: bool = False
    metrics: Mapping[str, int] = field(default_factory=dict)
    months: tuple[int, ...] = ()
    first_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What the numbers give one enrolment, and whether it moves. `given` is the tier without any patience."""

    id: str
    tier: str
    given: str
    rank: int
    moved: Moved | None
    below_exit: int
