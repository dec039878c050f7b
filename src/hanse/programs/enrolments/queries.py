"""Reads of enrolments: also what was true at a moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Agreement, Enrolment, StatusChange

T = TypeVar("T")


def enrolments_of_program(program_id: UUID) -> QuerySet[Enrolment]:
    """Return a program's enrolments with partner and tier, by the partner's name."""
    enrolments = Enrolment.objects.filter(program_id=program_id).select_related("partner", "tier", "program")
    return enrolments.order_by("partner__name", "id")


def partners_in(program_id: UUID) -> QuerySet[Partner]:
    """Return the partners enrolled in a program, by name; the archived ones left out."""
    enrolled = Enrolment.objects.filter(program_id=program_id).values("partner_id")
    return Partner.objects.filter(id__in=enrolled, archived_at=None).order_by("name", "id")


def enrolments_of_partner(partner_id: UUID) -> QuerySet[Enrolment]:
    """Return a partner's enrolments with program and tier, the oldest first."""
    enrolments = Enrolment.objects.filter(partner_id=partner_id).select_related("partner", "tier", "program")
    return enrolments.order_by("enrolled_at", "id")


def statuses_at(pairs: Collection[tuple[UUID, datetime]]) -> dict[tuple[UUID, datetime], str]:
    """Return the status of each enrolment at each moment; missing before its first change. One query."""
    changes = StatusChange.objects.filter(enrolment_id__in={enrolment_id for enrolment_id, _at in pairs})
    rows = changes.order_by("at", "id").values_list("enrolment_id", "at", "status")
    return _true_at(pairs, rows)


def _true_at(
    pairs: Iterable[tuple[UUID, datetime]], rows: Iterable[tuple[UUID, datetime, T]]
) -> dict[tuple[UUID, datetime], T]:
    moments: dict[UUID, list[datetime]] = {}
    values: dict[UUID, list[T]] = {}
    for enrolment_id, at, value in rows:
        moments.setdefault(enrolment_id, []).append(at)
        values.setdefault(enrolment_id, []).append(value)
    found = {}
    for enrolment_id, at in pairs:
        place = bisect_right(moments.get(enrolment_id, []), at)
        if place:
            found[enrolment_id, at] = values[enrolment_id][place - 1]
    return found


def agreements_of(enrolment_id: UUID) -> list[Agreement]:
    """Return what an enrolment has accepted, the newest first."""
    return list(
        Agreement.objects.filter(enrolment_id=enrolment_id).select_related("terms").order_by("-accepted_at", "-id")
    )


def has_open_enrolments(partner_id: UUID) -> bool:
    """Say whether a partner is still enrolled somewhere: not ended."""
    return Enrolment.objects.filter(partner_id=partner_id).exclude(status=Enrolment.Status.ENDED).exists()
