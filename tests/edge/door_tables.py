"""Door tables made by plain SQL: the edge's tests need no Django."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from hanse.journal.engine import sqlite
from hanse.kernel.signing import key_hash

PROGRAM = UUID("018f0000-0000-7000-8000-000000000001")
OTHER_PROGRAM = UUID("018f0000-0000-7000-8000-000000000002")
KEY_ID = UUID("018f0000-0000-7000-8000-0000000000aa")
KEY = "hz_test_0123456789abcdef"
READ_KEY = "hz_read_0123456789abcdef"
REVOKED_KEY = "hz_gone_0123456789abcdef"
WIDE_KEY = "hz_wide_0123456789abcdef"

SCHEMA = """
CREATE TABLE spine_doorstate (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE spine_doorlink (number INTEGER PRIMARY KEY, slug TEXT UNIQUE, program_id CHAR(32), destination TEXT,
    allowed_hosts TEXT, status TEXT, expires_at TEXT, enrolment_id CHAR(32), offer_id CHAR(32),
    routes TEXT DEFAULT '', version INTEGER);
CREATE TABLE spine_doorprogram (program_id CHAR(32) PRIMARY KEY, slug TEXT, fallback_url TEXT, token_param TEXT,
    currency TEXT, goals TEXT, allowed_hosts TEXT, click_hosts TEXT, browser_conversions BOOL, consent_mode BOOL,
    archived BOOL, version INTEGER, bare_click_ids BOOL DEFAULT 0,
    allowed_countries TEXT DEFAULT '[]', blocked_countries TEXT DEFAULT '[]', token_form TEXT DEFAULT 'text');
CREATE TABLE spine_doorkey (hash TEXT PRIMARY KEY, key_id CHAR(32), program_id CHAR(32), scopes TEXT, revoked BOOL,
    version INTEGER);
CREATE TABLE spine_verdict (id INTEGER PRIMARY KEY, sequence INTEGER, "index" INTEGER, http_status INTEGER, body TEXT,
    decided_at TEXT);
CREATE TABLE spine_position (name TEXT PRIMARY KEY, journal_id TEXT, sequence INTEGER, "index" INTEGER);
CREATE TABLE spine_parkedfact (id TEXT PRIMARY KEY, status TEXT, waits_for TEXT DEFAULT '');
CREATE TABLE spine_outboxitem (id TEXT PRIMARY KEY, done_at TEXT, failed_at TEXT);
CREATE INDEX verdict_place ON spine_verdict (sequence, "index");
CREATE INDEX link_version ON spine_doorlink (version, number);
"""


class DoorTables:
    """A main.sqlite3 with the door tables and one verb a row."""

    def __init__(self, data_dir: Path) -> None:
        self.connection = sqlite.connect(str(data_dir / "main.sqlite3"), isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.executescript(SCHEMA)
        self.connection.execute("INSERT INTO spine_doorstate VALUES (1, 0)")

    def bump(self) -> int:
        self.connection.execute("UPDATE spine_doorstate SET version = version + 1")
        return int(self.connection.execute("SELECT version FROM spine_doorstate").fetchone()[0])

    def program(self, program_id: UUID = PROGRAM, **columns: Any) -> None:
        row = {
            "program_id": program_id.hex, "slug": "main", "fallback_url": "https://shop.example/gone",
            "token_param": "hz_click", "currency": "EUR", "goals": ["sale", "lead"], "allowed_hosts": ["shop.example"],
            "click_hosts": [], "browser_conversions": 1, "consent_mode": 0, "archived": 0, **columns,
        }  # fmt: skip
        self._put("spine_doorprogram", row)

    def link(self, number: int, slug: str, destination: str = "https://shop.example/", **columns: Any) -> None:
        row = {
            "number": number, "slug": slug, "program_id": PROGRAM.hex, "destination": destination,
            "allowed_hosts": ["shop.example", "www.shop.example"], "status": "", "expires_at": None, **columns,
        }  # fmt: skip
        self._put("spine_doorlink", row)

    def links(self, rows: list[tuple[int, str, str]]) -> None:
        version = self.bump()
        self.connection.execute("BEGIN")
        self.connection.executemany(
            "INSERT INTO spine_doorlink VALUES (?, ?, ?, ?, '[\"shop.example\"]', '', NULL, NULL, NULL, '', ?)",
            [(number, slug, PROGRAM.hex, destination, version) for number, slug, destination in rows],
        )
        self.connection.execute("COMMIT")

    def key(self, secret: str, scopes: list[str], **columns: Any) -> None:
        row = {
            "hash": key_hash(secret),
            "key_id": KEY_ID.hex,
            "program_id": PROGRAM.hex,
            "scopes": scopes,
            "revoked": 0,
        }
        self._put("spine_doorkey", {**row, **columns})

    def verdict(self, sequence: int, index: int, http_status: int, body: dict[str, Any]) -> None:
        self.connection.execute(
            "INSERT INTO spine_verdict (sequence, \"index\", http_status, body, decided_at) VALUES (?, ?, ?, ?, '')",
            (sequence, index, http_status, json.dumps(body)),
        )

    def _put(self, table: str, row: dict[str, Any]) -> None:
        values = {name: json.dumps(value) if isinstance(value, list) else value for name, value in row.items()}
        values["version"] = self.bump()
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.connection.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def usual_tables(data_dir: Path) -> DoorTables:
    """One program, a few links of every kind, keys of every kind."""
    tables = DoorTables(data_dir)
    tables.program()
    tables.link(1, "spring")
    tables.link(2, "fragment", "https://shop.example/a?x=1#top")
    tables.link(3, "stopped", status="link_disabled")
    tables.link(4, "late", expires_at="2026-01-02 00:00:00")
    tables.link(5, "suspended", status="partner_suspended")
    tables.key(KEY, ["facts:write"])
    tables.key(READ_KEY, ["read"])
    tables.key(REVOKED_KEY, ["all"], revoked=1)
    tables.key(WIDE_KEY, ["all"], program_id=None)
    return tables
