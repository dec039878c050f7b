"""Exact tails of counts, and how small one must be when many are looked at. Pure; floats are probabilities, no money.

Each tail is the sum of its own terms, begun at the largest of them in logarithms and walked down: nothing underflows to
a false nought, and nothing is approximated by a bell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import exp, lgamma, log, log1p

_NEGLIGIBLE = 1e-18


def binomial_at_most(good: int, tries: int, chance: float) -> float:
    """Return P(X ≤ good) of `tries` independent tries that each hit with `chance`."""
    if good < 0 or not 0.0 <= chance <= 1.0:
        return 0.0 if good < 0 else _bad_chance(chance)
    if good >= tries or chance == 0.0:
        return 1.0
    if chance == 1.0:
        return 0.0
    if good == 0:
        return exp(tries * log1p(-chance))
    if good > tries * chance:  # the upper tail is the short one
        return 1.0 - binomial_at_most(tries - good - 1, tries, 1.0 - chance)
    first = _log_choose(tries, good) + good * log(chance) + (tries - good) * log1p(-chance)
    odds = (1.0 - chance) / chance
    return _walked_down(first, good, 0, lambda i: i / (tries - i + 1) * odds)


def hypergeometric_at_most(good: int, drawn: int, marked: int, whole: int) -> float:
    """Return P(X ≤ good) of marked ones among `drawn` out of `whole`, of which `marked` are marked (Fisher's test)."""
    least, most = max(0, drawn + marked - whole), min(drawn, marked)
    if good < least:
        return 0.0
    if good >= most:
        return 1.0
    if good * whole > drawn * marked:  # the upper tail is the short one: count those that are not marked
        return 1.0 - hypergeometric_at_most(drawn - good - 1, drawn, whole - marked, whole)
    first = _log_choose(marked, good) + _log_choose(whole - marked, drawn - good) - _log_choose(whole, drawn)
    rest = whole - marked - drawn
    return _walked_down(first, good, least, lambda i: i * (rest + i) / ((marked - i + 1) * (drawn - i + 1)))


def lower_rate(good: int, tries: float, past_good: int, past_tries: float) -> float:
    """Return how likely as few good are if the rate is what it was: two counts with their exposures, exactly.

    Given all good together, those of now are binomial with now's part of the exposure (Przyborowski and Wilenski).
    """
    whole = tries + past_tries
    return 1.0 if whole <= 0 else binomial_at_most(good, good + past_good, tries / whole)


def lower_share(good: int, tries: int, past_good: int, past_tries: int) -> float:
    """Return how likely as few good among so many tries are if the share is what it was (Fisher's exact test)."""
    return hypergeometric_at_most(good, tries, good + past_good, tries + past_tries)


def level_for(least: Sequence[float], level: float) -> float:
    """Return the level for each of many tests that together raise at most `level` false alarms on average.

    `least` holds the smallest value that each test could ever give: those that could not fall below the level whatever
    happens are not counted among the many (Tarone 1990), the rest share it (Bonferroni). Nothing is assumed of how the
    tests hang together.
    """
    ranked = sorted(value for value in least if value <= level)
    number = 1
    while (able := bisect_right(ranked, level / number)) > number:
        number = min(able, 2 * number)  # never past the first number that is enough: fewer are able as it grows
    while number > 1 and bisect_right(ranked, level / (number - 1)) <= number - 1:
        number -= 1
    return level / number


def _walked_down(first: float, start: int, least: int, ratio: Callable[[int], float]) -> float:
    """Add terms from `start` down to `least`; `first` is the logarithm of the first one."""
    term = total = 1.0
    for i in range(start, least, -1):
        term *= ratio(i)
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return min(1.0, exp(first + log(total)))


def _log_choose(whole: int, some: int) -> float:
    return lgamma(whole + 1) - lgamma(some + 1) - lgamma(whole - some + 1)


def _bad_chance(chance: float) -> float:
    raise ValueError(f"{chance} is no probability")
