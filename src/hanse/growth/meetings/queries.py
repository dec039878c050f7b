"""Reads of meetings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from hanse.growth.meetings.models import Meeting, MeetingInvitation


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


def invitations_ahead(enrolment_id: UUID, now: datetime) -> QuerySet[MeetingInvitation]:
    """Return a partner's invitations to what is still to come (or goes on), the nearest first."""
    rows = MeetingInvitation.objects.filter(
        enrolment_id=enrolment_id, meeting__cancelled_at=None, meeting__starts_at__gt=now - timedelta(hours=1)
    )
    return rows.select_related("meeting__host", "meeting__program", "enrolment__partner").order_by("meeting__starts_at")


def met_at(program_id: UUID, enrolment_ids: Collection[UUID] | None = None) -> dict[UUID, datetime]:
    """Return when each partner was last at a meeting that took place. One query."""
    came = MeetingInvitation.objects.filter(meeting__program_id=program_id, was_there=True)
    if enrolment_ids is not None:
        came = came.filter(enrolment_id__in=list(enrolment_ids))
    return dict(came.order_by().values_list("enrolment_id").annotate(latest=Max("meeting__held_at")))


def to_note(program_id: UUID, now: datetime) -> list[Meeting]:
    """Return meetings of the last two weeks that ended and of which nobody noted who came."""
    rows = Meeting.objects.filter(program_id=program_id, cancelled_at=None, held_at=None)
    lately = rows.filter(starts_at__lt=now - timedelta(hours=1), starts_at__gt=now - timedelta(days=14))
    return list(lately.order_by("starts_at")[:20])
