"""What the clock does about live sessions and embargoes: reminders, and the word that an embargo is over."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from hanse.growth.meetings.seating import remind_of_sessions
from hanse.growth.roadmap.letters import tell_embargoes_over

_REST_SECONDS = 0.05  # lets others write between two parts


def write_about_learning(now: datetime) -> int:
    """Remind of sessions that begin within a day, and tell whose embargo is over; each once. Safe to run twice.

    One session and one preview to a transaction. Returns how many sessions and previews were dealt with.
    """
    done = 0
    for verb in (remind_of_sessions, tell_embargoes_over):
        while True:
            with transaction.atomic():
                found = verb(now)
            if not found:
                break
            done += 1
            time.sleep(_REST_SECONDS)
    return done
