"""A process that stops in the midst of a transaction keeps its locks no longer than its role may be silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import InterfaceError, connection

from hanse.runtime import stuck, tenure
from hanse.runtime.stuck import end_stuck_sessions
from tests.served import until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LOCK = 4711


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(stuck.SILENT_SECONDS, "hanse work", 1)
    monkeypatch.setattr(stuck, "UNREAD_TIMES", 2)


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """A session of another process that holds a lock within a transaction."""
    settings = connection.settings_dict
    with psycopg.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"]
    ) as session:
        session.execute("SET application_name = 'hanse work'")
        session.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield session


def stop_half_way(session: psycopg.Connection) -> None:
    """Send a statement without the message that ends it, as a process does that is frozen while it sends."""
    session.pgconn.enter_pipeline_mode()
    session.pgconn.send_query_params(b"SELECT 1", None)
    session.pgconn.send_flush_request()
    session.pgconn.flush()


def stop_behind_a_message(session: psycopg.Connection) -> None:
    """Fall silent after a message that is no statement: it ends PostgreSQL's own timer and begins no other."""
    session.execute("SET idle_in_transaction_session_timeout = '1s'")
    session.pgconn.enter_pipeline_mode()
    session.pgconn.send_flush_request()
    session.pgconn.flush()


def stop_reading(session: psycopg.Connection) -> None:
    """Leave an answer unread that is greater than what the network keeps."""
    session.pgconn.send_query(b"SELECT repeat('x', 10000) FROM generate_series(1, 10000)")
    session.pgconn.flush()


def lock_is_free() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("stop", [stop_half_way, stop_behind_a_message, stop_reading])
def test_a_session_that_went_silent_within_a_transaction_is_ended_and_its_lock_free(
    other: psycopg.Connection, stop: Callable[[psycopg.Connection], None]
) -> None:
    stop(other)
    assert end_stuck_sessions() == 0, "it may be silent for a while"
    assert until(end_stuck_sessions) == 1
    assert until(lock_is_free)
    other.close()


def test_a_session_of_another_program_or_one_that_spoke_just_now_is_left_alone(other: psycopg.Connection) -> None:
    other.execute("SELECT pg_sleep(1.5)")
    assert end_stuck_sessions() == 0
    other.execute("SET application_name = 'somebody'")
    stop_half_way(other)
    time.sleep(1.5)
    assert end_stuck_sessions() == 0
    assert not lock_is_free()
    other.close()


def test_a_session_without_a_transaction_may_be_silent_for_ever(other: psycopg.Connection) -> None:
    other.commit()
    time.sleep(1.5)
    assert end_stuck_sessions() == 0
    other.close()


def test_a_statement_that_takes_long_is_left_alone(other: psycopg.Connection) -> None:
    other.pgconn.send_query(b"SELECT pg_sleep(3)")
    time.sleep(1.5)
    assert end_stuck_sessions() == 0
    other.close()


def test_a_lost_connection_ends_neither_the_watch_nor_a_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, tries = threading.Event(), list[str]()

    def lose(*_asked: object) -> int:
        tries.append("lost")
        if len(tries) == 2:
            stopped.set()
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(stuck, "ROUND_SECONDS", 0)
    monkeypatch.setattr(stuck, "end_stuck_sessions", lose)
    monkeypatch.setattr(tenure, "take_lease", lose)
    stuck.watch_sessions(stopped)
    held = tenure.Tenure("pipeline", "me")
    held._renew()
    assert len(tries) == 3
    assert not held.held
