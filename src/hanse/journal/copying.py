"""A journal on NATS as a file and back: backups, and the way from one machine's journal to one for many."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from uuid import UUID

from hanse.journal.engine import sqlite
from hanse.journal.nats import NatsJournal
from hanse.journal.nats_messages import BITS, last_of, message_after
from hanse.journal.nats_stream import remake_stream
from hanse.journal.port import Entry, JournalError
from hanse.journal.settings import JournalSettings
from hanse.journal.sqlite import SqliteJournal

_CHUNK = 2_000


def save(journal: NatsJournal, target: Path) -> int:
    """Write all records there are now into a journal file with the same name and sequences; return how many."""
    end, count, after = journal.end(), 0, 0
    SqliteJournal(target, "normal").close()
    file = sqlite.connect(str(target), isolation_level=None)
    try:
        file.execute("UPDATE meta SET value = ? WHERE name = 'journal_id'", (str(journal.journal_id),))
        file.execute("BEGIN")
        at_ms = int(time.time() * 1000)
        while entries := [entry for entry in journal.read(after, _CHUNK) if entry.sequence <= end]:
            file.executemany(
                "INSERT INTO record (sequence, at, body) VALUES (?, ?, ?)",
                [(entry.sequence, at_ms, entry.body) for entry in entries],
            )
            count, after = count + len(entries), entries[-1].sequence
        file.execute("DELETE FROM sqlite_sequence WHERE name = 'record'")
        file.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('record', ?)", (end,))
        file.execute("COMMIT")
    finally:
        file.close()
    return count


def load(source: Path, settings: JournalSettings, applied: int, *, force: bool) -> int:
    """Make the stream anew from a journal file, under the file's name; return how many records it got.

    A file that `save` wrote comes back number for number. Of any other the records after `applied` are written behind
    the file's end, so that whoever has applied so much goes on from there. Refuses a stream that exists unless forced.
    Raises JournalError when the server gives other numbers than it should.
    """
    file = SqliteJournal(source, "normal")
    try:
        end, name = file.end(), file.journal_id
        ours = end % (1 << BITS) == 0
        first = _first_message(file, end) if ours else message_after(end)
        return _fill(file, settings, name, first, 0 if ours else applied, number_for_number=ours, force=force)
    finally:
        file.close()


def _first_message(file: SqliteJournal, end: int) -> int:
    oldest = file.read(0, 1)
    return message_after(oldest[0].sequence - 1) if oldest else message_after(end)


def _fill(
    file: SqliteJournal, settings: JournalSettings, name: UUID, first: int, after: int, *,
    number_for_number: bool, force: bool,
) -> int:  # fmt: skip
    remake_stream(settings, name, first, force=force)
    journal, count = NatsJournal(settings), 0
    try:
        grouped = groupby(_entries(file, after), lambda entry: message_after(entry.sequence - 1))
        for message, entries in grouped if number_for_number else ((0, [entry]) for entry in _entries(file, after)):
            records = [entry.body for entry in entries]
            if journal.append(records) != last_of(message) and number_for_number:
                raise JournalError(f"message {message} got another number; is somebody writing to the stream?")
            count += len(records)
    finally:
        journal.close()
    return count


def _entries(file: SqliteJournal, after: int) -> Iterator[Entry]:
    while entries := file.read(after, _CHUNK):
        yield from entries
        after = entries[-1].sequence
