"""What the ledger did with one commission, from accrual to payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.money.commissions.receipts import Movement
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.payouts.models import PayoutLine

_POT_COLUMNS = {
    "held": "held_minor", "payable": "payable_minor", "in_transit": "in_transit_minor", "advance": "recouped_minor",
}  # fmt: skip
_PAYOUT_MOVES = {
    "payout_opened": {"payable_minor": -1, "in_transit_minor": 1},
    "payout_settled": {"in_transit_minor": -1, "paid_minor": 1},
    "payout_failed": {"in_transit_minor": -1, "payable_minor": 1},
    "payout_returned": {"paid_minor": -1, "payable_minor": 1},
}


def movements_of(commission_id: UUID) -> tuple[Movement, ...]:
    """Return every transaction that moved a commission, in the order of the books. Three queries.

    A payout moves many commissions at once; each feels the part that its own lines have in it.
    """
    found = _own(commission_id)
    parts, runs = _payout_parts(commission_id)
    keys = {
        f"payout:{payout_id}:{cause.removeprefix('payout_')}": payout_id
        for payout_id in parts
        for cause in _PAYOUT_MOVES
    }
    for row in Transaction.objects.filter(key__in=keys):
        payout_id = keys[row.key]
        changes: dict[str, Any] = {name: sign * parts[payout_id] for name, sign in _PAYOUT_MOVES[row.cause].items()}
        run_id, number, rail = runs[payout_id]
        blank = Movement(row.number, row.cause, row.note, row.posted_at, row.occurred_at)
        found[row.number] = replace(blank, **changes, run_id=run_id, run_number=number, rail=rail)
    return tuple(found[number] for number in sorted(found))


def _own(commission_id: UUID) -> dict[int, Movement]:
    found: dict[int, Movement] = {}
    rows = Entry.objects.filter(commission_id=commission_id, account__kind__in=_POT_COLUMNS)
    columns = ("transaction_id", "account__kind", "amount_minor", "transaction__cause", "transaction__note")
    times = ("transaction__posted_at", "transaction__occurred_at")
    for number, pot, amount, cause, note, posted_at, occurred_at in rows.values_list(*columns, *times):
        move = found.get(number) or _blank(number, cause, note, posted_at, occurred_at)
        name = _POT_COLUMNS[pot]
        found[number] = replace(move, **{name: getattr(move, name) + amount})
    return found


def _blank(number: int, cause: str, note: str, posted_at: datetime, occurred_at: datetime) -> Movement:
    return Movement(number, cause, note, posted_at, occurred_at)


def _payout_parts(commission_id: UUID) -> tuple[dict[UUID, int], dict[UUID, tuple[UUID, str, str]]]:
    parts: dict[UUID, int] = {}
    runs: dict[UUID, tuple[UUID, str, str]] = {}
    rows = PayoutLine.objects.filter(entry__commission_id=commission_id).exclude(payout__opened_at=None)
    columns = ("payout_id", "amount_minor", "payout__run_id", "payout__run__number", "payout__run__rail")
    for payout_id, amount, run_id, number, rail in rows.values_list(*columns):
        parts[payout_id] = parts.get(payout_id, 0) + amount
        runs[payout_id] = (run_id, number, rail)
    return parts, runs
