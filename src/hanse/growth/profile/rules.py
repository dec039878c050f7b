"""Arithmetic of the ideal partner: scores with their reasons, ranks with ties, Spearman's rank correlation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from uuid import UUID

from hanse.growth.profile.types import CRITERIA, HIGHEST, BackTest, Known, Ranked, Reason, Score, Weighing
from hanse.kernel.money import round_half_away

_BEST_SHARE = 10  # the tenth part, rounded up


def score(weighing: Weighing, known: Mapping[str, Known]) -> Score:
    """Add up what is known: weight times value over all weights, in tenths of a point of 100.

    What is not known gives nothing. Reach never gives more than its cap, whatever its weight and value.
    """
    total = sum(weighing.weights.values())
    reasons = [_reason(weighing, total, name, known.get(name)) for name in CRITERIA if weighing.weights.get(name)]
    return Score(sum(one.tenths for one in reasons), reasons)


def _reason(weighing: Weighing, total: int, name: str, known: Known | None) -> Reason:
    weight = weighing.weights[name]
    tenths = round_half_away(1000 * weight * known.value, HIGHEST * total) if known else 0
    cap = weighing.reach_cap * 10
    if name == "reach" and tenths > cap:
        return Reason(name, weight, known, cap, is_capped=True)
    return Reason(name, weight, known, tenths)


def value_of_people(people: int) -> int:
    """Read the overlap of audiences from how many people named somebody: 1 is 3, doubling adds 2, 10 from 12 on."""
    return _by_steps(people, ((12, 10), (8, 9), (4, 7), (2, 5), (1, 3)))


def value_of_trust(times: int, people: int) -> int:
    """Read trust from mentions: named without being asked again and again weighs more than being named once."""
    return min(HIGHEST, _by_steps(people, ((12, 8), (8, 7), (4, 5), (2, 4), (1, 2))) + (2 if times > people else 0))


def value_of_conversions(conversions: int) -> int:
    """Read the evidence of conversion from how many sales somebody brought before."""
    return _by_steps(conversions, ((100, 10), (30, 8), (10, 6), (3, 4), (1, 2)))


def _by_steps(number: int, steps: Sequence[tuple[int, int]]) -> int:
    return next((value for least, value in steps if number >= least), 0)


def ranks2(values: Sequence[int]) -> list[int]:
    """Return each value's rank from 1 (the largest), doubled so that the mean of tied ranks stays whole."""
    ordered = sorted(values, reverse=True)
    first: dict[int, int] = {}
    times: dict[int, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
        times[value] = times.get(value, 0) + 1
    return [2 * first[value] + times[value] - 1 for value in values]


def spearman(one: Sequence[int], other: Sequence[int]) -> float | None:
    """Return Spearman's rank correlation, ties with the mean of their ranks; nothing where one side is all alike.

    Everything up to the last root and division is whole numbers.
    """
    if len(one) != len(other):
        raise ValueError("two lists of one length are needed")
    n = len(one)
    if n < 2:
        return None
    left, right = ranks2(one), ranks2(other)
    mean2 = n + 1
    covariance = sum((a - mean2) * (b - mean2) for a, b in zip(left, right, strict=True))
    spread = sum((a - mean2) ** 2 for a in left) * sum((b - mean2) ** 2 for b in right)
    return covariance / math.sqrt(spread) if spread else None


def back_test(rows: Sequence[tuple[UUID, str, int, Score]]) -> BackTest:
    """Say where scores would have ranked the best tenth by value (at least one partner), and how well ranks agree.

    `found` counts those of the best tenth that also are in the best tenth by score. Each row: partner, name, value in
    minor units, score.
    """
    values, scores = [row[2] for row in rows], [row[3].tenths for row in rows]
    ranked = [
        Ranked(*row, value_rank2=value, score_rank2=by_score)
        for row, value, by_score in zip(rows, ranks2(values), ranks2(scores), strict=True)
    ]
    size = -(-len(rows) // _BEST_SHARE)
    best = sorted(ranked, key=lambda one: (one.value_rank2, one.name))[:size]
    found = sum(1 for one in best if one.score.tenths and one.score_rank2 <= 2 * size)
    known = sum(1 for one in ranked if one.score.known_count)
    return BackTest(len(rows), known, best, found, spearman(values, scores))
