"""Guards against chance: how far two numbers stand apart, in standard errors. Pure.

Dozens of statements are looked for about each of many partners, so the usual one in twenty would be wrong every day:
comparisons are told from SURE (one in a hundred) on, and where the best of several is picked, from SURER on.
"""

from __future__ import annotations

from math import log, sqrt

SURE = 2.576
SURER = 3.3


def rates_apart(had: int, of: int, other_had: int, other_of: int) -> float:
    """Return how far a share lies above another (below: negative), pooled; 0.0 where nothing can be said.

    Two proportions' z: (p1 − p2) ÷ √(p(1 − p)(1/n1 + 1/n2)).
    """
    if of <= 0 or other_of <= 0 or had > of or other_had > other_of:
        return 0.0
    pooled = (had + other_had) / (of + other_of)
    spread = sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
    return (had / of - other_had / other_of) / spread if spread else 0.0


def share_apart(had: int, of: int, expected: float) -> float:
    """Return how far a share lies above an expected one: (p − e) ÷ √(e(1 − e)/n)."""
    return (had / of - expected) / sqrt(expected * (1 - expected) / of) if of > 0 and 0 < expected < 1 else 0.0


def changes_apart(now: int, before: int, others_now: int, others_before: int) -> float:
    """Return how far a count's change lies above that of others: the difference of logarithms of two ratios."""
    if min(now, before, others_now, others_before) <= 0:
        return 0.0
    apart = log(now / before) - log(others_now / others_before)
    return apart / sqrt(1 / now + 1 / before + 1 / others_now + 1 / others_before)


def counts_apart(seen: int, expected: float) -> float:
    """Return how far a count lies above an expected one (Poisson): (seen − expected) ÷ √expected."""
    return (seen - expected) / sqrt(expected) if expected > 0 else 0.0


def mean_apart(numbers: list[int], expected: float) -> float:
    """Return how far a mean lies above an expected one: (m − e) ÷ (s ÷ √n); 0.0 for fewer than two."""
    n = len(numbers)
    if n < 2:
        return 0.0
    mean = sum(numbers) / n
    spread = sqrt(sum((number - mean) ** 2 for number in numbers) / (n - 1))
    return (mean - expected) / (spread / sqrt(n)) if spread else 0.0
