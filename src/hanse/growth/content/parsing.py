"""The elements of feeds, read by expat in one pass: no entities, bounded depth and length. A broken whole is read
item by item, and of a broken item what can be told apart. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import TypeVar
from urllib.parse import urljoin
from xml.parsers import expat

from hanse.growth.content.decoding import NotAFeed, mended
from hanse.growth.content.types import Mend

_AT_EACH_END = 10_000  # items of one document that are read
_DEEPEST, _LONGEST = 100, 200_000
_ITEMS = frozenset({"item", "entry"})
_PLAIN_PREFIXES = ("atom:", "atom10:", "a10:", "a:", "rss:", "rdf:")
_FIELDS = frozenset({
    "title", "link", "guid", "id", "pubdate", "published", "updated", "date", "issued", "created", "modified",
    "description", "summary", "content", "dc:date", "dc:title", "dcterms:issued", "content:encoded",
    "feedburner:origlink", "media:description", "media:title", "itunes:summary", "yt:videoid", "enclosure",
})  # fmt: skip
_OF_FEED = frozenset({"title", "link", "ttl", "sy:updateperiod", "sy:updatefrequency"})
_START = re.compile(r"<(item|entry)[\s>]", re.IGNORECASE)
_NUMBERED = re.compile(r"\Ans\d+:")  # programs that know no names for namespaces number them
_ROOT = re.compile(r"<(?:[\w-]+:)?(rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|head|body|title|meta|link|script|!doctype html)[\s>]", re.IGNORECASE)
_BROKEN_FIELDS = (
    "title", "link", "guid", "id", "pubDate", "published", "updated", "dc:date", "description", "summary", "content",
    "content:encoded",
)  # fmt: skip

Fields = list[tuple[str, str]]
_Row = TypeVar("_Row")


@dataclass(slots=True)
class Raw:
    """What stands in a document: fields of the feed, fields of each item, in the order of the document.

    `total` counts all items; where they are very many, `items` are the first and the last: the newest stand there.
    """

    of_feed: Fields = field(default_factory=list)
    items: list[Fields] = field(default_factory=list)
    total: int = 0
    has_sound: bool = False


class _Hostile(Exception):
    """The document does what no honest feed does; the message is the code of NotAFeed."""


class _TooDeep(Exception):
    """Elements stand in each other deeper than in any honest text: this item is read by its tags alone."""


_BROKEN = (expat.ExpatError, _TooDeep)


def parsed(text: str, mends: Counter[Mend]) -> Raw:
    """Read a document, mended if need be. Raises NotAFeed for pages and for what has no feed in it."""
    if _ROOT.search(text, 0, 5_000) is None:
        raise NotAFeed("page" if _PAGE.search(text, 0, 5_000) else "no_feed")
    try:
        return _Reader().read(text)
    except _BROKEN:
        text, count = mended(text)
    try:
        if count:
            mends[Mend.ENTITIES] = count
            return _Reader().read(text)
    except _BROKEN:
        pass
    mends[Mend.BROKEN] = 1
    return _one_by_one(text, mends)


class _Reader:
    """Gathers the fields of a feed and its items while expat walks through the document."""

    def __init__(self) -> None:
        self.raw = Raw()
        self._depth = self._item_at = self._feed_at = self._field_at = 0
        self._name, self._text, self._length = "", list[str](), 0
        self._item: Fields = []
        self._group_at = 0
        self._bases: list[tuple[int, str]] = []

    def read(self, text: str) -> Raw:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._said
        parser.EntityDeclHandler = parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(text, True)
        except _Hostile as error:
            raise NotAFeed(str(error)) from error
        self.raw.items = _both_ends(self.raw.items)
        return self.raw

    def _refuse(self, *_told: object) -> None:
        raise _Hostile("entities")

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _TooDeep
        name = _plain(name)
        if "xml:base" in given:
            self._bases.append((self._depth, self._led(given["xml:base"])))
        if self._field_at:
            if given.get("href"):
                self._said(f" {given['href']} ")
            return
        if self._item_at:
            self._start_in_item(name, given)
        elif name in _ITEMS:
            self._item_at, self._item = self._depth, []
        elif name in ("channel", "feed") and not self._feed_at:
            self._feed_at = self._depth
        elif name in _OF_FEED and self._depth == self._feed_at + 1:
            self._begin(name, given)

    def _start_in_item(self, name: str, given: dict[str, str]) -> None:
        if name == "media:group" and self._depth == self._item_at + 1:
            self._group_at = self._depth
        is_field = self._depth == self._item_at + 1 or (self._group_at and self._depth == self._group_at + 1)
        if is_field and name in _FIELDS:
            self._begin(name, given)

    def _begin(self, name: str, given: dict[str, str]) -> None:
        self._field_at, self._name, self._text, self._length = self._depth, name, [], 0
        into = self._item if self._item_at else self.raw.of_feed
        if name == "link" and given.get("href"):
            rel = given.get("rel", "alternate")
            into.append((f"link:{rel}", self._led(given["href"])))
            self._note_sound(rel == "enclosure", given)
        elif name == "enclosure" and given.get("url"):
            into.append(("link:enclosure", self._led(given["url"])))
            self._note_sound(True, given)
        elif name == "guid" and given.get("isPermaLink", "").lower() == "false":
            self._name = "id"

    def _note_sound(self, is_enclosure: bool, given: dict[str, str]) -> None:
        if is_enclosure and given.get("type", "").startswith(("audio/", "video/")):
            self.raw.has_sound = True

    def _said(self, text: str) -> None:
        if self._field_at and self._length < _LONGEST:
            self._text.append(text)
            self._length += len(text)

    def _end(self, _name: str) -> None:
        if self._depth == self._field_at:
            text = "".join(self._text).strip()[:_LONGEST]
            if text:
                said = self._led(text) if self._name == "link" else text
                (self._item if self._item_at else self.raw.of_feed).append((self._name, said))
            self._field_at = 0
        elif self._depth == self._item_at:
            self.raw.items.append(self._item)
            self.raw.total += 1
            self._item_at = self._group_at = 0
            if len(self.raw.items) >= 4 * _AT_EACH_END:
                self.raw.items = _both_ends(self.raw.items)
        elif self._depth == self._group_at:
            self._group_at = 0
        if self._bases and self._bases[-1][0] == self._depth:
            self._bases.pop()
        self._depth -= 1

    def _led(self, address: str) -> str:
        """Return an address as the nearest `xml:base` leads it."""
        try:
            return urljoin(self._bases[-1][1], address) if self._bases else address
        except ValueError:
            return address


def _both_ends(rows: Sequence[_Row]) -> list[_Row]:
    """Return the first and the last of very many: feeds have the newest at either end."""
    return list(rows) if len(rows) <= 2 * _AT_EACH_END else [*rows[:_AT_EACH_END], *rows[-_AT_EACH_END:]]


def _plain(name: str) -> str:
    name = name.lower()
    for prefix in _PLAIN_PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return _NUMBERED.sub("", name)


def _one_by_one(text: str, mends: Counter[Mend]) -> Raw:
    starts = [match.start() for match in _START.finditer(text)]
    raw = Raw(of_feed=_told_apart(text[: starts[0] if starts else 20_000], ("title", "link")), total=len(starts))
    for block in _blocks(text, starts):
        try:
            found = _Reader().read(f"<r>{block}</r>")
            items, raw.has_sound = found.items, raw.has_sound or found.has_sound
        except (*_BROKEN, NotAFeed):
            items = [_told_apart(block, _BROKEN_FIELDS)]
        if any(name in ("title", "link", "guid", "link:alternate") for item in items for name, _text in item):
            raw.items += items
        else:
            mends[Mend.ITEMS_BROKEN] += 1
    if not raw.items and not raw.of_feed:
        raise NotAFeed("broken")
    return raw


def _blocks(text: str, starts: list[int]) -> Iterator[str]:
    for place in _both_ends(range(len(starts))):
        start, following = starts[place], starts[place + 1] if place + 1 < len(starts) else len(text)
        name = "item" if text[start + 1 : start + 5].lower() == "item" else "entry"
        end = text.find(f"</{name}>", start, following)
        yield text[start : end + len(name) + 3] if end >= 0 else text[start:following]


def _told_apart(block: str, names: tuple[str, ...]) -> Fields:
    """Find fields by their tags alone, whatever stands between them."""
    found: Fields = []
    for name in names:
        start = block.find(f"<{name}")
        begin = block.find(">", start) + 1 if start >= 0 else 0
        end = block.find(f"</{name}>", begin) if begin else -1
        if end >= 0:
            inner = block[begin:end].strip()
            bare = inner.removeprefix("<![CDATA[").removesuffix("]]>").strip()
            found.append((name.lower(), (unescape(bare) if "<![CDATA[" not in inner else bare)[:_LONGEST]))
        elif begin and name == "link" and (href := re.search(r"""href=["']([^"']{1,2000})""", block[start:begin])):
            found.append(("link:alternate", unescape(href[1])))
    return found
