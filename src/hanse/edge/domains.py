"""Custom domains: hosts on which one program's links live, and nothing else of the installation.

Console, portal, API and sign-in stay on the installation's own address (`HANSE_PUBLIC_URL`): a session must not be
offered on a host whose DNS belongs to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from hanse.edge.records import Program

# what a custom domain answers beside links: the snippet and its door, and whether the machine lives
SERVED = frozenset({"c", "hz.js", "healthz"})
BROWSER_DOOR = "/v1/browser/conversions"


class Domains:
    """Programs by host. The installation's own host is never one of them, whatever the tables say."""

    def __init__(self, public_url: str = "") -> None:
        self._own = urlsplit(public_url).hostname or ""
        self.programs: dict[str, Program] = {}

    def take(self, programs: Iterable[Program]) -> None:
        """Know the domains of these programs, and no others."""
        by_host = {host: program for program in programs for host in program.click_hosts}
        by_host.pop(self._own, None)
        self.programs = by_host

    def program(self, host: str) -> Program | None:
        """Return the program whose domain a Host header names, None on the installation's own address."""
        return self.programs.get(bare(host)) if self.programs else None


def bare(host: str) -> str:
    """Return the name in a Host header: small letters, without a port or a final dot."""
    name = host.lower()
    if not name.endswith("]"):
        name = name.partition(":")[0] if name.count(":") == 1 else name
    return name.rstrip(".")


def serves(path: str) -> bool:
    """Say whether a path other than a link's is answered on a custom domain."""
    return path[1:].partition("/")[0] in SERVED or path == BROWSER_DOOR
