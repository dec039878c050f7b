"""Forgetting what has had its time, a part at a time: each sweep is safe to run twice and to stop anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import router, transaction

from hanse.growth.resources.files.actions import sweep_files
from hanse.spine.idempotency.actions import forget_answers
from hanse.spine.intake.actions import sweep_verdicts
from hanse.spine.outbox.actions import forget_done
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.months import drop_month, make_month, missing_months, past_months
from hanse.traffic.clicks.retention import forget_clicks, note_forgotten

AT_ONCE = 1_000
KEEP_ANSWERS = timedelta(days=1)
KEEP_LETTERS = timedelta(days=90)  # their keys keep a letter from being sent twice
REST_SECONDS = 0.05


def in_parts(verb: Callable[[datetime, int], int], at_once: int, store: str | None = None) -> Callable[[datetime], int]:
    """Make a task of a verb that takes a moment and a limit: part by part, so that nobody waits long for the lock."""

    def run(moment: datetime) -> int:
        done = 0
        while True:
            with transaction.atomic(using=store):
                count = verb(moment, at_once)
            done += count
            if count < at_once:
                return done
            time.sleep(REST_SECONDS)

    return run


def forget_old_clicks(now: datetime) -> int:
    """Forget raw clicks older than the operator keeps them; the rollups keep their numbers and know the cut."""
    before = now - timedelta(days=settings.HANSE_CLICK_RETENTION_DAYS)
    with transaction.atomic():
        note_forgotten(before)
    for month in past_months(before):
        with transaction.atomic(using=router.db_for_write(Click)):
            drop_month(month)
    return in_parts(forget_clicks, AT_ONCE, router.db_for_write(Click))(before)


def drop_unnamed_files(_now: datetime) -> int:
    """Remove uploads from the disk that no row names any more."""
    return sweep_files()


def keep_click_months(now: datetime) -> int:
    """Make the months ahead that clicks will lie in, where their table is cut into months; return how many."""
    missing = missing_months(now)
    for month in missing:
        with transaction.atomic(using=router.db_for_write(Click)):
            make_month(month)
    return len(missing)


def forget_old_answers(now: datetime) -> int:
    """Forget answers to keyed requests after a day."""
    return in_parts(forget_answers, AT_ONCE)(now - KEEP_ANSWERS)


def forget_old_letters(now: datetime) -> int:
    """Forget letters that were sent a season ago."""
    return in_parts(forget_done, AT_ONCE)(now - KEEP_LETTERS)


def forget_old_verdicts(now: datetime) -> int:
    """Forget verdicts that nobody fetches any more."""
    return in_parts(sweep_verdicts, AT_ONCE)(now)
