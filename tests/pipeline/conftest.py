"""A small world for pipeline tests: the cast, a journal, and a hand to send facts with."""

from __future__ import annotations

import pytest

from hanse.journal.sqlite import SqliteJournal
from tests import cast
from tests.cast import Cast
from tests.sending import World


@pytest.fixture
def actors(db: None) -> Cast:
    """The cast in the database."""
    return cast.build()


@pytest.fixture
def world(actors: Cast, journal: SqliteJournal) -> World:
    """The cast with a journal and a pipeline."""
    return World(actors, journal)
