"""Going through all programs by the clock: one that fails keeps none of the others from their turn."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError

from hanse.programs.programs.models import Program

_log = structlog.get_logger("hanse.work")


def in_every_program(task: str, verb: Callable[[Program], int]) -> int:
    """Do something in every program that is not archived and return the sum of what it returned.

    Where it fails the error is logged and the next program has its turn; trouble of the database is everybody's.
    """
    done = 0
    for program in Program.objects.filter(archived_at=None).order_by("id"):
        try:
            done += verb(program)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            _log.exception("program_left_out", task=task, program=str(program.pk))
    return done
