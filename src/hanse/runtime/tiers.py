"""The daily evaluation of tiers as a task: look without a lock, then keep some enrolments at a time."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from hanse.growth.care.falling_due import find_dues
from hanse.growth.tiers.queries import swept_before
from hanse.growth.tiers.sweeping import Swept, finish, keep, look
from hanse.kernel.clock import day_starts_at, local_day
from hanse.programs.programs.models import Program
from hanse.runtime.programs import in_every_program

AT_ONCE = 100
REST_SECONDS = 0.05
FROM_HOUR = 3  # of the program's local day, when yesterday's facts have come in


def sweep_tiers(now: datetime) -> int:
    """Evaluate every program whose local day has not been evaluated yet; return how many were."""
    return in_every_program("tiers", lambda program: _sweep_if_due(program, now))


def _sweep_if_due(program: Program, now: datetime) -> int:
    today = local_day(now, program.time_zone)
    if (now - day_starts_at(today, program.time_zone)).total_seconds() < FROM_HOUR * 3600:
        return 0
    if swept_before(program.pk, today):
        return 0
    sweep_program(program, now, now)
    return 1


def find_what_we_owe(now: datetime) -> int:
    """Find what of our promises to tiers fell due and what was kept; return how many new ones there are."""

    def find(program: Program) -> int:
        with transaction.atomic():
            return find_dues(program, now)

    return in_every_program("tier_promises", find)


def sweep_program(program: Program, as_of: datetime, now: datetime) -> Swept:
    """Evaluate a program as of a moment and keep it, part by part, so that nobody waits long for the lock."""
    swept = look(program, as_of, now)
    for first in range(0, len(swept.found), AT_ONCE):
        with transaction.atomic():
            keep(swept, swept.found[first : first + AT_ONCE], now)
        time.sleep(REST_SECONDS if len(swept.found) > AT_ONCE else 0)
    with transaction.atomic():
        finish(swept, now)
    return swept
