"""Reads of silence."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.silence.models import Silence
from hanse.programs.enrolments.models import Enrolment


def silent_in(program_id: UUID) -> QuerySet[Silence]:
    """Return a program's silent enrolments with their partners, most value at stake first. One query."""
    rows = Silence.objects.filter(program_id=program_id, enrolment__status=Enrolment.Status.ACTIVE)
    return rows.select_related("enrolment__partner", "enrolment__tier").order_by("-value_at_stake_minor", "since", "id")


def silence_of(enrolment_ids: Collection[UUID]) -> dict[UUID, Silence]:
    """Return the silence of those enrolments that are silent now. One query."""
    return {row.enrolment_id: row for row in Silence.objects.filter(enrolment_id__in=list(enrolment_ids))}
