"""Everything that is not the edge's own goes on to a web role: over the data folder's socket, or to other machines.

Requests are taken in whole first: the web role has few threads, and none of them waits for a slow sender. Answers are
streamed.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from yarl import URL

from hanse.edge.answers import send_page, send_problem
from hanse.edge.bodies import BadBody, read_bytes
from hanse.edge.counts import Counts
from hanse.edge.networks import Networks
from hanse.edge.origin import Origins
from hanse.edge.settings import EdgeSettings
from hanse.kernel.signing import derive

log = structlog.get_logger("hanse.edge")
# Meaningful between two neighbours only (RFC 9110 §7.6.1), or set by us and nobody else
_NOT_ON = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "content-length", "upgrade", "expect", "forwarded", "x-real-ip", "x-forwarded-for",
    "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server",
    "x-hanse-edge", "x-hanse-network",
})  # fmt: skip
_NOT_BACK = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}
)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~-]*")
_NO_BODY = frozenset({204, 304})
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=5, sock_connect=5, sock_read=120)
_DOWN = ("This page is not ready yet", "The product is starting or resting for a moment. Please try again shortly.")

_TOO_LARGE = ("This is too large", "At most 8 MiB can be sent at once. Go back and choose a smaller file.")

_PAUSE_S = 2.0  # how long a neighbour that did not answer is asked last


@dataclass(slots=True)
class Neighbour:
    """A web role: where it listens, and what proves to it that an edge asks (nobody else reaches a socket)."""

    base: str
    socket: str = ""
    proof: str = ""
    down_until: float = 0.0


def neighbours_of(settings: EdgeSettings) -> list[Neighbour]:
    """Return the web roles of an edge: those on other machines where there are any, else the one on the socket."""
    proof = derive(settings.master_key, "edge-to-web").hex()
    others = [Neighbour(url.rstrip("/"), proof=proof) for url in settings.web_urls]
    return others or [Neighbour("http://web", socket=str(settings.web_socket))]


class PassOn:
    """A reverse proxy that takes its neighbours in turn. Links and fact doors work without them."""

    def __init__(
        self, neighbours: Sequence[Neighbour], origins: Origins, counts: Counts, networks: Networks | None = None
    ) -> None:
        self._neighbours, self._origins, self._counts = list(neighbours), origins, counts
        self._networks = networks
        self._turns = itertools.cycle(range(len(self._neighbours)))
        self._session: aiohttp.ClientSession | None = None

    async def answer(self, scope: Any, proto: Any) -> None:
        """Pass one request on and its answer back; 502 in plain words when nobody is there. What names two hosts is
        refused: whoever is behind us might believe the other one."""
        if len(scope.headers.get_all("host")) > 1:
            self._counts.passed_on["refused"] += 1
            send_problem(proto, 400, "The request names more than one host.", code="two_hosts")
            return
        try:
            body = await read_bytes(scope, proto) if _has_body(scope) else None
        except BadBody as bad:
            self._counts.passed_on["refused"] += 1
            if bad.status == 413 and not scope.path.startswith("/v1/"):
                send_page(proto, 413, *_TOO_LARGE, extra=[("connection", "close")])
            else:
                send_problem(proto, bad.status, bad.detail, extra=[("connection", "close")])
            return
        for neighbour in self._in_turn():
            try:
                await self._ask(neighbour, scope, proto, body)
                return
            except aiohttp.ClientConnectorError as error:  # nothing was sent: the next one may have it
                neighbour.down_until = time.monotonic() + _PAUSE_S
                log.warning("web_unreachable", why=type(error).__name__)
            except _Unanswered as error:
                log.warning("web_unreachable", why=str(error))
                break
        self._counts.passed_on["failed"] += 1
        self._send_down(scope, proto)

    def _in_turn(self) -> list[Neighbour]:
        """Return the neighbours, each time another one first, and those that did not answer lately last."""
        turn, now = next(self._turns), time.monotonic()
        return sorted(self._neighbours[turn:] + self._neighbours[:turn], key=lambda one: one.down_until > now)

    async def _ask(self, neighbour: Neighbour, scope: Any, proto: Any, body: bytes | None) -> None:
        """Raises ClientConnectorError where nobody listens, _Unanswered where the request may have arrived."""
        started = False
        try:
            async with self._open().request(
                scope.method, _url(neighbour, scope), headers=self._headers(neighbour, scope), data=body,
                allow_redirects=False, timeout=_TIMEOUT,
            ) as answer:  # fmt: skip
                headers = _headers_back(answer)
                self._counts.passed_on["answered"] += 1
                started = True
                if scope.method == "HEAD" or answer.status in _NO_BODY or answer.headers.get("content-length") == "0":
                    proto.response_empty(answer.status, headers)
                    return
                stream = proto.response_stream(answer.status, headers)
                async for chunk in answer.content.iter_any():
                    await stream.send_bytes(chunk)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if started:
                raise  # half an answer is out; the server cuts the connection, which the client can tell
            raise _Unanswered(type(error).__name__) from error

    async def reachable(self) -> bool:
        """Say whether any web role answers at all."""
        for neighbour in self._in_turn():
            try:
                health = URL(f"{neighbour.base}/healthz", encoded=True)
                headers, patience = self._proof(neighbour), aiohttp.ClientTimeout(total=2)
                async with self._open().get(health, headers=headers, timeout=patience) as answer:
                    if answer.status < 400:
                        return True
            except (aiohttp.ClientError, OSError, TimeoutError):
                continue
        return False

    async def close(self) -> None:
        """Close the kept connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            first = self._neighbours[0]
            connector: aiohttp.BaseConnector = (
                aiohttp.UnixConnector(first.socket, limit=64, keepalive_timeout=15)
                if first.socket
                else aiohttp.TCPConnector(limit=64 * len(self._neighbours), keepalive_timeout=15)
            )
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("user-agent", "accept", "accept-encoding", "content-type"),
            )  # fmt: skip
        return self._session

    def _proof(self, neighbour: Neighbour) -> list[tuple[str, str]]:
        return [("x-hanse-edge", neighbour.proof)] if neighbour.proof else []

    def _headers(self, neighbour: Neighbour, scope: Any) -> list[tuple[str, str]]:
        named = scope.headers.get("connection") or ""
        dropped = _NOT_ON | {name.strip().lower() for name in named.split(",")}
        origin = self._origins.of(scope)
        # a name with "_" would become the same variable of the web role as ours with "-"
        kept = [(name, value) for name, value in scope.headers.items() if name not in dropped and "_" not in name]
        return [
            *kept,
            *self._proof(neighbour),
            *self._network(scope, origin.ip),
            ("x-forwarded-for", origin.ip.strip("[]")),
            ("x-forwarded-proto", "https" if origin.secure else "http"),
            ("x-forwarded-host", origin.host),
        ]

    def _network(self, scope: Any, ip: str) -> list[tuple[str, str]]:
        """Tell from which country and kind of network an application is sent; nobody else is looked up."""
        if self._networks is None or scope.method != "POST" or not scope.path.startswith("/join/"):
            return []
        network = self._networks.of(ip.strip("[]"))
        return [("x-hanse-network", f"{network.country} {network.kind}".strip())] if network.country else []

    def _send_down(self, scope: Any, proto: Any) -> None:
        if scope.path.startswith("/v1/"):
            send_problem(
                proto, 502, "The web role is not answering; try again in a moment.", extra=[("retry-after", "2")]
            )
        else:
            send_page(proto, 502, *_DOWN, extra=[("retry-after", "2")])


class _Unanswered(Exception):
    """A neighbour took the request, as far as we know, and gave no answer."""


def _url(neighbour: Neighbour, scope: Any) -> URL:
    """Return the neighbour's address. The server hands us a decoded path (%2F is / by then), so encode it again."""
    path = scope.path if _PLAIN_PATH.fullmatch(scope.path) else quote(scope.path, safe="/!$&'()*+,;=:@~")
    query = f"?{scope.query_string}" if scope.query_string else ""
    return URL(f"{neighbour.base}{path}{query}", encoded=True)


def _has_body(scope: Any) -> bool:
    return bool(scope.headers.get("transfer-encoding")) or (scope.headers.get("content-length") or "0") != "0"


def _headers_back(answer: aiohttp.ClientResponse) -> list[tuple[str, str]]:
    raw = ((name.decode("latin-1").lower(), value.decode("utf-8", "replace")) for name, value in answer.raw_headers)
    return [(name, value) for name, value in raw if name not in _NOT_BACK]
