"""A main.sqlite3 with the door tables only, filled with links: the edge needs no more."""

from __future__ import annotations

import json
from pathlib import Path

from hanse.journal.engine import sqlite
from hanse.kernel.signing import key_hash

PROGRAM_HEX = "018f0000000070008000000000000001"
KEY = "hz_bench_0123456789abcdef"

_SCHEMA = """
CREATE TABLE spine_doorstate (id INTEGER PRIMARY KEY, version INTEGER);
CREATE TABLE spine_doorlink (number INTEGER PRIMARY KEY, slug TEXT UNIQUE, program_id TEXT, destination TEXT,
    allowed_hosts TEXT, status TEXT, expires_at TEXT, routes TEXT, version INTEGER);
CREATE INDEX link_version ON spine_doorlink (version, number);
CREATE TABLE spine_doorprogram (program_id TEXT PRIMARY KEY, slug TEXT, fallback_url TEXT, token_param TEXT,
    currency TEXT, goals TEXT, allowed_hosts TEXT, click_hosts TEXT, browser_conversions BOOL, consent_mode BOOL,
    archived BOOL, version INTEGER, bare_click_ids BOOL DEFAULT 0,
    allowed_countries TEXT DEFAULT '[]', blocked_countries TEXT DEFAULT '[]', token_form TEXT DEFAULT 'text');
CREATE TABLE spine_doorkey (hash TEXT PRIMARY KEY, key_id TEXT, program_id TEXT, scopes TEXT, revoked BOOL,
    version INTEGER);
CREATE TABLE spine_verdict (id INTEGER PRIMARY KEY, sequence INTEGER, "index" INTEGER, http_status INTEGER, body TEXT);
INSERT INTO spine_doorstate VALUES (1, 1);
"""


def make_doors(data_dir: Path, links: int) -> None:
    """Write `secret.key` and main.sqlite3 with one program, one key and links named l0, l1, …"""
    (data_dir / "secret.key").write_text(bytes(range(32)).hex(), encoding="ascii")
    connection = sqlite.connect(str(data_dir / "main.sqlite3"), isolation_level=None)
    connection.executescript(_SCHEMA)
    hosts = json.dumps(["shop.example"])
    program = (PROGRAM_HEX, "bench", "https://shop.example/", "hz_click", "EUR", '["sale"]', hosts, "[]", 0, 0, 0, 1)
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO spine_doorprogram VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '[]', '[]', 'text')", program
    )
    key = (key_hash(KEY), PROGRAM_HEX, PROGRAM_HEX, '["all"]', 0, 1)
    connection.execute("INSERT INTO spine_doorkey VALUES (?, ?, ?, ?, ?, ?)", key)
    connection.executemany(
        "INSERT INTO spine_doorlink VALUES (?, ?, ?, ?, ?, '', NULL, '', 1)",
        ((n + 1, f"l{n}", PROGRAM_HEX, f"https://shop.example/products/{n}?colour=blue", hosts) for n in range(links)),
    )
    connection.execute("COMMIT")
    connection.close()
