"""Bringing the tables of every store up to this version."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


def is_current() -> bool:
    """Say whether every store has every table of this version. Raises DatabaseError for one out of reach."""
    return not any(_waiting(alias) for alias in connections)


def migrate() -> int:
    """Apply the migrations that are waiting, in every store; safe to run twice. Returns how many there were."""
    applied = 0
    for alias in connections:
        waiting = _waiting(alias)
        if waiting:
            call_command("migrate", database=alias, verbosity=0, interactive=False)
        applied += waiting
    return applied


def _waiting(alias: str) -> int:
    executor = MigrationExecutor(connections[alias])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
