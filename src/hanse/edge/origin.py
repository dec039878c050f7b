"""Where a request comes from: the client's address, scheme and host, believing only proxies the operator named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from hanse.kernel.signing import ip_hash

_DAY_S = 86_400
_MAX_HASHES = 100_000


class Origin(NamedTuple):
    """The client as far as we may believe it."""

    ip: str
    secure: bool
    host: str


class Origins:
    """Reads origins. Forwarded headers count only from `trusted` addresses or networks (HANSE_TRUSTED_PROXIES)."""

    def __init__(self, trusted: Sequence[str] = (), public_url: str = "") -> None:
        self._trusted = [ip_network(entry, strict=False) for entry in trusted]
        self._always_secure = public_url.startswith("https://")
        self._is_trusted = lru_cache(maxsize=4096)(self._in_trusted)

    def ip(self, scope: Any) -> str:
        """Return the client's address as text."""
        peer: str = scope.client.rpartition(":")[0]
        if not self._trusted or not self._is_trusted(peer):
            return peer
        hops = [hop.strip() for hop in (scope.headers.get("x-forwarded-for") or "").split(",") if hop.strip()]
        for hop in reversed(hops):
            if _address(hop) is None:
                break
            peer = hop
            if not self._is_trusted(hop):
                break
        return peer

    def secure(self, scope: Any) -> bool:
        """Say whether the client speaks https (or always does, by HANSE_PUBLIC_URL)."""
        if self._always_secure or scope.scheme == "https":
            return True
        return bool(self._trusted) and self._from_proxy(scope) and scope.headers.get("x-forwarded-proto") == "https"

    def host(self, scope: Any) -> str:
        """Return the host (with a port if any) that the client asked for."""
        forwarded = scope.headers.get("x-forwarded-host") if self._trusted and self._from_proxy(scope) else None
        return str(forwarded or scope.headers.get("host") or scope.authority or "")

    def of(self, scope: Any) -> Origin:
        """Return all three."""
        return Origin(self.ip(scope), self.secure(scope), self.host(scope))

    def _from_proxy(self, scope: Any) -> bool:
        return self._is_trusted(scope.client.rpartition(":")[0])

    def _in_trusted(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._trusted)


class IpHashes:
    """Keyed hashes of addresses that change with the UTC day. An IPv6 address counts as its /64: one household."""

    def __init__(self, key: bytes) -> None:
        self._key, self._day, self._known = key, -1, dict[str, str]()

    def of(self, ip: str, at_ms: int) -> str:
        """Return the hash of an address for the day of a moment."""
        day = at_ms // (_DAY_S * 1000)
        if day != self._day or len(self._known) > _MAX_HASHES:
            self._day, self._known = day, {}
        known = self._known.get(ip)
        if known is None:
            date = datetime.fromtimestamp(day * _DAY_S, UTC).date()
            known = self._known[ip] = ip_hash(self._key, _household(ip), date)
        return known


def is_private(ip: str) -> bool:
    """Say whether an address is on this machine or a private network."""
    address = _address(ip)
    return address is not None and (address.is_private or address.is_loopback)


def _household(ip: str) -> str:
    address = _address(ip)
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address or "unknown")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.strip("[]"))
    except ValueError:
        return None
