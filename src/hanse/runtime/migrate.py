"""Bringing the tables of every store up to this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from hanse.runtime.first_tables import is_empty, make_tables

_LOCK = 0x4841_4E53  # any number that nobody else would choose


def is_current() -> bool:
    """Say whether every store has every table of this version. Raises DatabaseError for one out of reach."""
    return not any(_waiting(alias) for alias in connections)


def migrate() -> int:
    """Apply the migrations that are waiting, in every store; safe to run twice, also on several machines at once.

    Returns how many there were.
    """
    applied = 0
    for alias in connections:
        with _alone(alias):
            made = make_tables(alias) if is_empty(alias) else 0
            waiting = _waiting(alias)
            if made or waiting:  # also tells those who keep something beside the tables, such as the ledger's triggers
                call_command("migrate", database=alias, verbosity=0, interactive=False)
            applied += made + waiting
    return applied


@contextmanager
def _alone(alias: str) -> Iterator[None]:
    """Let the others wait meanwhile where several machines share a database."""
    if connections[alias].vendor != "postgresql":
        yield
        return
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _waiting(alias: str) -> int:
    executor = MigrationExecutor(connections[alias])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
