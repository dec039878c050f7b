"""Cases for a list: those that wait for a person, and those that are decided."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.money.holds.models import Case


def open_case_count(program_id: UUID) -> int:
    """Return how many cases of a program wait for a person."""
    return Case.objects.filter(program_id=program_id, decided_at=None).count()


def cases_in(program_id: UUID, *, is_open: bool) -> QuerySet[Case]:
    """Return a program's open or decided cases with partner, commission and order."""
    rows = Case.objects.filter(program_id=program_id, decided_at__isnull=is_open)
    return rows.select_related("enrolment__partner", "commission__conversion")
