"""Two groups compared: shares by a day with their difference, and the pace over strata. Pure.

Stratified log-rank with Peto's one-step ratio (Peto et al., Br J Cancer 35, 1977; Yusuf et al., Prog Cardiovasc Dis
27, 1985); the difference of two shares from their own intervals (Newcombe, Stat Med 17, 1998, method 10; Zou & Donner,
Stat Med 27, 2008).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, sqrt

from hanse.insight.survival.rules import part, wilson
from hanse.insight.survival.types import Curve

_Z = 1.959963984540054  # the normal distribution's 97.5 % point
_LIMIT = 700.0  # further out e to the power of it is no number any more


@dataclass(frozen=True, slots=True)
class Times:
    """One group: to how many it happened after how many days, and how many were watched for how long without it."""

    events: Mapping[int, int]
    censored: Mapping[int, int]

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(self.events.values()) + sum(self.censored.values())


@dataclass(frozen=True, slots=True)
class Share:
    """The share to whom it happened by a day, of `n` who were watched, with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The first group's share less the second's, with its 95 % interval."""

    difference: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether nothing lies outside the interval."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many times as fast the first group is, with its 95 % interval, over `strata` in which both were there."""

    observed: int
    expected: float
    variance: float
    times: float
    low: float
    high: float
    strata: int

    @property
    def is_clear(self) -> bool:
        """Whether one lies outside the interval."""
        return self.low > 1 or self.high < 1


def share_by(curve: Curve, day: int) -> Share | None:
    """Return the share of a group by a day; None where nobody was watched for so long, or nothing can be said.

    With nobody lost from sight before, it is a plain share (Wilson); else Kaplan and Meier's. Greenwood's error knows
    only who was there when something happened last. Where few are still watched on the day, they say how sure it is:
    as many people as they stand for (Dorey and Korn 1987). The wider interval is taken.
    """
    if curve.n == 0 or curve.last_day < day:
        return None
    last, lost = curve.at(day), curve.lost_before(day)
    had = sum(one.events for one in curve.moments if one.day <= day)
    if not lost:
        plain = part(had, curve.n)
        return Share(had / curve.n, plain.low or 0.0, 1.0 if plain.high is None else plain.high, curve.n)
    waiting = last.waiting if last is not None else 1.0
    if waiting <= 0:
        return None
    low, high = wilson(1 - waiting, (curve.n - lost - had) / waiting)
    if last is not None and last.low is not None and last.high is not None:
        low, high = min(low, 1 - last.high), max(high, 1 - last.low)
    return Share(1 - waiting, low, high, curve.n)


def gap_between(one: Share | None, other: Share | None) -> Gap | None:
    """Return the difference of two independent shares; None where either is unknown."""
    if one is None or other is None:
        return None
    difference = one.value - other.value
    down = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Gap(difference, max(-1.0, difference - down), min(1.0, difference + up))


def pace_over(strata: Iterable[tuple[Times, Times]]) -> Pace | None:
    """Compare the first groups with the second ones, each within its stratum; None where nothing can be compared."""
    observed, expected, variance, met = 0, 0.0, 0.0, 0
    for one, other in strata:
        found = _log_rank(one, other)
        met += found[2] > 0
        observed, expected, variance = observed + found[0], expected + found[1], variance + found[2]
    if variance <= 0:
        return None
    log_times, width = (observed - expected) / variance, _Z / sqrt(variance)
    times, low, high = (exp(max(-_LIMIT, min(_LIMIT, log_times + step))) for step in (0.0, -width, width))
    return Pace(observed, expected, variance, times, low, high, met)


def _log_rank(one: Times, other: Times) -> tuple[int, float, float]:
    """Return what the first group of a stratum had, what it was to expect, and the hypergeometric variance."""
    at_risk, others = one.n, other.n
    observed, expected, variance = 0, 0.0, 0.0
    for day in sorted(one.events.keys() | one.censored.keys() | other.events.keys() | other.censored.keys()):
        mine, theirs = one.events.get(day, 0), other.events.get(day, 0)
        had, n = mine + theirs, at_risk + others
        if had and at_risk and others:
            observed += mine
            expected += had * at_risk / n
            variance += had * at_risk * others * (n - had) / (n * n * (n - 1))
        at_risk -= mine + one.censored.get(day, 0)
        others -= theirs + other.censored.get(day, 0)
    return observed, expected, variance
