"""Backup while everything runs, and restore: one tar file of the stores, in the order they lean on each other."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from hanse import __version__
from hanse.journal.engine import sqlite
from hanse.journal.settings import JournalSettings
from hanse.kernel.errors import Refused
from hanse.runtime.backup_files import add_files, check_files, is_file_member, put_back_files
from hanse.runtime.master_key import KEY_FILE
from hanse.runtime.postgres_dump import DUMP, applied_by, dump, load
from hanse.runtime.processes import running_roles

JOURNAL = "journal.sqlite3"
STORES = ("main.sqlite3", "clicks.sqlite3", JOURNAL)
"""Main first: the journal copied after it holds every fact whose effects main lacks, so a restore loses nothing."""

NOTE = "backup.json"
NO_JOURNAL = JournalSettings()
Progress = Callable[[str, int, int], None]


def no_journal(_master_key: bytes) -> JournalSettings:
    """Say that the journal is a file in the data folder."""
    return NO_JOURNAL


def back_up(
    data: Path,
    target: Path,
    *,
    at: datetime,
    database_url: str = "",
    journal: JournalSettings = NO_JOURNAL,
    progress: Progress | None = None,
) -> dict[str, object]:
    """Write one tar file (readable by its owner only) of a consistent copy of every store, uploads and the secret key.

    Each copy passes SQLite's integrity check; a PostgreSQL database is dumped by pg_dump, and a journal on NATS is
    written into a file. Refuses a target that exists.
    Readers and writers go on meanwhile.
    """
    if target.exists():
        raise Refused("exists", f"{target} is already there; choose another name.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".hanse-backup-") as folder:
        copies = list(_copies(data, Path(folder), database_url, journal, progress))
        note: dict[str, object] = {
            "version": __version__,
            "at": at.isoformat(),
            "stores": [path.name for path in copies],
        }
        draft = Path(folder) / "draft.tar"
        with (
            open(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w") as tar,
        ):
            _add_note(tar, note, at)
            for path in [*copies, data / KEY_FILE]:
                tar.add(path, arcname=path.name)
            note["files"] = add_files(tar, data)
        _sync(draft)
        draft.rename(target)
    return {**note, "file": str(target), "bytes": target.stat().st_size}


def _copies(
    data: Path, folder: Path, database_url: str, journal: JournalSettings, progress: Progress | None
) -> Iterator[Path]:
    if database_url:
        dump(database_url, folder / DUMP)
        yield folder / DUMP
    if journal.is_shared:
        yield _saved(journal, folder / JOURNAL)
        return
    for name in STORES[-1:] if database_url else STORES:
        if (data / name).exists():
            yield _copy(data / name, folder / name, progress)


def _saved(settings: JournalSettings, target: Path) -> Path:
    from hanse.journal.copying import save
    from hanse.journal.nats import NatsJournal

    journal = NatsJournal(settings)
    try:
        save(journal, target)
    finally:
        journal.close()
    return target


def _copy(source: Path, copy: Path, progress: Progress | None) -> Path:
    reader, writer = sqlite.connect(source, timeout=20, isolation_level=None), sqlite.connect(copy)
    try:
        # one snapshot from the first page to the last: SQLite begins a copy anew whenever somebody wrote meanwhile
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()

        def tell(_status: int, remaining: int, total: int) -> None:
            if progress:
                progress(source.name, total - remaining, total)

        reader.backup(writer, pages=4096, progress=tell, sleep=0.01)
        writer.execute("PRAGMA journal_mode = DELETE")
        _check(writer, copy)
    finally:
        reader.close()
        writer.close()
    return copy


def _check(connection: Any, path: Path) -> None:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        raise Refused("damaged", f"{path.name} fails SQLite's integrity check: {found[0]}")


def _add_note(tar: tarfile.TarFile, note: dict[str, object], at: datetime) -> None:
    body = json.dumps(note).encode()
    entry = tarfile.TarInfo(NOTE)
    entry.size, entry.mtime = len(body), int(at.timestamp())
    tar.addfile(entry, io.BytesIO(body))


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def restore(
    source: Path, data: Path, *, database_url: str = "", journal: Callable[[bytes], JournalSettings] = no_journal,
    force: bool = False,
) -> dict[str, object]:  # fmt: skip
    """Put a backup's stores, uploads and key into a data folder, checked before anything is replaced.

    Refuses while a role runs on the folder, a file that is no backup or one of the other engine, and a folder that
    already holds something unless forced. A dump replaces the database that `database_url` names; `journal` says for
    a secret key where the journal is, and one on NATS gets the records of the backup's. Imports begin anew.
    """
    if data.exists() and running_roles(data):
        raise Refused("running", f"Hanse runs on {data}; stop it first.")
    if data.exists() and any(data.iterdir()) and not force:
        raise Refused("not_empty", f"{data} is not empty; give --force to replace what is there.")
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data, prefix=".hanse-restore-") as folder:
        note = _unpack(source, Path(folder))
        if (Path(folder) / DUMP).exists() != bool(database_url):
            raise Refused(
                "other_engine", "The backup is of the other engine; set or unset HANSE_DATABASE_URL to match."
            )
        if database_url:
            load(database_url, Path(folder) / DUMP)
        settings = journal(bytes.fromhex((Path(folder) / KEY_FILE).read_text("ascii").strip()))
        if settings.is_shared:
            _load_journal(Path(folder) / JOURNAL, settings, database_url, force=force)
        for name in (*STORES, KEY_FILE):
            for suffix in ("", "-wal", "-shm"):
                (data / f"{name}{suffix}").unlink(missing_ok=True)
            if (Path(folder) / name).exists():
                shutil.move(Path(folder) / name, data / name)
        put_back_files(Path(folder), data)
        _forget_staged(data)
    return note


def _forget_staged(data: Path) -> None:
    """Forget which facts of imported files were sent: the restored journal need not hold them. A file that is given
    again is read anew; what is known of it comes as a repetition."""
    for path in (data / "imports").glob("*.sqlite*"):
        path.unlink()


def _is_ours(name: str) -> bool:
    return name in {*STORES, DUMP, KEY_FILE, NOTE} or is_file_member(name)


def _load_journal(source: Path, settings: JournalSettings, database_url: str, *, force: bool) -> None:
    """Bring the records to NATS: as they were, or those that the restored books do not know yet."""
    from hanse.journal.copying import load as load_journal

    load_journal(source, settings, applied_by(database_url), force=force)
    source.unlink()


def _unpack(source: Path, folder: Path) -> dict[str, object]:
    try:
        with tarfile.open(source) as tar:
            members = [member for member in tar.getmembers() if member.isfile() and _is_ours(member.name)]
            tar.extractall(folder, members=members, filter="data")
        note: dict[str, object] = json.loads((folder / NOTE).read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        raise Refused("no_backup", f"{source} is not a backup made by hanse backup.") from error
    for name in STORES:
        if (folder / name).exists():
            connection = sqlite.connect(folder / name)
            try:
                _check(connection, folder / name)
            finally:
                connection.close()
    check_files(folder)
    (folder / KEY_FILE).chmod(0o600)
    return note
