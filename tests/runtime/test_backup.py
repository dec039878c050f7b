"""Backup under load and restore elsewhere: what was answered is there, and nothing is replaced by accident."""

import sqlite3
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hanse.bridges.files.staging import Staging
from hanse.journal.engine import sqlite
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.errors import Refused
from hanse.runtime.backup import back_up, restore
from hanse.runtime.fresh import erase, erase_half_loaded, mark_half_loaded
from hanse.runtime.master_key import master_key
from hanse.runtime.processes import hold_role

AT = datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a key, a journal of ten records and a main store of one table."""
    folder = tmp_path / "data"
    folder.mkdir()
    master_key(folder)
    main = sqlite.connect(folder / "main.sqlite3")
    main.executescript("PRAGMA journal_mode = WAL; CREATE TABLE pot (n INTEGER); INSERT INTO pot VALUES (7);")
    main.close()
    journal = SqliteJournal(folder / "journal.sqlite3")
    journal.append([b"record"] * 10)
    journal.close()
    return folder


def test_a_restored_backup_holds_the_same_stores_and_key(data: Path, tmp_path: Path) -> None:
    note = back_up(data, tmp_path / "b.tar", at=AT)
    assert note["stores"] == ["main.sqlite3", "journal.sqlite3"]
    restore(tmp_path / "b.tar", tmp_path / "other")
    assert master_key(tmp_path / "other") == master_key(data)
    assert SqliteJournal(tmp_path / "other" / "journal.sqlite3").end() == 10
    connection = sqlite.connect(tmp_path / "other" / "main.sqlite3")
    assert connection.execute("SELECT n FROM pot").fetchall() == [(7,)]


def test_a_backup_made_while_records_come_in_is_whole(data: Path, tmp_path: Path) -> None:
    stopped = threading.Event()

    def write() -> None:
        journal = SqliteJournal(data / "journal.sqlite3", sync="normal")
        while not stopped.is_set():
            journal.append([b"x" * 2000] * 20)
        journal.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(data, tmp_path / "b.tar", at=AT)
    finally:
        stopped.set()
        writer.join()
    restore(tmp_path / "b.tar", tmp_path / "other")
    journal = SqliteJournal(tmp_path / "other" / "journal.sqlite3")
    records = journal.read(0, 100_000)
    assert [entry.sequence for entry in records] == list(range(1, journal.end() + 1))


def test_only_its_owner_can_read_a_backup(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.tar", at=AT)
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0


def test_a_backup_never_overwrites(data: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("mine")
    with pytest.raises(Refused, match="already there"):
        back_up(data, tmp_path / "b.tar", at=AT)
    assert (tmp_path / "b.tar").read_text() == "mine"


def test_a_damaged_store_is_not_backed_up(data: Path, tmp_path: Path) -> None:
    path = data / "main.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE big (t TEXT); CREATE INDEX i ON big (t);")
    connection.executemany("INSERT INTO big VALUES (?)", [(f"row {n}" * 50,) for n in range(500)])
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    body = bytearray(path.read_bytes())
    body[8192:9000] = b"\xff" * 808
    path.write_bytes(bytes(body))
    with pytest.raises((Refused, sqlite.DatabaseError)):
        back_up(data, tmp_path / "b.tar", at=AT)
    assert not (tmp_path / "b.tar").exists()


def test_restore_refuses_a_folder_that_holds_something(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.tar", at=AT)
    with pytest.raises(Refused, match="not empty"):
        restore(tmp_path / "b.tar", data)
    restore(tmp_path / "b.tar", data, force=True)
    assert SqliteJournal(data / "journal.sqlite3").end() == 10


def test_restore_refuses_while_a_role_runs(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.tar", at=AT)
    hold_role(data, "work")
    with pytest.raises(Refused, match="stop it first"):
        restore(tmp_path / "b.tar", data, force=True)
    with pytest.raises(Refused, match="stop it first"):
        erase(data)


def test_restore_refuses_what_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    with pytest.raises(Refused, match="not a backup"):
        restore(tmp_path / "text", tmp_path / "other")


def test_restore_takes_nothing_but_its_own_files_out_of_a_tar(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.tar", at=AT)
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(tmp_path / "b.tar", "a") as tar:
        tar.add(tmp_path / "evil", arcname="../outside")
        tar.add(tmp_path / "evil", arcname="extra")
    restore(tmp_path / "b.tar", tmp_path / "deep" / "other")
    assert not (tmp_path / "deep" / "outside").exists()
    assert not (tmp_path / "deep" / "other" / "extra").exists()


def test_a_demo_that_was_interrupted_is_taken_out_and_a_whole_one_stays(data: Path) -> None:
    erase_half_loaded(data)
    assert (data / "main.sqlite3").exists()
    mark_half_loaded(data)
    erase_half_loaded(data)
    assert list(data.iterdir()) == []


def test_beginning_again_leaves_other_peoples_files(data: Path) -> None:
    (data / "notes.txt").write_text("mine")
    erase(data)
    assert [path.name for path in data.iterdir()] == ["notes.txt"]


def test_what_was_imported_after_the_backup_can_be_imported_again_after_a_restore(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.tar", at=AT)
    (data / "imports").mkdir()
    staged = data / "imports" / "harbour-0123456789abcdef.sqlite"
    with Staging(staged) as staging:
        staging.set_mark("sent", "500")
    (data / "imports" / "harbour-0123456789abcdef-skipped.csv").write_text("row\n")
    restore(tmp_path / "b.tar", data, force=True)
    with Staging(staged) as staging:
        assert staging.mark("sent", "0") == "0"
    assert (data / "imports" / "harbour-0123456789abcdef-skipped.csv").exists()


def test_a_large_store_that_is_written_to_all_the_time_is_copied_once_and_not_begun_again_for_ever(
    data: Path, tmp_path: Path
) -> None:
    main = sqlite.connect(data / "main.sqlite3")
    main.execute("CREATE TABLE large (body BLOB)")
    main.executemany("INSERT INTO large VALUES (zeroblob(1000000))", [()] * 80)
    main.commit()
    main.close()
    stopped, steps = threading.Event(), list[int]()

    def write() -> None:
        connection = sqlite.connect(data / "main.sqlite3", timeout=20, isolation_level=None)
        while not stopped.wait(0.002):
            connection.execute("UPDATE pot SET n = n + 1")
        connection.close()

    def note(store: str, done: int, _whole: int) -> None:
        steps.extend([done] if store == "main.sqlite3" else [])
        if len(steps) > 40:
            stopped.set()  # else it would never end

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(data, tmp_path / "b.tar", at=AT, progress=note)
    finally:
        stopped.set()
        writer.join()
    assert steps == sorted(steps)
    assert len(steps) <= 10
