"""Plain SQL on the door tables, alike for SQLite and PostgreSQL."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from hanse.edge.records import Key, LinkRow, Program, VerdictRow, milliseconds
from hanse.journal.engine import sqlite

_LINK = (
    "SELECT number, slug, program_id, destination, allowed_hosts, status, expires_at, version, routes "
    "FROM spine_doorlink"
)
_PROGRAM = (
    "SELECT program_id, slug, fallback_url, token_param, currency, goals, allowed_hosts, click_hosts, "
    "browser_conversions, consent_mode, archived, version, bare_click_ids, token_form, "
    "allowed_countries, blocked_countries FROM spine_doorprogram"
)
_KEY = "SELECT hash, key_id, program_id, scopes, revoked, version FROM spine_doorkey"
_CHUNK = 1_000  # rows a read: a driver may hold the interpreter while it makes objects of them


class DoorsClosed(Exception):
    """The database cannot be read now: no file, no tables yet, or no connection."""


class Doors:
    """Reads the door tables over one connection of its own, reopened after an error. Safe to call from threads."""

    def __init__(self, data_dir: Path, database_url: str = "") -> None:
        self._path, self._url = data_dir / "main.sqlite3", database_url
        self._lock = threading.Lock()
        self._connection: Any = None

    def version(self) -> int:
        """Return the version of the last published change. Raises DoorsClosed, like every method here."""
        rows = self._rows("SELECT version FROM spine_doorstate")
        return int(rows[0][0]) if rows else 0

    def links_since(self, version: int) -> Iterator[list[LinkRow]]:
        """Yield links changed after a version in small lists by the index on (version, number)."""
        same = f"{_LINK} WHERE version = ? AND number > ? ORDER BY number LIMIT {_CHUNK}"
        later = f"{_LINK} WHERE version > ? ORDER BY version, number LIMIT {_CHUNK}"
        number = 1 << 62
        while True:
            rows = [_link(row) for row in self._rows(same, version, number)]
            if not rows:
                rows = [_link(row) for row in self._rows(later, version)]
            if not rows:
                return
            yield rows
            version, number = rows[-1].version, rows[-1].number

    def links_named(self, slugs: Sequence[str]) -> list[LinkRow]:
        """Return the links with these slugs, those that exist: one indexed read."""
        marks = ", ".join("?" * len(slugs))
        return [_link(row) for row in self._rows(f"{_LINK} WHERE slug IN ({marks})", *slugs)]

    def link_program(self, number: int) -> UUID | None:
        """Return the program of a link by the number that tokens carry."""
        rows = self._rows("SELECT program_id FROM spine_doorlink WHERE number = ?", number)
        return _uuid(rows[0][0]) if rows else None

    def programs_since(self, version: int) -> list[Program]:
        """Return the programs changed after a version."""
        return [_program(row) for row in self._rows(f"{_PROGRAM} WHERE version > ?", version)]

    def keys_since(self, version: int) -> dict[str, Key]:
        """Return the API keys changed after a version, by their hash."""
        return {row[0]: _key(row) for row in self._rows(f"{_KEY} WHERE version > ?", version)}

    def key(self, digest: str) -> Key | None:
        """Return one API key by its hash: one indexed read."""
        rows = self._rows(f"{_KEY} WHERE hash = ?", digest)
        return _key(rows[0]) if rows else None

    def verdicts(self, sequence: int) -> list[VerdictRow]:
        """Return what has been decided about the facts of one journal record, in their order."""
        sql = 'SELECT "index", http_status, body FROM spine_verdict WHERE sequence = ? ORDER BY "index"'
        return [VerdictRow(int(row[0]), int(row[1]), _json(row[2])) for row in self._rows(sql, sequence)]

    def position(self, journal_id: str) -> int:
        """Return the sequence up to which every reader of a journal has applied it; 0 when nobody has read it."""
        rows = self._rows("SELECT MIN(sequence) FROM spine_position WHERE journal_id = ?", journal_id)
        return int(rows[0][0] or 0)

    def parked_by_status(self) -> dict[str, int]:
        """Return how many facts wait, contradict or failed."""
        sql = "SELECT status, COUNT(*) FROM spine_parkedfact WHERE status IN ('waiting', 'conflict', 'failed')"
        return {str(status): int(count) for status, count in self._rows(f"{sql} GROUP BY status")}

    def kept_for_hosts(self, program_id: UUID, most: int) -> int:
        """Return how many facts of a program wait for a host to be listed, counted up to `most`."""
        sql = (
            "SELECT COUNT(*) FROM (SELECT 1 FROM spine_parkedfact"
            " WHERE waits_for >= ? AND waits_for < ? AND status = 'waiting' LIMIT ?) one"
        )
        key = f"host:{program_id.hex}"
        return int(self._rows(sql, f"{key}:", f"{key};", most)[0][0])

    def outbox(self) -> tuple[int, int]:
        """Return how many effects on the outside world are not done yet and how many failed for good."""
        sql = "SELECT COUNT(*), COUNT(failed_at) FROM spine_outboxitem WHERE done_at IS NULL"
        undone, failed = self._rows(sql)[0]
        return int(undone) - int(failed), int(failed)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._drop()

    def _rows(self, sql: str, *values: object) -> Sequence[Any]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                if self._url:
                    return self._connection.execute(sql.replace("?", "%s"), values).fetchall()  # type: ignore[no-any-return]
                return self._connection.execute(sql, values).fetchall()  # type: ignore[no-any-return]
            except Exception as error:  # two drivers, two families of errors, one meaning
                self._drop()
                raise DoorsClosed(str(error)) from error

    def _connect(self) -> Any:
        if self._url:
            import psycopg

            return psycopg.connect(self._url, autocommit=True, connect_timeout=5, application_name="hanse edge")
        # rw without create: a log that the web role left behind must be readable, a missing file must stay missing
        connection = sqlite.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=5,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _link(row: Sequence[Any]) -> LinkRow:
    number, slug, program_id, destination, hosts, status, expires_at, version, routes = row
    expires_ms = milliseconds(_moment(expires_at))
    return LinkRow(number, slug, _uuid(program_id), destination, _hosts(hosts), status, expires_ms, version, routes)


def _program(row: Sequence[Any]) -> Program:
    program_id, slug, fallback, param, currency, goals, hosts, click_hosts, *switches = row
    browser, consent, archived, version, bare, form, allowed, blocked = switches
    return Program(
        _uuid(program_id), slug, fallback, param or "hz_click", currency,
        _names(goals), _hosts(hosts), _hosts(click_hosts), bool(browser), bool(consent), bool(archived), version,
        bool(bare), form, _names(allowed), _names(blocked),
    )  # fmt: skip


def _key(row: Sequence[Any]) -> Key:
    _, key_id, program_id, scopes, revoked, version = row
    return Key(_uuid(key_id), None if program_id is None else _uuid(program_id), _names(scopes), bool(revoked), version)


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else _uuid_of(str(value))


@lru_cache(maxsize=4096)
def _uuid_of(text: str) -> UUID:
    return UUID(text)


def _moment(value: Any) -> datetime | None:
    """Read a time: aware from PostgreSQL, text in UTC from SQLite."""
    if value is None or isinstance(value, datetime):
        return value
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value


def _names(value: Any) -> frozenset[str]:
    return frozenset(map(str, _json(value) or ()))


def _hosts(value: Any) -> frozenset[str]:
    return _text_set(value if isinstance(value, str) else json.dumps(value or []))


@lru_cache(maxsize=4096)
def _text_set(text: str) -> frozenset[str]:
    return frozenset(str(entry).lower() for entry in json.loads(text) or ())
