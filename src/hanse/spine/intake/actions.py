"""Remembering facts, and leaving verdicts where the door finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hanse.kernel.ids import new_id
from hanse.spine.bulk import delete_some, insert_many
from hanse.spine.intake.models import ReceivedFact, Verdict
from hanse.spine.intake.types import Arrival, FactKey

KEEP_VERDICTS = timedelta(hours=1)


def remember_facts(arrivals: Sequence[Arrival], verdicts: Mapping[FactKey, dict[str, Any]]) -> None:
    """Remember fresh facts by their identity and hash, with the verdict where the sender waited; amendments replace."""
    for arrival in arrivals:
        if arrival.amends:
            source, kind, program_id, goal, external_id = arrival.key
            ReceivedFact.objects.filter(
                source=source, kind=kind, program_id=program_id, goal=goal, external_id=external_id
            ).update(
                content_hash=arrival.content_hash, revision=arrival.revision, sequence=arrival.sequence,
                index=arrival.index, received_at=arrival.received_at, verdict=verdicts.get(arrival.key, {}),
            )  # fmt: skip
    insert_many(
        ReceivedFact,
        [
            {
                "id": new_id(),
                "source": arrival.source,
                "kind": arrival.kind,
                "program_id": arrival.program_id,
                "goal": arrival.fact.goal_of_identity,
                "external_id": arrival.fact.external_id,
                "content_hash": arrival.content_hash,
                "revision": arrival.revision,
                "sequence": arrival.sequence,
                "index": arrival.index,
                "received_at": arrival.received_at,
                "verdict": verdicts.get(arrival.key, {}),
            }
            for arrival in arrivals
            if not arrival.amends
        ],
    )  # fmt: skip


def leave_verdicts(verdicts: Iterable[tuple[int, int, int, dict[str, Any]]], now: datetime) -> None:
    """Leave (sequence, index, HTTP status, body) for the door that waits for it."""
    insert_many(
        Verdict,
        [
            {"sequence": sequence, "index": index, "http_status": status, "body": body, "decided_at": now}
            for sequence, index, status, body in verdicts
        ],
        ignore_known=True,
    )


def sweep_verdicts(now: datetime, limit: int = 1_000) -> int:
    """Forget up to `limit` verdicts that nobody fetches any more; returns how many."""
    return delete_some(Verdict.objects.filter(decided_at__lt=now - KEEP_VERDICTS), limit)
