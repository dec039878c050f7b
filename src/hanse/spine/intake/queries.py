"""What is remembered of facts that came before."""

from __future__ import annotations

from collections.abc import Collection

from hanse.spine.intake.models import ReceivedFact
from hanse.spine.intake.types import Arrival, FactKey, KnownFact


def known_facts(arrivals: Collection[Arrival]) -> dict[FactKey, KnownFact]:
    """Return, in one query, those of the facts that have been received before."""
    rows = ReceivedFact.objects.filter(
        program_id__in={arrival.program_id for arrival in arrivals},
        kind__in={arrival.kind for arrival in arrivals},
        external_id__in={arrival.fact.external_id for arrival in arrivals},
    ).values_list("source", "kind", "program_id", "goal", "external_id", "content_hash", "revision", "verdict")
    return {
        (source, kind, program, goal, outside): KnownFact(*rest) for source, kind, program, goal, outside, *rest in rows
    }
