"""Letting go of what a process holds in PostgreSQL that has stopped in the midst of a transaction."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from django.db import Error, close_old_connections, connection
from django.db.backends.signals import connection_created

SILENT_SECONDS = {"hanse work": 15, "hanse web": 60}
"""How long each role's sessions may keep a transaction open without a word."""
ROUND_SECONDS = 5
UNREAD_TIMES = 4
"""An answer may be on its way this many times longer: a large one takes its time, and nobody sees it move."""
_SILENT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name = %(role)s
      AND xact_start IS NOT NULL AND wait_event_type = 'Client'
      AND state_change < clock_timestamp() - make_interval(
          secs => %(seconds)s * CASE wait_event WHEN 'ClientWrite' THEN %(times)s ELSE 1 END)"""

_log = structlog.get_logger("hanse.work")


def guard_connections(role: str) -> None:
    """Give every connection of this process its role's name and limit; nothing on SQLite.

    PostgreSQL then ends a transaction whose process, or machine, was silent for too long between two statements. It
    waits without end where one stopped in the midst of a statement, or behind a message that is none (a flush between
    two halves of a bulk insert), or does not read its answer: `end_stuck_sessions` sees to those.
    """

    def guard(connection: Any, **_more: Any) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET application_name = '{role}'")
                cursor.execute(f"SET idle_in_transaction_session_timeout = '{SILENT_SECONDS[role]}s'")
                cursor.execute(
                    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 2"
                )

    connection_created.connect(guard, weak=False, dispatch_uid="guard")


def end_stuck_sessions() -> int:
    """End the sessions that were silent for too long within a transaction; return how many there were."""
    ended = 0
    with connection.cursor() as cursor:
        for role, seconds in SILENT_SECONDS.items():
            cursor.execute(_SILENT, {"role": role, "seconds": seconds, "times": UNREAD_TIMES})
            ended += len(cursor.fetchall())
    return ended


def watch_sessions(stopped: threading.Event) -> None:
    """Look for stuck sessions until told to stop, where workers share a database.

    In a thread of its own: every other one may be waiting for just what such a session holds.
    """
    while connection.vendor == "postgresql" and not stopped.wait(ROUND_SECONDS):
        close_old_connections()
        try:
            if ended := end_stuck_sessions():
                _log.warning("stuck_sessions_ended", sessions=ended)
        except Error as error:
            _log.warning("sessions_not_watched", why=type(error).__name__)
