"""Challenges in words, for console and portal."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.growth.challenges.models import Challenge


def goal_words(challenge: Challenge) -> str:
    """Say what is asked for: `10 sales`, `£500.00 of goods`, `proof of what you did`."""
    n, language = challenge.target, reader().language
    said = {"n": fmt.number(n, language)}
    if challenge.metric == Challenge.Metric.VALUE:
        return _("%(amount)s of goods sold") % {"amount": fmt.money(n, challenge.currency, language)}
    if challenge.metric == Challenge.Metric.CONVERSIONS:
        return ngettext("%(n)s sale", "%(n)s sales", n) % said
    if challenge.metric == Challenge.Metric.NEW_CUSTOMERS:
        return ngettext("%(n)s new customer", "%(n)s new customers", n) % said
    if challenge.metric == Challenge.Metric.CLICKS:
        return ngettext("%(n)s click", "%(n)s clicks", n) % said
    return _("something done, with proof")


def amount_words(challenge: Challenge, amount: int) -> str:
    """Say an amount in the challenge's unit."""
    if challenge.metric == Challenge.Metric.VALUE:
        return fmt.money(amount, challenge.currency, reader().language)
    return fmt.number(amount, reader().language)


def prize_words(challenge: Challenge) -> str:
    """Say what is won."""
    return challenge.gift or fmt.money(challenge.prize_minor, challenge.currency, reader().language)


def stage_words(stage: str) -> tuple[str, str]:
    """Return where a challenge is, in a word, and the colour of its badge."""
    return {
        "draft": (pgettext("challenge", "draft"), ""),
        "upcoming": (pgettext("challenge", "begins soon"), ""),
        "running": (pgettext("challenge", "running"), "sea"),
        "settling": (pgettext("challenge", "being settled"), "ochre"),
        "over": (pgettext("challenge", "over"), ""),
        "cancelled": (pgettext("challenge", "ended early"), ""),
    }.get(stage, (stage, ""))


def standing_words(standing: str) -> tuple[str, str]:
    """Return how a partner stands, in a word, and the colour of its badge."""
    return {
        "going": (pgettext("challenge", "on the way"), ""),
        "reached": (pgettext("challenge", "reached, resting"), "sea"),
        "waiting": (pgettext("challenge", "waits for us"), "ochre"),
        "won": (pgettext("challenge", "won"), "sea"),
        "declined": (pgettext("challenge", "not accepted"), ""),
        "lapsed": (pgettext("challenge", "fell below again"), ""),
        "taken_back": (pgettext("challenge", "taken back"), "brick"),
        "missed": (pgettext("challenge", "not reached"), ""),
        "full": (pgettext("challenge", "prizes are gone"), ""),
    }.get(standing, (standing, ""))
