"""The tables that an empty store gets at once are the very tables that all the migrations make one after the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.test_backup_on_postgresql import new_database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
LOOK = """
import gc, json, sys, django
gc.set_threshold(50_000, 50, 1_000)  # the walk makes and drops thirty thousand classes
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from hanse.runtime.migrate import migrate
if sys.argv[1] == "at once":
    migrate()
ours = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("hanse.")}
found = {}
for alias in connections:
    if sys.argv[1] != "at once":
        app = ["traffic"] if alias == "clicks" else []  # nothing else lives in there
        call_command("migrate", *app, database=alias, verbosity=0, interactive=False)
    connection = connections[alias]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in ours:  # other people's tables differ in the width of an inner key, by their own history
                found[alias, table] = None
                continue
            columns = connection.introspection.get_table_description(cursor, table)
            rules = connection.introspection.get_constraints(cursor, table).values()
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            found[alias, table] = [
                sorted([one.name, str(one.type_code), one.null_ok, one.internal_size or 0] for one in columns),
                sorted(json.dumps({**rule, "definition": ""}, sort_keys=True) for rule in rules),
                cursor.fetchone()[0],
            ]
        triggers = {
            "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
            "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " UNION SELECT 'part', inhrelid::regclass::text FROM pg_inherits ORDER BY 1, 2",
        }[connection.vendor]
        cursor.execute(triggers)
        found[alias, "triggers and parts"] = cursor.fetchall()
print(json.dumps({" ".join(key): value for key, value in found.items()}))
"""


def look(way: str, data: Path, **environment: str) -> dict[str, Any]:
    data.mkdir()
    (data / "secret.key").write_text("5a" * 32)
    own = {"HANSE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "hanse.runtime.settings", **environment}
    own["PYTHONPATH"] = os.pathsep.join(sys.path)
    answer = subprocess.run(
        [sys.executable, "-c", LOOK, way], env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def differences(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    names = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
    return {name: (first.get(name), second.get(name)) for name in sorted(names)}


@pytest.mark.skipif("--postgres" in sys.argv, reason="the other engine")
def test_an_empty_file_gets_the_tables_that_the_migrations_make(tmp_path: Path) -> None:
    at_once = look("at once", tmp_path / "a")
    assert differences(at_once, look("step by step", tmp_path / "b")) == {}
    assert at_once["default people_partnertype"][2] == 6
    assert len(at_once) > 80


@pytest.mark.postgres
def test_an_empty_database_gets_the_tables_that_the_migrations_make(tmp_path: Path) -> None:
    at_once = look("at once", tmp_path / "a", HANSE_DATABASE_URL=new_database())
    assert differences(at_once, look("step by step", tmp_path / "b", HANSE_DATABASE_URL=new_database())) == {}
    assert ["part", "traffic_click_rest"] in at_once["default triggers and parts"], "the clicks are cut into months"
