"""Letters by the clock: sequences walk, newsletters are planned, what is due is filled and queued, results noted.

Each part is read, filled and queued by itself, so that nobody waits long for the lock and a stop in the middle is
harmless.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from hanse.growth.newsletters.sending import AT_ONCE as PLANNED_AT_ONCE
from hanse.growth.newsletters.sending import left_to_plan, plan_part, to_be_planned
from hanse.growth.sends.measuring import (
    measured_newsletters,
    measured_sequences,
    note_newsletter_actions,
    note_sequence_actions,
)
from hanse.growth.sends.sending import due_part, fill_part, note_delivered, queue_part
from hanse.growth.sequences.models import Sequence
from hanse.growth.sequences.walking import due_journeys, let_in, newcomers, note_swept, walk
from hanse.spine.outbox.actions import bulk_waiting

AT_ONCE = 200
MOST_WAITING = 1_000  # letters in the outbox: more would only grow old there, into people's nights
REST_SECONDS = 0.02
TURN_SECONDS = 5  # of planning or deciding: sign-in links go by the same clock, and nobody waits minutes for one


class _Turn:
    """How long one task may work before the others have their turn."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + TURN_SECONDS

    def is_over(self) -> bool:
        """Rest, so that pages get the write lock too, and say whether the time is up."""
        time.sleep(REST_SECONDS)
        return time.monotonic() >= self._ends


def queue_due_letters(now: datetime) -> int:
    """Queue what is due, as long as the outbox is not full. Returns how many letters were queued."""
    with transaction.atomic():
        note_delivered(now)
    queued, turn = 0, _Turn()
    while bulk_waiting() < MOST_WAITING:
        size, count = queue_one_part(now, AT_ONCE)
        queued += count
        if size < AT_ONCE or turn.is_over():
            break
    return queued


def queue_one_part(now: datetime, limit: int = AT_ONCE) -> tuple[int, int]:
    """Decide about, fill and queue one part; returns how many were decided about, and how many were queued."""
    part = due_part(now, limit)
    fill_part(part, now)
    with transaction.atomic():
        return part.size, queue_part(part, now)


def walk_sequences(now: datetime) -> int:
    """Let people into running sequences and plan their next letters. Returns how many were planned.

    What takes longer than its turn goes on in the next one.
    """
    for sequence in Sequence.objects.filter(state=Sequence.State.RUNNING).order_by("id"):
        _let_in(sequence, now)
    planned, turn = 0, _Turn()
    while journeys := due_journeys(now, AT_ONCE):
        with transaction.atomic():
            planned += walk(journeys, now)
        if turn.is_over():
            break
    return planned


def _let_in(sequence: Sequence, now: datetime) -> None:
    turn = until = None
    while until is None or until < now:
        named, until = newcomers(sequence, now)
        turn = turn or _Turn()
        for start in range(0, len(named), AT_ONCE):
            with transaction.atomic():
                is_running = let_in(sequence, named[start : start + AT_ONCE], now)
            if not is_running or turn.is_over():
                return
        note_swept(sequence, until)


def plan_newsletters(now: datetime) -> int:
    """Plan newsletters whose time has come, part by part; a restart, or the next turn, goes on where it stopped."""
    planned = 0
    for newsletter in to_be_planned(now):
        left, turn = left_to_plan(newsletter, now), _Turn()
        for start in range(0, len(left) + PLANNED_AT_ONCE, PLANNED_AT_ONCE):
            with transaction.atomic():
                planned += plan_part(newsletter, left[start : start + PLANNED_AT_ONCE], now)
            if turn.is_over():
                return planned
    return planned


def note_actions(now: datetime) -> int:
    """Note who did what letters were for. Returns how many were new."""
    noted = 0
    for newsletter in measured_newsletters(now):
        with transaction.atomic():
            noted += note_newsletter_actions(newsletter, now)
    for sequence in measured_sequences(now):
        with transaction.atomic():
            noted += note_sequence_actions(sequence, now)
    return noted
