"""Reads of tiers."""

from __future__ import annotations

from uuid import UUID

from hanse.kernel.errors import NotFound
from hanse.programs.tiers.models import Tier


def tiers_of(program_id: UUID) -> list[Tier]:
    """Return a program's tiers, the highest first."""
    return list(Tier.objects.filter(program_id=program_id).order_by("position"))


def tier_by_key(program_id: UUID, key: str) -> Tier:
    """Return a program's tier by its key. Raises NotFound."""
    tier = Tier.objects.filter(program_id=program_id, key=key).first()
    if tier is None:
        raise NotFound("tier")
    return tier
