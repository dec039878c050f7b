"""Test databases are copies of a migrated template: the ledger refuses the flush that Django would use instead."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

_SOURCES = Path(__file__).resolve().parent.parent / "src" / "hanse"
_SHAPES = (
    "*/migrations/*.py",
    "*/models.py",
    "*/*/models.py",
    "*/apps.py",
    "money/ledger/*.py",
    "runtime/database/*.py",
    "runtime/first_tables.py",
)
TEMPLATE = "hanse_template"
_opened: WeakSet[Any] = WeakSet()  # connections of every thread, also of those that are over


def worker_name() -> str:
    """Return the database name of this test process."""
    return f"hanse_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def prepare() -> None:
    """Give this process its migrated databases."""
    from django.db import connection
    from django.db.backends.signals import connection_created

    connection_created.connect(_remember, dispatch_uid="tests")
    if connection.vendor == "sqlite":
        _copy_files(_template_folder())
    else:
        _make_postgres_template()
        _copy_postgres()


def restore() -> None:
    """Put this process's databases back to how `prepare` left them."""
    from django.db import connection, connections

    connections.close_all()
    _close_left_open()
    if connection.vendor == "sqlite":
        _copy_files(_template_folder())
    else:
        _copy_postgres()


def _remember(connection: Any, **_more: Any) -> None:
    _opened.add(connection)


def _close_left_open() -> None:
    """Close what threads of a test left open: SQLite takes away its files by name when a last connection is closed, and
    these would be the next test's by then."""
    for one in list(_opened):
        if one.connection is not None:
            one.inc_thread_sharing()
            one.close()
            one.dec_thread_sharing()


def _migrate() -> None:
    from django.db import connections

    from hanse.runtime.migrate import migrate

    migrate()
    connections.close_all()


# --- SQLite -----------------------------------------------------------------------------------------------------------
@cache
def _template_folder() -> Path:
    """Return where this process's template lies; sources that change while it runs do not move it."""
    digest = hashlib.sha256()
    for pattern in _SHAPES:
        for path in sorted(_SOURCES.glob(pattern)):
            digest.update(path.read_bytes())
    return Path(tempfile.gettempdir()) / f"hanse-templates-{os.getuid()}" / digest.hexdigest()[:16]


def _files() -> list[Path]:
    from django.conf import settings

    return [Path(database["NAME"]) for database in settings.DATABASES.values()]


def _copy_files(template: Path) -> None:
    if not template.exists():
        _make_template(template)
    for path in _files():
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(template / path.name, path)


def _make_template(template: Path) -> None:
    """Migrate this process's own files and keep a copy; of two processes at once the first wins, both are alike."""
    _migrate()
    template.parent.mkdir(exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=template.parent))
    for path in _files():
        shutil.copyfile(path, draft / path.name)
    try:
        draft.rename(template)
    except OSError:
        shutil.rmtree(draft)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------
def _server() -> Any:
    import psycopg

    return psycopg.connect(f"{os.environ['HANSE_TEST_POSTGRES']}/postgres", autocommit=True)


def _make_postgres_template() -> None:
    from django.db import connection

    with _server() as server:
        server.execute("SELECT pg_advisory_lock(1)")
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [TEMPLATE]).fetchone():
            return
        server.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        server.execute(f"CREATE DATABASE {TEMPLATE}")
        own_name, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], TEMPLATE
        try:
            _migrate()
        finally:
            connection.settings_dict["NAME"] = own_name
        server.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")


def _copy_postgres() -> None:
    with _server() as server:
        server.execute(f"DROP DATABASE IF EXISTS {worker_name()} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {worker_name()} TEMPLATE {TEMPLATE}")
