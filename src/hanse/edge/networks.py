"""Networks: the country of an address and what kind of network it is in. The address itself is not kept.

Two packaged tables (made by scripts/networks.py, named in THIRD_PARTY.md) of sorted starts, searched by halving: for
IPv4 the whole address, for IPv6 its first 64 bits. Some milliseconds to load, a few microseconds to ask.
"""

from __future__ import annotations

import gzip
import struct
import sys
from array import array
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton
from typing import NamedTuple

from hanse.edge.origin import bare_address

_DATA = Path(__file__).parent / "data"
_MAX_ADDRESSES = 100_000
_LOOPBACK = bytes(15) + b"\x01"
_MAPPED, _NAT64, _SIX_TO_FOUR = bytes(10) + b"\xff\xff", bytes.fromhex("0064ff9b") + bytes(8), b"\x20\x02"


class Network(NamedTuple):
    """`country` is two capital letters or "" when not known; `kind` is "", datacentre, relay or private."""

    country: str
    kind: str


UNKNOWN, PRIVATE = Network("", ""), Network("", "private")


class Table:
    """One packaged table: from which place on what is meant, for IPv4 and for the first half of IPv6."""

    def __init__(self, path: Path) -> None:
        body = gzip.decompress(path.read_bytes())
        magic, words, four, six = struct.unpack_from("<4sHII", body)
        if magic != b"HNT1":
            raise ValueError(f"{path.name} is no table of networks")
        at = struct.calcsize("<4sHII")
        meanings, at = body[at : at + words].decode("ascii").split(","), at + words
        self._four, at = _starts("I", body, at, four)
        self._four_means, at = body[at : at + four], at + four
        self._six, at = _starts("Q", body, at, six)
        self._six_means = body[at : at + six]
        self._meanings = [sys.intern(meaning) for meaning in meanings]

    def of4(self, address: int) -> str:
        """Return what is meant by an IPv4 address."""
        return self._meanings[self._four_means[bisect_right(self._four, address) - 1]]

    def of6(self, half: int) -> str:
        """Return what is meant by the first 64 bits of an IPv6 address."""
        return self._meanings[self._six_means[bisect_right(self._six, half) - 1]]


class Networks:
    """Looks addresses up. Remembers a bounded number of answers; forgets all at once when there are more."""

    def __init__(self, data: Path = _DATA) -> None:
        self._countries, self._kinds = Table(data / "countries.gz"), Table(data / "networks.gz")
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
        try:
            packed = _packed(ip)
        except (OSError, ValueError):  # ValueError: a NUL in the text
            return UNKNOWN
        if len(packed) == 4:
            four = int.from_bytes(packed, "big")
            if _is_private4(four):
                return PRIVATE
            return Network(self._countries.of4(four), self._kinds.of4(four))
        half = int.from_bytes(packed[:8], "big")
        if half >> 57 == 0xFC >> 1 or half >> 54 == 0xFE80 >> 6 or packed == _LOOPBACK:
            return PRIVATE
        return Network(self._countries.of6(half), self._kinds.of6(half))


def _packed(ip: str) -> bytes:
    """Return 4 or 16 bytes; an IPv4 address that comes in IPv6 clothes (mapped, NAT64, 6to4) is one of 4."""
    text = bare_address(ip)
    if ":" not in text:
        return inet_pton(AF_INET, text)
    packed = inet_pton(AF_INET6, text)
    if packed[:12] in (_MAPPED, _NAT64):
        return packed[12:]
    return packed[2:6] if packed[:2] == _SIX_TO_FOUR else packed


def _is_private4(address: int) -> bool:
    return any(address >> bits == network for network, bits in _PRIVATE4)


def _starts(code: str, body: bytes, at: int, number: int) -> tuple[array[int], int]:
    steps = array(code)
    end = at + number * steps.itemsize
    steps.frombytes(body[at:end])
    if sys.byteorder == "big":
        steps.byteswap()
    return array(code, accumulate(steps)), end


# this host, private networks, shared address space of providers' NAT, loopback, link-local
_PRIVATE4 = (
    (0, 24), (10, 24), (100 << 2 | 1, 22), (127, 24), (169 << 8 | 254, 16), (172 << 4 | 1, 20), (192 << 8 | 168, 16),
)  # fmt: skip
