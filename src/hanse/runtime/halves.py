"""Doing something for many at once, so that one on whom it fails keeps nobody else from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction

_log = structlog.get_logger("hanse.work")
_PASSING = (OperationalError, InterfaceError, MemoryError)  # the database's trouble, nobody's own


def by_halves(task: str, ids: Sequence[UUID], verb: Callable[[Sequence[UUID]], object]) -> set[UUID]:
    """Do something for all of them in one transaction; where that fails, look by halves for the one that it fails on.

    Returns those on whom it failed: each is logged with why, and its turn comes again with the next run.
    """
    try:
        with transaction.atomic():
            verb(ids)
    except _PASSING:
        raise
    except Exception:
        if len(ids) == 1:
            _log.exception("task_failed_on_one", task=task, id=str(ids[0]))
            return set(ids)
        middle = len(ids) // 2
        return by_halves(task, ids[:middle], verb) | by_halves(task, ids[middle:], verb)
    return set()
