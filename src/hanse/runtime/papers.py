"""Papers and promises in kind, by the clock: months that are being issued go on, periods bring what they owe."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hanse.money.benefits.actions import owe_benefits
from hanse.money.statements.issuing import go_on, unfinished

AT_ONCE = 40
REST_SECONDS = 0.05


def issue_months(now: datetime) -> None:
    """Go on with the months that are being issued, part by part, so that nobody waits long for the lock."""
    for issue in list(unfinished()):
        is_left = True
        while is_left:
            with transaction.atomic():
                is_left = go_on(issue, now=now, limit=AT_ONCE)
            time.sleep(REST_SECONDS)


def owe_in_kind(now: datetime) -> None:
    """Write down the benefits of periods that have begun."""
    after: UUID | None = None
    while True:
        with transaction.atomic():
            after = owe_benefits(now, after=after)
        if after is None:
            return
        time.sleep(REST_SECONDS)
