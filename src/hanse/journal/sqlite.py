"""The journal as one SQLite file: write-ahead log, `synchronous=FULL`, sequences that never repeat."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

from hanse.journal.engine import sqlite
from hanse.journal.port import Entry, JournalError

Sync = Literal["full", "normal"]
CHECKPOINT_PAGES = 1_000  # 4 MB of log between copies into the main file: each copy stays under a few milliseconds

_ONE_STATEMENT = 64
_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_PRUNE = """
DELETE FROM record WHERE sequence IN (SELECT sequence FROM record WHERE sequence < ? ORDER BY sequence LIMIT ?)
"""


class SqliteJournal:
    """One file, one writing process (a second one works, but slows both). Safe to call from several threads.

    `sync` defaults to HANSE_JOURNAL_SYNC or "full". With "normal" a power cut (not a crash of the program) can lose
    the last answered facts.
    """

    def __init__(self, path: Path | str, sync: Sync | None = None) -> None:
        chosen = sync or os.environ.get("HANSE_JOURNAL_SYNC") or "full"
        if chosen not in ("full", "normal"):
            raise ValueError("HANSE_JOURNAL_SYNC is full or normal")
        self._path, self._sync = str(path), chosen
        self._writing, self._reading = threading.Lock(), threading.Lock()
        self._writer: Any = None
        self._reader: Any = None
        with self._writing:
            self._journal_id = _prepare(self._open_writer())

    @property
    def journal_id(self) -> UUID:
        """See `port.Journal`."""
        return self._journal_id

    @property
    def most_bytes(self) -> int:
        """See `port.Journal`."""
        return 0

    def append(self, records: Sequence[bytes]) -> int:
        """See `port.Journal`. The whole call is one transaction: group what should share its price."""
        with self._writing:
            try:
                writer = self._writer or self._open_writer()
                return _insert(writer, records, int(time.time() * 1000)) if records else self.end()
            except sqlite.Error as error:
                self._drop_writer()
                raise JournalError(str(error)) from error

    def read(self, after: int, limit: int) -> list[Entry]:
        """See `port.Journal`."""
        sql = "SELECT sequence, body FROM record WHERE sequence > ? ORDER BY sequence LIMIT ?"
        return [Entry(*row) for row in self._query(sql, after, limit)]

    def tail(self, limit: int) -> list[Entry]:
        """See `port.Journal`."""
        rows = self._query("SELECT sequence, body FROM record ORDER BY sequence DESC LIMIT ?", limit)
        return [Entry(*row) for row in reversed(rows)]

    def behind(self, after: int) -> int:
        """See `port.Journal`. Told from the numbers: none is ever left out of a file."""
        return max(0, self.end() - after)

    def listen(self, hear: Callable[[bytes], None]) -> None:
        """See `port.Journal`. One edge writes to a file, and knows what it wrote."""

    def prune(self, before: int, limit: int = 500) -> int:
        """See `port.Journal`. Short transactions: call again until it returns 0."""
        with self._writing:
            try:
                writer = self._writer or self._open_writer()
                cursor = writer.execute(_PRUNE, (before, limit))
            except sqlite.Error as error:
                self._drop_writer()
                raise JournalError(str(error)) from error
            return int(cursor.rowcount)

    def end(self) -> int:
        """See `port.Journal`."""
        rows = self._query("SELECT seq FROM sqlite_sequence WHERE name = 'record'")
        return int(rows[0][0]) if rows else 0

    def probe(self) -> None:
        """See `port.Journal`. Writes and syncs a mark that is no record."""
        with self._writing:
            try:
                writer = self._writer or self._open_writer()
                writer.execute("INSERT OR REPLACE INTO meta VALUES ('probed_at', ?)", (str(time.time()),))
            except sqlite.Error as error:
                self._drop_writer()
                raise JournalError(str(error)) from error

    def last_before(self, at_ms: int) -> int:
        """See `port.Journal`."""
        rows = self._query("SELECT sequence, at FROM record ORDER BY sequence LIMIT 1")
        low, high = (rows[0][0] if rows else 1), self.end() + 1
        while low < high:  # times rise with sequences, so halving finds it without an index on time
            middle = (low + high) // 2
            found = self._query("SELECT at FROM record WHERE sequence >= ? ORDER BY sequence LIMIT 1", middle)
            if found and found[0][0] < at_ms:
                low = middle + 1
            else:
                high = middle
        return int(low) - 1

    def close(self) -> None:
        """See `port.Journal`."""
        with self._writing, self._reading:
            self._drop_writer()
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _query(self, sql: str, *values: object) -> list[Any]:
        with self._reading:
            try:
                if self._reader is None:
                    self._reader = self._connect()
                    self._reader.execute("PRAGMA query_only = ON")
                rows: list[Any] = self._reader.execute(sql, values).fetchall()
            except sqlite.Error as error:
                raise JournalError(str(error)) from error
            return rows

    def _open_writer(self) -> Any:
        self._writer = self._connect()
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute(f"PRAGMA synchronous = {self._sync.upper()}")
        self._writer.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return self._writer

    def _drop_writer(self) -> None:
        """Close the connection, which undoes an open transaction; the next append starts from a clean one."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _connect(self) -> Any:
        return sqlite.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)


def _insert(writer: Any, records: Sequence[bytes], at_ms: int) -> int:
    """Insert and commit; return the last sequence.

    A few records go in one statement that is its own transaction: the interpreter's lock is let go once for all of it,
    and a busy thread beside it is interrupted once. That doubles the edge's rate.
    """
    if len(records) <= _ONE_STATEMENT:
        rows = ", ".join(["(?, ?)"] * len(records))
        values = [value for body in records for value in (at_ms, body)]
        return int(writer.execute(f"INSERT INTO record (at, body) VALUES {rows}", values).lastrowid)  # noqa: S608  # marks only
    writer.execute("BEGIN IMMEDIATE")
    for body in records:
        last = writer.execute("INSERT INTO record (at, body) VALUES (?, ?)", (at_ms, body)).lastrowid
    writer.execute("COMMIT")
    return int(last)


def _prepare(connection: Any) -> UUID:
    """Make the tables once and return the journal's name."""
    connection.executescript(_SCHEMA)
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('journal_id', ?)", (str(uuid4()),))
    return UUID(connection.execute("SELECT value FROM meta WHERE name = 'journal_id'").fetchone()[0])
