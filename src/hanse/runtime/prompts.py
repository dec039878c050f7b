"""Prompts by the clock: promised briefings that they keep, and letters about what partners may see by now."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from hanse.growth.prompts.briefing import keep_briefings
from hanse.growth.prompts.telling import tell, untold
from hanse.runtime.sparing import on_its_own, open_programs

REST_SECONDS = 0.05


def tell_of_prompts(now: datetime) -> int:
    """Keep what prompts keep, and write to whoever sees one by now, some partners at a time; return how many letters.

    Safe to run twice and to be killed at: each partner hears of each prompt once.
    """
    letters = 0
    for program in open_programs():
        with on_its_own("prompts", program):
            with transaction.atomic():
                keep_briefings(program, now)
            while (found := untold(program, now)) is not None:
                with transaction.atomic():
                    letters += tell(*found, now)
                time.sleep(REST_SECONDS)
    return letters
