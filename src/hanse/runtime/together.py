"""What the clock does about joint projects: ask once for what shows them, when their day is over."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import transaction

from hanse.growth.comarketing.proving import remind_of
from hanse.growth.comarketing.queries import to_remind

_AT_ONCE = 50
_REST_SECONDS = 0.05  # lets others write between two parts


def remind_of_projects(now: datetime) -> int:
    """Ask partners for what shows their joint projects, each once. Returns how many were asked."""
    asked = 0
    while part := to_remind(now, _AT_ONCE):
        with transaction.atomic():
            asked += sum(remind_of(row, now) for row in part)
        if len(part) < _AT_ONCE:
            break
        time.sleep(_REST_SECONDS)
    return asked
