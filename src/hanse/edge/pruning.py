"""Forgets journal records that the pipeline applied long ago, a few at a time."""

from __future__ import annotations

import threading
import time

import structlog

from hanse.edge.doors import Doors, DoorsClosed
from hanse.journal.port import Journal, JournalError

log = structlog.get_logger("hanse.edge")
KEEP_DAYS = 30  # a backup restored within this time finds every fact that its books do not know yet
KEEP_RECORDS = 200  # the latest tokens stay readable at every start
_EVERY_S = 600.0


class Pruning:
    """A background thread; the edge does this, since only edges write to the journal. Two that prune do no harm."""

    def __init__(self, journal: Journal, doors: Doors) -> None:
        self._journal, self._doors = journal, doors
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin with a first look after ten minutes."""
        threading.Thread(target=self._forever, name="journal-pruning", daemon=True).start()

    def stop(self) -> None:
        """End the thread at its next step."""
        self._stopped.set()

    def prune(self, now_ms: int) -> int:
        """Forget what every reader has passed and is older than 30 days; return how many records are gone."""
        applied = self._doors.position(str(self._journal.journal_id))
        old = self._journal.last_before(now_ms - KEEP_DAYS * 86_400_000)
        latest = self._journal.tail(KEEP_RECORDS)
        before = min([applied + 1, old + 1, *(entry.sequence for entry in latest[:1])])
        gone = 0
        while not self._stopped.is_set() and (some := self._journal.prune(before)):
            gone += some
            time.sleep(0.01)  # clicks first
        return gone

    def _forever(self) -> None:
        while not self._stopped.wait(_EVERY_S):
            try:
                gone = self.prune(int(time.time() * 1000))
            except (DoorsClosed, JournalError) as error:
                log.warning("pruning_waits", why=str(error))
                continue
            if gone:
                log.info("journal_pruned", records=gone)
