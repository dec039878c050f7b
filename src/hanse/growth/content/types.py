"""Content as values: what a feed says, what is found in a piece, what is stored of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Mend(StrEnum):
    """What had to be mended or left out to read a feed. Each is shown with how often."""

    ENCODING = "encoding"  # it is not written in the characters that it claims
    CONTROL = "control"  # characters that no XML may have
    DOCTYPE = "doctype"  # a document type, left out
    ENTITIES = "entities"  # HTML's names of characters, and bare ampersands
    BROKEN = "broken"  # the whole is broken: items were read one by one
    ITEMS_BROKEN = "items_broken"  # items that cannot be read, left out
    TOO_MANY = "too_many"  # more items than are kept: the newest were taken
    NO_ADDRESS = "no_address"  # items without an address of their own
    NO_DATE = "no_date"  # items without a date that can be read
    FUTURE = "future"  # items dated in the future
    GUIDS = "guids"  # several items share one id: it is not used
    TWICE = "twice"  # items with an address that stood there already
    NO_TITLE = "no_title"  # items without a title


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed, in plain text. `published_at` is None without a readable date; `text` is for searching.

    `reads_whole`: the text is long enough, or has addresses, so that not finding us in it says something.
    """

    address: str
    title: str
    guid: str
    published_at: datetime | None
    text: str
    reads_whole: bool


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """What a feed says: its own title and site, its items (the newest first), and what had to be mended."""

    kind: str
    title: str
    site_address: str
    items: Sequence[Item]
    mends: Mapping[Mend, int] = field(default_factory=dict)
    pace_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A piece as it was found somewhere, before it is stored."""

    enrolment_id: UUID
    address: str
    title: str
    published_at: datetime
    source: str
    channel: str
    dating: str = "given"
    text: str = ""
    guid: str = ""
    feed_id: UUID | None = None
    reads_whole: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """What a text holds of ours: links (number, sub-parameters), codes, addresses of the shop without a link."""

    links: Sequence[tuple[int, Mapping[str, str]]] = ()
    codes: Sequence[str] = ()
    untracked: int = 0
    names_us: bool = False

    @property
    def is_about_us(self) -> bool:
        """Whether anything of ours was found."""
        return bool(self.links or self.codes or self.untracked or self.names_us)

    def as_json(self) -> dict[str, object]:
        """Return what is stored."""
        return {
            "links": [[number, dict(subs)] for number, subs in self.links], "codes": list(self.codes),
            "untracked": self.untracked,
        }  # fmt: skip
