"""What happens by the clock about talk: our silence and days worth a word are found, boxes asked, rooms told."""

from __future__ import annotations

import threading
from datetime import datetime

from django.db import close_old_connections, transaction

from hanse.growth.chat.actions import note_told, post_to_room
from hanse.growth.chat.telling import tell_of_news
from hanse.growth.conversations.silence import keep_our_silence, look_for_our_silence
from hanse.growth.recognition.actions import find_occasions
from hanse.kernel import clock
from hanse.kernel.errors import Refused
from hanse.runtime.mail_boxes import ask_boxes
from hanse.runtime.sparing import on_its_own, open_programs
from hanse.spine.outbound import NoAnswer, NotCalled
from hanse.spine.outbox.models import OutboxItem

_asking = threading.Lock()


def look_at_our_talk(now: datetime) -> None:
    """Find with whom we are silent and which days are worth a word, program by program."""
    for program in open_programs():
        with on_its_own("talk", program):
            found = look_for_our_silence(program, now)
            with transaction.atomic():
                keep_our_silence(program.pk, found)
            with transaction.atomic():
                find_occasions(program, now)


def tell_chat_rooms(now: datetime) -> None:
    """Promise rooms what is new."""
    with transaction.atomic():
        tell_of_news(now)


def post_chat(item: OutboxItem, now: datetime) -> None:
    """Make one call to a room; why it failed stands beside the room. Raises what makes the outbox try again."""
    error = ""
    try:
        post_to_room(item.payload, now)
    except (NotCalled, NoAnswer, Refused) as trouble:
        error = str(trouble) or type(trouble).__name__
        raise
    finally:
        with transaction.atomic():
            note_told(item.payload["room"], error, now)


def ask_mail_boxes(_now: datetime) -> None:
    """Ask the mail boxes in a thread of their own: a slow one holds up nothing else, and is not asked twice at once."""
    if _asking.acquire(blocking=False):
        threading.Thread(target=_ask, name="mail_boxes", daemon=True).start()


def _ask() -> None:
    try:
        close_old_connections()
        ask_boxes(clock.now())
    finally:
        close_old_connections()
        _asking.release()
