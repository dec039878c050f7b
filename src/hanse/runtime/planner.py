"""Telling SQLite's planner how full its tables are."""

from __future__ import annotations

from datetime import datetime

from django.db import connections

_WHICH = 0x10003  # every table that has grown or shrunk much since it was last looked at: says how, and does nothing
_ROWS = 1_000  # of each index are looked at


def tell_planner(_now: datetime | None = None) -> None:
    """Let SQLite look at samples of its tables, so that it takes the index that leaves fewest rows; PostgreSQL does so
    by itself. Connections that are open already plan as before: they are renewed every hour.

    Not within a transaction.
    """
    for alias in connections:
        if connections[alias].vendor == "sqlite":
            with connections[alias].cursor() as cursor:
                cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
                for (statement,) in cursor.execute(f"PRAGMA optimize = {_WHICH}").fetchall():
                    cursor.execute(statement)  # one by one: each holds the write lock for a moment
