"""Looking at the pages that links lead to, once a day: does it answer, where does it end, what is odd about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import Q, QuerySet

from hanse.growth.silence.models import Silence
from hanse.growth.watch.hints import Page, hints_of, title_of
from hanse.growth.watch.models import CheckedDestination
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbound import NoAnswer, NotCalled, RedirectLoop, fetch
from hanse.traffic.links.models import Link

AGAIN = timedelta(hours=20)
SOON = timedelta(hours=2)  # a page that failed is looked at again soon: twice in a row it counts
DOUBT = timedelta(hours=6)
SECONDS = 8
MOST_BYTES = 300_000  # the beginning of a page is enough for its title
AT_A_TIME = 6  # hosts asked side by side; one host is asked for one page after the other
NOT_REACHED = "not_reached"
LOOP = "redirect_loop"
_GONE = frozenset({404, 410})
_CHECK = "hanse-checks-this-link-0000"  # stands where a click token would: as long as one, and none


@dataclass(frozen=True, slots=True)
class Due:
    """An address to look at, the hosts that it may lead to and the name of the token's parameter."""

    url: str
    hosts: tuple[str, ...] = ()
    token_param: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of looking: `reason` is "" where the page answers well."""

    url: str
    reason: str = ""
    status: int | None = None
    final_url: str = ""
    title: str = ""
    hops: tuple[tuple[str, int], ...] = ()
    hints: tuple[str, ...] = ()


Look = Callable[[Due], Seen]


def live_links(now: datetime) -> QuerySet[Link]:
    """Return the links that somebody can go through: of active enrolments, not archived, not expired, no demo's."""
    active = Enrolment.objects.filter(status=Enrolment.Status.ACTIVE, program__is_demo=False)
    return Link.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), archived_at=None, enrolment__in=active)


def due_destinations(now: datetime, limit: int) -> list[Due]:
    """Return addresses that live links lead to and that were not looked at for a day. Two queries.

    Those of silent partners come first: there the answer says why.
    """
    checked = CheckedDestination.objects.filter(
        Q(checked_at__gt=now - AGAIN, failed_since=None, doubtful_since=None) | Q(checked_at__gt=now - SOON)
    ).values("url")
    links = live_links(now).exclude(destination_url__in=checked)
    found = _taken(links.filter(enrolment__in=Silence.objects.values("enrolment")), limit)
    if len(found) < limit:
        found |= {url: due for url, due in _taken(links, limit).items() if url not in found}
    return list(found.values())[:limit]


def _taken(links: QuerySet[Link], limit: int) -> dict[str, Due]:
    rows = links.order_by("destination_url").values_list(
        "destination_url", "offer__allowed_hosts", "offer__program__token_param"
    )
    found: dict[str, Due] = {}
    for url, hosts, param in rows.distinct()[: limit * 2]:
        known = found.get(url)
        found[url] = Due(url, tuple(sorted({*(known.hosts if known else ()), *hosts})), param)
    return dict(list(found.items())[:limit])


def look(due: Due) -> Seen:
    """Look at a page as a visitor with a token would. An address that is never called is no fault."""
    asked = _with_token(due)
    try:
        got = fetch(asked, most_bytes=MOST_BYTES, seconds=SECONDS, allow_http=True, may_cut=True)
    except RedirectLoop as error:
        return Seen(due.url, LOOP, hops=tuple((hop.url, hop.status) for hop in error.hops))
    except (NoAnswer, NotCalled) as error:
        is_secure = due.url.startswith("https://")
        hops = tuple((hop.url, hop.status) for hop in error.hops)
        return Seen(due.url, f"{NOT_REACHED}:{error}"[:80] if is_secure or hops else "", hops=hops)
    hops = tuple((hop.url, hop.status) for hop in got.hops)
    is_html = "html" in got.headers.get("content-type", "html")
    text = got.body.decode("utf-8", "replace").replace("\0", "") if is_html else ""  # PostgreSQL keeps none
    if got.status in _GONE or got.status >= 500:
        return Seen(due.url, f"status_{got.status}", got.status, got.url, title_of(text), hops)
    page = Page(asked, got.url, got.status, tuple(url for url, _status in hops), text, is_html, got.is_cut)
    hints = tuple(hints_of(page, due.hosts, due.token_param))
    return Seen(due.url, "", got.status, got.url, title_of(text), hops, hints)


def _with_token(due: Due) -> str:
    """Return the address as visitors get it: with a parameter for the token, which a redirect must not lose."""
    parts = urlsplit(due.url)
    if not due.token_param:
        return due.url
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != due.token_param]
    return parts._replace(query=urlencode([*query, (due.token_param, _CHECK)])).geturl()


def check_destinations(now: datetime, limit: int, ask: Look = look, *, seconds: float = 20.0) -> list[Seen]:
    """Ask addresses that are due, one after the other of a host, some hosts side by side, until the time is over.

    Stores nothing: the network must not hold a lock. What was not asked in time is due again next time.
    """
    by_host: dict[str, list[Due]] = {}
    for due in due_destinations(now, limit):
        by_host.setdefault(urlsplit(due.url).netloc, []).append(due)
    until = time.monotonic() + seconds

    def ask_all(of_host: list[Due]) -> list[Seen]:
        return [ask(due) for due in of_host if time.monotonic() < until]

    with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="destinations") as pool:
        return [seen for part in pool.map(ask_all, by_host.values()) for seen in part]


def keep_checks(checks: Sequence[Seen], now: datetime) -> None:
    """Store what came of looking at addresses.

    Where not one of them could be reached, it may be our own network that is down: that counts against a page only when
    it has lasted for some hours.
    """
    nothing_answers = all(seen.reason.startswith(NOT_REACHED) for seen in checks)
    known = CheckedDestination.objects.in_bulk([seen.url for seen in checks])
    for seen in checks:
        row = known.get(seen.url) or CheckedDestination(url=seen.url)
        row.checked_at = now
        if nothing_answers and row.failed_since is None:
            row.doubtful_since = row.doubtful_since or now
        if row.doubtful_since is None or not nothing_answers or now - row.doubtful_since >= DOUBT:
            since, row.doubtful_since = row.doubtful_since, None
            _note(row, seen, since if seen.reason and since else now)
        row.save()


def note_destination(url: str, *, reason: str, now: datetime, hints: Sequence[str] = ()) -> CheckedDestination:
    """Write down what came of looking at an address: `reason` is "" where it answered well."""
    row = CheckedDestination.objects.filter(url=url).first() or CheckedDestination(url=url)
    row.checked_at = now
    _note(row, Seen(url, reason, int(reason[7:]) if reason.startswith("status_") else None, hints=tuple(hints)), now)
    row.save()
    return row


def _note(row: CheckedDestination, seen: Seen, now: datetime) -> None:
    row.reason, row.status, row.final_url = seen.reason[:80], seen.status, seen.final_url[:4_000]
    row.title, row.hops, row.hints = seen.title, [list(hop) for hop in seen.hops], list(seen.hints)
    row.failures = row.failures + 1 if seen.reason else 0
    row.failed_since = (row.failed_since or now) if seen.reason else None
