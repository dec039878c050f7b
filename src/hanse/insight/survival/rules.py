"""Kaplan & Meier 1958 with Greenwood's error, and the intervals of shares and of their ratio. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, sqrt

from hanse.insight.survival.types import Curve, Moment, Part, Ratio

_Z = 1.959963984540054  # the normal distribution's 97.5 % point


def curve(events: Mapping[int, int], censored: Mapping[int, int]) -> Curve:
    """Return the curve of times until an event. `events` and `censored` say to how many after how many days.

    Who was watched for just as long as others took counts as at risk on that day. The median is found in whole
    numbers: a share of exactly one half is a half. Intervals are of log(−log S), as they never leave 0 to 1.
    """
    n = at_risk = sum(events.values()) + sum(censored.values())
    numerator = denominator = 1
    greenwood, moments = 0.0, list[Moment]()
    median: int | None = None
    for day in sorted(events.keys() | censored.keys()):
        had = events.get(day, 0)
        if had:
            numerator *= at_risk - had
            denominator *= at_risk
            if at_risk > had:
                greenwood += had / (at_risk * (at_risk - had))
            moments.append(_moment(day, at_risk, had, numerator / denominator, greenwood))
            if median is None and 2 * numerator <= denominator:
                median = day
        at_risk -= had + censored.get(day, 0)
    return Curve(
        n=n, events=sum(events.values()), moments=moments, median=median,
        median_low=next((one.day for one in moments if one.low is None or one.low <= 0.5), None),
        median_high=next((one.day for one in moments if one.high is not None and one.high <= 0.5), None),
        last_day=max(events.keys() | censored.keys(), default=0), censored_on=dict(censored),
    )  # fmt: skip


def _moment(day: int, at_risk: int, had: int, waiting: float, greenwood: float) -> Moment:
    if waiting <= 0:
        return Moment(day, at_risk, had, 0.0, 0.0, None, None)
    width = _Z * sqrt(greenwood) / abs(log(waiting)) if waiting < 1 else 0.0
    low, high = waiting ** exp(width), waiting ** exp(-width)
    return Moment(day, at_risk, had, waiting, waiting * sqrt(greenwood), low, high)


def part(count: int, of: int) -> Part:
    """Return a share with its interval."""
    if of <= 0:
        return Part(0, 0, None, None)
    return Part(count, of, *wilson(count / of, of))


def wilson(share: float, of: float) -> tuple[float, float]:
    """Return the 95 % interval of a share of so many (Wilson 1927); more than none, in parts of one, too."""
    square = _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    width = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - width), min(1.0, middle + width)


def ratio(one: Part, other: Part) -> Ratio | None:
    """Return how many times likelier the first group is; None where either had none, as nothing can be said then."""
    if not (one.count and other.count):
        return None
    times = (one.count / one.of) / (other.count / other.of)
    error = sqrt(1 / one.count - 1 / one.of + 1 / other.count - 1 / other.of)
    return Ratio(times, times * exp(-_Z * error), times * exp(_Z * error))
