"""Why a commission is worth another amount: the refund, chargeback or new decision that did it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.traffic.conversions.models import Refund

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cause:
    """What a difference is booked for: its kind, when that occurred, and its outside id."""

    kind: str
    occurred_at: datetime
    note: str


def causes_of(
    new: Collection[Row], changed: Collection[Row], known: Mapping[tuple[UUID, UUID], Row]
) -> dict[UUID, Cause]:
    """Return the cause of each difference, by commission: another share, else the latest refund, else new facts."""
    rows = [*(row for row in new if row["owed_minor"] != row["earned_minor"]), *changed]
    latest = _latest_refunds({row["conversion_id"] for row in rows})
    found = {}
    for row in rows:
        before = known.get((row["conversion_id"], row["enrolment_id"]))
        if before is not None and before["share_ppm"] != row["share_ppm"]:
            found[row["id"]] = Cause("attribution", row["occurred_at"], "")
        elif row["conversion_id"] in latest and _was_refunded(row, before):
            found[row["id"]] = latest[row["conversion_id"]]
    return found


def _was_refunded(row: Row, before: Row | None) -> bool:
    """Say whether the lines that came back are others than before."""
    return _refund_steps(row) != (_refund_steps(before) if before is not None else [])


def _refund_steps(row: Row) -> list[Any]:
    return [step for step in row["explanation"]["changes"] if step["step"] == "refund"]


def _latest_refunds(conversion_ids: Collection[UUID]) -> dict[UUID, Cause]:
    if not conversion_ids:
        return {}
    rows = Refund.objects.filter(conversion_id__in=conversion_ids).order_by("received_at", "id")
    columns = ("conversion_id", "kind", "occurred_at", "external_id")
    return {row[0]: Cause(row[1], row[2], row[3]) for row in rows.values_list(*columns)}
