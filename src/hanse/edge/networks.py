"""Networks: the country of an address and what kind of network it is in. The address itself is not kept."""

from __future__ import annotations

from typing import NamedTuple

from hanse.edge.origin import is_private

_MAX_ADDRESSES = 100_000


class Network(NamedTuple):
    """`country` is two capital letters or "" when not known; `kind` is "", datacentre, relay or private."""

    country: str
    kind: str


UNKNOWN, PRIVATE = Network("", ""), Network("", "private")


class Networks:
    """Looks addresses up. Remembers a bounded number of answers; forgets all at once when there are more."""

    def __init__(self) -> None:
        self._known: dict[str, Network] = {}

    def of(self, ip: str) -> Network:
        """Return the network of an address given as text; what is no address has an unknown one."""
        known = self._known.get(ip)
        if known is None:
            if len(self._known) >= _MAX_ADDRESSES:
                self._known = {}
            known = self._known[ip] = self._look_up(ip)
        return known

    def _look_up(self, ip: str) -> Network:
        return PRIVATE if is_private(ip) else UNKNOWN
