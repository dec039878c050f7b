"""The click path, as a list of steps: find the link, know the visitor, name the reason, choose where to, write, answer.

It runs once for every visitor, mostly on the server's own thread (`granian_door`), so it neither waits nor builds
objects it can do without. What it answers is sent by `settle`, when the journal says the click is safe.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import structlog

from hanse.edge.agents import Agents
from hanse.edge.answers import send_page
from hanse.edge.counts import Counts
from hanse.edge.destination import deep_link, header_safe, with_token
from hanse.edge.directory import Directory
from hanse.edge.floods import Floods
from hanse.edge.links import Link
from hanse.edge.mint import Mint, NoNumber
from hanse.edge.networks import Networks
from hanse.edge.origin import IpHashes, Origins
from hanse.edge.subs import NOTHING, query_of, read_query
from hanse.edge.validity import reason_of, reason_of_link
from hanse.edge.visitors import NewVisitors, Repeats, cookie, visitor_of
from hanse.journal.group import GroupCommit
from hanse.kernel.routes import routes_of
from hanse.kernel.tokens import OWN_FORM

log = structlog.get_logger("hanse.edge")
NO_STORE = ("cache-control", "no-store")
BLOCKED = frozenset({"link_disabled", "link_expired", "geo_blocked"})
NOT_LOOKED_AT = frozenset({"head", "prefetch"})
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


_waiter = partial(tuple.__new__, Waiter)  # half the cost of calling Waiter


class Clicks:
    """Turns requests on links into durable clicks and redirects."""

    def __init__(
        self, directory: Directory, mint: Mint, agents: Agents, networks: Networks, floods: Floods, origins: Origins,
        ip_hashes: IpHashes, counts: Counts, now_ms: Callable[[], int] = lambda: int(time.time() * 1000),
    ) -> None:  # fmt: skip
        self._directory, self._mint, self._origins, self._ip_hashes = directory, mint, origins, ip_hashes
        self._agents, self._networks, self._floods = agents, networks, floods
        self._counts, self._now_ms = counts, now_ms
        self._repeats, self._new_visitors = Repeats(), NewVisitors()
        self.commit: GroupCommit[Waiter]  # set by the app: it needs `settle`

    def take(self, scope: Any, proto: Any) -> bool:
        """Answer a request on a link that is in memory, sooner or later; say False when it is something else."""
        link = self._directory.links.get(slug_of(scope.path))
        if link is None or scope.method not in ("GET", "HEAD"):
            return False
        if self._directory.domains.programs and not self._lives_here(link, scope):
            return False
        try:
            self._click(link, scope, proto)
        except Exception:  # whatever is wrong with us, the visitor gets where the link leads
            log.exception("click_failed", link=link.number)
            self._counts.unrecorded += 1
            closed = reason_of_link(link, self._now_ms()) in BLOCKED
            _send(self._waiter(link, scope, proto, "link_disabled" if closed else "head", link.destination), False)
        return True

    def _lives_here(self, link: Link, scope: Any) -> bool:
        """Say whether a link may be followed on this host: on a custom domain only its own program's links."""
        program = self._directory.domains.program(self._origins.host(scope))
        return program is None or program.program_id == link.program.program_id

    def _click(self, link: Link, scope: Any, proto: Any) -> None:
        headers, at_ms = scope.headers, self._now_ms()
        user_agent: str = headers.get("user-agent") or ""
        ip = self._origins.ip(scope, headers)
        agent, network, ip_hash = self._agents.of(user_agent), self._networks.of(ip), self._ip_hashes.of(ip, at_ms)
        visitor = "" if link.program.consent_mode else visitor_of(headers.get("cookie")) or self._new_visitors.next()
        asked = read_query(scope.query_string) if scope.query_string else NOTHING
        key = f"{visitor}{link.number}" if visitor else ""

        reason = reason_of(link, scope.method, headers, agent, network, at_ms)
        first_token = self._repeats.find(key, at_ms) if key and not reason else ""
        if first_token:
            reason = "duplicate"
        elif not reason and self._floods.over(link.number, ip_hash, at_ms):
            reason = "flood"
        plain, variant = link.destination, ""
        if link.routes or asked.wanted:
            plain, variant = self._where_to(link, asked.wanted, network.country, agent.device, visitor or ip_hash)

        try:
            token = self._mint.token(link.number, at_ms)
        except NoNumber:
            self._counts.unrecorded += 1
            _send(self._waiter(link, scope, proto, reason, plain), False)
            return
        if key and not reason:
            self._repeats.remember(key, token.text, at_ms)
        self._counts.clicks[reason] += 1
        if asked.dropped:
            self._counts.subs_dropped += asked.dropped
        line = _FIELD.join((
            token.core.hex(), str(link.number), str(at_ms), visitor, ip_hash, network.country, network.kind,
            user_agent[:300], _host_and_path(headers.get("referer")), reason,
            plain if plain is not link.destination else "", query_of(asked.subs), agent.device, variant,
        ))  # fmt: skip
        self.commit.add_line(
            line, self._waiter(link, scope, proto, reason, plain, visitor, key, first_token or token.text)
        )

    def _where_to(self, link: Link, wanted: str, country: str, device: str, who: str) -> tuple[str, str]:
        """Return the address and the split's arm: the deep link asked for, else the link's routes, else its own."""
        deep = deep_link(wanted, link.destination, link.allowed_hosts) if wanted else ""
        if deep or not link.routes:
            return deep or link.destination, ""
        address, variant = routes_of(link.routes).choose(country, device, f"{link.number}:{who}")
        return deep_link(address, link.destination, link.allowed_hosts) or link.destination, variant

    def _waiter(
        self, link: Link, scope: Any, proto: Any, reason: str, plain: str,
        visitor: str = "", key: str = "", token: str = "",
    ) -> Waiter:  # fmt: skip
        if reason in BLOCKED:
            fallback = header_safe(link.program.fallback_url)
            return _waiter((proto, fallback, fallback, "", "", ""))
        if reason in NOT_LOOKED_AT:
            return _waiter((proto, plain, plain, "", "", ""))
        program = link.program
        shown = self._mint.in_form(token, program.token_form) if program.token_form != OWN_FORM else token
        location = with_token(plain, program.token_param, shown)
        kept = cookie(visitor, secure=self._origins.secure(scope)) if visitor else ""
        return _waiter((proto, location, plain, kept, key if reason in ("", "duplicate") else "", token))

    def hear(self, link_number: int, visitor: str, ip_hash: str, at_ms: int, token: str) -> None:
        """Take note of a valid click that another edge recorded: its repeats and floods may come through this one."""
        self._floods.over(link_number, ip_hash, at_ms)
        key = f"{visitor}{link_number}"
        if visitor and not self._repeats.find(key, at_ms):
            self._repeats.remember(key, token, at_ms)

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


def slug_of(path: str) -> str:
    """Return the slug that a path would name, `/slug` or `/c/slug`; whether it is one is not looked at."""
    return path[3:] if path.startswith("/c/") else path[1:]


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
