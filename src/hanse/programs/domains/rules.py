"""Rules of domains: which texts are a host that links can live on."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Literal

from hanse.spine.web_addresses import ascii_host

MAX_A_PROGRAM = 20
HostProblem = Literal["", "not_a_host", "wildcard", "an_address", "no_dot", "own_host"]
_ELSEWHERE = re.compile(r"[/\\:@?#%\s]")


def read_host(text: str, own_host: str) -> tuple[str, HostProblem]:
    """Return a typed host as DNS knows it, and what is wrong with it ("" nothing).

    A host alone: no scheme, port, path or wildcard, no IP address, at least two labels of which the last is no number,
    and not `own_host`, on which console and portal live.
    """
    text = text.strip()
    if "*" in text:
        return "", "wildcard"
    if _is_address(text):
        return "", "an_address"
    if _ELSEWHERE.search(text):
        return "", "not_a_host"
    host = ascii_host(text)
    if not host or not _is_sound_idna(host):
        return "", "not_a_host"
    labels = host.split(".")
    if len(labels) < 2:
        return "", "no_dot"
    if labels[-1].isdigit():
        return "", "an_address"
    return host, "own_host" if host == own_host else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _is_sound_idna(host: str) -> bool:
    """Say whether every `xn--` label stands for some text: a browser would refuse the others."""
    try:
        host.encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True
