"""Tiers in the manager's words: the rule as sentences with slots, who is about to move, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import partner_href
from hanse.faces.common.reader import Reader
from hanse.growth.tiers.models import TierDecision
from hanse.growth.tiers.near import Near, Why
from hanse.growth.tiers.sentences import PartnerWords, metric_name
from hanse.growth.tiers.types import Condition, Joined, Share, Steady, Threshold, TierRules
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

_SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "eq": "="}


def slot(text: str) -> SafeString:
    """Write a value that the editor changes."""
    return format_html('<a class="slot" href="{}">{}</a>', reverse("console:tier_rule"), text)


def metric_word(rules: TierRules) -> str:
    """Return what ranks: value or sales."""
    return _("value") if rules.metric == "value" else _("sales")


class RuleWords:
    """Says rules as sentences."""

    def __init__(self, program: Program, rules: TierRules, names: Mapping[str, str]) -> None:
        self._rules, self._names = rules, names
        self._words = PartnerWords(program.currency, program.time_zone, names, rules)

    def lines(self, tiers: Mapping[str, Tier]) -> list[tuple[Tier | str, SafeString | str]]:
        """Return tier and sentence, the highest first."""
        found: list[tuple[Tier | str, SafeString | str]] = []
        is_first_share = True
        for rule in self._rules.tiers:
            said: SafeString | str = _("everybody else")
            if isinstance(rule.when, Share):
                said = self._share(rule.when, is_first_share)
                is_first_share = False
            elif rule.when is not None:
                said = self.condition(rule.when)
            found.append((tiers.get(rule.key) or self._names.get(rule.key, rule.key), said))
        return found

    def _share(self, share: Share, is_first: bool) -> SafeString:
        part = slot(fmt.percent(_share(share), "en", places=0 if share.share_ppm % 10_000 == 0 else 2))
        if is_first:
            return format_html(_("the first {part} by {metric}"), part=part, metric=slot(metric_word(self._rules)))
        return format_html(_("the next, up to {part}"), part=part)

    def condition(self, one: Condition) -> SafeString:
        """Say a condition with its numbers as slots."""
        match one:
            case Share():
                return format_html(_("among the first {part}"), part=slot(self._words.metric("_ppm", one.share_ppm)))
            case Steady():
                months = ngettext("{k} month", "{k} months", one.at_least).format(k=one.at_least)
                return format_html(_("sales in {k} of the last {n}"), k=slot(months), n=slot(str(one.months)))
            case Threshold():
                return self._threshold(one)
            case Joined():
                word = _(" and ") if one.how == "all" else _(" or ")
                said = SafeString("")
                for place, part in enumerate(one.conditions):
                    said += format_html("{}{}", word if place else "", self.condition(part))
                return said

    def _threshold(self, one: Threshold) -> SafeString:
        if one.field == "conversions" and (one.op, one.mark) == ("eq", 0):
            return SafeString(_("no sale"))
        if one.field == "conversions" and one.op == "gte":
            sales = ngettext("%(n)d sale", "%(n)d sales", one.mark) % {"n": one.mark}
            return format_html(_("at least {sales}"), sales=slot(sales))
        if one.field == "enrolled_days" and one.op == "lt":
            days = ngettext("%(n)d day", "%(n)d days", one.mark) % {"n": one.mark}
            return format_html(_("here under {days}"), days=slot(days))
        name, mark = metric_name(one.field), self._words.metric(one.field, one.mark)
        return format_html("{} {} {}", name, _SIGNS[one.op], slot(mark))

    def movement(self) -> SafeString:
        """Say window, patience and stay."""
        rules = self._rules
        days = ngettext("%(n)d day", "%(n)d days", rules.window_days) % {"n": rules.window_days}
        stay = ngettext("%(n)d day", "%(n)d days", rules.stay_days) % {"n": rules.stay_days}
        checks = ngettext("%(n)d check", "%(n)d checks", rules.checks) % {"n": rules.checks}
        review, at_once = _("after review"), pgettext("moving up a tier", "at once")
        band = self._words.metric("_ppm", rules.band_ppm)
        up = slot(review if "up" in rules.review else at_once)
        said = format_html(
            _(
                "Counted over {days}, checked nightly. Up {up}; down after {checks} beyond a band of {band} and a stay "
                "of {stay}"
            ),
            days=slot(days), up=up, checks=slot(checks), band=slot(band), stay=slot(stay),
        )  # fmt: skip
        return format_html(
            "{}{}", said, format_html(_(", {review}."), review=slot(review)) if "down" in rules.review else "."
        )


def _share(share: Share) -> float:
    return share.share_ppm / 1_000_000


@dataclass(frozen=True, slots=True)
class NearLine:
    """One line of “about to move”."""

    href: str
    name: str
    language: str
    tier: Tier | None
    said: SafeString
    by: date | None
    why: str
    text_id: str
    review: str = ""


class NearWords:
    """Says who is about to move."""

    def __init__(self, program: Program, rules: TierRules, names: Mapping[str, str], now: Reader) -> None:
        self._program, self._rules, self._names, self._now = program, rules, names, now

    def line(self, one: Near) -> NearLine:
        """Write one line."""
        partner = one.row.enrolment.partner
        return NearLine(
            partner_href(partner.pk), partner.name, partner.language, one.row.enrolment.tier, self._said(one), one.by,
            one.why.value, text_id("enr", one.row.pk), str(one.review.pk) if one.review else "",
        )  # fmt: skip

    def _said(self, one: Near) -> SafeString:
        tier, here = self._names.get(one.tier, one.tier), self._names.get(one.row.tier, one.row.tier)
        money = fmt.money(one.amount, self._program.currency, self._now.language)
        amount = (
            money if one.field == "value" else ngettext("%(n)d sale", "%(n)d sales", one.amount) % {"n": one.amount}
        )
        match one.why:
            case Why.WAITS:
                if one.review is not None and one.review.cause == "case":
                    return format_html(_("To {tier}, but the move <b>waits for the open case</b>"), tier=tier)
                return format_html(_("The numbers say {tier}; <b>you decide</b>"), tier=tier)
            case Why.RISES:
                if one.other:
                    return format_html(
                        _("<b>{amount} more</b> and they pass {other}, up to {tier}"),
                        amount=amount,
                        other=one.other,
                        tier=tier,
                    )
                return format_html(_("<b>{amount} more</b> and they reach {tier}"), amount=amount, tier=tier)
            case Why.WARNED:
                return format_html(_("Below what {here} asks for; becomes <b>{tier}</b>"), here=here, tier=tier)
            case Why.KEPT:
                said = _("Would drop to place {rank}; <b>stays</b>, as {here} is left only beyond place {places}")
                if not one.places:
                    said = _("The numbers say {tier}; <b>stays</b>, still inside the band of {here}")
                return format_html(said, rank=one.row.rank, here=here, places=one.places, tier=tier)
            case Why.LAST:
                return format_html(
                    _("Place {rank}, last in {here}; {other} is {amount} behind"),
                    rank=one.row.rank,
                    here=here,
                    other=one.other,
                    amount=amount,
                )
            case Why.NEW_ENDS:
                return format_html(_("{days} days without a sale end; becomes {tier}"), days=one.amount, tier=tier)
            case Why.LOCKED:
                return format_html(_("Locked; the numbers say {tier}"), tier=tier)


def decision_words(kind: str) -> str:
    """Return what a decision did."""
    words = {
        TierDecision.Kind.PLACED: _("Placed"), TierDecision.Kind.UP: _("Moved up"),
        TierDecision.Kind.DOWN: _("Moved down"), TierDecision.Kind.LEFT_NEW: _("No longer new"),
        TierDecision.Kind.WARNED: _("Below the exit"), TierDecision.Kind.CLEARED: _("Back inside"),
        TierDecision.Kind.WAITS: _("Waits for a person"), TierDecision.Kind.MOVED: _("Moved by a person"),
        TierDecision.Kind.LOCKED: _("Locked"), TierDecision.Kind.UNLOCKED: _("Let go"),
        TierDecision.Kind.KEPT: _("Left where they are"),
    }  # fmt: skip
    return str(words.get(TierDecision.Kind(kind), kind))
