"""Where a request comes from: the client's address, scheme and host, believing only proxies the operator named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

import structlog

from hanse.kernel.signing import ip_hash

log = structlog.get_logger("hanse.edge")
_FORWARDING = ("x-forwarded-for", "forwarded", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
_MAX_HOPS = 32
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
        self._warned = False

    def ip(self, scope: Any, headers: Any = None) -> str:
        """Return the client's address as text, without brackets, port or zone (`headers`: the scope's, if at hand).

        The chain is read from the right, from the proxy that speaks to us: each address is believed as long as the one
        that named it is trusted. What cannot be read ends the chain; what stands left of it is anybody's claim.
        """
        peer = bare_address(scope.client)
        if not self._trusted or not self._is_trusted(peer):
            if not self._warned and (headers or scope.headers).get("x-forwarded-for") is not None:
                self._warned = True
                log.warning("forwarded_for_not_believed", peer=peer, mend="name your proxies in HANSE_TRUSTED_PROXIES")
            return peer
        for hop in reversed(self._forwarded(scope, "x-forwarded-for")):
            address = bare_address(hop)
            if _address(address) is None:
                break
            peer = address
            if not self._is_trusted(address):
                break
        return peer

    def secure(self, scope: Any) -> bool:
        """Say whether the client speaks https (or always does, by HANSE_PUBLIC_URL)."""
        if self._always_secure or scope.scheme == "https":
            return True
        if not self.from_proxy(scope):
            return False
        return self._forwarded(scope, "x-forwarded-proto")[-1:] == ["https"]

    def host(self, scope: Any) -> str:
        """Return the host (with a port if any) that the client asked for."""
        forwarded = self._forwarded(scope, "x-forwarded-host")[-1:] if self.from_proxy(scope) else []
        return str((forwarded and forwarded[0]) or scope.authority or scope.headers.get("host") or "")

    def of(self, scope: Any) -> Origin:
        """Return all three."""
        return Origin(self.ip(scope), self.secure(scope), self.host(scope))

    def from_proxy(self, scope: Any) -> bool:
        """Say whether a proxy that the operator named speaks to us."""
        return bool(self._trusted) and self._is_trusted(bare_address(scope.client))

    def is_neighbour(self, scope: Any) -> bool:
        """Say whether the client itself is on this machine or a private network.

        A proxy that nobody named sits on a private address too and speaks for the whole world: whoever forwards without
        being trusted is no neighbour.
        """
        if not self.from_proxy(scope) and any(scope.headers.get(name) is not None for name in _FORWARDING):
            return False
        return is_private(self.ip(scope))

    def _forwarded(self, scope: Any, name: str) -> list[str]:
        """Return the entries of a forwarding header, the nearest proxy's last.

        A proxy may add a line of its own below the client's, so all lines count in their order; of a chain beyond all
        reason only the nearest part.
        """
        entries = [entry.strip() for line in scope.headers.get_all(name) for entry in line.split(",")]
        return [entry for entry in entries if entry][-_MAX_HOPS:]

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
            known = self._known[ip] = ip_hash(self._key, household(ip), date)
        return known


def is_private(ip: str) -> bool:
    """Say whether an address is on this machine or a private network."""
    address = _address(ip)
    return address is not None and (address.is_private or address.is_loopback)


def bare_address(text: str) -> str:
    """Return an address without port, brackets and zone: `1.2.3.4:80`, `[::1]:80`, `fe80::1%eth0` (not checked)."""
    if text[:1] == "[":
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return text.partition("%")[0] if "%" in text else text


def household(ip: str) -> str:
    """Return what stands for everybody behind an address: IPv4 as it is, of IPv6 the /64; “unknown” for no address."""
    address = _address(ip)
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address or "unknown")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
