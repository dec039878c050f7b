"""The strategic track: top partners are called, not tested on, so nobody of them is held out."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.growth.tiers.models import TierStanding


def strategic_among(program_id: UUID, enrolment_ids: Collection[UUID]) -> set[UUID]:
    """Return who must not be held out: the strategic track. As long as a program was never ranked, nobody may be.

    Two queries at most.
    """
    ranked = TierStanding.objects.filter(program_id=program_id)
    if not ranked.exists():
        return set(enrolment_ids)
    strategic = ranked.filter(is_strategic=True).values_list("enrolment_id", flat=True)
    return set(enrolment_ids) & set(strategic)
