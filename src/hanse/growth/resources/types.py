"""Resources as values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Act = Literal["shown", "opened", "downloaded", "copied"]
ACTS: Final[tuple[Act, ...]] = ("shown", "opened", "downloaded", "copied")
TAKEN: Final[tuple[Act, ...]] = ("downloaded", "copied")
WINDOW_DAYS: Final = 30
CHANNELS: Final = (
    "site", "newsletter", "youtube", "podcast", "instagram", "tiktok", "facebook", "pinterest", "x", "threads",
    "linkedin", "telegram", "discord", "twitch", "community", "event", "other",
)  # fmt: skip
STARTER: Final = frozenset({"logo", "picture", "copy", "template", "guide"})
"""What an asset pack is made of: kinds with which a partner can begin."""


@dataclass(frozen=True, slots=True)
class Target:
    """For whom something is. Nothing named means everybody."""

    tiers: Sequence[str] = ()
    types: Sequence[str] = ()
    channels: Sequence[str] = ()
    language: str = ""


EVERYBODY: Final = Target()


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of who reads."""

    tier: str
    types: Collection[str]
    channels: Collection[str]
    language: str


@dataclass(frozen=True, slots=True)
class Sold:
    """Clicks, sales and their value in a time."""

    clicks: int = 0
    sales: int = 0
    value_minor: int = 0

    def __add__(self, other: Sold) -> Sold:
        return Sold(
            self.clicks + other.clicks, self.sales + other.sales, self.value_minor + other.value_minor
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Usage:
    """What became of a resource: how many partners it was shown to, who opened and who took it; then their 30 days
    before and after taking it, of those `whole` whose 30 days are over."""

    shown: int = 0
    opened: int = 0
    taken: int = 0
    whole: int = 0
    before: Sold = Sold()
    after: Sold = Sold()
