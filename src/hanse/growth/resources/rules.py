"""Rules of resources: whom something is for, which language a reader gets, what fits best. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from hanse.growth.resources.types import CHANNELS, Reader, Target

Item = TypeVar("Item")
FRESH_DAYS = 21
_WORDS: tuple[tuple[str, str], ...] = (
    ("youtube", r"you\s?tube|youtu\.be"), ("instagram", r"insta(?:gram)?\b|stories|reels"), ("tiktok", r"tik\s?tok"),
    ("facebook", r"facebook|fb\.com|fb\.watch"), ("pinterest", r"pinterest|pin\.it"), ("telegram", r"telegram|t\.me/"),
    ("threads", r"threads"), ("linkedin", r"linked\s?in|lnkd\.in"), ("twitch", r"twitch"), ("discord", r"discord"),
    ("x", r"\btwitter|\bx\.com|^x$"), ("podcast", r"podcast|spotify|soundcloud|anchor\.fm"),
    ("newsletter", r"news\s?letter|substack|beehiiv|buttondown|mailing|e-?mail list"),
    ("community", r"community|forum|reddit|group|club"), ("event", r"event|meetup|workshop|market stall"),
    ("site", r"blog|site|web|magazine|shop|journal|finder|comparison|https?://|www\."),
)  # fmt: skip
_FINDERS = tuple((channel, re.compile(pattern, re.IGNORECASE)) for channel, pattern in _WORDS)
_KNOWN_HOSTS = frozenset(
    {"youtube", "instagram", "tiktok", "facebook", "pinterest", "telegram", "threads", "linkedin", "twitch", "x"}
)


def channels_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the channels that a partner's own words and addresses name: “blog and Instagram” names two."""
    found: set[str] = set()
    for text in texts:
        named = {channel for channel, finder in _FINDERS if finder.search(text)}
        is_address = "://" in text or text.lower().startswith("www.")
        found |= named - {"site"} if is_address and named & _KNOWN_HOSTS else named
    return frozenset(found & set(CHANNELS))


def fits(target: Target, reader: Reader) -> bool:
    """Say whether something is for a reader, whatever its language."""
    return (
        (not target.tiers or reader.tier in target.tiers)
        and (not target.types or not set(target.types).isdisjoint(reader.types))
        and (not target.channels or not set(target.channels).isdisjoint(reader.channels))
    )


def in_best_language(
    items: Sequence[Item], family: Callable[[Item], Hashable], language: Callable[[Item], str], own: str
) -> list[Item]:
    """Return of each family (one thing in several languages) what the reader reads best: their own language, then what
    has none, then English, then whatever comes first. The order stays."""
    best: dict[Hashable, Item] = {}
    for item in items:
        known = best.get(family(item))
        if known is None or _distance(language(item), own) < _distance(language(known), own):
            best[family(item)] = item
    return list(best.values())


def _distance(language: str, own: str) -> int:
    if language == own:
        return 0
    if language.split("-")[0] == own.split("-")[0] and language:
        return 1
    return 2 if not language else 3 if language.startswith("en") else 4


def is_current(expires_on: date | None, today: date) -> bool:
    """Say whether something may still be shown: its last day counts."""
    return expires_on is None or today <= expires_on


def fit_points(
    target: Target, reader: Reader, *, age_days: int, is_pinned: bool, is_taken: bool, days_left: int | None
) -> int:
    """Return how well something suits a reader: made for their channel, type or tier, in their language, new, ending.

    What they took already comes behind everything that they did not.
    """
    points = 4 if target.channels else 0
    points += (3 if target.types else 0) + (2 if target.tiers else 0)
    points += 2 if target.language == reader.language else 0
    points += 2 if 0 <= age_days <= FRESH_DAYS else 0
    points += 2 if days_left is not None and days_left <= 14 else 0
    points += 5 if is_pinned else 0
    return points - (100 if is_taken else 0)
