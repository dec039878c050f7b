"""Journals to test: a file, and a stream on a real NATS server."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hanse.journal.nats import NatsJournal
from hanse.journal.port import Journal
from hanse.journal.settings import JournalSettings
from hanse.journal.sqlite import SqliteJournal
from tests.nats_server import NatsServer

Open = Callable[[], Journal]


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    server = NatsServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def nats_settings(nats_server: NatsServer) -> JournalSettings:
    """A stream of this test's own."""
    return JournalSettings(nats_server.url, "always", stream=f"T{uuid.uuid4().hex[:12]}")


@pytest.fixture(params=["sqlite", "nats"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same journal again at every call."""
    journals: list[Journal] = []
    settings = request.getfixturevalue("nats_settings") if request.param == "nats" else None

    def open_one() -> Journal:
        journals.append(NatsJournal(settings) if settings else SqliteJournal(tmp_path / "journal.sqlite3"))
        return journals[-1]

    yield open_one
    for journal in journals:
        journal.close()
