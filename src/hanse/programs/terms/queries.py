"""Reads of terms."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from hanse.programs.terms.models import Terms
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import DatedTerms, TermsBody

_KEPT = 10_000
_bodies: dict[tuple[UUID, str], TermsBody] = {}


def terms_history(program_id: UUID) -> QuerySet[Terms]:
    """Return every version of a program, its tiers and its enrolments, the latest start first."""
    rows = Terms.objects.filter(program_id=program_id).select_related("program", "tier", "enrolment__partner")
    return rows.order_by("-starts_at", "-number")


def dated_terms(program_ids: Collection[UUID]) -> dict[UUID, list[DatedTerms]]:
    """Return all versions of programs as values, by program. One query."""
    found: dict[UUID, list[DatedTerms]] = {program_id: [] for program_id in program_ids}
    rows = Terms.objects.filter(program_id__in=program_ids).select_related("program")
    for row in rows.order_by("starts_at", "number"):
        found[row.program_id].append(as_dated(row))
    return found


def as_dated(row: Terms) -> DatedTerms:
    """Return a stored version as a value."""
    return DatedTerms(
        row.id, row.program_id, row.tier_id, row.enrolment_id, row.number, row.starts_at, row.ends_at, body_of(row)
    )


def body_of(row: Terms) -> TermsBody:
    """Return the clauses of a stored version, read once in the life of the process: versions never change."""
    key = (row.id, row.body_hash)
    if key not in _bodies:
        if len(_bodies) >= _KEPT:
            _bodies.clear()
        _bodies[key] = parse_terms(row.body, currency=row.program.currency, goals=None)
    return _bodies[key]
