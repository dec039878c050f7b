"""An empty store gets today's tables at once: walking through all that they once were takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.apps import apps
from django.db import connections, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps


def is_empty(alias: str) -> bool:
    """Say whether a store has no table at all."""
    return not connections[alias].introspection.table_names()


def make_tables(alias: str) -> int:
    """Make every table of an empty store and note all migrations as applied, in one transaction.

    What our own migrations do beside the tables' shape (rows that every installation starts with, partitions) is done
    too. A test compares the outcome with that of the migrations. Returns how many migrations there were.
    """
    connection = connections[alias]
    executor = MigrationExecutor(connection)
    history = [migration for migration, _is_backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and router.allow_migrate_model(alias, model):
                editor.create_model(model)
        editor.create_model(recorder.Migration)
        _finish(editor)
        _fill(history, editor)
        applied = [recorder.Migration(app=one.app_label, name=one.name) for one in history]
        recorder.migration_qs.bulk_create(applied)
    return len(history)


def _finish(editor: BaseDatabaseSchemaEditor) -> None:
    """Make the indexes and references that the editor keeps for its end: what follows needs them."""
    for statement in editor.deferred_sql:
        editor.execute(statement, None)
    editor.deferred_sql.clear()


def _fill(history: Iterable[Migration], editor: BaseDatabaseSchemaEditor) -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("hanse.")}
    for migration in history:
        for operation in migration.operations:
            if migration.app_label in ours and isinstance(operation, RunPython) and not operation.elidable:
                operation.code(cast(StateApps, apps), editor)  # today's models serve as well
