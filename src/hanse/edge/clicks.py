"""The click path, as a list of steps: find the link, name the reason, mint the token, write, answer.

It runs once for every visitor, mostly on the server's own thread (`granian_door`), so it neither waits nor builds
objects it can do without. What it answers is sent by `settle`, when the journal says the click is safe.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import structlog

from hanse.edge.answers import send_page
from hanse.edge.bots import HEADLESS, Bots
from hanse.edge.counts import Counts
from hanse.edge.destination import deep_link, header_safe, query_of, read_query, with_token
from hanse.edge.directory import Directory
from hanse.edge.links import Link
from hanse.edge.mint import Mint
from hanse.edge.origin import IpHashes, Origins, is_private
from hanse.edge.visitors import NewVisitors, Repeats, cookie, visitor_of
from hanse.journal.group import GroupCommit

log = structlog.get_logger("hanse.edge")
NO_STORE = ("cache-control", "no-store")
BLOCKED = frozenset({"link_disabled", "link_expired", "geo_blocked"})
GONE = (
    "This link no longer leads anywhere",
    "The offer behind it has ended. The person who shared it may have a newer one.",
)
_FIELD = "\x1f"


class Waiter(NamedTuple):
    """An answer held back until the journal speaks. An empty `plain` location: there is nowhere to send them."""

    proto: Any
    location: str
    plain: str
    cookie: str
    repeat_key: str
    repeat_token: str


class Clicks:
    """Turns requests on links into durable clicks and redirects."""

    def __init__(
        self, directory: Directory, mint: Mint, bots: Bots, origins: Origins, ip_hashes: IpHashes, counts: Counts,
        now_ms: Callable[[], int] = lambda: int(time.time() * 1000),
    ) -> None:  # fmt: skip
        self._directory, self._mint, self._bots, self._origins = directory, mint, bots, origins
        self._ip_hashes, self._counts, self._now_ms = ip_hashes, counts, now_ms
        self._repeats, self._new_visitors = Repeats(), NewVisitors()
        self.commit: GroupCommit[Waiter]  # set by the app: it needs `settle`

    def take(self, scope: Any, proto: Any) -> bool:
        """Answer a request on a link that is in memory, sooner or later; say False when it is something else."""
        path: str = scope.path
        link = self._directory.links.get(path[3:] if path.startswith("/c/") else path[1:])
        if link is None or scope.method not in ("GET", "HEAD"):
            return False
        try:
            self._click(link, scope, proto)
        except Exception:  # whatever is wrong with us, the visitor gets where the link leads
            log.exception("click_failed", link=link.number)
            self._counts.unrecorded += 1
            proto.response_empty(302, [("location", link.destination), NO_STORE])
        return True

    def _click(self, link: Link, scope: Any, proto: Any) -> None:
        headers, at_ms = scope.headers, self._now_ms()
        agent: str = headers.get("user-agent") or ""
        ip = self._origins.ip(scope)
        visitor = "" if link.program.consent_mode else visitor_of(headers.get("cookie")) or self._new_visitors.next()
        key = f"{visitor}{link.number}" if visitor else ""
        deep, subs = read_query(scope.query_string) if scope.query_string else ("", None)
        landing = deep_link(deep, link.destination, link.allowed_hosts) if deep else ""

        reason = self._reason(link, scope.method, headers, agent, ip, at_ms)
        repeated = self._repeats.find(key, at_ms) if key and not reason else ""
        if repeated:
            reason = "duplicate"
        self._counts.clicks[reason] += 1

        token = self._mint.token(link.number, at_ms)
        if key and not reason:
            self._repeats.remember(key, token.text, at_ms)
        line = _FIELD.join((
            token.core.hex(), str(link.number), str(at_ms), visitor, self._ip_hashes.of(ip, at_ms), "", "",
            agent[:300], _host_and_path(headers.get("referer")), reason, landing, query_of(subs) if subs else "",
            "", "",
        ))  # fmt: skip
        self.commit.add_line(
            line, self._waiter(link, scope, proto, reason, landing, visitor, key, repeated or token.text)
        )

    def _reason(self, link: Link, method: str, headers: Any, agent: str, ip: str, at_ms: int) -> str:
        """Name why this is no click, "" for a valid one; the first that holds."""
        if link.status:
            return link.status
        if link.program.archived:
            return "link_disabled"
        if link.expires_ms and at_ms >= link.expires_ms:
            return "link_expired"
        if method == "HEAD":
            return "head"
        if "prefetch" in (headers.get("sec-purpose") or headers.get("purpose") or headers.get("x-moz") or ""):
            return "prefetch"  # "prefetch;prerender" too
        reason = self._bots.reason(agent)
        if reason and HEADLESS in agent and is_private(ip):
            return ""  # a headless browser on our own machine is somebody trying a link
        return reason

    def _waiter(
        self, link: Link, scope: Any, proto: Any, reason: str, landing: str, visitor: str, key: str, token: str
    ) -> Waiter:
        if reason in BLOCKED:
            fallback = header_safe(link.program.fallback_url)
            return Waiter(proto, fallback, fallback, "", "", "")
        plain = landing or link.destination
        if reason in ("head", "prefetch"):
            return Waiter(proto, plain, plain, "", "", "")
        location = with_token(plain, link.program.token_param, token)
        kept = cookie(visitor, secure=self._origins.secure(scope)) if visitor else ""
        return Waiter(proto, location, plain, kept, key if reason in ("", "duplicate") else "", token)

    def settle(self, waiters: list[Waiter], recorded: bool) -> None:
        """Send the held answers: with token and cookie when the clicks are safe, else the bare destination."""
        for waiter in waiters:
            safe = recorded
            if not recorded:
                self._counts.unrecorded += 1
                self._repeats.forget(waiter.repeat_key)
            elif waiter.repeat_key:
                safe = self._repeats.holds(waiter.repeat_key, waiter.repeat_token)
            try:
                _send(waiter, safe)
            except Exception:  # noqa: S112  # the visitor has gone; the click is recorded all the same
                continue


def _send(waiter: Waiter, recorded: bool) -> None:
    if not waiter.plain:
        send_page(waiter.proto, 404, *GONE)
    elif recorded and waiter.cookie:
        headers = [("location", waiter.location), NO_STORE, ("set-cookie", waiter.cookie)]
        waiter.proto.response_empty(302, headers)
    else:
        waiter.proto.response_empty(302, [("location", waiter.location if recorded else waiter.plain), NO_STORE])


def _host_and_path(referrer: str | None) -> str:
    """Return host and path of a Referer, without what a query might tell about a person."""
    if not referrer:
        return ""
    return referrer.partition("://")[2].partition("?")[0].partition("#")[0][:300]
