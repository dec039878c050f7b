"""The one client for calls to other systems: `call` one of their doors, or `fetch` what lies at an address.

No private addresses, bounded time, bounded size, and redirects only where they were asked for (see connecting.py).
"""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from urllib.parse import quote, urljoin, urlsplit

from django.utils.translation import gettext as _

from hanse.spine.connecting import Hop, NoAnswer, NotCalled, address_is_public, connect, is_trusted
from hanse.spine.web_addresses import ascii_host

__all__ = [
    "Answer", "Fetched", "Hop", "NoAnswer", "NotCalled", "RedirectLoop", "TooLong", "address_is_public", "call",
    "fetch",
]  # fmt: skip

MOST_BYTES = 20_000_000
SECONDS = 20
_PIECE = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OWN_PORTS = {"http": 80, "https": 443}
_MAX_ADDRESS = 4_000


class TooLong(NoAnswer):
    """The answer has more bytes than are taken (counted after unpacking); the rest was not read."""


class RedirectLoop(NoAnswer):
    """The address leads in a circle, or through more redirects than are followed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other system said."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lies at an address. `url` is the last one, `hops` the redirects that led to it; header names are small.

    `is_cut`: there was more than was wanted, and the caller had said that the beginning is enough.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[Hop, ...] = ()
    is_cut: bool = False


def call(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None,
    seconds: int = SECONDS,
) -> Answer:  # fmt: skip
    """Make one call. Raises NotCalled before anything is sent, NoAnswer after; redirects are answers like others."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise NotCalled(_("This is not a web address.")) from error
    is_plain = parts.scheme == "http" and is_trusted(host, port)
    if (parts.scheme != "https" and not is_plain) or not host or "@" in parts.netloc:
        raise NotCalled(_("Only addresses that begin with https:// are called."))
    connection = connect(parts.scheme, host, port, seconds=seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body=body, headers={"User-Agent": "Hanse", **(headers or {})})
        with closing(connection.getresponse()) as response:
            content = response.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        connection.close()
    if len(content) > MOST_BYTES:
        raise NoAnswer(_("The answer is too long."))
    return Answer(response.status, content)


def fetch(
    url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS, most_redirects: int = 5, allow_http: bool = True, may_cut: bool = False,
) -> Fetched:  # fmt: skip
    """Read what lies at an address (GET or HEAD), through at most `most_redirects` redirects (0: they are answers).

    Each address on the way is checked like the first: http or https, its own port, no name or password, no private
    network (hosts that the operator trusts excepted). `seconds` are for all of it, `most_bytes` for the body after
    unpacking; with `may_cut` a longer body is cut instead of refused.
    Raises NotCalled, NoAnswer, TooLong, RedirectLoop.
    """
    until, hops = monotonic() + seconds, list[Hop]()
    try:
        here = _callable_address(url, allow_http=allow_http)
        while True:
            left = until - monotonic()
            if left <= 0:
                raise NoAnswer(_("The answer took too long."))
            status, fields, body, is_cut = _ask(method, here, headers or {}, most_bytes, left, may_cut=may_cut)
            target = fields.get("location", "") if status in _REDIRECTS and most_redirects else ""
            if not target:
                return Fetched(status, here, fields, body, tuple(hops), is_cut)
            hops.append(Hop(here, status))
            following = _callable_address(_as_text(target), base=here, allow_http=allow_http)
            if len(hops) > most_redirects or any(hop.url == following for hop in hops):
                raise RedirectLoop(_("The address leads in a circle, or on and on."))
            here = following
    except (NotCalled, NoAnswer) as error:
        error.hops = tuple(hops)
        raise


def _callable_address(url: str, *, allow_http: bool, base: str = "") -> str:
    """Return an address as it is asked for, without its fragment; raises NotCalled for what is never called."""
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        port = parts.port
    except ValueError as error:
        raise NotCalled(_("This is not a web address.")) from error
    scheme, host = parts.scheme.lower(), parts.hostname or ""
    if scheme not in (("http", "https") if allow_http else ("https",)):
        raise NotCalled(_("A web address begins with https:// (or http://).") if allow_http else
                        _("Only addresses that begin with https:// are called."))  # fmt: skip
    if "@" in parts.netloc:
        raise NotCalled(_("A web address must not carry a name or password before its host."))
    name = host if ":" in host else ascii_host(host)
    if not name or len(url) > _MAX_ADDRESS:
        raise NotCalled(_("This is not a web address."))
    own = _OWN_PORTS[scheme]
    if port not in (None, own) and not is_trusted(name, port or own):
        raise NotCalled(_("Only the usual ports of the web are called, not %(port)s.") % {"port": port})
    place = f"[{name}]" if ":" in name else name
    netloc = place if port in (None, own) else f"{place}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{scheme}://{netloc}{path}" + (f"?{query}" if query else "")


def _ask(
    method: str, url: str, headers: Mapping[str, str], most_bytes: int, seconds: float, *, may_cut: bool
) -> tuple[int, dict[str, str], bytes, bool]:
    parts = urlsplit(url)
    until = monotonic() + seconds
    host, port = parts.hostname or "", parts.port or _OWN_PORTS[parts.scheme]
    connection = connect(parts.scheme, host, port, seconds=seconds)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = {"User-Agent": "Hanse", "Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close", **headers}
    try:
        connection.request(method, path, headers=sent)
        with closing(connection.getresponse()) as response:
            fields = {name.lower(): value for name, value in response.getheaders()}
            if response.status in _REDIRECTS and "location" in fields:
                return response.status, fields, b"", False
            body, is_cut = _body(response, fields.get("content-encoding", ""), most_bytes, may_cut=may_cut)
    except TimeoutError as error:
        raise NoAnswer(_("The answer took too long.")) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if monotonic() >= until:
            raise NoAnswer(_("The answer took too long.")) from error
        raise NoAnswer(_("The connection broke off before the answer was whole.")) from error
    finally:
        connection.close()
    return response.status, fields, body, is_cut


def _body(response: http.client.HTTPResponse, packing: str, most_bytes: int, *, may_cut: bool) -> tuple[bytes, bool]:
    """Read and unpack a body piece by piece, and stop as soon as it is longer than it may be: packed or unpacked."""
    unpacker = _unpacker(packing.strip().lower())
    found, read = bytearray(), 0
    while piece := response.read(min(_PIECE, most_bytes + 1 - min(read, most_bytes))):
        read += len(piece)
        found += unpacker.unpack(piece, most_bytes + 1 - len(found)) if unpacker else piece
        if len(found) > most_bytes or read > most_bytes:
            if may_cut:
                return bytes(found[:most_bytes]), True
            raise TooLong(_("The answer is longer than %(bytes)s bytes.") % {"bytes": most_bytes})
    if response.length or (unpacker and read and not unpacker.is_whole):
        raise NoAnswer(_("The connection broke off before the answer was whole."))
    return bytes(found), False


def _unpacker(packing: str) -> _Unpacker | None:
    if packing in ("", "identity"):
        return None
    if packing in ("gzip", "x-gzip", "deflate"):
        return _Unpacker(zlib.MAX_WBITS | 32)
    raise NoAnswer(_("The answer is packed in a way that was not asked for: %(name)s.") % {"name": packing[:40]})


class _Unpacker:
    """Unpacks what was packed by gzip, also several packets in a row, and never gives more than it is asked for."""

    def __init__(self, window: int) -> None:
        self._window, self._inner = window, zlib.decompressobj(window)
        self.is_whole = False

    def unpack(self, piece: bytes, most: int) -> bytes:
        found = bytearray()
        while piece and len(found) < most:
            try:
                found += self._inner.decompress(piece, most - len(found))
            except zlib.error as error:
                raise NoAnswer(_("The answer is packed, and the packet is broken.")) from error
            self.is_whole = self._inner.eof
            if not self._inner.eof:
                piece = self._inner.unconsumed_tail
                continue
            piece = self._inner.unused_data.lstrip(b"\0")
            self._inner = zlib.decompressobj(self._window)
        return bytes(found)


def _as_text(location: str) -> str:
    """Headers are read as Latin-1; an address in one is most often UTF-8 where it is more than ASCII."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location
