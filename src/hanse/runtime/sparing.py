"""One on whom a task fails keeps nobody else from their turn: programs one by one, many of a kind by halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from hanse.programs.programs.models import Program

PASSING: tuple[type[Exception], ...] = (OperationalError, InterfaceError, MemoryError)
"""The database's trouble or the machine's: nobody's own, so it is never looked for in one of many."""
_log = structlog.get_logger("hanse.work")


def open_programs() -> QuerySet[Program]:
    """Return the programs that are not archived, always in the same order."""
    return Program.objects.filter(archived_at=None).order_by("id")


@contextmanager
def on_its_own(task: str, program: Program) -> Iterator[None]:
    """Do a program's part of a task: what it fails on is logged, and the next program has its turn."""
    try:
        yield
    except PASSING:
        raise
    except Exception:
        _log.exception("program_left_out", task=task, program=str(program.pk))


def by_halves(
    task: str, ids: Sequence[UUID], verb: Callable[[Sequence[UUID]], object],
    passing: tuple[type[Exception], ...] = PASSING,
) -> set[UUID]:  # fmt: skip
    """Do something for all of them in one transaction; where that fails, look by halves for the one that it fails on.

    Returns those on whom it failed: each is logged with why, and its turn comes again with the next run. `passing` is
    nobody's fault and raised.
    """
    try:
        with transaction.atomic():
            verb(ids)
    except passing:
        raise
    except Exception:
        if len(ids) == 1:
            _log.exception("task_failed_on_one", task=task, id=str(ids[0]))
            return set(ids)
        middle = len(ids) // 2
        first = by_halves(task, ids[:middle], verb, passing)
        return first | by_halves(task, ids[middle:], verb, passing)
    return set()
