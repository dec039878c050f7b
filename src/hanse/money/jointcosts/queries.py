"""Reads of shared costs."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from hanse.money.ledger.models import Entry


def settled_sums() -> dict[UUID, int]:
    """Return what partners got (below zero: gave) for each project, over all its turns, from the books. One query."""
    sums: defaultdict[UUID, int] = defaultdict(int)
    rows = Entry.objects.filter(transaction__cause="joint_costs", account__kind="payable")
    for key, amount in rows.values_list("transaction__key", "amount_minor").iterator():
        sums[UUID(key.split(":")[1])] += amount
    return {project: amount for project, amount in sums.items() if amount}
