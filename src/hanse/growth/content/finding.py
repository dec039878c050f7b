"""Going to a feed, and from a page to its feed. It calls the network and knows no database."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import gettext as _

from hanse.growth.content.addresses import is_youtube, youtube_feed
from hanse.growth.content.reading import MOST_BYTES, NotAFeed, read_feed
from hanse.growth.content.types import ReadFeed
from hanse.growth.content.words import problem_words
from hanse.kernel.errors import Invalid, Problem
from hanse.spine.outbound import Fetched, NoAnswer, NotCalled, RedirectLoop, TooLong, fetch
from hanse.spine.web_addresses import address_problem, as_sent

SECONDS = 8.0
AT_ONCE = 2  # people who add feeds in one process: slow sites must not hold all of its threads
MAX_ADDRESS = 1_000
_PAGE_BYTES = 1_000_000
_FEEDS = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "text/xml", "application/xml"}
)
_OTHER = re.compile(r"comment|kommentar|trackback", re.IGNORECASE)
_LINK = re.compile(r"<(?:link|a)\s([^<>]{1,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z]{2,10})\s*=\s*("[^"]{0,2000}"|'[^']{0,2000}'|[^\s"'>]{1,2000})""", re.IGNORECASE)
_CHANNEL = re.compile(r"youtube\.com/channel/(UC[\w-]{22})")
_FOREVER = frozenset({301, 308})
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of going to a feed. `problem` is "" where it answered: then `read` holds it, or it was not changed.

    `address` is where the feed lives now: another one where it has moved for good.
    """

    address: str
    problem: str = ""
    read: ReadFeed | None = None
    etag: str = ""
    last_modified: str = ""
    cache_control: str = ""
    retry_after: str = ""
    is_gone: bool = False


def look_at(address: str, *, etag: str = "", last_modified: str = "", seconds: float = SECONDS) -> Looked:
    """Read a feed, unless it says that nothing has changed. Raises nothing: what went wrong stands in `problem`."""
    looked, _got = _look(address, etag, last_modified, seconds)
    return looked


def find_feed(address: str) -> Looked:
    """Find the feed at an address, or the one that the page there names. Raises Invalid at `/address` with the reason.

    A YouTube channel, user or list gives its feed. Where others are being read for people already, it is refused.
    """
    address = address.strip()
    if "://" not in address[:12] and "." in address and not address.startswith("//"):
        address = f"https://{address}"
    problem = (
        _("A web address has at most 1,000 characters.") if len(address) > MAX_ADDRESS else address_problem(address)
    )
    if problem:
        raise _refusal(problem, "bad_url")
    if not _turns.acquire(blocking=False):
        raise _refusal(_("Other feeds are being read right now. Please try again in a moment."), "busy")
    try:
        return _found(as_sent(address))
    finally:
        _turns.release()


def _found(address: str) -> Looked:
    looked, got = _look(youtube_feed(address) or address, "", "", SECONDS)
    if looked.problem == "page" and got is not None:
        named = feed_in_page(got.body[:_PAGE_BYTES].decode("utf-8", "replace"), got.url)
        if not named:
            raise _refusal(problem_words("page"), "no_feed")
        looked, _got = _look(named, "", "", SECONDS)
    if looked.read is None:
        raise _refusal(problem_words(looked.problem), looked.problem.partition(":")[0])
    return looked


def feed_in_page(page: str, address: str) -> str:
    """Return the address of the feed that a page names (`<link rel="alternate">`), "" where it names none.

    Feeds of comments come last. A page of a YouTube channel names its channel.
    """
    if is_youtube(address) and (channel := _CHANNEL.search(page)):
        return youtube_feed(f"https://www.youtube.com/channel/{channel[1]}")
    ranked = sorted(_alternates(page), key=lambda one: bool(_OTHER.search(f"{one[0]} {one[1]}")))
    for href, _title in ranked:
        try:
            found = urljoin(address, href)
        except ValueError:
            continue
        if address_problem(found) is None and len(found) <= MAX_ADDRESS:
            return as_sent(found)
    return ""


def _alternates(page: str) -> Iterator[tuple[str, str]]:
    """Yield address and title of each feed that a page names. Reads tags one by one, however broken the page is."""
    for tag in _LINK.finditer(page):
        given = {name.lower(): html.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(tag[1])}
        kind = given.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in given.get("rel", "").lower().split() and kind in _FEEDS and given.get("href"):
            yield given["href"].strip(), given.get("title", "")


def _look(address: str, etag: str, last_modified: str, seconds: float) -> tuple[Looked, Fetched | None]:
    headers = {
        "User-Agent": f"Hanse feed reader (+{settings.HANSE_PUBLIC_URL})",
        "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/html;q=0.5, */*;q=0.1",
        **({"If-None-Match": etag} if etag else {}),
        **({"If-Modified-Since": last_modified} if last_modified else {}),
    }
    try:
        got = fetch(address, headers=headers, most_bytes=MOST_BYTES, seconds=seconds)
    except TooLong:
        return Looked(address, "too_long"), None
    except RedirectLoop:
        return Looked(address, "redirects"), None
    except NotCalled as error:
        return Looked(address, f"not_called:{error}"[:300]), None
    except NoAnswer as error:
        return Looked(address, f"no_answer:{error}"[:300]), None
    return _said(address, got), got


def _said(address: str, got: Fetched) -> Looked:
    known = got.headers
    if got.hops and all(hop.status in _FOREVER for hop in got.hops) and len(got.url) <= MAX_ADDRESS:
        address = got.url
    if got.status == 304:
        return Looked(address, cache_control=known.get("cache-control", ""))
    if got.status != 200:
        return Looked(
            address, f"status:{got.status}", retry_after=known.get("retry-after", ""), is_gone=got.status == 410
        )
    try:
        read = read_feed(got.body, known.get("content-type", ""), got.url)
    except NotAFeed as error:
        return Looked(address, error.code)
    etag, modified = known.get("etag", ""), known.get("last-modified", "")
    return Looked(
        address, "", read, etag if len(etag) <= 300 and etag.isprintable() else "",
        modified if len(modified) <= 100 and modified.isprintable() else "",
        known.get("cache-control", ""),
    )  # fmt: skip


def _refusal(message: str, code: str) -> Invalid:
    return Invalid([Problem("/address", message, code)])
