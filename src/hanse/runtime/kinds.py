"""What the clock does about types and challenges: read first, then write a little at a time."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from hanse.growth.challenges.queries import to_settle
from hanse.growth.challenges.settling import look_at, notice_reached, settle_due
from hanse.growth.demarcation.suggesting import find_suggestions, suggest_types
from hanse.runtime.sparing import on_its_own, open_programs

_PRIZES_AT_ONCE = 20
_REST_SECONDS = 0.05  # lets others write between two parts


def suggest_all_types(now: datetime) -> int:
    """Let every program's rules suggest changes of type. Returns how many are new."""
    new = 0
    for program in open_programs():
        with on_its_own("types", program):
            found = find_suggestions(program, now)
            with transaction.atomic():
                new += suggest_types(program, now, found)
    return new


def settle_challenges(now: datetime) -> int:
    """Note who reached challenges, and book the prizes that are due. Returns how many were settled."""
    settled = 0
    for challenge in to_settle(now):
        look = look_at(challenge, now)
        if look is not None:
            with transaction.atomic():
                notice_reached(challenge, now, look)
        part = _PRIZES_AT_ONCE
        while part == _PRIZES_AT_ONCE:
            with transaction.atomic():
                part = settle_due(challenge, now, _PRIZES_AT_ONCE)
            settled += part
            time.sleep(_REST_SECONDS if part == _PRIZES_AT_ONCE else 0)
    return settled
