"""A million links in memory: one compact string each, nothing for the garbage collector to walk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from hanse.edge.destination import header_safe
from hanse.edge.records import LinkRow, Program

_SEPARATOR = "\x1f"
MAX_UNKNOWN = 50_000


class Link(NamedTuple):
    """What a click needs to know of its link; `status` "" works, `expires_ms` 0 means never.

    The destination is fit for a Location header.
    """

    number: int
    program: Program
    destination: str
    allowed_hosts: frozenset[str]
    status: str
    expires_ms: int


class LinkTable:
    """Links by slug with their programs, and the slugs known not to exist. One thread changes it while others read."""

    def __init__(self) -> None:
        self.programs: dict[UUID, Program] = {}
        self._packed: dict[str, str] = {}
        self._unknown: set[str] = set()
        self._program_list: list[Program] = []
        self._program_places: dict[UUID, int] = {}
        self._host_list: list[frozenset[str]] = []
        self._host_places: dict[frozenset[str], int] = {}

    def __len__(self) -> int:
        return len(self._packed)

    def put_program(self, program: Program) -> None:
        """Take a new or changed program; its links see it at once."""
        self.programs[program.program_id] = program
        place = self._program_places.setdefault(program.program_id, len(self._program_list))
        self._program_list[place : place + 1] = [program]

    def put(self, rows: Iterable[LinkRow]) -> None:
        """Take new or changed links. A link whose program is not published is left out."""
        for row in rows:
            program = self._program_places.get(row.program_id)
            if program is None:
                continue
            hosts = self._host_places.get(row.allowed_hosts)
            if hosts is None:
                hosts = self._host_places[row.allowed_hosts] = len(self._host_list)
                self._host_list.append(row.allowed_hosts)
            fields = (str(row.number), str(program), str(hosts), row.status, str(row.expires_ms))
            self._packed[row.slug] = _SEPARATOR.join((*fields, header_safe(row.destination)))
            self._unknown.discard(row.slug)

    def get(self, slug: str) -> Link | None:
        """Return a link, or None when it is not in memory."""
        packed = self._packed.get(slug)
        if packed is None:
            return None
        number, program, hosts, status, expires_ms, destination = packed.split(_SEPARATOR, 5)
        return Link(
            int(number),
            self._program_list[int(program)],
            destination,
            self._host_list[int(hosts)],
            status,
            int(expires_ms),
        )

    def is_unknown(self, slug: str) -> bool:
        """Say whether the database was asked for this slug lately and had no such link."""
        return slug in self._unknown

    def remember_unknown(self, slug: str) -> None:
        """Note that the database has no such link; a later `put` of it wins."""
        if len(self._unknown) >= MAX_UNKNOWN:
            self._unknown.clear()
        self._unknown.add(slug)
