"""A million links in memory: packed bytes in many small shards, so that nothing large is ever moved or walked.

One dictionary of a million entries would stop every thread for its growth and cost twice the memory. Here a link is
one line in the shard that its slug's hash names; a shard of fifteen lines is searched in less than a microsecond.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from hanse.edge.destination import header_safe
from hanse.edge.records import LinkRow, Program

_FIELD, _LINE = "\x1f", "\n"
_FIELD_BYTE, _LINE_BYTE = b"\x1f", b"\n"
_SHARDS = 1 << 16
MAX_UNKNOWN = 50_000  # in each of two generations


class Link(NamedTuple):
    """What a click needs to know of its link; `status` "" works, `expires_ms` 0 means never, `routes` is JSON or "".

    The destination is fit for a Location header.
    """

    number: int
    program: Program
    destination: str
    allowed_hosts: frozenset[str]
    status: str
    expires_ms: int
    routes: str = ""


class LinkTable:
    """Links by slug with their programs, and the slugs known not to exist. Reads never wait for a change."""

    def __init__(self) -> None:
        self.programs: dict[UUID, Program] = {}
        self._shards = [_LINE_BYTE] * _SHARDS
        self._count = 0
        self._changing = threading.Lock()
        self._unknown = Unknown()
        self._program_list: list[Program] = []
        self._program_places: dict[UUID, int] = {}
        self._host_list: list[frozenset[str]] = []
        self._host_places: dict[frozenset[str], int] = {}

    def __len__(self) -> int:
        return self._count

    def put_program(self, program: Program) -> None:
        """Take a new or changed program; its links see it at once."""
        with self._changing:
            known = self.programs.get(program.program_id)
            if known is not None and known.version > program.version:
                return
            self.programs[program.program_id] = program
            place = self._program_places.setdefault(program.program_id, len(self._program_list))
            self._program_list[place : place + 1] = [program]

    def put(self, rows: Iterable[LinkRow], *, only_new: bool = False) -> None:
        """Take new or changed links; `only_new` leaves those alone that are here: they may be newer.

        A link whose program is not published is left out.
        """
        with self._changing:
            for row in rows:
                program = self._program_places.get(row.program_id)
                if program is not None and not (only_new and self.get(row.slug) is not None):
                    self._put_line(row, program)
                    self._unknown.discard(row.slug)

    def get(self, slug: str) -> Link | None:
        """Return a link, or None when it is not in memory."""
        if _FIELD in slug:
            return None
        shard = self._shards[hash(slug) % _SHARDS]
        key = f"{_LINE}{slug}{_FIELD}".encode("utf-8", "replace")
        at = shard.find(key)
        if at < 0:
            return None
        at += len(key)
        line = shard[at : shard.index(_LINE_BYTE, at)].decode()
        number, program, hosts, status, expires_ms, routes, destination = line.split(_FIELD)
        return Link(
            int(number), self._program_list[int(program)], destination, self._host_list[int(hosts)], status,
            int(expires_ms), routes,
        )  # fmt: skip

    def is_unknown(self, slug: str) -> bool:
        """Say whether the database was asked for this slug lately and had no such link."""
        return slug in self._unknown

    def remember_unknown(self, slug: str) -> None:
        """Note that the database has no such link; a later `put` of it wins."""
        with self._changing:
            self._unknown.add(slug)

    def _put_line(self, row: LinkRow, program: int) -> None:
        key = f"{_LINE}{row.slug}{_FIELD}".encode("utf-8", "replace")
        fields = (
            str(row.number), str(program), str(self._place_of(row.allowed_hosts)), row.status, str(row.expires_ms),
            row.routes if row.routes.isprintable() else "", header_safe(row.destination),
        )  # fmt: skip
        value = _FIELD.join(fields).encode("utf-8", "replace")
        place = hash(row.slug) % _SHARDS
        shard = self._shards[place]
        at = shard.find(key)
        if at < 0:
            self._shards[place] = b"".join((shard, key[1:], value, _LINE_BYTE))
            self._count += 1
        else:
            at += len(key)
            self._shards[place] = b"".join((shard[:at], value, shard[shard.index(_LINE_BYTE, at) :]))

    def _place_of(self, hosts: frozenset[str]) -> int:
        place = self._host_places.get(hosts)
        if place is None:
            place = self._host_places[hosts] = len(self._host_list)
            self._host_list.append(hosts)
        return place


class Unknown:
    """Slugs that do not exist, as hashes in two generations: the younger fills, then the older is forgotten."""

    def __init__(self) -> None:
        self._young: set[int] = set()
        self._old: set[int] = set()

    def __contains__(self, slug: str) -> bool:
        key = hash(slug)
        return key in self._young or key in self._old

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def add(self, slug: str) -> None:
        """Note one more; never more than two generations are kept."""
        if len(self._young) >= MAX_UNKNOWN:
            self._old, self._young = self._young, set()
        self._young.add(hash(slug))

    def discard(self, slug: str) -> None:
        """Forget one: it exists now."""
        key = hash(slug)
        self._young.discard(key)
        self._old.discard(key)
