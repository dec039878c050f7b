"""Which facts wait, and for what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Q, QuerySet

from hanse.kernel.facts import FactKind, content_hash
from hanse.spine.intake.types import Arrival
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.rules import EARLY_RENEWAL, read_body


def waiting_for(keys: Collection[str]) -> list[Arrival]:
    """Return the waiting facts that one of the keys releases, oldest first."""
    if not keys:
        return []
    # Asked by need alone: SQLite would rather walk through everything that waits than look up a thousand keys.
    rows = ParkedFact.objects.filter(waits_for__in=keys).exclude(waits_for="").order_by("sequence", "index")
    return [_arrival(row, is_overdue=False) for row in rows if row.status == ParkedFact.Status.WAITING]


def overdue_facts(now: datetime, limit: int = 500) -> list[Arrival]:
    """Return the waiting facts whose time is up (or that a person wants tried again), oldest first."""
    rows = ParkedFact.objects.filter(status=ParkedFact.Status.WAITING, until__lte=now).order_by("sequence", "index")
    return [_arrival(row, is_overdue=row.reason == EARLY_RENEWAL) for row in rows[:limit]]


def parked_facts(
    status: str | None = None, *, program_id: UUID | None = None, search: str = ""
) -> QuerySet[ParkedFact]:
    """Return parked facts for a list, newest first; without a status those that are still open."""
    rows = ParkedFact.objects.order_by("-received_at", "-sequence", "-index")
    rows = rows.filter(status=status) if status else rows.filter(status__in=("waiting", "conflict", "failed"))
    if program_id:
        rows = rows.filter(program_id=program_id)
    return rows.filter(Q(external_id__icontains=search)) if search else rows


def _arrival(row: ParkedFact, *, is_overdue: bool) -> Arrival:
    kind = cast("FactKind", row.kind)
    fact = read_body(kind, row.program_id, row.received_at, row.body)
    return Arrival(
        fact=fact, kind=kind, source=row.source, program_id=row.program_id, content_hash=content_hash(fact),
        sequence=row.sequence, index=row.index, received_at=row.received_at, parked_id=row.id,
        amends=bool(row.detail.get("taken_by") or row.detail.get("amends")), is_overdue=is_overdue,
        is_taken=bool(row.detail.get("taken_by")),
    )  # fmt: skip


def conflicts_parked(arrivals: Collection[Arrival]) -> set[tuple[str, str, UUID, str, str]]:
    """Return which contradictions are parked already, as (source, kind, program, outside id, second hash)."""
    if not arrivals:
        return set()
    rows = ParkedFact.objects.filter(
        program_id__in={arrival.program_id for arrival in arrivals},
        external_id__in={arrival.fact.external_id for arrival in arrivals},
        reason="content_differs",
    ).values_list("source", "kind", "program_id", "external_id", "detail")
    return {(*identity, detail.get("second_hash", "")) for *identity, detail in rows}


def needs_like(prefix: str) -> set[str]:
    """Return what waiting facts need, of one kind: `goal:` or `rate:`."""
    rows = ParkedFact.objects.filter(status=ParkedFact.Status.WAITING, waits_for__startswith=prefix)
    return set(rows.values_list("waits_for", flat=True).distinct())
