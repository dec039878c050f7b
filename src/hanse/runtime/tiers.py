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
from hanse.runtime.sparing import on_its_own, open_programs

AT_ONCE = 100
REST_SECONDS = 0.05
FROM_HOUR = 3  # of the program's local day, when yesterday's facts have come in


def sweep_tiers(now: datetime) -> int:
    """Evaluate every program whose local day has not been evaluated yet; return how many were."""
    done = 0
    for program in open_programs():
        with on_its_own("tiers", program):
            today = local_day(now, program.time_zone)
            if (now - day_starts_at(today, program.time_zone)).total_seconds() < FROM_HOUR * 3600:
                continue
            if not swept_before(program.pk, today):
                sweep_program(program, now, now)
                done += 1
    return done


def find_what_we_owe(now: datetime) -> int:
    """Find what of our promises to tiers fell due and what was kept; return how many new ones there are."""
    found = 0
    for program in open_programs():
        with on_its_own("tier_promises", program), transaction.atomic():
            found += find_dues(program, now)
    return found


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
