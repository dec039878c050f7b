"""A small world for attribution tests: the cast, a journal, and a hand to send facts with."""

from __future__ import annotations

import pytest

from hanse.journal.sqlite import SqliteJournal
from hanse.spine.secrets.keys import key_for
from tests import cast, make
from tests.cast import Cast
from tests.sending import World


@pytest.fixture
def actors(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast in the database; addresses are hashed as the installation hashes them."""
    monkeypatch.setattr(make, "EMAIL_KEY", key_for("email-hash"))
    return cast.build()


@pytest.fixture
def world(actors: Cast, journal: SqliteJournal) -> World:
    """The cast with a journal and a pipeline."""
    return World(actors, journal)
