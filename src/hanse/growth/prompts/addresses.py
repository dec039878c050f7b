"""Secret addresses of calendars: made when asked for, shown again to their owner, renewed when somebody else knows."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from hanse.growth.prompts.models import CalendarAddress
from hanse.kernel.ids import new_id
from hanse.kernel.signing import key_hash
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.secrets.sealing import open_sealed, seal

_USE = "calendar"
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}").fullmatch
_CLOSED = (Enrolment.Status.ENDED, Enrolment.Status.SUSPENDED)


def make_address(
    program: Program, *, enrolment: Enrolment | None = None, colleague: TeamUser | None = None, now: datetime, by: str
) -> CalendarAddress:
    """Give a partner, or a colleague, the secret address of their calendar; called again, another one: the old one
    answers nothing from then on. Exactly one of the two is given."""
    if (enrolment is None) == (colleague is None):
        raise ValueError("an address is a partner's or a colleague's")
    known = CalendarAddress.objects.filter(program=program, enrolment=enrolment, colleague=colleague)
    is_renewed = bool(known.delete()[0])
    secret = secrets.token_urlsafe(24)
    row = CalendarAddress.objects.create(
        id=new_id(now), program=program, enrolment=enrolment, colleague=colleague, secret_hash=key_hash(secret),
        sealed=seal({"secret": secret}, _USE), made_at=now,
    )  # fmt: skip
    record_change(
        actor=by, verb="renew_calendar" if is_renewed else "make_calendar", subject_kind="calendaraddress",
        subject_id=row.pk, before={}, after={"enrolment": enrolment, "colleague": colleague}, now=now,
    )  # fmt: skip
    return row


def end_address(row: CalendarAddress, *, now: datetime, by: str) -> None:
    """Let an address answer nothing any more."""
    record_change(
        actor=by, verb="end_calendar", subject_kind="calendaraddress", subject_id=row.pk, before={}, after={}, now=now
    )
    row.delete()


def address_of(
    program: Program, *, enrolment: Enrolment | None = None, colleague: TeamUser | None = None
) -> CalendarAddress | None:
    """Return the address that somebody has. One query."""
    return CalendarAddress.objects.filter(program=program, enrolment=enrolment, colleague=colleague).first()


def web_address(row: CalendarAddress) -> str:
    """Return an address as its owner gives it to a calendar program."""
    return absolute_url(f"/p/calendar/{open_sealed(row.sealed, _USE)['secret']}.ics")


def owner_of(secret: str) -> CalendarAddress | None:
    """Return whose calendar an address is; None for addresses that are none, or of those who left. One query."""
    if not _SECRET(secret):
        return None
    rows = CalendarAddress.objects.filter(secret_hash=key_hash(secret), program__archived_at=None)
    row = rows.select_related("program", "enrolment__partner", "enrolment__program", "enrolment__tier", "colleague")
    found = row.first()
    if found is None:
        return None
    if found.enrolment is not None:
        is_gone = found.enrolment.status in _CLOSED or found.enrolment.partner.archived_at is not None
        return None if is_gone else found
    return found if found.colleague is not None and found.colleague.is_active else None
