"""The money wing as a Django app: after every migrate the books are protected again."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections, router
from django.db.models.signals import post_migrate


class MoneyConfig(AppConfig):
    """Registers the wing's tables under the label `money`."""

    name = "hanse.money"
    label = "money"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Ask to be called after migrations."""
        post_migrate.connect(_protect_books, sender=self, dispatch_uid="hanse.money.protect")


def _protect_books(using: str = "default", **_signal: Any) -> None:
    """Put the ledger's triggers in place wherever its tables live (they do not live in the clicks store)."""
    from hanse.money.ledger.models import Transaction
    from hanse.money.ledger.protection import protect

    connection = connections[using]
    table = Transaction._meta.db_table
    if router.allow_migrate_model(using, Transaction) and table in connection.introspection.table_names():
        protect(connection)
