"""Rules of kits: whom one is for, when it can be used, what stands in its slots. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal, Protocol

from hanse.growth.kits.types import LIMITS, SLOTS, FilledCopy, Slots

PARAMETER: Final = "kit"
MOST_STEPS, MOST_COPIES, MOST_PICTURES = 12, 30, 20
KEY_MAX: Final = 24
MOST_MINUTES: Final = 60
USUAL_MINUTES: Final = 15
Stage = Literal["draft", "upcoming", "open", "over", "withdrawn"]
_SLOT = re.compile(r"\{([A-Za-z_]+)\}")
# How readers are told that it is paid for; a law asks for it nearly everywhere
AD: Final[Mapping[str, str]] = {
    "en": "#ad", "es": "#publi", "pl": "#reklama", "ru": "#реклама", "zh-hant": "#廣告", "de": "#Anzeige",
    "fr": "#publicité", "it": "#adv", "nl": "#advertentie", "pt": "#publi", "sv": "#reklam",
}  # fmt: skip


class Dated(Protocol):
    """What the stage of a kit depends on."""

    @property
    def is_published(self) -> bool:
        """Whether partners may see it."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken from partners again."""

    starts_on: date | None
    ends_on: date | None


class Meant(Protocol):
    """Whom something is for; empty means everybody."""

    language: str
    tiers: list[str]
    types: list[str]


def is_for(meant: Meant, *, tier: str, types: Sequence[str], language: str) -> bool:
    """Say whether something is for a partner of a tier ("" none), with these types, who reads this language.

    A language stands for its variants too: what is written in `en` is for readers of `en-gb`.
    """
    if meant.tiers and tier not in meant.tiers:
        return False
    if meant.types and not set(meant.types) & set(types):
        return False
    own, wanted = language.lower(), meant.language.lower()
    return not wanted or own == wanted or own.startswith(f"{wanted}-")


def stage_of(kit: Dated, today: date) -> Stage:
    """Say where a kit is. The last day still counts."""
    if kit.is_withdrawn:
        return "withdrawn"
    if not kit.is_published:
        return "draft"
    if kit.starts_on is not None and today < kit.starts_on:
        return "upcoming"
    if kit.ends_on is not None and today > kit.ends_on:
        return "over"
    return "open"


def tag_of(key: str, channel: str) -> str:
    """Return what a link of a kit carries, so that its clicks and sales are told apart: `spring.stories`."""
    return f"{key}.{channel}"


def tagged(address: str, key: str, channel: str) -> str:
    """Return a link's address with the kit and the channel in it."""
    return f"{address}?{PARAMETER}={tag_of(key, channel)}"


def unknown_slots(text: str) -> list[str]:
    """Return what stands in braces like a slot and is none."""
    return sorted({found for found in _SLOT.findall(text) if found not in SLOTS})


def filled(text: str, slots: Slots, link: str) -> str:
    """Return a text with its slots filled. A line that asks for a code is left out where there is none."""
    values = {
        "link": link,
        "code": slots.code,
        "name": slots.name,
        "shop": slots.shop,
        "until": slots.until,
        "ad": slots.ad,
    }
    empty = {name for name in ("code", "until") if not values[name]}
    lines = [line for line in text.split("\n") if not empty & set(_SLOT.findall(line))]
    whole = _SLOT.sub(lambda found: values.get(found[1], found[0]), "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", whole).strip()


def fill_copy(place: int, channel: str, title: str, text: str, key: str, slots: Slots) -> FilledCopy:
    """Return words for a channel as a partner puts them there; without a link of theirs its slot stays `{link}`."""
    link = tagged(slots.address, key, channel) if slots.address else ""
    shown = link or "{link}"
    return FilledCopy(
        place, channel, filled(title, slots, shown), filled(text, slots, shown), link,
        slots.code if "{code}" in f"{title}{text}" else "", LIMITS.get(channel),
    )  # fmt: skip


def ad_word(language: str) -> str:
    """Return how readers of a language are told that something is paid for."""
    low = language.lower()
    return AD.get(low) or AD.get(low.partition("-")[0]) or AD["en"]
