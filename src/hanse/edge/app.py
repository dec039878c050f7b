"""The edge as one RSGI application: the first path segment decides who answers."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog

from hanse.edge.agents import Agents
from hanse.edge.answers import MAX_QUERY, send_page, send_problem, send_too_long
from hanse.edge.backlog import Backlogs
from hanse.edge.browser_door import SOURCE, BrowserDoor
from hanse.edge.capture import FactBatch
from hanse.edge.clicks import NO_STORE, Clicks, Waiter, slug_of
from hanse.edge.counts import Counts
from hanse.edge.destination import header_safe
from hanse.edge.directory import Directory
from hanse.edge.domains import serves
from hanse.edge.doors import Doors
from hanse.edge.echoes import Echoes
from hanse.edge.fact_door import FactDoor
from hanse.edge.floods import Floods
from hanse.edge.health import Health
from hanse.edge.lookups import LookUps
from hanse.edge.networks import Networks
from hanse.edge.numbering import Numbering
from hanse.edge.origin import IpHashes, Origins
from hanse.edge.pass_on import PassOn, neighbours_of
from hanse.edge.pruning import Pruning
from hanse.edge.settings import EdgeSettings
from hanse.edge.snippet import send_snippet
from hanse.journal.group import GroupCommit
from hanse.journal.opening import open_journal
from hanse.kernel import clock
from hanse.kernel.facts import join_clicks
from hanse.kernel.paths import RESERVED, is_slug
from hanse.kernel.signing import derive
from hanse.kernel.tokens import ClickTokens

log = structlog.get_logger("hanse.edge")
UNKNOWN = ("There is no such link", "Please check the address. If somebody gave it to you, ask them for a new one.")

Answer = Callable[[Any, Any], Awaitable[None]]


class EdgeApp:
    """Answers links, facts, the snippet and health itself; passes everything else on."""

    def __init__(self, settings: EdgeSettings) -> None:
        self.now_ms = _clock_ms()
        self.counts, self.origins = Counts(), Origins(settings.trusted_proxies, settings.public_url)
        self.blocking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="edge-blocking")
        self.journal = open_journal(settings.data_dir, settings.journal)
        self.directory = Directory(Doors(settings.data_dir, settings.database_url), settings.public_url)
        self.look_ups = LookUps(self.directory, self.blocking)
        tokens = ClickTokens(derive(settings.master_key, "click-token"))
        self.numbering = Numbering(self.journal, settings, tokens, self.now_ms)
        ip_hashes = IpHashes(derive(settings.master_key, "ip-hash"))
        networks = Networks()
        self.clicks = Clicks(
            self.directory, self.numbering.mint, Agents(), networks, Floods(), self.origins, ip_hashes, self.counts,
            self.now_ms,
        )  # fmt: skip
        self.commit: GroupCommit[Waiter] = GroupCommit(self.journal, join_clicks, self.clicks.settle)
        self.clicks.commit = self.commit
        email_key = derive(settings.master_key, "email-hash")
        self.facts = FactDoor(
            self.directory, self.commit.append, email_key, self.counts, self.blocking, clock.now, tokens
        )
        self.browser = BrowserDoor(self.facts, self.directory, tokens, self.origins, self.counts, self.blocking)
        self.pass_on = PassOn(neighbours_of(settings), self.origins, self.counts, networks)
        self.backlogs = Backlogs(self.journal, Doors(settings.data_dir, settings.database_url), self.now_ms)
        self.health = Health(
            self.journal, lambda: self.commit.failing, self.directory, self.pass_on, self.origins, self.counts,
            self.blocking, self.backlogs, settings.health,
        )  # fmt: skip
        self._own: dict[str, Answer] = {
            "hz.js": self._snippet, "healthz": self._alive, "readyz": self._ready, "metrics": self._metrics,
            "v1": self._v1, "c": self._named_link,
        }  # fmt: skip
        self.journal.listen(Echoes(tokens, self.numbering.mint, self.clicks.hear).hear)
        self.pruning = Pruning(self.journal, self.directory.doors)
        self.directory.start()
        self.pruning.start()

    def take(self, scope: Any, proto: Any) -> bool:
        """Answer a request on a link in memory, or on one known not to exist, without the event loop; say False when it
        is something else."""
        if len(scope.query_string) > MAX_QUERY:
            return False
        return self.clicks.take(scope, proto) or self._take_unknown(scope, proto)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer any request."""
        path: str = scope.path
        first, _, rest = path[1:].partition("/")
        if len(scope.query_string) > MAX_QUERY:
            send_too_long(proto, is_api=first == "v1")
            return
        if self.directory.domains.programs and self.directory.domains.program(self.origins.host(scope)) is not None:
            await self._on_a_custom_domain(scope, proto, first if not rest and first not in RESERVED else "")
            return
        own = self._own.get(first)
        if own is not None:
            await own(scope, proto)
        elif first in RESERVED or not first or rest or path.endswith("/"):
            await self.pass_on.answer(scope, proto)
        else:
            await self._link(scope, proto, first)

    async def close(self) -> None:
        """Write what has gathered and release files and connections."""
        self.pruning.stop()
        self.numbering.stop()
        self.commit.stop()
        self.directory.stop()
        await self.pass_on.close()
        self.backlogs.close()
        self.blocking.shutdown(wait=True, cancel_futures=True)
        self.journal.close()

    def _take_unknown(self, scope: Any, proto: Any) -> bool:
        if scope.method not in ("GET", "HEAD") or not self.directory.links.is_unknown(slug_of(scope.path)):
            return False
        self._unknown(scope, proto)
        return True

    async def _link(self, scope: Any, proto: Any, slug: str) -> None:
        if scope.method not in ("GET", "HEAD"):
            send_page(
                proto, 405, "Links are for reading", "Open this address in a browser.", extra=[("allow", "GET, HEAD")]
            )
            return
        if not is_slug(slug):
            self.counts.unknown_links += 1
            send_page(proto, 404, *UNKNOWN)
            return
        if self.directory.links.get(slug) is None:
            await self.look_ups.bring(slug)
        told = Told(proto)
        if self.take(scope, told):
            await told.answered.wait()
        else:
            self._unknown(scope, proto)

    async def _on_a_custom_domain(self, scope: Any, proto: Any, slug: str) -> None:
        """Answer links and what belongs to them; everything else leads to the program's fallback or website."""
        if serves(scope.path):
            await self._own[scope.path[1:].partition("/")[0]](scope, proto)
        elif slug:
            await self._link(scope, proto, slug)
        else:
            self._unknown(scope, proto)

    async def _named_link(self, scope: Any, proto: Any) -> None:
        await self._link(scope, proto, scope.path[3:])

    def _unknown(self, scope: Any, proto: Any) -> None:
        self.counts.unknown_links += 1
        program = self.directory.program_for_host(self.origins.host(scope))
        if program is not None and program.fallback_url:
            proto.response_empty(302, [("location", header_safe(program.fallback_url)), NO_STORE])
        else:
            send_page(proto, 404, *UNKNOWN)

    async def _v1(self, scope: Any, proto: Any) -> None:
        path = scope.path
        if path == "/v1/browser/conversions":
            if scope.method == "OPTIONS":
                self.browser.preflight(scope, proto)
            elif scope.method == "POST":
                await self.browser.answer(scope, proto, FactBatch(SOURCE, "conversion", clock.now()))
            else:
                send_problem(proto, 405, "This door takes POST.", extra=[("allow", "POST, OPTIONS")])
        elif path == "/v1/conversions" and scope.method == "POST":
            await self.facts.answer(scope, proto, "conversion")
        elif path == "/v1/refunds" and scope.method == "POST":
            await self.facts.answer(scope, proto, "refund")
        else:
            await self.pass_on.answer(scope, proto)

    async def _snippet(self, scope: Any, proto: Any) -> None:
        send_snippet(scope, proto)

    async def _alive(self, _scope: Any, proto: Any) -> None:
        self.health.send_alive(proto)

    async def _ready(self, _scope: Any, proto: Any) -> None:
        await self.health.send_ready(proto)

    async def _metrics(self, scope: Any, proto: Any) -> None:
        await self.health.send_metrics(scope, proto)


class Told:
    """A protocol whose answer, sent from any thread, can be awaited."""

    def __init__(self, proto: Any) -> None:
        self._proto, self._loop = proto, asyncio.get_running_loop()
        self.answered = asyncio.Event()

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""
        try:
            self._proto.response_empty(status, headers)
        finally:
            self._loop.call_soon_threadsafe(self.answered.set)

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        """Answer with a text."""
        try:
            self._proto.response_str(status, headers, body)
        finally:
            self._loop.call_soon_threadsafe(self.answered.set)


def _clock_ms() -> Callable[[], int]:
    """Return the clock of the click path: the kernel's where it is moved by hand, else the bare system's."""
    if os.environ.get("HANSE_CLOCK"):
        return lambda: int(clock.now().timestamp() * 1000)
    return lambda: time.time_ns() // 1_000_000


def create_app(data_dir: Path, master_key: bytes, **more: Any) -> EdgeApp:
    """Return an edge on a data folder. `more`: the other fields of `EdgeSettings`."""
    return EdgeApp(EdgeSettings(data_dir, master_key, **more))
