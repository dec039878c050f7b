"""A journal on NATS becomes a file and comes back number for number; one machine's journal goes on in NATS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hanse.journal.copying import load, save
from hanse.journal.nats import NatsJournal
from hanse.journal.settings import JournalSettings
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.errors import Refused


def other(settings: JournalSettings) -> JournalSettings:
    return replace(settings, stream=f"{settings.stream}x")


def test_it_comes_back_number_for_number_under_its_name(tmp_path: Path, nats_settings: JournalSettings) -> None:
    journal = NatsJournal(nats_settings)
    journal.append([b"gone"])
    for number in range(30):
        last = journal.append([f"{number}-{part}".encode() for part in range(number % 4 + 1)])
    journal.prune(journal.read(0, 2)[-1].sequence)
    assert save(journal, tmp_path / "copy") == 73
    assert load(tmp_path / "copy", other(nats_settings), applied=0, force=False) == 73
    copy = NatsJournal(other(nats_settings))
    assert copy.read(0, 1_000) == journal.read(0, 1_000)
    assert (copy.journal_id, copy.end()) == (journal.journal_id, last)
    assert copy.append([b"next"]) == journal.append([b"next"])
    for one in (journal, copy):
        one.close()


def test_an_empty_journal_keeps_its_end(tmp_path: Path, nats_settings: JournalSettings) -> None:
    journal = NatsJournal(nats_settings)
    end = journal.append([b"a", b"b"])
    journal.prune(end + 1)
    assert save(journal, tmp_path / "copy") == 0
    assert SqliteJournal(tmp_path / "copy").end() == end
    load(tmp_path / "copy", other(nats_settings), applied=0, force=False)
    copy = NatsJournal(other(nats_settings))
    assert (copy.journal_id, copy.end()) == (journal.journal_id, end)
    for one in (journal, copy):
        one.close()


def test_a_machines_own_journal_goes_on_in_nats_behind_what_is_applied(
    tmp_path: Path, nats_settings: JournalSettings
) -> None:
    file = SqliteJournal(tmp_path / "journal.sqlite3")
    for number in range(10):
        file.append([str(number).encode()])
    assert load(tmp_path / "journal.sqlite3", nats_settings, applied=7, force=False) == 3
    journal = NatsJournal(nats_settings)
    assert journal.journal_id == file.journal_id
    assert [entry.body for entry in journal.read(7, 10)] == [b"7", b"8", b"9"]
    assert all(entry.sequence > file.end() for entry in journal.read(0, 10))
    journal.close()


def test_a_stream_that_exists_is_replaced_only_when_forced(tmp_path: Path, nats_settings: JournalSettings) -> None:
    NatsJournal(nats_settings).close()
    file = SqliteJournal(tmp_path / "journal.sqlite3")
    file.append([b"a"])
    with pytest.raises(Refused, match="--force"):
        load(tmp_path / "journal.sqlite3", nats_settings, applied=0, force=False)
    assert load(tmp_path / "journal.sqlite3", nats_settings, applied=0, force=True) == 1
