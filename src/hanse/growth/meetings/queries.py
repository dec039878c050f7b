"""Reads of meetings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from hanse.growth.audiences.meant import is_meant_for
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.rules import LONGEST_MINUTES, is_over
from hanse.programs.enrolments.models import Enrolment


def meetings_of(program_id: UUID) -> QuerySet[Meeting]:
    """Return a program's meetings with how many were invited, said yes and came."""
    said = Q(invitations__answer=MeetingInvitation.Answer.ACCEPTED)
    return Meeting.objects.filter(program_id=program_id).select_related("host").annotate(
        invited=Count("invitations"), accepted=Count("invitations", filter=said),
        declined=Count("invitations", filter=Q(invitations__answer=MeetingInvitation.Answer.DECLINED)),
        came=Count("invitations", filter=Q(invitations__was_there=True)),
    )  # fmt: skip


def invitations_of(meeting_id: UUID) -> QuerySet[MeetingInvitation]:
    """Return who is invited to a meeting, by name."""
    rows = MeetingInvitation.objects.filter(meeting_id=meeting_id)
    return rows.select_related("meeting__program", "enrolment__partner", "enrolment__tier").order_by(
        "enrolment__partner__name", "id"
    )


def invitations_ahead(enrolment_id: UUID, now: datetime) -> list[MeetingInvitation]:
    """Return a partner's invitations to what is still to come (or goes on), the nearest first. One query."""
    longest = timedelta(minutes=LONGEST_MINUTES)
    rows = MeetingInvitation.objects.filter(
        enrolment_id=enrolment_id, meeting__cancelled_at=None, meeting__starts_at__gt=now - longest
    ).select_related("meeting__host", "meeting__program", "enrolment__partner")
    return [
        row
        for row in rows.order_by("meeting__starts_at")
        if not is_over(row.meeting.starts_at, row.meeting.minutes, now)
    ]


def met_at(program_id: UUID, enrolment_ids: Collection[UUID] | None = None) -> dict[UUID, datetime]:
    """Return when each partner was last at a meeting that took place. One query."""
    came = MeetingInvitation.objects.filter(meeting__program_id=program_id, was_there=True)
    if enrolment_ids is not None:
        came = came.filter(enrolment_id__in=list(enrolment_ids))
    return dict(came.order_by().values_list("enrolment_id").annotate(latest=Max("meeting__held_at")))


def sessions_of(program_id: UUID) -> QuerySet[Meeting]:
    """Return a program's sessions with seats: how many are taken, wait and came; the latest first."""
    waiting = Q(invitations__answer=MeetingInvitation.Answer.WAITING)
    rows = meetings_of(program_id).filter(seats__isnull=False).select_related("lesson")
    return rows.annotate(waiting=Count("invitations", filter=waiting)).order_by("-starts_at", "-id")


def without_recording(program_id: UUID, now: datetime) -> list[tuple[Meeting, int]]:
    """Return sessions of the last two weeks that were held and have no recording, with how many missed them."""
    absent = Q(invitations__was_there=False)
    rows = Meeting.objects.filter(
        program_id=program_id,
        seats__isnull=False,
        cancelled_at=None,
        recording="",
        held_at__gt=now - timedelta(days=14),
    ).annotate(absent=Count("invitations", filter=absent))
    return [(row, row.absent) for row in rows.order_by("held_at")[:20]]


def sessions_for(enrolment: Enrolment, now: datetime) -> list[tuple[Meeting, MeetingInvitation | None]]:
    """Return the sessions of the last half year and to come that are there for a partner, with her own row of each.

    The nearest first, those that are over last, the latest of them first. Two queries.
    """
    rows = list(sessions_of(enrolment.program_id).filter(starts_at__gt=now - timedelta(days=183), cancelled_at=None))
    found = MeetingInvitation.objects.filter(enrolment=enrolment, meeting__in=[row.pk for row in rows])
    mine = {row.meeting_id: row for row in found}
    there = [
        (row, mine.get(row.pk)) for row in rows
        if row.pk in mine or (row.is_open and is_meant_for(row.tiers, row.types, enrolment))
    ]  # fmt: skip
    past = [one for one in there if is_over(one[0].starts_at, one[0].minutes, now)]
    return [*reversed([one for one in there if one not in past]), *past]


def to_note(program_id: UUID, now: datetime) -> list[Meeting]:
    """Return meetings of the last two weeks that ended and of which nobody noted who came."""
    rows = Meeting.objects.filter(program_id=program_id, cancelled_at=None, held_at=None)
    lately = rows.filter(starts_at__lt=now, starts_at__gt=now - timedelta(days=14)).order_by("starts_at")
    return [row for row in lately[:40] if is_over(row.starts_at, row.minutes, now)][:20]
