"""Watch by the clock: pages are asked outside any transaction, findings are written in small ones."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hanse.growth.watch.destinations import check_destinations, keep_checks

DESTINATIONS_AT_ONCE = 60
SECONDS_AT_ONCE = 20.0  # other tasks wait as long


def look_at_destinations(now: datetime) -> int:
    """Look at some of the pages that links lead to, outside any transaction; return how many."""
    checks = check_destinations(now, DESTINATIONS_AT_ONCE, seconds=SECONDS_AT_ONCE)
    with transaction.atomic():
        keep_checks(checks, now)
    return len(checks)
