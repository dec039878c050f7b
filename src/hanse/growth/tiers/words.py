"""A tier's decision as a sentence for the partner: where they stand, why, and what would be needed today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.tiers.rules import band_of, in_rank, measure, places_of
from hanse.growth.tiers.types import Decided, Share, Standing, TierRules


class Reasons:
    """Says decisions about one field in words."""

    def __init__(self, field: Sequence[Standing], rules: TierRules) -> None:
        self._rules = rules
        self._ranked = in_rank(field, rules.metric)
        self._keys = [rule.key for rule in rules.tiers]
        self._shares = {rule.key: rule.when for rule in rules.tiers if isinstance(rule.when, Share)}

    def say(self, one: Decided) -> str:
        """Return one or two sentences."""
        standing = self._ranked[one.rank - 1]
        parts = [self._place(one, standing), self._fate(one, standing), self._needed(one, standing)]
        return " ".join(part for part in parts if part)

    def _place(self, one: Decided, standing: Standing) -> str:
        values = {
            "rank": one.rank, "size": len(self._ranked), "number": standing.conversions,
            "value": standing.value_minor,
        }  # fmt: skip
        return (
            ngettext(
                "Place %(rank)d of %(size)d, with %(number)d conversion worth %(value)d.",
                "Place %(rank)d of %(size)d, with %(number)d conversions worth %(value)d.",
                standing.conversions,
            )
            % values
        )

    def _fate(self, one: Decided, standing: Standing) -> str:
        names = {"tier": one.tier, "given": one.given, "before": standing.tier or ""}
        if standing.is_locked and standing.tier:
            return _("The tier %(tier)s is locked by a person.") % names
        if one.moved == "up":
            return _("That leads up from %(before)s to %(tier)s.") % names + self._entry(one.tier)
        if one.moved == "down":
            return _("That was below what %(before)s needs for the second time, and leads to %(tier)s.") % names
        if one.below_exit:
            return self._warned(one, standing)
        if one.given != one.tier:
            return _("That is still enough to keep %(tier)s.") % names + self._exit(one.tier)
        return _("That is the tier %(tier)s.") % names + self._entry(one.tier)

    def _warned(self, one: Decided, standing: Standing) -> str:
        stay_until = (standing.tier_since or standing.enrolled_at) + timedelta(days=self._rules.stay_days)
        values = {"tier": one.tier, "given": one.given, "day": f"{stay_until:%Y-%m-%d}"}
        if one.below_exit < self._rules.checks:
            return _("That is below what %(tier)s needs; found so once more, it leads to %(given)s.") % values
        return _("That is below what %(tier)s needs; the tier is kept until %(day)s at least.") % values

    def _entry(self, key: str) -> str:
        return self._first(key, places_of(self._shares[key], len(self._ranked))) if key in self._shares else ""

    def _exit(self, key: str) -> str:
        return (
            self._first(key, places_of(self._shares[key], len(self._ranked), band_of(self._rules)))
            if key in self._shares
            else ""
        )

    def _first(self, key: str, places: int) -> str:
        words = ngettext(
            " %(tier)s is for the first one with sales today.",
            " %(tier)s is for the first %(places)d with sales today.", places,
        )  # fmt: skip
        return words % {"tier": key, "places": places}

    def _needed(self, one: Decided, standing: Standing) -> str:
        """Say what would pass the last one inside the next higher share today: it moves with the field."""
        above = [key for key in self._keys[: self._keys.index(one.given)] if key in self._shares]
        if not above or above[-1] == one.tier:
            return ""
        last = self._ranked[max(1, places_of(self._shares[above[-1]], len(self._ranked))) - 1]
        values = {"tier": above[-1], "value": measure(last, self._rules.metric)}
        if self._rules.metric == "count":
            return (
                _("More than %(value)d conversions would pass the last one inside %(tier)s today; that moves.") % values
            )
        return _("A value above %(value)d would pass the last one inside %(tier)s today; that moves.") % values
