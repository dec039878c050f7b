"""Time: the one source of now, local days and the half-open periods of clauses, tiers and reports."""

from __future__ import annotations

import calendar
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

PeriodKind = Literal["day", "week", "month", "quarter", "year", "life"]
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def now() -> datetime:
    """Return the present moment, aware and in UTC.

    Where HANSE_CLOCK names a file, the instant written there (ISO 8601) is the present: scenarios move it.
    """
    path = os.environ.get("HANSE_CLOCK")
    if path:
        return _written_instant(path, os.stat(path).st_mtime_ns)
    return datetime.now(UTC)


@lru_cache(maxsize=1)
def _written_instant(path: str, _changed_ns: int) -> datetime:
    with open(path, encoding="ascii") as file:
        return datetime.fromisoformat(file.read().strip()).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span `[starts_at, ends_at)`; closed when `ends_at ≤ now`."""

    starts_at: datetime
    ends_at: datetime

    def closed(self, now: datetime) -> bool:
        """Say whether nothing dated later can fall into this period any more."""
        return self.ends_at <= now

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def local_day(at: datetime, zone: str) -> date:
    """Return the calendar day of a moment in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_starts_at(day: date, zone: str) -> datetime:
    """Return the first moment of a local day, in UTC (a day may have 23 or 25 hours)."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Move a date by whole months, clamped to the month's end: 31 January + 1 month is 28 or 29 February."""
    years, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month_index + 1, min(day.day, calendar.monthrange(years, month_index + 1)[1]))


def period_of(at: datetime, kind: PeriodKind, zone: str) -> Period:
    """Return the local period of a kind that holds a moment. Weeks start on Monday; `life` is everything."""
    if kind == "life":
        return Period(_FIRST, _LAST)
    first = first_day_of(local_day(at, zone), kind)
    return Period(day_starts_at(first, zone), day_starts_at(_day_after(first, kind), zone))


def first_day_of(day: date, kind: PeriodKind) -> date:
    """Return the first local day of the day, week, month, quarter or year that holds `day`."""
    if kind == "day":
        return day
    if kind == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _day_after(first: date, kind: PeriodKind) -> date:
    if kind in ("day", "week"):
        return first + timedelta(days=1 if kind == "day" else 7)
    return add_months(first, _MONTHS[kind])
