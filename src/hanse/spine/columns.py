"""Column shorthands that every wing's models use, so that a kind of column is spelled once."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from hanse.kernel.ids import new_id


def id_column() -> models.UUIDField[uuid.UUID, uuid.UUID]:
    """A UUIDv7 primary key: sorts by time, made here so that rows can be linked before they are stored."""
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


def minor_column(**options: Any) -> models.BigIntegerField[int, int]:
    """An amount in a currency's minor unit."""
    return models.BigIntegerField(**options)


def currency_column(**options: Any) -> models.CharField[str, str]:
    """An ISO 4217 code."""
    return models.CharField(max_length=3, **options)
