"""Django's SQLite backend, with our SQLite underneath and every connection set up for money."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import (  # type: ignore[import-untyped]  # django-stubs leave it out
    register as register_functions,
)
from django.db.backends.sqlite3.features import DatabaseFeatures as DjangoFeatures
from django.db.backends.sqlite3.operations import DatabaseOperations as DjangoOperations
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_time

from hanse.journal.engine import sqlite as Database  # noqa: N812  # Django's name for the driver

Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", base.decoder(parse_date))
Database.register_converter("time", base.decoder(parse_time))
Database.register_converter("datetime", base.decoder(datetime.datetime.fromisoformat))
Database.register_converter("timestamp", base.decoder(datetime.datetime.fromisoformat))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(datetime.date, base.adapt_date)
Database.register_adapter(datetime.datetime, base.adapt_datetime)

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA legacy_alter_table = OFF",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA recursive_triggers = ON",  # else INSERT OR REPLACE deletes a ledger row without asking its trigger
)


class DatabaseFeatures(DjangoFeatures):
    """What this SQLite can do, where Django would guess from the standard library's."""

    max_query_params = 16_000
    can_alter_table_drop_column = True
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    supports_aggregate_order_by_clause = True


class DatabaseOperations(DjangoOperations):
    """Reads the two kinds of columns that every row is full of without detours; what comes out is the same."""

    def convert_uuidfield_value(self, value: str | None, expression: Any, connection: Any) -> UUID | None:
        """Read 32 hexadecimal characters."""
        return None if value is None else UUID(int=int(value, 16))

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Read a moment, which is stored in UTC and without saying so."""
        if isinstance(value, datetime.datetime) and value.tzinfo is None and connection.timezone is UTC:
            return value.replace(tzinfo=UTC)
        return super().convert_datetimefield_value(value, expression, connection)


class Cursor(Database.Cursor):  # type: ignore[misc, name-defined]  # the module is chosen at run time
    """A cursor that takes Django's `%s` placeholders."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(_qmark(query, names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Run one statement for each set of parameters."""
        rows = list(param_list)
        names = list(rows[0]) if rows and isinstance(rows[0], Mapping) else None
        return super().executemany(_qmark(query, names), rows)


def _qmark(query: str, names: list[str] | None) -> str:
    if names is None:
        return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    return query % {name: f":{name}" for name in names}


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections in WAL mode that survive a power cut; `atomic()` begins with the write lock in hand."""

    Database = Database
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file and set the connection up."""
        connection = Database.connect(**conn_params)
        register_functions(connection)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor of our own SQLite."""
        return self.connection.cursor(factory=Cursor)
