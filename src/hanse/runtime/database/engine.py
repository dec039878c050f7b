"""Which SQLite to use: pysqlite3's own build, else the standard library's where that is new enough."""

from __future__ import annotations

import importlib
import sqlite3
from types import ModuleType

OLDEST_VERSION = (3, 51, 3)  # older ones can lose a committed WAL frame when two connections reset the log at once


class SQLiteTooOld(RuntimeError):
    """Neither pysqlite3 nor a new enough standard library is there."""


def choose_sqlite() -> ModuleType:
    """Return the DB-API module of a SQLite of at least OLDEST_VERSION. Raises SQLiteTooOld with one line that says what to do."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        pass
    if sqlite3.sqlite_version_info >= OLDEST_VERSION:
        return sqlite3.dbapi2
    wanted = ".".join(str(part) for part in OLDEST_VERSION)
    raise SQLiteTooOld(f"SQLite {sqlite3.sqlite_version} is too old (needs {wanted}): install the package pysqlite3.")
