"""For a list: what a person booked with a reason, signed corrections and debts given up."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import WRITTEN_OFF


def adjustments_in(program_id: UUID) -> QuerySet[Entry]:
    """Return the partner's side of every adjustment and write-off of a program, with its transaction and partner."""
    rows = Entry.objects.filter(
        account__program_id=program_id, account__kind__in=("payable", "advance"),
        transaction__cause__in=("adjustment", WRITTEN_OFF),
    )  # fmt: skip
    return rows.select_related("transaction", "account__enrolment__partner")
