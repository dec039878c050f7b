"""Reads of facts."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.insight.facts.models import PartnerFact
from hanse.insight.facts.types import FoundFact

_COLUMNS = ("enrolment_id", "kind", "period_from", "period_to", "n", "numbers", "rank_ppm")


def facts_of(enrolment_ids: Collection[UUID]) -> dict[UUID, list[FoundFact]]:
    """Return the facts of enrolments, the best to tell first; who has none is left out. One query."""
    rows = PartnerFact.objects.filter(enrolment_id__in=list(enrolment_ids)).order_by("enrolment_id", "place")
    found: dict[UUID, list[FoundFact]] = {}
    for who, kind, period_from, period_to, n, numbers, rank_ppm in rows.values_list(*_COLUMNS):
        found.setdefault(who, []).append(FoundFact(kind, who, period_from, period_to, n, numbers, rank_ppm))
    return found
