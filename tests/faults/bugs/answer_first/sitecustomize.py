"""A planted bug: the journal says that records are safe, and writes them half a second later."""

import threading

from hanse.journal import sqlite as room

_waiting: list[bytes] = []
_lock = threading.Lock()
_really_append = room.SqliteJournal.append
_writers: set[int] = set()


def _append(self: room.SqliteJournal, records: list[bytes]) -> int:
    with _lock:
        _waiting.extend(records)
        if id(self) not in _writers:
            _writers.add(id(self))
            threading.Thread(target=_write_late, args=(self,), daemon=True).start()
        return self.end() + len(_waiting)


def _write_late(journal: room.SqliteJournal) -> None:
    while True:
        threading.Event().wait(0.5)
        with _lock:
            records, _waiting[:] = list(_waiting), []
        if records:
            _really_append(journal, records)


room.SqliteJournal.append = _append  # type: ignore[method-assign, assignment]
