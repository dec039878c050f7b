"""What the edge knows of the installation: links, programs and keys in memory, refreshed every second."""

from __future__ import annotations

import threading
import time

import structlog

from hanse.edge.doors import Doors, DoorsClosed
from hanse.edge.links import Link, LinkTable
from hanse.edge.records import Key, Program
from hanse.kernel.paths import is_slug

log = structlog.get_logger("hanse.edge")
REFRESH_S = 1.0


class Directory:
    """Door tables in memory. Reads never wait; a thread of its own looks for changes once a second."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.links = LinkTable()
        self.keys: dict[str, Key] = {}
        self.hosts: frozenset[str] = frozenset()
        self.open = False
        self._version = -1
        self._stopped = threading.Event()
        self._refreshing = threading.Lock()

    def start(self) -> None:
        """Load what there is, then keep it fresh in the background."""
        self.refresh()
        threading.Thread(target=self._refresh_forever, name="doors", daemon=True).start()

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
            except DoorsClosed as error:
                self._tell_open(False, why=str(error))
            return self.open

    def catch_up(self) -> bool:
        """Take over what was published this second; say whether there was anything. May block: call it in a thread."""
        before = self._version
        return self.refresh() and self._version != before

    def look_up(self, slug: str) -> Link | None:
        """Return a link that is not in memory by one indexed read; remember a miss. May block: call it in a thread."""
        if not is_slug(slug) or self.links.is_unknown(slug):
            return None
        try:
            row = self.doors.link(slug)
        except DoorsClosed:
            return None
        if row is None:
            self.links.remember_unknown(slug)
            return None
        if row.program_id not in self.links.programs:
            self.refresh()
        self.links.put([row])
        return self.links.get(slug)

    def program_for_host(self, host: str) -> Program | None:
        """Return the program whose links live on a host, or the only one there is."""
        current = [program for program in self.links.programs.values() if not program.archived]
        named = [program for program in current if host in program.click_hosts]
        return named[0] if named else current[0] if len(current) == 1 else None

    def look_up_key(self, digest: str) -> Key | None:
        """Return an API key from memory, else by one indexed read. May block. Raises DoorsClosed."""
        return self.keys.get(digest) or self.doors.key(digest)

    def _load(self, version: int) -> None:
        for program in self.doors.programs_since(self._version):
            self.links.put_program(program)
        self.keys.update(self.doors.keys_since(self._version))
        for rows in self.doors.links_since(self._version):
            self.links.put(rows)
            time.sleep(0)  # let a click pass between two chunks
        taking = (program.allowed_hosts for program in self.links.programs.values() if program.browser_conversions)
        self.hosts = frozenset().union(*taking)
        self._version = version

    def _refresh_forever(self) -> None:
        while not self._stopped.wait(REFRESH_S):
            self.refresh()

    def _tell_open(self, now_open: bool, why: str = "") -> None:
        if now_open != self.open:
            log.info("doors_open", links=len(self.links)) if now_open else log.warning("doors_closed", why=why)
        self.open = now_open
