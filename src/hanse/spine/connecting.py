"""Connections to other systems: only to public addresses, and never for longer than they were given.

The name is resolved once and the connection goes to just that address, so an answer of the name system that changes
between the check and the call leads nowhere else.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from time import monotonic
from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext as _

_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")  # all that was ever given out; the rest leads to inner networks
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_MOST_ADDRESSES = 3  # of one name that are tried one after another


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed: the address that answered with it, and the status."""

    url: str
    status: int


class NotCalled(Exception):
    """Nothing was sent: the address may not be called or cannot be reached. `hops` led there."""

    hops: tuple[Hop, ...] = ()


class NoAnswer(Exception):
    """Something may have been sent, but no answer came: what became of it is unknown. `hops` led there."""

    hops: tuple[Hop, ...] = ()


def address_is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public network (an IPv4 address inside an IPv6 one counts as such)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found not in _GLOBAL_IPV6 and found.ipv4_mapped is None and found not in _NAT64:
            return False
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast


def is_trusted(host: str, port: int) -> bool:
    """Say whether the operator lets this host be called although it is private or answers on another port."""
    return f"{host}:{port}" in settings.HANSE_OUTBOUND_HOSTS or host in settings.HANSE_OUTBOUND_HOSTS


def connect(scheme: str, host: str, port: int, *, seconds: float) -> http.client.HTTPConnection:
    """Open a connection that ends with its deadline: however slowly the other side speaks, `seconds` are all it gets.

    Raises NotCalled for names that are not known or lead into a private network, and where nobody answers.
    """
    until = monotonic() + seconds
    addresses = _addresses(host, port, seconds)
    if not is_trusted(host, port) and not all(map(address_is_public, addresses)):
        raise NotCalled(_("%(host)s leads into a private network.") % {"host": host})
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = 443 if scheme == "https" else 80  # browsers do not name it either
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            raw = socket.create_connection((address, port), timeout=_left(until))
            if scheme == "https":
                raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        except OSError:
            continue
        connection.sock = cast(socket.socket, _TimedSocket(raw, until))
        return connection
    raise NotCalled(_("%(host)s cannot be reached.") % {"host": host})


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """Ask the name system, which knows no deadline of its own, for no longer than `seconds`."""
    found: list[str] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive() or failed or not found:
        raise NotCalled(_("The name %(host)s is not known.") % {"host": host})
    return list(dict.fromkeys(found))


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


class _TimedSocket:
    """A socket of which each step gets only what is left of the whole time."""

    def __init__(self, raw: socket.socket, until: float) -> None:
        self._raw, self._until, self._is_read = raw, until, False

    def sendall(self, data: Any) -> None:
        self._raw.settimeout(_left(self._until))
        self._raw.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        self._is_read = True
        return io.BufferedReader(_TimedReader(self._raw, self._until))

    def close(self) -> None:
        """http.client lets go of the socket before the answer is read: then it closes with the reader."""
        if not self._is_read:
            self._raw.close()


class _TimedReader(io.RawIOBase):
    """What comes from a socket before its deadline; after that reading fails with TimeoutError."""

    def __init__(self, raw: socket.socket, until: float) -> None:
        self._raw, self._until = raw, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._raw.settimeout(_left(self._until))
        return self._raw.recv_into(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
