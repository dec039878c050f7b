"""What the clock does about deliverables: remind either side of what is due, a few at a time."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hanse.growth.deliverables.reminding import remind, reminders_due

_AT_ONCE = 50
_REST_SECONDS = 0.05  # lets others write between two parts


def remind_of_deliverables(now: datetime) -> int:
    """Write the reminders that are due, each once. Returns how many went out."""
    sent, after = 0, UUID(int=0)
    while part := reminders_due(now, after=after, limit=_AT_ONCE):
        with transaction.atomic():
            sent += sum(remind(row, now) for row in part)
        after = part[-1].pk
        time.sleep(_REST_SECONDS if len(part) == _AT_ONCE else 0)
    return sent
