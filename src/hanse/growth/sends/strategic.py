"""The strategic track: top partners are called, not tested on, so nobody of them is held out."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.growth.tiers.models import TierStanding

_FEW = 1_000


def strategic_among(program_id: UUID, enrolment_ids: Collection[UUID]) -> set[UUID]:
    """Return who must not be held out: the strategic track. As long as a program was never ranked, nobody may be.

    Two queries at most.
    """
    ranked = TierStanding.objects.filter(program_id=program_id)
    if not ranked.exists():
        return set(enrolment_ids)
    strategic = ranked.filter(is_strategic=True)
    if len(enrolment_ids) <= _FEW:
        strategic = strategic.filter(enrolment__in=list(enrolment_ids))
    return set(enrolment_ids) & set(strategic.values_list("enrolment_id", flat=True))
