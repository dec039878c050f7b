"""Reads of programs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.programs.programs.models import AttributionPolicy, Goal, Program


def programs() -> QuerySet[Program]:
    """Return the programs that are not archived, by name."""
    return Program.objects.filter(archived_at=None).order_by("name", "id")


def goals_of(program_id: UUID) -> list[Goal]:
    """Return a program's goals that are not archived, in their order."""
    return list(Goal.objects.filter(program_id=program_id, archived_at=None).order_by("position", "key"))


def policy_of(program_id: UUID) -> AttributionPolicy:
    """Return the attribution policy in force: the newest version."""
    return AttributionPolicy.objects.filter(program_id=program_id).order_by("-number")[:1].get()
