"""Reads of shared costs."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from hanse.money.ledger.models import Entry


def settled_sums() -> dict[tuple[UUID, UUID | None], int]:
    """Return what each partner (an enrolment) got for a project, or below zero gave, over all its turns, from the
    books. One query."""
    sums: defaultdict[tuple[UUID, UUID | None], int] = defaultdict(int)
    rows = Entry.objects.filter(transaction__cause="joint_costs", account__kind="payable")
    columns = ("transaction__key", "account__enrolment_id", "amount_minor")
    for key, who, amount in rows.values_list(*columns).iterator():
        sums[UUID(key.split(":")[1]), who] += amount
    return {place: amount for place, amount in sums.items() if amount}
