"""Verbs of meetings: plan, invite, change, cancel, note who came; and what those invited say.

Who has a seat where seats are counted is decided in `seating`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.conversations.models import OwnSilence
from hanse.growth.meetings import rules
from hanse.growth.meetings.letters import send_cancellation, send_in_line, send_invitation
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.seating import seat_answer
from hanse.growth.training.completing import note_live
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks
from hanse.spine.second_click import made_just_now

_OPEN = (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED)


def plan_meeting(
    program: Program, *, kind: str, title: str, starts_at: datetime, minutes: int, place: str = "", agenda: str = "",
    host: TeamUser | None = None, now: datetime, by: str,
) -> Meeting:  # fmt: skip
    """Plan a call or office hours. Nobody is invited yet. Raises Invalid.

    The very same one within a minute is a second click: there is one meeting, and each is invited once.
    """
    values = _checked(title=title, starts_at=starts_at, minutes=minutes, place=place, agenda=agenda, now=now, kind=kind)
    same = Meeting.objects.filter(program=program, kind=kind, host=host, cancelled_at=None, seats=None, **values)
    again = made_just_now(same, "created_at", now, turn_of=program)
    if again is not None:
        return again
    meeting = Meeting.objects.create(id=new_id(now), program=program, kind=kind, host=host, created_at=now, **values)
    record_creation(meeting, actor=by, verb="plan_meeting", fields=("kind", "title", "starts_at"), now=now)
    return meeting


def invite(meeting: Meeting, enrolments: Iterable[Enrolment], *, now: datetime, by: str) -> int:
    """Invite partners who are not invited yet, each by a letter with a calendar entry. Returns how many are new.

    Refuses a meeting that is over or cancelled, partners of other programs, and more than five hundred.
    """
    _refuse_past(meeting, now)
    known = set(MeetingInvitation.objects.filter(meeting=meeting).values_list("enrolment_id", flat=True))
    wanted = {row.pk: row for row in enrolments if row.status in _OPEN and row.pk not in known}
    if any(row.program_id != meeting.program_id for row in wanted.values()):
        raise Refused("other_program", _("Only partners of this program can be invited."))
    if len(known) + len(wanted) > rules.MOST_INVITED:
        raise Refused("too_many", _("At most %(limit)d partners, please.") % {"limit": rules.MOST_INVITED})
    for row in wanted.values():
        made = MeetingInvitation.objects.create(id=new_id(now), meeting=meeting, enrolment=row, invited_at=now)
        send_invitation(made, now)
    record_change(
        actor=by, verb="invite_to_meeting", subject_kind="meeting", subject_id=meeting.pk, before={},
        after={"invited": len(wanted)}, now=now,
    )  # fmt: skip
    return len(wanted)


def change_meeting(
    meeting: Meeting, *, title: str, starts_at: datetime, minutes: int, place: str, agenda: str, now: datetime, by: str
) -> bool:
    """Change a meeting; those invited are told and asked again if time or place moved. Returns whether it changed.

    Where seats are counted nobody loses theirs: who cannot come then gives it back.
    """
    _refuse_past(meeting, now)
    values = _checked(
        title=title, starts_at=starts_at, minutes=minutes, place=place, agenda=agenda, now=now, kind=meeting.kind
    )
    moved = meeting.seats is None and any(
        getattr(meeting, name) != values[name] for name in ("starts_at", "minutes", "place")
    )
    is_other_time = meeting.starts_at != values["starts_at"]
    if not audited_save(meeting, values, actor=by, verb="change_meeting", now=now):
        return False
    meeting.sequence += 1
    meeting.reminded_at = None if is_other_time else meeting.reminded_at  # the new time is reminded of in its turn
    meeting.save(update_fields=["sequence", "reminded_at"])
    if moved:
        MeetingInvitation.objects.filter(meeting=meeting).update(answer=MeetingInvitation.Answer.NONE, answered_at=None)
    for row in _invited(meeting):
        if row.enrolment.status not in _OPEN or (meeting.seats and row.answer == MeetingInvitation.Answer.DECLINED):
            continue  # who left, or gave the seat back, has nothing to give back now
        is_in_line = row.answer == MeetingInvitation.Answer.WAITING
        (send_in_line if is_in_line else send_invitation)(row, now)
    return True


def cancel_meeting(meeting: Meeting, *, now: datetime, by: str) -> None:
    """Cancel a meeting and tell those invited, but for those who had said no."""
    _refuse_past(meeting, now)
    audited_save(meeting, {"cancelled_at": now}, actor=by, verb="cancel_meeting", now=now)
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    for row in _invited(meeting):
        if row.answer != MeetingInvitation.Answer.DECLINED:
            send_cancellation(row, now)


def answer_invitation(invitation: MeetingInvitation, answer: str, *, way: str, now: datetime) -> MeetingInvitation:
    """Keep what somebody invited says; the last word counts. Raises Invalid; refuses meetings over or cancelled.

    Where seats are counted a yes takes one, or a place in the line; anything else gives it to the next.
    """
    checks = Checks()
    checks.one_of("answer", answer, {"accepted", "tentative", "declined"})
    checks.done()
    _refuse_past(invitation.meeting, now)
    if invitation.meeting.seats is not None:
        return seat_answer(invitation, answer, way=way, now=now)
    values = {"answer": answer, "answered_at": now, "answered_by": way[:20]}
    for name, value in values.items():
        setattr(invitation, name, value)
    invitation.save(update_fields=list(values))
    return invitation


def take_rsvp(
    program_id: UUID, uid: str, attendee: str, answer: str, *, sender: str, sequence: int | None = None,
    starts_at: datetime | None = None, now: datetime,
) -> bool:  # fmt: skip
    """Take an answer that a calendar sent; the entry's id is known to nobody but those invited. False: none of ours.

    An answer to a time before the meeting moved (by its `sequence` and `starts_at`) says nothing about the new one.
    """
    try:
        invitation_id = UUID(uid.removesuffix("@hanse"))
    except ValueError:
        return False
    rows = MeetingInvitation.objects.filter(pk=invitation_id, meeting__program_id=program_id)
    row = rows.select_related("meeting", "enrolment__partner").first()
    if row is None or row.enrolment.partner.email.lower() not in (attendee, sender):
        return False
    is_earlier = sequence is not None and sequence < row.meeting.sequence
    if is_earlier and starts_at is not None and starts_at != row.meeting.starts_at:
        return False
    try:
        answer_invitation(row, answer, way="calendar", now=now)
    except Refused:
        return False
    return True


def note_held(meeting: Meeting, *, there: Collection[UUID], notes: str = "", now: datetime, by: str) -> None:
    """Note that a meeting took place, who was there and what was said: with those we spoke. Refuses one ahead.

    Whoever was there has done the lesson that it taught; taking somebody off the list later does not undo that.
    """
    checks = Checks()
    notes = checks.text("notes", notes, 20_000, lines=True)
    checks.done()
    if meeting.starts_at > now:
        raise Refused("still_ahead", _("This meeting is still to come."))
    if meeting.cancelled_at is not None:
        raise Refused("cancelled", _("This meeting was cancelled."))
    audited_save(meeting, {"held_at": meeting.starts_at, "notes": notes}, actor=by, verb="hold_meeting", now=now)
    rows = MeetingInvitation.objects.filter(meeting=meeting)
    rows.update(was_there=False)
    rows.filter(enrolment_id__in=list(there)).update(was_there=True)
    came = rows.filter(was_there=True).values_list("enrolment_id", flat=True)
    OwnSilence.objects.filter(enrolment_id__in=list(came)).delete()
    if meeting.lesson is not None:
        note_live(meeting.lesson, list(came), at=meeting.starts_at, now=now)


def _invited(meeting: Meeting) -> list[MeetingInvitation]:
    rows = MeetingInvitation.objects.filter(meeting=meeting).select_related("enrolment__partner").order_by("id")
    found = list(rows)
    for row in found:
        row.meeting = meeting
    return found


def _checked(
    *, title: str, starts_at: datetime, minutes: int, place: str, agenda: str, kind: str, now: datetime
) -> dict[str, object]:
    checks = Checks()
    checks.one_of("kind", kind, Meeting.Kind.values)
    values: dict[str, object] = {
        "title": checks.text("title", title, 200, required=True), "place": checks.text("place", place, 300),
        "agenda": checks.text("agenda", agenda, 5_000, lines=True), "starts_at": starts_at,
        "minutes": checks.whole_number("minutes", minutes, 5, rules.LONGEST_MINUTES),
    }  # fmt: skip
    if not now < starts_at <= now + rules.AHEAD:
        checks.refuse("starts_at", _("A meeting begins in the next year, not in the past."), "out_of_range")
    checks.done()
    return values


def _refuse_past(meeting: Meeting, now: datetime) -> None:
    if meeting.cancelled_at is not None:
        raise Refused("cancelled", _("This meeting was cancelled."))
    if rules.is_over(meeting.starts_at, meeting.minutes, now):
        raise Refused("over", _("This meeting is over."))
