"""What a partner is owed beside their orders: floors, fees, prizes, corrections; as it was booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import WRITTEN_OFF
from hanse.money.payouts.lines import PAYOUT_CAUSES

_NOT_EARNED = (*PAYOUT_CAUSES, "vat", "forgiven", WRITTEN_OFF, "opening", "closing")


@dataclass(frozen=True, slots=True)
class BesideOrders:
    """One booking. `source` is the id of the promise or acceptance that it was booked for, where there is one."""

    posted_at: datetime
    occurred_at: datetime
    cause: str
    note: str
    amount_minor: int
    source: UUID | None


def beside_orders(enrolment_id: UUID, limit: int = 100) -> list[BesideOrders]:
    """Return the latest bookings of an enrolment that no commission is about, the newest first. One query."""
    rows = Entry.objects.filter(account__enrolment_id=enrolment_id, account__kind="payable", commission_id=None)
    columns = ("posted_at", "occurred_at", "cause", "note", "key")
    found = rows.exclude(transaction__cause__in=_NOT_EARNED).order_by("-transaction_id")[:limit]
    return [
        BesideOrders(posted_at, occurred_at, cause, note, minor, _source(key))
        for posted_at, occurred_at, cause, note, key, minor in found.values_list(
            *(f"transaction__{name}" for name in columns), "amount_minor"
        )
    ]


def _source(key: str) -> UUID | None:
    kind, _sign, rest = key.partition(":")
    if kind not in ("promise", "deliverable"):
        return None
    return UUID(rest.partition(":")[0])
