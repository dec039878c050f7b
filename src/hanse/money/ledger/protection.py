"""What the database itself refuses: unbalanced or changed books. One idempotent list of triggers for each engine.

The order of a booking is entries first, then the transaction row with their count: its arrival is the moment of
truth. Entries are refused once their row exists, nothing is ever updated or deleted, numbers are dense and each row
holds the hash of the one before. Triggers look existing ids up themselves, so `INSERT OR REPLACE` is refused even on a
connection without `recursive_triggers`. Rebuilding a table drops its triggers silently: `protect` runs after every
migrate, and `verify` compares what is there with what should be.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from hanse.money.ledger import protection_postgres, protection_sqlite


def protect(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, replacing what may be there under its name. Safe to run at any time."""
    with connection.cursor() as cursor:
        for statement in _engine(connection).protecting_statements():
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away, for a migration that must touch these tables; `protect` follows after migrate."""
    with connection.cursor() as cursor:
        for statement in _engine(connection).lifting_statements():
            cursor.execute(statement)


def missing_protection(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the triggers that are absent, switched off or not as they should be."""
    engine = _engine(connection)
    with connection.cursor() as cursor:
        cursor.execute(engine.PRESENT_SQL)
        present = {str(name): str(text) for name, text in cursor.fetchall()}
    return sorted(name for name, text in engine.expected().items() if _plain(present.get(name, "")) != _plain(text))


def _engine(connection: BaseDatabaseWrapper) -> type[protection_sqlite.Sqlite] | type[protection_postgres.Postgres]:
    return protection_postgres.Postgres if connection.vendor == "postgresql" else protection_sqlite.Sqlite


def _plain(sql: str) -> str:
    return " ".join(sql.split()).rstrip(";")
