"""A million links in memory: packed bytes in many small shards, so that nothing large is ever moved or walked.

One dictionary of a million entries would stop every thread for its growth and cost twice the memory. Here a link is
one line in the shard that its slug's hash names; a shard of fifteen lines is searched in less than a microsecond. A
line is slug, number, kind, more, destination. Links of one offer share a kind: program, allowed hosts and status; more
is what few have: expiry and routes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple
from uuid import UUID

from hanse.edge.destination import header_safe
from hanse.edge.records import LinkRow, Program

_FIELD, _LINE = "\x1f", "\n"
_LINE_BYTE = b"\n"
_SHARDS = 1 << 16
_MASK = _SHARDS - 1
_NOTHING_MORE = (0, "")
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


_link = partial(tuple.__new__, Link)  # half the cost of calling Link, and a click needs one
Kind = tuple[int, frozenset[str], str]  # a program's place, allowed hosts, status


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
        self._kinds: list[Kind] = []
        self._kind_places: dict[Kind, int] = {}

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
        try:
            key = f"{_LINE}{slug}{_FIELD}".encode()
        except UnicodeEncodeError:
            return None
        shard = self._shards[hash(slug) & _MASK]
        at = shard.find(key)
        if at < 0:
            return None
        at += len(key)
        number, kind, more, destination = shard[at : shard.index(_LINE_BYTE, at)].decode().split(_FIELD)
        program, hosts, status = self._kinds[int(kind)]
        expires_ms, routes = _read_more(more) if more else _NOTHING_MORE
        return _link((int(number), self._program_list[program], destination, hosts, status, expires_ms, routes))

    def is_unknown(self, slug: str) -> bool:
        """Say whether the database was asked for this slug lately and had no such link."""
        return slug in self._unknown

    def remember_unknown(self, slug: str) -> None:
        """Note that the database has no such link; a later `put` of it wins."""
        with self._changing:
            self._unknown.add(slug)

    def _put_line(self, row: LinkRow, program: int) -> None:
        key = f"{_LINE}{row.slug}{_FIELD}".encode("utf-8", "replace")
        kind = self._place_of((program, row.allowed_hosts, row.status))
        routes = row.routes if row.routes.isprintable() else ""
        more = f"{row.expires_ms} {routes}" if row.expires_ms or routes else ""
        value = _FIELD.join((str(row.number), str(kind), more, header_safe(row.destination))).encode("utf-8", "replace")
        place = hash(row.slug) & _MASK
        shard = self._shards[place]
        at = shard.find(key)
        if at < 0:
            self._shards[place] = b"".join((shard, key[1:], value, _LINE_BYTE))
            self._count += 1
        else:
            at += len(key)
            self._shards[place] = b"".join((shard[:at], value, shard[shard.index(_LINE_BYTE, at) :]))

    def _place_of(self, kind: Kind) -> int:
        place = self._kind_places.get(kind)
        if place is None:
            place = self._kind_places[kind] = len(self._kinds)
            self._kinds.append(kind)
        return place


def _read_more(text: str) -> tuple[int, str]:
    expires_ms, _, routes = text.partition(" ")
    return int(expires_ms), routes


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
