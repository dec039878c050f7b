"""Reads of the ledger: balances are sums of entries, nothing else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Balances

_POTS = ("held", "payable", "advance", "in_transit")
_SETTLING = ("payout_settled", "payout_returned")


def balances(enrolment_ids: Collection[UUID], as_of: datetime | None = None) -> dict[UUID, Balances]:
    """Return the pots of each enrolment (now, or at a moment by `posted_at`); one in the program's currency each."""
    entries = Entry.objects.filter(account__enrolment_id__in=enrolment_ids)
    if as_of is not None:
        entries = entries.filter(transaction__posted_at__lt=as_of)
    rows = entries.values("account__enrolment_id", "account__kind", "account__currency").annotate(
        sum=Sum("amount_minor"), settled=Sum("amount_minor", filter=Q(transaction__cause__in=_SETTLING))
    )
    found: dict[UUID, dict[str, int]] = {}
    currencies: dict[UUID, str] = {}
    for row in rows.order_by():
        pots = found.setdefault(row["account__enrolment_id"], {})
        pots[row["account__kind"]] = pots.get(row["account__kind"], 0) + row["sum"]
        currencies[row["account__enrolment_id"]] = row["account__currency"]
        if row["account__kind"] in ("in_transit", "payable"):  # a returned payment comes from the bank to payable
            pots["settled"] = pots.get("settled", 0) - (row["settled"] or 0)
    return {
        enrolment_id: Balances(currencies[enrolment_id], *(pots.get(kind, 0) for kind in (*_POTS, "settled")))
        for enrolment_id, pots in found.items()
    }
