"""Pages that fail, as faults: each page of its own, many of one host together, and none that was mended just now."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from hanse.growth.incidents.models import Incident
from hanse.growth.watch.destinations import SOON
from hanse.growth.watch.models import CheckedDestination
from hanse.growth.watch.queries import failing_pages, links_in_use, mended_at
from hanse.growth.watch.types import Fault
from hanse.programs.programs.models import Program

PAGES_OF_A_HOST = 5  # failing pages of one host that are faults each; more are one fault of the host
MOST_NAMED = 20
MOST_LINKS = 1_000
LOOKED_AGAIN = 2 * SOON  # so long after a person mended a page it has been looked at twice
_GONE = ("status_404", "status_410")


def broken_pages(program: Program, now: datetime) -> list[Fault]:
    """Return the pages that failed when last looked at, and before, and that live links lead to. Five queries.

    A host that does not answer, or of which many pages are gone, is one fault. A page stays in the fault that is open.
    """
    failing = failing_pages()
    if not failing.exists():
        return []
    links = links_in_use(program, now).filter(destination_url__in=failing.values("url"))
    numbers: dict[str, list[int]] = defaultdict(list)
    for url, number in links.order_by("number").values_list("destination_url", "number"):
        numbers[url].append(number)
    mended, by_host = mended_at(program), defaultdict[str, list[CheckedDestination]](list)
    for row in failing.filter(url__in=list(numbers)).order_by("url"):
        if not _was_just_mended(row, mended):
            by_host[_host(row)].append(row)
    known = Incident.objects.filter(program=program, kind=Incident.Kind.LINK_BROKEN, closed_at=None)
    keys = set(known.values_list("fault_key", flat=True))
    return [
        _broken(key, rows, numbers, mended)
        for host, failed in sorted(by_host.items()) for key, rows in _by_fault(host, failed, keys).items()
    ]  # fmt: skip


def _by_fault(host: str, rows: list[CheckedDestination], known: set[str]) -> dict[str, list[CheckedDestination]]:
    """Part a host's failing pages by the fault that each belongs to; `known` are the keys of those that are open."""
    gone = [row for row in rows if row.reason in _GONE]
    are_single = _site_key(host) not in known and len(gone) <= PAGES_OF_A_HOST
    found: dict[str, list[CheckedDestination]] = defaultdict(list)
    for row in rows:
        is_single = _page_key(row) in known or (are_single and row.reason in _GONE)
        found[_page_key(row) if is_single else _site_key(host)].append(row)
    return found


def _was_just_mended(row: CheckedDestination, mended: Mapping[str, datetime]) -> bool:
    """Say whether a person mended a page while it failed, and nobody has looked often enough since to know better."""
    at = _mended(row, mended)
    return at is not None and _failed_since(row) <= at and row.checked_at < at + LOOKED_AGAIN


def _mended(row: CheckedDestination, mended: Mapping[str, datetime]) -> datetime | None:
    moments = [mended[key] for key in (_page_key(row), _site_key(_host(row))) if key in mended]
    return max(moments, default=None)


def _broken(
    key: str, rows: list[CheckedDestination], numbers: Mapping[str, list[int]], mended: Mapping[str, datetime]
) -> Fault:
    links = [number for row in rows for number in numbers[row.url]]
    since = min(max(_failed_since(row), _mended(row, mended) or _failed_since(row)) for row in rows)
    about = {"host": _host(rows[0]), "urls": [row.url for row in rows[:MOST_NAMED]], "links": links[:MOST_LINKS]}
    evidence = {
        "pages": len(rows), "links": len(links), "reasons": sorted({row.reason for row in rows})[:MOST_NAMED],
        "looks": max(row.failures for row in rows),
    }  # fmt: skip
    return Fault(key, Incident.Kind.LINK_BROKEN, since, about, evidence)


def _failed_since(row: CheckedDestination) -> datetime:
    assert row.failed_since is not None, "only pages that fail are asked for"
    return row.failed_since


def _host(row: CheckedDestination) -> str:
    return urlsplit(row.url).netloc.lower()


def _site_key(host: str) -> str:
    return f"site:{host}"


def _page_key(row: CheckedDestination) -> str:
    return f"page:{hashlib.blake2b(row.url.encode(), digest_size=12).hexdigest()}"
