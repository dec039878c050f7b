"""Setting facts aside, and letting them go again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hanse.kernel.errors import Refused
from hanse.kernel.facts import as_object
from hanse.kernel.ids import new_id
from hanse.spine.bulk import insert_many
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.types import Parking

Status = ParkedFact.Status
OUTDATED = "replaced_by_a_later_revision"


def park_facts(parkings: Sequence[Parking]) -> None:
    """Set facts aside with the named reason; one that was waiting already gets its new reason."""
    rows = []
    for parking in parkings:
        arrival, detail = parking.arrival, dict(parking.detail)
        if arrival.amends:
            detail["amends"] = True  # it still does when it comes back
        if arrival.parked_id is not None:
            ParkedFact.objects.filter(id=arrival.parked_id).update(
                status=parking.status, reason=parking.reason, waits_for=parking.waits_for, until=parking.until,
                detail=detail,
            )  # fmt: skip
            continue
        rows.append({
            "id": new_id(), "status": parking.status, "source": arrival.source, "kind": arrival.kind,
            "program_id": arrival.program_id, "external_id": arrival.fact.external_id, "reason": parking.reason,
            "detail": detail, "waits_for": parking.waits_for, "body": as_object(arrival.fact),
            "sequence": arrival.sequence, "index": arrival.index, "occurred_at": arrival.fact.occurred_at,
            "received_at": arrival.received_at, "until": parking.until,
        })  # fmt: skip
    insert_many(ParkedFact, rows, ignore_known=True)


def set_record_aside(sequence: int, index: int, raw: bytes, error: str, at: datetime) -> None:
    """Keep a journal record that cannot be read at all, with the error and all of it up to a megabyte."""
    ParkedFact.objects.get_or_create(
        sequence=sequence,
        index=index,
        defaults={
            "status": Status.FAILED, "source": "journal", "kind": "record", "program_id": UUID(int=0),
            "external_id": "", "reason": "unreadable", "detail": {"error": error[:1000]},
            "body": {"raw": raw[:1_000_000].decode("utf-8", "replace").replace("\0", " ")}, "occurred_at": at,
            "received_at": at,
        },
    )  # fmt: skip


def release_facts(parked_ids: Collection[UUID], now: datetime, by: str = "pipeline") -> None:
    """Mark waiting facts as applied."""
    ParkedFact.objects.filter(id__in=parked_ids).update(status=Status.RESOLVED, resolved_at=now, resolved_by=by)


def close_outdated(parked_ids: Collection[UUID], now: datetime) -> None:
    """Close facts whose sender has said something newer since; their rows stay."""
    rows = ParkedFact.objects.filter(id__in=parked_ids)
    rows.update(status=Status.DISMISSED, reason=OUTDATED, resolved_at=now, resolved_by="pipeline")


def dismiss_fact(parked: ParkedFact, *, reason: str, now: datetime, by: str) -> None:
    """Close a parked fact without applying it; the row stays with who did it and why. Refuses one that is closed."""
    _refuse_closed(parked)
    parked.status, parked.resolved_at, parked.resolved_by = Status.DISMISSED, now, by
    parked.detail = {**parked.detail, "dismissed_because": reason}
    parked.save()


def retry_fact(parked: ParkedFact, *, now: datetime, by: str) -> None:
    """Let the pipeline try a fact again at once. A contradicting one then replaces what was known first.

    Refuses a closed fact and a journal record that cannot be read.
    """
    _refuse_closed(parked)
    if parked.kind == "record":
        raise Refused("unreadable", "This record cannot be read; it can only be dismissed.")
    if parked.status == Status.CONFLICT:
        parked.detail = {**parked.detail, "taken_by": by}
    parked.status, parked.until = Status.WAITING, now
    parked.save()


def dismiss_waiting(need: str, *, detail: Mapping[str, object], reason: str, now: datetime, by: str) -> int:
    """Close everything that waits for one need without applying it; returns how many. `detail` is what all share."""
    rows = ParkedFact.objects.filter(status=Status.WAITING, waits_for=need)
    return rows.update(
        status=Status.DISMISSED, resolved_at=now, resolved_by=by, detail={**detail, "dismissed_because": reason}
    )


def _refuse_closed(parked: ParkedFact) -> None:
    if parked.status in (Status.RESOLVED, Status.DISMISSED):
        raise Refused("closed", "This fact has been closed already.")


def put_off(keys: Collection[str], now: datetime) -> None:
    """Let facts that wait for these keys be tried one by one a little later, not together with what releases them."""
    if keys:
        ParkedFact.objects.filter(status=Status.WAITING, waits_for__in=keys).update(until=now)
