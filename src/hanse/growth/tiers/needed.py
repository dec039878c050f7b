"""What somebody lacks for the next tier, worked out from the rules today. Pure: words are made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from hanse.growth.tiers.rules import holds, measure, number_of, places_of
from hanse.growth.tiers.types import Condition, Joined, Share, Standing, Steady, Threshold, TierRules

Kind = Literal["pass", "at_least", "at_most", "months"]


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing. `pass`: more than `mark` of the metric would pass the last one inside today; it moves.

    `at_least` and `at_most`: `field` must come to `mark`; `more` is the way there. `months`: sales in `more` further
    months of the last `of`. `by` is when the oldest conversion that counts now falls out of the window.
    """

    kind: Kind
    field: str
    mark: int
    more: int
    of: int = 0
    by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """What is missing for a tier: all of `lacks`."""

    tier: str
    lacks: tuple[Lack, ...]

    def as_json(self) -> dict[str, Any]:
        """Write it for keeping."""
        lacks = [
            {"kind": one.kind, "field": one.field, "mark": one.mark, "more": one.more, "of": one.of,
             "by": one.by.isoformat() if one.by else None}
            for one in self.lacks
        ]  # fmt: skip
        return {"tier": self.tier, "lacks": lacks}

    @classmethod
    def from_json(cls, kept: Any) -> Needed | None:
        """Read what was kept; None for nothing."""
        if not kept:
            return None
        lacks = (
            Lack(**{**one, "by": datetime.fromisoformat(one["by"]) if one["by"] else None}) for one in kept["lacks"]
        )
        return cls(kept["tier"], tuple(lacks))


def needed_for_next(
    ranked: Sequence[Standing], rank: int, tier: str, rules: TierRules, as_of: datetime
) -> Needed | None:
    """Return what somebody at a rank lacks for the nearest higher tier that more sales can reach; None on top."""
    one = ranked[rank - 1]
    places = {rule.key: place for place, rule in enumerate(rules.tiers)}
    for rule in reversed(rules.tiers[: places.get(tier, len(rules.tiers))]):
        if rule.when is None or rule.key == "new":
            continue
        lacks = _lacks(rule.when, one, rank, ranked, rules, as_of)
        if lacks:
            return Needed(rule.key, lacks)
    return None


def _lacks(
    condition: Condition, one: Standing, rank: int, ranked: Sequence[Standing], rules: TierRules, as_of: datetime
) -> tuple[Lack, ...] | None:
    """Return what is missing for a condition: () when it holds, None when nothing that somebody does can help."""
    if holds(condition, one, rank, len(ranked), rules.metric, as_of):
        return ()
    match condition:
        case Share():
            last = ranked[max(1, places_of(condition, len(ranked))) - 1]
            mark = measure(last, rules.metric)
            field = "value" if rules.metric == "value" else "conversions"
            return (Lack("pass", field, mark, mark - measure(one, rules.metric) + 1),)
        case Threshold():
            return _lack_of_number(condition, one, rules, as_of)
        case Steady():
            have = sum(count > 0 for count in one.months[: condition.months])
            return (Lack("months", "months", condition.at_least, condition.at_least - have, condition.months),)
        case Joined():
            found = [_lacks(part, one, rank, ranked, rules, as_of) for part in condition.conditions]
            if condition.how == "all":
                return None if None in found else tuple(lack for lacks in found for lack in lacks or ())
            open_ways = [lacks for lacks in found if lacks]
            return min(open_ways, key=len) if open_ways else None


def _lack_of_number(test: Threshold, one: Standing, rules: TierRules, as_of: datetime) -> tuple[Lack, ...] | None:
    have = number_of(one, test.field, as_of) or 0
    by = one.first_at + timedelta(days=rules.window_days) if one.first_at else None
    if test.op in ("gt", "gte"):
        mark = test.mark + (test.op == "gt")
        return (
            Lack("at_least", test.field, mark, mark - have, by=by if test.field in ("value", "conversions") else None),
        )
    if test.field in ("conversions", "enrolled_days") or test.op == "eq":
        return None
    return (Lack("at_most", test.field, test.mark, have - test.mark),)
