"""Seats of live sessions: taken, waited for in line, given back, and handed on. Never more are taken than there are.

Every verb locks the meeting first, so two who want the last seat are served one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hanse.growth.audiences.meant import checked_tiers, checked_types, is_meant_for
from hanse.growth.meetings.letters import send_in_line, send_reminder, send_seat
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.rules import MOST_SEATS, REMIND_BEFORE, is_over
from hanse.growth.training.models import Lesson
from hanse.growth.training.types import RECORDING
from hanse.insight.events.actions import take_events
from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import GivenEvent
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import audited_save
from hanse.spine.checks import Checks

_ACCEPTED, _WAITING = MeetingInvitation.Answer.ACCEPTED, MeetingInvitation.Answer.WAITING
_OPEN = (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED)


def set_session(
    meeting: Meeting, *, seats: int, is_open: bool = True, tiers: Sequence[str] = (), types: Sequence[str] = (),
    lesson: Lesson | None = None, now: datetime, by: str,
) -> Meeting:  # fmt: skip
    """Make a meeting a session with seats that partners take themselves; or change that. Raises Invalid.

    More seats go to those in line, in their order. Fewer than are taken already are refused: nobody is put out.
    """
    row = _locked(meeting)
    _refuse_past(row, now)
    checks = Checks()
    values: dict[str, Any] = {
        "seats": checks.whole_number("seats", seats, 1, MOST_SEATS), "is_open": bool(is_open),
        "tiers": checked_tiers(checks, row.program, tiers), "types": checked_types(checks, types), "lesson": lesson,
    }  # fmt: skip
    if lesson is not None and lesson.program_id != row.program_id:
        checks.refuse("lesson", _("This lesson is of another program."), "not_found")
    taken = _taken(row)
    if taken > seats:
        message = _("%(n)d seats are taken already: nobody is put out.") % {"n": taken}
        checks.refuse("seats", message, "out_of_range")
    checks.done()
    audited_save(row, values, actor=by, verb="set_session", now=now)
    _hand_on(row, now)
    meeting.refresh_from_db()
    return meeting


def take_seat(meeting: Meeting, enrolment: Enrolment, *, way: str, now: datetime) -> MeetingInvitation:
    """Give a partner a seat, or a place in line where all are taken; asked again it stays as it is.

    Refuses sessions that are over, cancelled, or neither open to her nor such that she was invited.
    """
    row = _locked(meeting)
    _refuse_past(row, now)
    invitation = MeetingInvitation.objects.filter(meeting=row, enrolment=enrolment).first()
    if row.seats is None:
        raise Refused("no_seats", _("This meeting is by invitation."))
    is_hers = row.is_open and is_meant_for(row.tiers, row.types, enrolment)
    if enrolment.status not in _OPEN or enrolment.program_id != row.program_id or not (is_hers or invitation):
        raise Refused("not_meant", _("This session is meant for other partners."))
    is_new = invitation is None
    if invitation is None:
        invitation = MeetingInvitation.objects.create(
            id=new_id(now), meeting=row, enrolment=enrolment, invited_at=now
        )  # fmt: skip
    return _seat(row, invitation, way, now, is_told=is_new or way != "calendar")


def give_up_seat(invitation: MeetingInvitation, *, way: str, now: datetime) -> MeetingInvitation:
    """Take a seat or a place in line back; the next in line gets the seat. Refuses sessions over or cancelled."""
    return seat_answer(invitation, MeetingInvitation.Answer.DECLINED, way=way, now=now)


def seat_answer(invitation: MeetingInvitation, answer: str, *, way: str, now: datetime) -> MeetingInvitation:
    """Keep an answer to a session with seats: a yes takes a seat or a place in line, anything else gives it up."""
    row = _locked(invitation.meeting)
    _refuse_past(row, now)
    fresh = _rows(row).get(pk=invitation.pk)
    if answer == _ACCEPTED:
        _seat(row, fresh, way, now, is_told=False)
    else:
        _save(fresh, answer=answer, answered_at=now, answered_by=way[:20], asked_at=None)
        _hand_on(row, now)
    invitation.refresh_from_db(fields=["answer", "answered_at", "answered_by", "asked_at", "moved_up"])
    return invitation


def add_recording(meeting: Meeting, address: str, *, now: datetime, by: str) -> Meeting:
    """Say where a session can be watched later; "" takes it away. Raises Invalid; refuses one that is still ahead."""
    checks = Checks()
    address = checks.web_address("recording", address, 500)
    checks.done()
    if meeting.starts_at > now or meeting.cancelled_at is not None:
        raise Refused("still_ahead", _("There is nothing to watch of it yet."))
    values = {"recording": address, "recorded_at": now if address else None}
    audited_save(meeting, values, actor=by, verb="add_recording", now=now)
    return meeting


def note_watching(meeting: Meeting, enrolment: Enrolment, *, now: datetime) -> bool:
    """Note that a partner opened a recording; only the first time is an event. Returns whether it was the first."""
    key = f"{meeting.pk}:{enrolment.pk}"
    known = PartnerEvent.objects.filter(program_id=meeting.program_id, kind=RECORDING, external_id=key)
    if known.exists():
        return False
    take_events(meeting.program, [GivenEvent(enrolment.pk, RECORDING, key, now, {"title": meeting.title})], now=now)
    return True


def remind_of_sessions(now: datetime) -> int:
    """Remind those with a seat of sessions that begin within a day, each once. Returns how many letters that were.

    One session at a time: call again while it returns something.
    """
    soon = Meeting.objects.filter(
        seats__isnull=False, cancelled_at=None, reminded_at=None, starts_at__gt=now, starts_at__lte=now + REMIND_BEFORE
    )
    meeting = soon.select_for_update(of=("self",)).select_related("program").order_by("starts_at", "id").first()
    if meeting is None:
        return 0
    for row in (seated := list(_rows(meeting).filter(answer=_ACCEPTED, enrolment__status__in=_OPEN))):
        row.meeting = meeting
        send_reminder(row, now)
    Meeting.objects.filter(pk=meeting.pk).update(reminded_at=now)
    return len(seated) or 1


def _seat(row: Meeting, invitation: MeetingInvitation, way: str, now: datetime, *, is_told: bool) -> MeetingInvitation:
    if invitation.answer in (_ACCEPTED, _WAITING):
        return invitation
    invitation.meeting = row
    assert row.seats is not None
    is_free = _taken(row) < row.seats
    _save(
        invitation, answer=_ACCEPTED if is_free else _WAITING, answered_at=now, answered_by=way[:20],
        asked_at=now, moved_up=invitation.moved_up + 1,
    )  # fmt: skip
    if not is_free:
        send_in_line(invitation, now)
    elif is_told:
        send_seat(invitation, now)
    return invitation


def _hand_on(row: Meeting, now: datetime) -> None:
    """Give free seats to those in line, the earliest first, and write to them."""
    assert row.seats is not None
    free = row.seats - _taken(row)
    if free <= 0:
        return
    line = _rows(row).filter(answer=_WAITING, enrolment__status__in=_OPEN).order_by("asked_at", "id")
    for invitation in line[:free]:
        _save(invitation, answer=_ACCEPTED, moved_up=invitation.moved_up + 1)
        invitation.meeting = row
        send_seat(invitation, now)


def _save(invitation: MeetingInvitation, **values: Any) -> None:
    for name, value in values.items():
        setattr(invitation, name, value)
    invitation.save(update_fields=list(values))


def _rows(row: Meeting) -> QuerySet[MeetingInvitation]:
    return MeetingInvitation.objects.filter(meeting=row).select_related("meeting__program", "enrolment__partner")


def _taken(row: Meeting) -> int:
    return MeetingInvitation.objects.filter(meeting=row, answer=_ACCEPTED).count()


def _locked(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("program")
    return rows.get(pk=meeting.pk)


def _refuse_past(row: Meeting, now: datetime) -> None:
    if row.cancelled_at is not None:
        raise Refused("cancelled", _("This meeting was cancelled."))
    if is_over(row.starts_at, row.minutes, now):
        raise Refused("over", _("This meeting is over."))
