"""Why a click does not count, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

_WORDS = {
    "": (gettext_noop("Valid"), gettext_noop("A person went through the link.")),
    "bot_declared": (gettext_noop("Robot, by its own word"), gettext_noop("It says so in its name.")),
    "bot_suspected": (gettext_noop("Robot, by its behaviour"), gettext_noop("No browser behaves like this.")),
    "datacentre": (gettext_noop("From a data centre"), gettext_noop("Its address belongs to servers, not to people.")),
    "prefetch": (gettext_noop("Loaded ahead"), gettext_noop("The browser looked before anybody clicked.")),
    "head": (gettext_noop("Only asked"), gettext_noop("A program asked whether the link works.")),
    "duplicate": (gettext_noop("The same click again"), gettext_noop("The same visitor within 30 seconds.")),
    "flood": (gettext_noop("Too many at once"), gettext_noop("More from one place than people can make.")),
    "link_disabled": (gettext_noop("Link archived"), gettext_noop("The visitor was sent to the fallback page.")),
    "link_expired": (gettext_noop("Link expired"), gettext_noop("The visitor was sent to the fallback page.")),
    "partner_suspended": (
        gettext_noop("Partner suspended"),
        gettext_noop("The visitor was sent to the fallback page."),
    ),
    "geo_blocked": (gettext_noop("Country not served"), gettext_noop("The program does not count this country.")),
    "unknown_link": (gettext_noop("Unknown link"), gettext_noop("No partner has a link with this number.")),
    "bad_signature": (gettext_noop("Forged token"), gettext_noop("Its signature is not ours.")),
}

_DEVICES = {
    "phone": gettext_noop("Phone"), "tablet": gettext_noop("Tablet"), "desktop": gettext_noop("Computer"),
    "other": gettext_noop("Other device"), "bot": gettext_noop("Robot"),
}  # fmt: skip
_NETWORKS = {
    "datacentre": gettext_noop("data centre"), "relay": gettext_noop("privacy relay or VPN"),
    "private": gettext_noop("private network"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReasonShare:
    """How many clicks have one reason, in words; `share` is their part of all, from 0 to 1."""

    reason: str
    name: str
    text: str
    number: int
    share: float


def reason_shares(counts: Mapping[str, int]) -> list[ReasonShare]:
    """Return the reasons that occur: valid clicks first, then the most frequent reason."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda entry: (entry[0] != "", -entry[1], entry[0]))
    return [
        ReasonShare(reason, reason_word(reason), reason_text(reason), number, number / total)
        for reason, number in ordered
        if number
    ]


def invalid_share(counts: Mapping[str, int]) -> float:
    """Return the part of the clicks that do not count, from 0 to 1."""
    total = sum(counts.values())
    return 1 - counts.get("", 0) / total if total else 0.0


def device_word(device: str) -> str:
    """Return a kind of device in words, "" when it is not known."""
    return _(_DEVICES[device]) if device in _DEVICES else ""


def network_word(kind: str) -> str:
    """Return a kind of network in words, "" for an ordinary one."""
    return _(_NETWORKS[kind]) if kind in _NETWORKS else ""


def reason_word(reason: str) -> str:
    """Return a reason in a few words; "" is valid."""
    known = _WORDS.get(reason)
    return _(known[0]) if known else reason.replace("_", " ").capitalize()


def reason_text(reason: str) -> str:
    """Return the sentence that explains a reason."""
    known = _WORDS.get(reason)
    return _(known[1]) if known else ""
