"""Rules of tiers (domain.md §8): rank, entry, exit bands, patience. Pure functions of the field and the moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from hanse.growth.tiers.types import (
    Condition,
    Decided,
    Joined,
    Metric,
    Share,
    Standing,
    Steady,
    Threshold,
    TierRule,
    TierRules,
)
from hanse.kernel.money import PPM

NARROW: Final = Fraction(1)
NEW: Final = "new"
STRATEGIC_PPM: Final = 200_000

DEFAULT: Final = TierRules(
    (
        TierRule("power", Share(100_000)),
        TierRule("growth", Share(300_000)),
        TierRule("casual", Threshold("conversions", "gte", 1)),
        TierRule(NEW, Joined("all", (Threshold("conversions", "eq", 0), Threshold("enrolled_days", "lt", 60)))),
        TierRule("inactive"),
    )
)


def evaluate(field: Iterable[Standing], rules: TierRules, as_of: datetime) -> list[Decided]:
    """Decide the tier of every enrolment of a field, in the order of rank.

    Up at once; down only when below the exit in the rules' number of evaluations (two) on different local dates and
    after the minimum stay, then straight to the tier the numbers give. Leaving *new* is no move down; a first placing
    is no move at all.
    Locked ones are ranked and stay.
    """
    ranked = in_rank(field, rules.metric)
    places = {rule.key: place for place, rule in enumerate(rules.tiers)}
    return [
        _decide(one, rank, len(ranked), rules, places.get(one.tier) if one.tier else None, as_of)
        for rank, one in enumerate(ranked, 1)
    ]


def in_rank(field: Iterable[Standing], metric: Metric) -> list[Standing]:
    """Return a field by rank: metric ↓, conversions ↓, enrolled earlier, id."""
    return sorted(field, key=lambda one: (-measure(one, metric), -one.conversions, one.enrolled_at, one.id))


def measure(one: Standing, metric: Metric) -> int:
    """Return what somebody is ranked by."""
    return one.value_minor if metric == "value" else one.conversions


def places_of(share: Share, size: int, band: Fraction = NARROW) -> int:
    """Return how many ranks a share of a field holds, rounded up."""
    part = band * share.share_ppm * size
    return -(-part.numerator // (part.denominator * PPM))


def strategic_track(field: Iterable[Standing], metric: Metric = "value") -> list[Standing]:
    """Return the first fifth of a field."""
    ranked = in_rank(field, metric)
    return ranked[: places_of(Share(STRATEGIC_PPM), len(ranked))]


def strategic_ids(field: Iterable[Standing], rules: TierRules, as_of: datetime) -> set[str]:
    """Return who is on the strategic track: by the program's own rule, else the first fifth."""
    own, ranked = rules.strategic, in_rank(field, rules.metric)
    if own is None:
        return {one.id for one in strategic_track(ranked, rules.metric)}
    size = len(ranked)
    return {one.id for rank, one in enumerate(ranked, 1) if holds(own, one, rank, size, rules.metric, as_of)}


def next_state(one: Standing, decided: Decided, as_of: datetime, *, waits: bool = False) -> Standing:
    """Return somebody after a decision, to be evaluated again on another date.

    A move that `waits` for a person changes nothing, but the evaluations below the exit go on counting.
    """
    if waits:
        times = one.below_exit + 1 if decided.moved == "down" else 0
        return replace(one, below_exit=times)
    since = as_of if decided.tier != one.tier else one.tier_since
    return replace(one, tier=decided.tier, tier_since=since, below_exit=decided.below_exit)


def holds(
    condition: Condition, one: Standing, rank: int, size: int, metric: Metric, as_of: datetime, band: Fraction = NARROW
) -> bool:
    """Say whether a condition holds; with a band, shares and marks are that much easier to keep."""
    match condition:
        case Share():
            return measure(one, metric) > 0 and rank <= places_of(condition, size, band)
        case Threshold():
            found = number_of(one, condition.field, as_of)
            return found is not None and _compares(found, condition, band)
        case Steady():
            return sum(count > 0 for count in one.months[: condition.months]) >= condition.at_least
        case Joined():
            parts = (holds(part, one, rank, size, metric, as_of, band) for part in condition.conditions)
            return all(parts) if condition.how == "all" else any(parts)


def number_of(one: Standing, field: str, as_of: datetime) -> int | None:
    """Return a number that rules may test; None where it is not known."""
    if field == "value":
        return one.value_minor
    if field == "conversions":
        return one.conversions
    if field == "enrolled_days":
        return (as_of - one.enrolled_at) // timedelta(days=1)
    return one.metrics.get(field.removeprefix("metrics."))


def _compares(found: int, test: Threshold, band: Fraction) -> bool:
    match test.op:
        case "gt":
            return found * band > test.mark
        case "gte":
            return found * band >= test.mark
        case "lt":
            return found < test.mark * band
        case "lte":
            return found <= test.mark * band
        case "eq":
            return found == test.mark


def _decide(one: Standing, rank: int, size: int, rules: TierRules, place: int | None, as_of: datetime) -> Decided:
    given = next(
        number for number, rule in enumerate(rules.tiers)
        if rule.when is None or holds(rule.when, one, rank, size, rules.metric, as_of)
    )  # fmt: skip
    key = rules.tiers[given].key
    if place is None or one.tier is None:
        return Decided(one.id, key, key, rank, None, 0)
    if one.is_locked:
        return Decided(one.id, one.tier, key, rank, None, one.below_exit)
    if given == place:
        return Decided(one.id, key, key, rank, None, 0)
    if given < place:
        return Decided(one.id, key, key, rank, "up", 0)
    if one.tier == NEW:
        return Decided(one.id, key, key, rank, None, 0)
    if stays_in(rules.tiers[place], one, rank, size, rules, as_of):
        return Decided(one.id, one.tier, key, rank, None, 0)
    times, stayed = one.below_exit + 1, as_of - (one.tier_since or one.enrolled_at)
    if times >= rules.checks and stayed >= timedelta(days=rules.stay_days):
        return Decided(one.id, key, key, rank, "down", 0)
    return Decided(one.id, one.tier, key, rank, None, times)


def stays_in(rule: TierRule, one: Standing, rank: int, size: int, rules: TierRules, as_of: datetime) -> bool:
    """Say whether somebody is still inside a tier's exit: its own, else the entry with the band."""
    if rule.exit is not None:
        return holds(rule.exit, one, rank, size, rules.metric, as_of)
    return rule.when is None or holds(rule.when, one, rank, size, rules.metric, as_of, band_of(rules))


def band_of(rules: TierRules) -> Fraction:
    """Return how much wider than its entry a tier's exit is: 6/5 by default."""
    return 1 + Fraction(rules.band_ppm, PPM)
