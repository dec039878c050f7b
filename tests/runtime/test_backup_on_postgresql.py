"""On PostgreSQL a backup holds a dump of the database, the journal and the key; it restores into another database."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path

import psycopg
import pytest

from hanse.journal.nats import NatsJournal
from hanse.journal.settings import JournalSettings
from tests.nats_server import NatsServer
from tests.runtime.test_verbs import hanse, said

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not shutil.which("pg_dump"), reason="pg_dump is not installed"),
]


def new_database() -> str:
    server, name = os.environ["HANSE_TEST_POSTGRES"], f"backup_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def test_a_database_is_dumped_and_restored_elsewhere(tmp_path: Path) -> None:
    first, second = new_database(), new_database()
    data, other = tmp_path / "data", tmp_path / "other"
    assert hanse("migrate", data=data, HANSE_DATABASE_URL=first).returncode == 0
    said(hanse("keys", "create", "shop", "--json", data=data, HANSE_DATABASE_URL=first))
    note = said(hanse("backup", str(tmp_path / "b.tar"), "--json", data=data, HANSE_DATABASE_URL=first))
    assert note["stores"][0] == "database.dump"

    refused = hanse("restore", str(tmp_path / "b.tar"), data=other)
    assert (refused.returncode, "other engine" in refused.stderr) == (2, True)
    shutil.rmtree(other, ignore_errors=True)

    said(hanse("restore", str(tmp_path / "b.tar"), "--json", data=other, HANSE_DATABASE_URL=second))
    keys = json.loads(hanse("keys", "list", "--json", data=other, HANSE_DATABASE_URL=second).stdout)["keys"]
    assert [key["name"] for key in keys] == ["shop"]
    assert said(hanse("verify", "--json", data=other, HANSE_DATABASE_URL=second))["ok"] is True


def test_a_journal_on_nats_is_in_the_backup_and_comes_back_into_another_stream(tmp_path: Path) -> None:
    server = NatsServer()
    server.start()
    first = {"HANSE_DATABASE_URL": new_database(), "HANSE_JOURNAL_URL": server.url, "HANSE_NATS_DURABLE": "always"}
    second = {**first, "HANSE_DATABASE_URL": new_database(), "HANSE_NATS_STREAM": "SECOND"}
    data, other, backup = tmp_path / "data", tmp_path / "other", str(tmp_path / "b.tar")
    assert hanse("migrate", data=data, **first).returncode == 0
    journal = NatsJournal(JournalSettings(server.url, "always"))
    journal.append([b"Fdamaged on purpose"])
    note = said(hanse("backup", backup, "--json", data=data, **first))
    assert note["stores"] == ["database.dump", "journal.sqlite3"]

    said(hanse("restore", backup, "--json", data=other, **second))
    copy = NatsJournal(JournalSettings(server.url, "always", stream="SECOND"))
    assert copy.read(0, 10) == journal.read(0, 10)
    assert not (other / "journal.sqlite3").exists()
    again = hanse("restore", backup, "--force", data=other, **second)
    assert again.returncode == 0, again.stderr
    for one in (journal, copy):
        one.close()
    server.remove()
