"""Reads of first wins."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.firstwins.models import FirstWin
from hanse.money.commissions.models import Commission


def first_commission(enrolment_id: UUID) -> Commission | None:
    """Return the first commission that earned something and still does; None where there is none."""
    rows = Commission.objects.filter(
        enrolment_id=enrolment_id, voided_at=None, owed_minor__gt=0, conversion__is_test=False
    )
    rows = rows.select_related("program", "enrolment__partner__owner", "conversion")
    return rows.order_by("occurred_at", "pk").first()


def wins_of(program_id: UUID) -> QuerySet[FirstWin]:
    """Return every note of a program with its partner, the newest sale first."""
    rows = FirstWin.objects.filter(program_id=program_id).select_related("enrolment__partner")
    return rows.order_by("-sold_at", "-pk")


def win_of(enrolment_id: UUID) -> FirstWin | None:
    """Return the note for one partner's first sale, if it was drafted."""
    return FirstWin.objects.filter(enrolment_id=enrolment_id).select_related("enrolment__partner", "program").first()


def open_wins(program_id: UUID) -> QuerySet[FirstWin]:
    """Return the notes that wait for a person, the newest sale first."""
    return wins_of(program_id).filter(sent_at=None, copied_at=None, dropped_at=None)
