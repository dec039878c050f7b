"""Rules of sends: caps, quiet hours, who wins when only one may go, and who is held out. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hanse.growth.sends.types import Priority

PER_DAY: Final = 1
PER_WEEK: Final = 2
QUIET_FROM: Final = 20
QUIET_TO: Final = 8
_LIVES: Final = {Priority.NEWSLETTER: 7, Priority.SEQUENCE: 14, Priority.FIRST_WIN: 14}
PPM: Final = 1_000_000
_MACHINES: Final = re.compile(
    r"bot\b|crawl|spider|preview|scan|fetch|proxy|headless|python|curl|wget|http", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that is due for one person."""

    id: UUID
    priority: Priority
    due_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to the letters that are due for one person: go now, wait until a moment, or come too late."""

    go: tuple[UUID, ...]
    wait: tuple[tuple[UUID, datetime], ...]
    late: tuple[UUID, ...]


def decide(waiting: Sequence[Waiting], written_at: Iterable[datetime], zone: ZoneInfo, now: datetime) -> Decision:
    """Decide about everything that is due for one person at this moment.

    `written_at` are the moments of the letters that count, of this week and before. At most one letter on a day and two
    in a week (from Monday) of the person's own calendar, none from 20:00 to 8:00 their time. Where more compete, the
    more important wins, then the earlier. Transactional letters always go and never count.
    """
    free = [one.id for one in waiting if one.priority == Priority.TRANSACTIONAL]
    counted = [one for one in waiting if one.priority != Priority.TRANSACTIONAL]
    late = [one.id for one in counted if one.expires_at is not None and one.expires_at <= now]
    left = sorted(
        (one for one in counted if one.id not in late), key=lambda one: (one.priority, one.due_at, one.id)
    )  # fmt: skip
    days = [moment.astimezone(zone).date() for moment in written_at if moment <= now]
    at = next_slot(days, zone, now)
    if at > now or not left:
        return Decision(tuple(free), tuple((one.id, at) for one in left), tuple(late))
    first, rest = left[0], left[1:]
    later = next_slot([*days, now.astimezone(zone).date()], zone, now)
    return Decision((*free, first.id), tuple((one.id, later) for one in rest), tuple(late))


def next_slot(days: Iterable[date], zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first moment from now on at which a person may get a letter; `days` are those they were written on."""
    known = list(days)
    local = now.astimezone(zone)
    day = local.date()
    if local.hour >= QUIET_FROM or known.count(day) >= PER_DAY:
        day += timedelta(days=1)
    monday = day - timedelta(days=day.weekday())
    if sum(monday <= one < monday + timedelta(days=7) for one in known) >= PER_WEEK:
        day = monday + timedelta(days=7)
    if day == local.date() and local.hour >= QUIET_TO:
        return now
    return datetime.combine(day, time(QUIET_TO), zone).astimezone(now.tzinfo)


def expiry(priority: Priority, at: datetime) -> datetime | None:
    """Return when a letter is no longer worth sending: a newsletter after 7 days, a step of a sequence after 14."""
    days = _LIVES.get(priority)
    return at + timedelta(days=days) if days is not None else None


def is_machine(agent: str) -> bool:
    """Say whether a program that names itself follows a link: scanners of mail do, before any person."""
    return not agent or _MACHINES.search(agent) is not None


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name; UTC for one that is not known."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_held_out(name: str, enrolment_id: UUID, holdout_ppm: int) -> bool:
    """Say whether an enrolment gets nothing so that others can be compared with it: stable for a name, for ever."""
    if holdout_ppm <= 0:
        return False
    digest = hashlib.blake2b(enrolment_id.bytes, key=name.encode()[:64], digest_size=8, person=b"hanse holdout")
    return int.from_bytes(digest.digest()) % PPM < holdout_ppm
