"""An installation with a program, a partner and a link, on SQLite and (with `--postgres`) on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.served import Served, until


@dataclass
class Shop:
    """A running installation and what a shop knows of it."""

    product: Served
    key: str
    slug: str
    database_url: str
    clicks_before: int = 0

    def position_and_end(self) -> tuple[int, int]:
        """Return how far the pipeline is and where the journal ends, read past the product."""
        from hanse.journal.engine import sqlite

        journal = sqlite.connect(self.product.data / "journal.sqlite3")
        end = (journal.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'").fetchone() or [0])[0]
        journal.close()
        question = "SELECT sequence FROM spine_position WHERE name = 'pipeline'"
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                row = connection.execute(question).fetchone()
        else:
            store = sqlite.connect(self.product.data / "main.sqlite3")
            row = store.execute(question).fetchone()
            store.close()
        return (row[0] if row else 0), end

    def wait_until_applied(self) -> None:
        """Wait until everything that is in the journal has been applied."""
        until(lambda: (lambda at, end: at >= end)(*self.position_and_end()), seconds=60)


def _database() -> str:
    """Return the address of a fresh database on the tests' PostgreSQL; "" where the tests run on SQLite."""
    server = os.environ.get("HANSE_TEST_POSTGRES", "")
    if not server:
        return ""
    name = f"faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


@pytest.fixture
def environment() -> dict[str, str]:
    """More of the environment that the product's processes get; a test overrides it to plant a bug."""
    return {}


@pytest.fixture
def shop(tmp_path: Path, environment: dict[str, str]) -> Iterator[Shop]:
    """A running installation with one program, one active partner and one link."""
    product, database_url = Served(tmp_path), _database()
    product.environment |= environment
    if database_url:
        product.environment["HANSE_DATABASE_URL"] = database_url
    try:
        product.start()
        key = product.hanse("keys", "create", "faults", "--scopes", "all")["key"]
        with product.client(key) as api:
            program = _made(api, "programs", name="Harbour", slug="harbour", currency="EUR", time_zone="Europe/Berlin")
            offer = _made(api, "offers", program=program, name="Shop", destination_url="https://shop.example/gifts")
            percent = {"kind": "percent", "rate": "20%", "goal": "sale"}
            _made(api, "terms", program=program, body={"clauses": [percent]})
            partner = _made(api, "partners", name="Ana", email="ana@partners.example")
            enrolment = _made(api, "enrolments", partner=partner, program=program)
            _made(api, "links", enrolment=enrolment, offer=offer, slug="ana")
            tries = itertools.count(1)
            until(lambda: next(tries) and "hz_click" in api.get("/ana").headers.get("location", ""))
        yield Shop(product, key, "ana", database_url, clicks_before=next(tries) - 1)
    finally:
        product.stop()


def _made(api: object, kind: str, **body: object) -> str:
    answer = api.post(f"/v1/{kind}", json=body)  # type: ignore[attr-defined]
    assert answer.status_code in (200, 201), f"{kind}: {answer.status_code} {answer.text}"
    return str(answer.json()["id"])
