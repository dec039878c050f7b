"""Rules of meetings: what one needs, and until when it is near."""

from __future__ import annotations

from datetime import datetime, timedelta

MOST_INVITED = 500
MOST_SEATS = 5_000
LONGEST_MINUTES = 24 * 60
AHEAD = timedelta(days=365)
REMIND_BEFORE = timedelta(hours=24)


def ends_at(starts_at: datetime, minutes: int) -> datetime:
    """Return when a meeting ends."""
    return starts_at + timedelta(minutes=minutes)


def is_over(starts_at: datetime, minutes: int, now: datetime) -> bool:
    """Say whether a meeting has ended."""
    return ends_at(starts_at, minutes) <= now
