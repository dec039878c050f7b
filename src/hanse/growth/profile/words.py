"""The ideal partner in words: what the criteria are, and why a score is what it is."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.profile.types import Reason


def criterion_names() -> dict[str, str]:
    """Return the criteria in words."""
    return {
        "audience": _("Audience overlap"),
        "relevance": _("Relevance"),
        "trust": _("Trust"),
        "evidence": _("Evidence of conversion"),
        "fit": _("Fit"),
        "reach": _("Reach"),
    }


def criterion_meanings() -> dict[str, str]:
    """Return what each criterion asks."""
    return {
        "audience": _("Are their readers our customers? Read from how many people named them."),
        "relevance": _("Do they write about what we sell?"),
        "trust": _("Do people act on their word? Read from how often they are named."),
        "evidence": _("Did they sell before? Read from the sales that a former or present partner brought."),
        "fit": _("Do tone and values suit ours?"),
        "reach": _("How many people hear them? Capped, so that size never wins alone."),
    }


def reason_words(one: Reason) -> str:
    """Say in words where a value comes from."""
    if one.known is None:
        return _("not known yet, gives nothing")
    if one.known.note:
        return one.known.note
    count = one.known.count
    if one.criterion == "audience":
        return ngettext("%(n)d person named them", "%(n)d people named them", count) % {"n": count}
    if one.criterion == "trust":
        return ngettext("named %(n)d time", "named %(n)d times", count) % {"n": count}
    return ngettext("%(n)d sale brought", "%(n)d sales brought", count) % {"n": count}
