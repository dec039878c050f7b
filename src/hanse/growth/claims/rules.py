"""Rules of claims."""

from __future__ import annotations

from datetime import date, timedelta

ANSWER_DAYS = 5
OPEN_AT_ONCE = 20


def promised_on(today: date) -> date:
    """Return the day by which a claim is answered: five working days later."""
    day, left = today, ANSWER_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
