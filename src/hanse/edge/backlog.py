"""How far the pipeline is behind the journal, and what waits for somebody: read from the tables that work writes."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hanse.edge.doors import Doors, DoorsClosed
from hanse.journal.port import Journal, JournalError

FRESH_S = 1.0  # who asks again within a second hears the same: asking must cost the database nothing
_RECEIVED = re.compile(rb'"received_at":"([^"]{10,40})"').search
_HEAD = 600  # the header of a record of facts is shorter


@dataclass(frozen=True, slots=True)
class Backlog:
    """`behind` are journal records that the pipeline has not applied, `lag_s` the age of the oldest of them. None: the
    table could not be read. `parked` counts facts by status: waiting, conflict, failed (set aside)."""

    journal_end: int = -1
    applied: int | None = None
    behind: int | None = None
    lag_s: float | None = None
    parked: dict[str, int] = field(default_factory=dict)
    outbox_waiting: int | None = None
    outbox_failed: int | None = None


class Backlogs:
    """Reads the backlog over a connection of its own, at most once a second. May block: call it in a thread."""

    def __init__(self, journal: Journal, doors: Doors, now_ms: Callable[[], int]) -> None:
        self._journal, self._doors, self._now_ms = journal, doors, now_ms
        self._lock = threading.Lock()
        self._read_at, self._known = -FRESH_S, Backlog()

    def read(self) -> Backlog:
        """Return the backlog of this second. Raises nothing: what cannot be read is None."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH_S:
                self._known = self._look()
                self._read_at = time.monotonic()
            return self._known

    def close(self) -> None:
        """Close the connection."""
        self._doors.close()

    def _look(self) -> Backlog:
        try:
            end, journal_id = self._journal.end(), str(self._journal.journal_id)
        except JournalError:
            return Backlog()
        try:
            applied = self._doors.position(journal_id)
            parked, outbox = self._doors.parked_by_status(), self._doors.outbox()
        except DoorsClosed:
            return Backlog(end)
        return Backlog(end, applied, *self._lag(end, applied), parked, *outbox)

    def _lag(self, end: int, applied: int) -> tuple[int, float]:
        if applied >= end:
            return 0, 0.0
        try:
            behind, oldest = self._journal.behind(applied), self._journal.read(applied, 1)
        except JournalError:
            return end - applied, 0.0
        written_ms = _written_ms(oldest[0].body) if oldest else None
        return behind, 0.0 if written_ms is None else max(0.0, (self._now_ms() - written_ms) / 1000)


def _written_ms(record: bytes) -> int | None:
    """Return when a record came in, in milliseconds since 1970, without decoding all of it."""
    if record[:1] == b"C":
        fields = record[1:200].split(b"\x1f", 3)
        return int(fields[2]) if len(fields) > 2 and fields[2].isdigit() else None
    found = _RECEIVED(record[:_HEAD])
    try:
        return int(datetime.fromisoformat(found[1].decode("ascii")).timestamp() * 1000) if found else None
    except ValueError:
        return None
