"""Reads of offers."""

from __future__ import annotations

from uuid import UUID

from hanse.programs.offers.models import Offer


def offers_of(program_id: UUID) -> list[Offer]:
    """Return a program's offers that are not archived, by name."""
    return list(Offer.objects.filter(program_id=program_id, archived_at=None).order_by("name", "id"))


def first_offer(program_id: UUID) -> Offer | None:
    """Return the oldest offer that is not archived: a new partner's first link leads there."""
    return Offer.objects.filter(program_id=program_id, archived_at=None).order_by("created_at", "id").first()
