"""Money that leaves by a call: sent, read back and drafted by the clock. The network is asked outside transactions."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from hanse.money.payouts.sweeping import draft_due_runs
from hanse.money.rails.calling import ask, claim_sendings, note
from hanse.money.rails.credits import ask_shop, note_credit
from hanse.spine.outbox.models import OutboxItem

_log = structlog.get_logger("hanse.work")


def call_rails(now: datetime) -> int:
    """Send the batches that wait and read those back that were sent. Returns how many calls were made."""
    with transaction.atomic():
        taken = claim_sendings(now)
    for sending in taken:
        heard = ask(sending, now)
        if heard.again or heard.refused:
            _log.warning("rail_call_failed", sending=sending.key, tries=sending.tries)
        with transaction.atomic():
            note(sending, heard, now)
    return len(taken)


def issue_credit(item: OutboxItem, now: datetime) -> None:
    """Ask the shop for one coupon and settle by its answer. Raises when it has to be asked again."""
    answer = ask_shop(item.payload, now)
    if answer is not None:
        with transaction.atomic():
            note_credit(answer, now)


def draft_runs(now: datetime) -> None:
    """Draft the runs whose day has come."""
    with transaction.atomic():
        draft_due_runs(now)
