"""Programs for a list: with how many partners are active in each."""

from __future__ import annotations

from django.db.models import Count, F, Q

from hanse.programs.programs.models import Program


def programs_with_counts() -> list[Program]:
    """Return all programs with `partners` (active enrolments that are no tests) and their goals, the oldest first."""
    active = Count("enrolments", filter=Q(enrolments__status="active", enrolments__is_test=False))
    rows = Program.objects.annotate(partners=active).prefetch_related("goals")
    return list(rows.order_by(F("archived_at").asc(nulls_first=True), "created_at", "id"))
