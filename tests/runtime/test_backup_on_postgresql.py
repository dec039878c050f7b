"""On PostgreSQL a backup holds a dump of the database, the journal and the key; it restores into another database."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path

import psycopg
import pytest

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
