"""Kits as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypedDict
from uuid import UUID

Channel = Literal[
    "newsletter", "blog", "instagram", "stories", "tiktok", "youtube", "podcast", "facebook", "x", "linkedin",
    "pinterest", "whatsapp", "discord", "other",
]  # fmt: skip
CHANNELS: Final[tuple[str, ...]] = Channel.__args__  # type: ignore[attr-defined]  # the words of the literal
LIMITS: Final[Mapping[str, int]] = {"x": 280, "instagram": 2200, "tiktok": 2200, "pinterest": 500, "linkedin": 3000}
"""How many characters a channel takes; others take what we keep."""
CodeRule = Literal["none", "own", "make"]
TapKind = Literal["text", "link", "code", "picture", "zip"]
SLOTS: Final = ("link", "code", "name", "shop", "until", "ad")


class StepIn(TypedDict):
    """One step of the fifteen minutes."""

    title: str
    text: str
    minutes: int


class CopyIn(TypedDict):
    """Words for one channel; `title` is a subject or headline, if the channel has one."""

    channel: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Slots:
    """What stands in a partner's copy: where the link leads from, their code ("" none), names, the last day."""

    address: str
    code: str
    name: str
    shop: str
    until: str
    ad: str


@dataclass(frozen=True, slots=True)
class FilledCopy:
    """Words for one channel with the partner's own link and code inside; `link` alone is "" where there is none yet."""

    place: int
    channel: str
    title: str
    text: str
    link: str
    code: str
    limit: int | None

    @property
    def length(self) -> int:
        """How many characters the text has."""
        return len(self.text)

    @property
    def is_too_long(self) -> bool:
        """Whether the channel would cut it off."""
        return self.limit is not None and self.length > self.limit


@dataclass(frozen=True, slots=True)
class Numbers:
    """What came through links of a kit: valid clicks, sales, their value left after refunds, commission on them."""

    clicks: int = 0
    sales: int = 0
    value_minor: int = 0
    commission_minor: int = 0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            self.clicks + other.clicks, self.sales + other.sales, self.value_minor + other.value_minor,
            self.commission_minor + other.commission_minor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Used:
    """How many partners took a kit, copied something of it, went through it to the end, published."""

    taken: int = 0
    copied: int = 0
    finished: int = 0
    published: int = 0


@dataclass(frozen=True, slots=True)
class OnePartner:
    """One partner's use of a kit and what it brought."""

    enrolment_id: UUID
    numbers: Numbers
    by_code: Numbers
