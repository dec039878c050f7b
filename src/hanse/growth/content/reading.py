"""What a feed says: its items with address, title, day and text, mended where they need it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from hanse.growth.content.addresses import compared, is_youtube, key_of
from hanse.growth.content.dates import read_date
from hanse.growth.content.decoding import NotAFeed, decoded
from hanse.growth.content.parsing import Fields, Raw, parsed
from hanse.growth.content.plain import MAX_TITLE, plain
from hanse.growth.content.recognising import addresses_in
from hanse.growth.content.types import Item, Mend, ReadFeed
from hanse.spine.web_addresses import address_problem, as_sent

MOST_BYTES = 15_000_000
MOST_KEPT = 500  # items of one look: the newest
MAX_ADDRESS = 1_000
MAX_TEXT = 20_000
_WHOLE = 500  # characters from which a text counts as the whole one
_DATES = (
    "published", "pubdate", "dc:date", "date", "dcterms:issued", "issued", "created", "updated", "modified",
)  # fmt: skip
_TEXTS = ("content:encoded", "content", "media:description", "description", "summary", "itunes:summary")
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 7 * 1440, "monthly": 30 * 1440, "yearly": 365 * 1440}

__all__ = ["MOST_BYTES", "NotAFeed", "read_feed"]


def read_feed(body: bytes, content_type: str, address: str) -> ReadFeed:
    """Read a feed found at an address. Raises NotAFeed with a code where there is none to read.

    Items without title, address or date are mended and counted; at most 500 are returned, the newest.
    """
    text, mends = decoded(body, content_type)
    raw = parsed(text, mends)
    title, site = _of_feed(raw, address)
    places = _Places(site, _shared_ids(raw, mends), _shared_pages(raw, site))
    dated = [(_date_of(fields), fields) for fields in raw.items]
    # the newest first; those without a date stand after them, as the feed has them
    dated.sort(key=lambda one: -one[0].timestamp() if one[0] else 0)
    if raw.total > MOST_KEPT:
        mends[Mend.TOO_MANY] = raw.total
    items, seen = list[Item](), set[str]()
    for at, fields in dated[:MOST_KEPT]:
        item = _item(at, fields, places, mends)
        if item is None:
            mends[Mend.ITEMS_BROKEN] += 1
        elif (key := compared(item.address)) in seen:
            mends[Mend.TWICE] += 1
        else:
            seen.add(key)
            items.append(item)
    kind = "youtube" if is_youtube(address) else "podcast" if raw.has_sound else "site"
    return ReadFeed(kind, plain(title, 200), site, items, dict(mends), _pace(raw))


def _date_of(fields: Fields) -> datetime | None:
    known = dict(reversed(fields))
    return next((found for name in _DATES if name in known and (found := read_date(known[name]))), None)


@dataclass(frozen=True, slots=True)
class _Places:
    """What tells the items of a feed apart: where it stands, and ids and pages that several of them bear."""

    base: str
    shared_ids: frozenset[str]
    shared_pages: frozenset[str]


def _item(at: datetime | None, fields: Fields, places: _Places, mends: Counter[Mend]) -> Item | None:
    known = dict(reversed(fields))
    guid = known.get("guid") or known.get("id") or known.get("yt:videoid") or ""
    guid = "" if guid in places.shared_ids else guid[:500]
    title = plain(known.get("title") or known.get("dc:title") or known.get("media:title") or "", MAX_TITLE)
    address = _address(known, places.base)
    if not address:
        if not guid and not title:
            return None
        mends[Mend.NO_ADDRESS] += 1
        address = _marked(places.base, guid or title)
    elif guid and "link:enclosure" in known and address in places.shared_pages:
        address = _marked(address, guid)
    if len(address) > MAX_ADDRESS:
        return None
    if not title:
        mends[Mend.NO_TITLE] += 1
    if at is None:
        mends[Mend.NO_DATE] += 1
    text = max((known[name] for name in _TEXTS if name in known), key=len, default="")
    reads_whole = len(text) >= _WHOLE or bool(addresses_in(text))
    return Item(address, title, guid, at, text[:MAX_TEXT], reads_whole)


def _marked(address: str, key: str) -> str:
    """Return an address on a page that has none of its own for an item."""
    return f"{address.partition('#')[0]}#hz-{key_of(key)[:16]}"


def _address(known: dict[str, str], base: str) -> str:
    """Return the page of an item: the address behind a counter first, its link, an id that is one, its recording."""
    names = ("feedburner:origlink", "link:alternate", "link", "guid", "link:enclosure")
    for name in names:
        given = "".join(known.get(name, "").split())
        if not given or (name == "guid" and not given.startswith(("http://", "https://"))):
            continue
        try:
            found = urljoin(base, given)
        except ValueError:
            continue
        if len(found) <= MAX_ADDRESS and address_problem(found) is None:
            return as_sent(found)
    return ""


def _of_feed(raw: Raw, address: str) -> tuple[str, str]:
    known = dict(reversed(raw.of_feed))
    try:
        site = urljoin(address, known.get("link:alternate") or known.get("link") or "")
    except ValueError:
        site = ""
    is_sound = bool(site) and len(site) <= MAX_ADDRESS and address_problem(site) is None
    return known.get("title", ""), as_sent(site) if is_sound else address


def _shared_ids(raw: Raw, mends: Counter[Mend]) -> frozenset[str]:
    """Return ids that several items bear: they name nothing."""
    counts = Counter(
        value for fields in raw.items for value in {value for name, value in fields if name in ("guid", "id")}
    )  # fmt: skip
    shared = frozenset(value for value, count in counts.items() if count > 1)
    if shared:
        mends[Mend.GUIDS] = sum(counts[value] for value in shared)
    return shared


def _shared_pages(raw: Raw, base: str) -> frozenset[str]:
    """Return pages that are no item's own: episodes of a podcast often link to the page of their show, all of them."""
    if not raw.has_sound:
        return frozenset()
    counts = Counter(_address(dict(reversed(fields)), base) for fields in raw.items)
    return frozenset({base, *(page for page, count in counts.items() if count > 1)})


def _pace(raw: Raw) -> int:
    """Return after how many minutes the feed wants to be read again; 0 where it does not say."""
    known = dict(raw.of_feed)
    if known.get("ttl", "").isdecimal():
        return int(known["ttl"][:6])
    period = _PERIODS.get(known.get("sy:updateperiod", "").lower(), 0)
    times = known.get("sy:updatefrequency", "")
    return period // max(1, int(times[:4])) if times.isdecimal() else period
