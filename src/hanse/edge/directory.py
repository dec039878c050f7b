"""What the edge knows of the installation: links, programs and keys in memory, refreshed several times a second."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import structlog

from hanse.edge.domains import Domains
from hanse.edge.doors import Doors, DoorsClosed
from hanse.edge.links import Link, LinkTable
from hanse.edge.records import Key, Program
from hanse.kernel.paths import is_slug

log = structlog.get_logger("hanse.edge")
REFRESH_S = 0.4  # a change is there within a second, the reading of 50,000 changed links included
_START_S = 2.0  # how long a start waits for its links; the rest comes while clicks are answered already
_REST_S = 0.0005  # between two chunks of links: whoever waits for the processor gets it


class Directory:
    """Door tables in memory. Reads never wait; a thread of its own looks for changes."""

    def __init__(self, doors: Doors, public_url: str = "") -> None:
        self.doors = doors
        self.links = LinkTable()
        self.keys: dict[str, Key] = {}
        self.hosts: frozenset[str] = frozenset()
        self.domains = Domains(public_url)
        self.open = False
        self._version = -1
        self._stopped, self._tried = threading.Event(), threading.Event()
        self._refreshing = threading.Lock()

    def start(self) -> None:
        """Load what there is, a very long list of links partly in the background; then keep it fresh there."""
        threading.Thread(target=self._refresh_forever, name="doors", daemon=True).start()
        self._tried.wait(_START_S)

    def stop(self) -> None:
        """End the background thread and close the connection."""
        self._stopped.set()
        self.doors.close()

    def refresh(self) -> bool:
        """Take over what was published since the last time; say whether the tables could be read."""
        with self._refreshing:
            try:
                version = self.doors.version()
                if version != self._version:
                    if version < self._version:  # another database took this one's place: begin anew
                        self._version, self.links, self.keys = -1, LinkTable(), {}
                    self._load(version)
                self._tell_open(True)
            except Exception as error:  # closed, or a row that cannot be read: the next try may find it mended
                self._tell_open(False, why=str(error))
            return self.open

    def catch_up(self) -> bool:
        """Take over what was published this moment; say whether there was anything. May block: call it in a thread."""
        before = self._version
        return self.refresh() and self._version != before

    def look_up(self, slug: str) -> Link | None:
        """Return a link that is not in memory by one indexed read; remember a miss. May block: call it in a thread."""
        self.look_up_many([slug])
        return self.links.get(slug)

    def look_up_many(self, slugs: Sequence[str]) -> None:
        """Bring links that are not in memory by one indexed read; remember the misses. May block."""
        asked = [slug for slug in slugs if is_slug(slug) and not self.links.is_unknown(slug)]
        if not asked:
            return
        try:
            rows = self.doors.links_named(asked)
        except DoorsClosed:
            return
        if any(row.program_id not in self.links.programs for row in rows):
            self._load_programs()
        self.links.put(rows, only_new=True)
        found = {row.slug for row in rows}
        for slug in asked:
            if slug not in found:
                self.links.remember_unknown(slug)

    def program_for_host(self, host: str) -> Program | None:
        """Return the program whose links live on a host, or the only one there is."""
        program = self.domains.program(host)
        if program is None:
            current = [program for program in tuple(self.links.programs.values()) if not program.archived]
            program = current[0] if len(current) == 1 else None
        return program

    def look_up_key(self, digest: str) -> Key | None:
        """Return an API key from memory, else by one indexed read. May block. Raises DoorsClosed."""
        return self.keys.get(digest) or self.doors.key(digest)

    def _load(self, version: int) -> None:
        """Take programs and keys first: with these every link can be answered, by a read of its own if need be."""
        self.keys.update(self.doors.keys_since(self._version))
        self._load_programs()
        self._tell_open(True)
        links = 0
        for rows in self.doors.links_since(self._version):
            self.links.put(rows)
            links += len(rows)
            if self._stopped.wait(_REST_S):
                return
        self._version = version
        if links > 1_000:
            log.info("links_loaded", changed=links, links=len(self.links))

    def _load_programs(self) -> None:
        for program in self.doors.programs_since(self._version):
            self.links.put_program(program)
        programs = tuple(self.links.programs.values())  # at once: another thread may add one
        self.domains.take(programs)
        self.hosts = frozenset().union(*(each.allowed_hosts for each in programs if each.browser_conversions))

    def _refresh_forever(self) -> None:
        while True:
            self.refresh()
            self._tried.set()
            if self._stopped.wait(REFRESH_S):
                return

    def _tell_open(self, now_open: bool, why: str = "") -> None:
        if now_open != self.open:
            log.info("doors_open", links=len(self.links)) if now_open else log.warning("doors_closed", why=why)
        self.open = now_open
