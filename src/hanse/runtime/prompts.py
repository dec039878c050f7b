"""Prompts by the clock: promised briefings that they keep, and letters about what partners may see by now."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from hanse.growth.prompts.briefing import keep_briefings
from hanse.growth.prompts.telling import tell, untold
from hanse.programs.programs.models import Program
from hanse.runtime.programs import in_every_program

REST_SECONDS = 0.05


def tell_of_prompts(now: datetime) -> int:
    """Keep what prompts keep, and write to whoever sees one by now, some partners at a time; return how many letters.

    Safe to run twice and to be killed at: each partner hears of each prompt once.
    """

    def tell_in(program: Program) -> int:
        letters = 0
        with transaction.atomic():
            keep_briefings(program, now)
        while (found := untold(program, now)) is not None:
            with transaction.atomic():
                letters += tell(*found, now)
            time.sleep(REST_SECONDS)
        return letters

    return in_every_program("prompts", tell_in)
