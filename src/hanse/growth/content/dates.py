"""The dates of feeds: RFC 822 as RSS has it, RFC 3339 as Atom has it, and what people make of both. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})?\Z")
_SECONDS = re.compile(r"\d{9,10}\Z")
_MAX = 100


def read_date(text: str) -> datetime | None:
    """Return a moment in UTC, or None for what is no date, or one before the web. Without a zone it is UTC."""
    text = " ".join(text[:_MAX].split())
    try:
        found = _iso(text) or _seconds(text) or _mail(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return found if found is not None and found >= _EARLIEST else None


def _iso(text: str) -> datetime | None:
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    zone = UTC
    offset = _OFFSET.search(text[match.end() :].strip())
    if offset is not None and match[4]:
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        zone = timezone(shift if offset[1] == "+" else -shift)
    return datetime(year, month, day, hour % 24, minute, min(second, 59), tzinfo=zone).astimezone(UTC)


def _seconds(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if _SECONDS.match(text) else None


def _mail(text: str) -> datetime | None:
    found = parsedate_tz(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = found[:6]
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return moment - timedelta(seconds=found[9] or 0)
