"""Moves the shop's year to the present by whole weeks, so that weekdays and seasons keep their shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hanse.kernel.clock import local_day

LAST_DAY = date(2010, 12, 9)
FIRST_DAY = date(2009, 12, 1)


@dataclass(frozen=True, slots=True)
class DemoCalendar:
    """The shift in days (a multiple of seven) and the first moment that lies after the demo's story."""

    zone: str
    days_shifted: int
    ends_at: datetime

    def moved(self, at: datetime) -> datetime:
        """Return a moment of the file in the demo's year; the local wall time stays as it was."""
        local = at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) + timedelta(days=self.days_shifted)
        return local.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def starts_at(self) -> datetime:
        """Return the first moment of the story."""
        first = datetime.combine(FIRST_DAY + timedelta(days=self.days_shifted), datetime.min.time())
        return first.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


def demo_calendar(now: datetime, zone: str) -> DemoCalendar:
    """Choose the shift that lets the file's year reach yesterday: up to six of its last days fall away."""
    today = local_day(now, zone)
    weeks = -((today - timedelta(days=1) - LAST_DAY).days // -7)
    midnight = datetime.combine(today, datetime.min.time()).replace(tzinfo=ZoneInfo(zone))
    return DemoCalendar(zone, weeks * 7, midnight.astimezone(UTC))
