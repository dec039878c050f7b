"""Calendar entries that come back by mail: yes, perhaps or no to an invitation (RFC 5546)."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar
from icalendar.cal import Component

from hanse.growth.mailroom.headers import plain_email, shown
from hanse.growth.mailroom.types import Rsvp

_LONGEST = 50_000
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}


def read_rsvp(raw: bytes) -> Rsvp | None:
    """Read an answer to an invitation; None for anything else, broken entries too."""
    if len(raw) > _LONGEST or b"REPLY" not in raw.upper():
        return None
    try:
        calendar = Calendar.from_ical(raw)
        if str(calendar.get("METHOD", "")).upper() != "REPLY":
            return None
        event = next(iter(calendar.walk("VEVENT")))
        attendee = event.get("ATTENDEE")
        attendee = attendee[0] if isinstance(attendee, list) else attendee
        answer = _ANSWERS.get(str(attendee.params.get("PARTSTAT", "")).upper(), "")
        email = plain_email(str(attendee).lower().removeprefix("mailto:"))
        if not answer or not email:
            return None
        comment = event.get("COMMENT") or attendee.params.get("X-RESPONSE-COMMENT") or ""
        comment = str(comment[0] if isinstance(comment, list) and comment else comment)
        return Rsvp(str(event.get("UID", ""))[:200], email, answer, *_state_of(event), shown(comment, 2_000).strip())
    except Exception:  # a parser of other people's text: whatever it stumbles over, this is no answer
        return None


def _state_of(event: Component) -> tuple[int | None, datetime | None]:
    """Return the number and the beginning of the entry that was answered, None for what is not told."""
    sequence, starts = event.get("SEQUENCE"), event.get("DTSTART")
    at = getattr(starts, "dt", None)
    is_moment = isinstance(at, datetime) and at.tzinfo is not None
    return (int(sequence) if sequence is not None else None), (at if is_moment else None)
