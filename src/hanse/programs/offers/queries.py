"""Reads of offers."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.programs.offers.models import Offer


def offers_of(program_id: UUID) -> list[Offer]:
    """Return a program's offers that are not archived, by name."""
    return list(Offer.objects.filter(program_id=program_id, archived_at=None).order_by("name", "id"))


def hosts_of(program_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the hosts of programs whose pages may tell of conversions, and to which links may lead. One query."""
    found: dict[UUID, set[str]] = {program_id: set() for program_id in program_ids}
    rows = Offer.objects.filter(program_id__in=list(found)).values_list("program_id", "allowed_hosts")
    for program_id, hosts in rows:
        found[program_id].update(hosts)
    return {program_id: frozenset(hosts) for program_id, hosts in found.items()}


def first_offer(program_id: UUID) -> Offer | None:
    """Return the oldest offer that is not archived: a new partner's first link leads there."""
    return Offer.objects.filter(program_id=program_id, archived_at=None).order_by("created_at", "id").first()
