"""Words for what begins, stops and measures a sequence, and for why a letter did not go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.sends.types import ACTIONS
from hanse.growth.sequences.types import STOPS, TRIGGERS


def trigger_names() -> dict[str, str]:
    """Return what can begin a sequence, for a list to choose from."""
    words = {
        "enrolled": _("They join"), "enrolled_for": _("They have been partners for some days"),
        "terms_accepted": _("They accept the terms"), "link_made": _("They make a link"),
        "first_click": _("Their first click"), "first_sale": _("Their first sale"), "sales": _("Their n-th sale"),
        "paid": _("They are paid"), "tier_up": _("They move up a tier"), "tier_down": _("They move down a tier"),
        "silent": _("They fall silent"), "fact": _("Something true shows in their numbers"),
        "anniversary": _("Each year with us"), "season": _("A day of the year"),
        "piece_published": _("They publish a piece"), "product_use": _("They use the product"),
    }  # fmt: skip
    return {kind: words[kind] for kind in TRIGGERS}


def trigger_sentence(trigger: Mapping[str, Any]) -> str:
    """Say what begins a sequence, as the end of “when …”."""
    kind, name = str(trigger.get("kind", "")), str(trigger.get("name", "")).replace("_", " ")
    days, count = int(trigger.get("days") or 0), int(trigger.get("count") or 0)
    if kind == "enrolled_for":
        return ngettext("they have been a partner for %d day", "they have been a partner for %d days", days) % days
    if kind == "sales":
        return _("they make their sale number %d") % count
    if kind == "season":
        return _("it is %(day)d.%(month)d. of the year") % {"day": trigger.get("day"), "month": trigger.get("month")}
    plain = {
        "enrolled": _("they join"), "terms_accepted": _("they accept the terms"), "link_made": _("they make a link"),
        "first_click": _("they get their first click"), "first_sale": _("they make their first sale"),
        "paid": _("they are paid"), "tier_up": _("they move up a tier"), "tier_down": _("they move down a tier"),
        "silent": _("they fall silent"), "fact": _("a fact shows in their numbers"),
        "anniversary": _("a year with us is full"), "piece_published": _("they publish a piece"),
        "product_use": _("they use the product"),
    }.get(kind, kind)  # fmt: skip
    return f"{plain}: {name}" if name else plain


def stop_names() -> dict[str, str]:
    """Return what can end a sequence early."""
    words = {
        "sale": _("a sale"), "click": _("a valid click"), "link_made": _("a new link"),
        "portal_login": _("a visit to the portal"), "piece_published": _("a piece they publish"),
        "product_use": _("use of the product"), "tier_up": _("a move up"), "tier_down": _("a move down"),
        "replied": _("an answer to us"),
    }  # fmt: skip
    return {kind: words[kind] for kind in STOPS}


def stops_sentence(stops: Iterable[str]) -> str:
    """Say what ends a sequence early; nothing for nothing."""
    names = stop_names()
    return ", ".join(names[one] for one in stops if one in names)


def action_names() -> dict[str, str]:
    """Return what a letter can be for."""
    words = {
        "sale": _("a sale"), "click": _("a valid click"), "link": _("a new link"), "login": _("a visit to the portal"),
        "reply": _("an answer"),
    }  # fmt: skip
    return {kind: words[kind] for kind in ACTIONS}


def dropped_names() -> dict[str, str]:
    """Return why letters did not go, or would not."""
    return {
        "stopped": _("stopped in time: what they were for had happened"), "late": _("too late after waiting"),
        "switched_off": _("the partner switched them off"), "unreachable": _("the address bounces or complained"),
        "not_active": _("no longer an active partner"), "empty": _("nothing true to say"),
        "unfillable": _("could not be filled"), "failed": _("no mail server took them"),
        "called_off": _("called off"), "embargo": _("under an embargo they had not accepted"),
        "later": _("still waiting for their turn"),
    }  # fmt: skip
