"""Which versions are in force now, by what they are for: the program, each tier, each partner with own terms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hanse.programs.terms.models import Terms


@dataclass(frozen=True, slots=True)
class Scoped:
    """What one scope has: the version in force, if any, and those that begin later."""

    tier_id: UUID | None
    enrolment_id: UUID | None
    in_force: Terms | None
    coming: tuple[Terms, ...]


def scopes_of(program_id: UUID, now: datetime) -> list[Scoped]:
    """Return every scope of a program that ever had terms: the program first, then tiers, then partners. One query."""
    rows = Terms.objects.filter(program_id=program_id).select_related("program", "tier", "enrolment__partner")
    by_scope: dict[tuple[UUID | None, UUID | None], list[Terms]] = {}
    for row in rows.order_by("starts_at", "number"):
        by_scope.setdefault((row.tier_id, row.enrolment_id), []).append(row)
    found = [
        Scoped(tier_id, enrolment_id, _in_force(versions, now), tuple(row for row in versions if row.starts_at > now))
        for (tier_id, enrolment_id), versions in by_scope.items()
    ]
    return sorted(found, key=_rank)


def program_terms_in_force(program_ids: Collection[UUID], now: datetime) -> dict[UUID, Terms]:
    """Return each program's own version in force. One query."""
    rows = Terms.objects.filter(program_id__in=program_ids, tier=None, enrolment=None).select_related("program")
    by_program: dict[UUID, list[Terms]] = {}
    for row in rows.order_by("starts_at", "number"):
        by_program.setdefault(row.program_id, []).append(row)
    chosen = {program_id: _in_force(versions, now) for program_id, versions in by_program.items()}
    return {program_id: terms for program_id, terms in chosen.items() if terms is not None}


def _in_force(versions: list[Terms], now: datetime) -> Terms | None:
    begun = [row for row in versions if row.starts_at <= now and (row.ends_at is None or now < row.ends_at)]
    return begun[-1] if begun else None


def _rank(scope: Scoped) -> tuple[int, int, str]:
    terms = scope.in_force or (scope.coming[0] if scope.coming else None)
    if scope.enrolment_id:
        return (2, 0, terms.enrolment.partner.name if terms and terms.enrolment else "")
    if scope.tier_id:
        return (1, terms.tier.position if terms and terms.tier else 0, "")
    return (0, 0, "")
