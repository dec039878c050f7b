"""Rules of reach: which kinds can be stopped, what a return from an address means. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from hanse.growth.templates.types import OWED_KINDS, STOPPABLE_KINDS

OWED: Final = OWED_KINDS
OPTIONAL: Final = STOPPABLE_KINDS
SOFT_BOUNCES = 3
SOFT_WITHIN = timedelta(days=30)


def stays_away(bounced_at: Iterable[datetime], now: datetime) -> bool:
    """Say whether passing bounces have become lasting: on three different days (UTC) within thirty."""
    days = {moment.date() for moment in bounced_at if now - SOFT_WITHIN < moment <= now}
    return len(days) >= SOFT_BOUNCES
