"""Which store a table lives in: on SQLite clicks have a file of their own, on PostgreSQL there is one database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Model

CLICKS = "clicks"
_CLICK = ("traffic", "click")


class ClickRouter:
    """Sends the click table to the clicks store, where there is one, and keeps every other table out of it."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """Return the store to read a model from."""
        return CLICKS if has_clicks_store() and _is_click(model._meta.app_label, model._meta.model_name) else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_hints: Any) -> bool | None:
        """Make the click table in the clicks store and everything else in the main one."""
        if not has_clicks_store():
            return None
        return (db == CLICKS) == _is_click(app_label, model_name)


def has_clicks_store() -> bool:
    """Say whether clicks have a store of their own."""
    return CLICKS in settings.DATABASES


def _is_click(app_label: str, model_name: str | None) -> bool:
    return (app_label, model_name) == _CLICK
