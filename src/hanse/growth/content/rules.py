"""When a feed is looked at again, how long it is waited for, and when it is given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

USUAL_MINUTES, SHORTEST_MINUTES, LONGEST_MINUTES = 360, 60, 1440
GIVEN_UP = timedelta(days=14)
FEWEST_FAILURES = 8
_LONGEST_WAIT = timedelta(days=7)
_BACK_OFF_MINUTES, _DOUBLINGS = 60, 5


def pace_of(wished_minutes: int, cache_control: str) -> int:
    """Return after how many minutes a feed is read again: as it wishes, within one hour and one day; else six hours."""
    wished = wished_minutes or _max_age(cache_control) // 60 or USUAL_MINUTES
    return max(SHORTEST_MINUTES, min(LONGEST_MINUTES, wished))


def next_try(now: datetime, failures: int, retry_after: str) -> datetime:
    """Return when a feed that failed is tried again: 1, 2, 4 … 24 hours, or when it asked for, within a week."""
    own = timedelta(minutes=min(LONGEST_MINUTES, _BACK_OFF_MINUTES * 2 ** min(_DOUBLINGS, max(0, failures - 1))))
    return now + min(_LONGEST_WAIT, max(own, waiting_time(retry_after, now)))


def waiting_time(retry_after: str, now: datetime) -> timedelta:
    """Read a Retry-After header: seconds, or a date (RFC 9110 §10.2.3); nothing for what is neither."""
    text = retry_after.strip()
    if text.isdecimal() and text.isascii():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        return max(timedelta(), parsedate_to_datetime(text) - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return timedelta()


def is_given_up(failures: int, failing_since: datetime, now: datetime) -> bool:
    """Say whether a feed has failed for so long, and so often, that it is not looked at any more."""
    return failures >= FEWEST_FAILURES and now - failing_since >= GIVEN_UP


def _max_age(cache_control: str) -> int:
    for part in cache_control.lower().split(","):
        name, _equals, value = part.strip().partition("=")
        if name == "max-age" and value.isdecimal() and value.isascii():
            return int(value[:9])
    return 0
