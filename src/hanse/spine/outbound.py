"""The one client for calls to other systems: no private addresses, no redirects, bounded time and size.

The name is resolved once and the connection goes to just that address, so an answer of the name system that changes
between the check and the call leads nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

MOST_BYTES = 20_000_000
SECONDS = 20


class NotCalled(Exception):
    """Nothing was sent: the address may not be called or cannot be reached."""


class NoAnswer(Exception):
    """Something may have been sent, but no answer came: what became of it is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other system said."""

    status: int
    body: bytes


def call(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None,
    seconds: int = SECONDS,
) -> Answer:  # fmt: skip
    """Make one call. Raises NotCalled before anything is sent, NoAnswer after; redirects are answers like others."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    is_trusted = f"{host}:{port}" in settings.HANSE_OUTBOUND_HOSTS or host in settings.HANSE_OUTBOUND_HOSTS
    if (parts.scheme != "https" and not (parts.scheme == "http" and is_trusted)) or not host or "@" in parts.netloc:
        raise NotCalled(_("Only addresses that begin with https:// are called."))
    connection = _connect(host, port, parts.scheme, is_trusted=is_trusted, seconds=seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body=body, headers={"User-Agent": "Hanse", **(headers or {})})
        response = connection.getresponse()
        content = response.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        connection.close()
    if len(content) > MOST_BYTES:
        raise NoAnswer(_("The answer is too long."))
    return Answer(response.status, content)


def address_is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public network (an IPv4 address inside an IPv6 one counts as such)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast


def _connect(host: str, port: int, scheme: str, *, is_trusted: bool, seconds: int) -> http.client.HTTPConnection:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotCalled(_("The name %(host)s is not known.") % {"host": host}) from error
    if not is_trusted and not all(address_is_public(str(row[4][0])) for row in rows):
        raise NotCalled(_("%(host)s leads into a private network.") % {"host": host})
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        raw = socket.create_connection((str(rows[0][4][0]), port), timeout=seconds)
        context = ssl.create_default_context()
        connection.sock = context.wrap_socket(raw, server_hostname=host) if scheme == "https" else raw
    except OSError as error:
        raise NotCalled(_("%(host)s cannot be reached.") % {"host": host}) from error
    return connection
