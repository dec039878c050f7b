"""Adjustments for a list: signed corrections by a person, with a reason."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.money.ledger.models import Entry


def adjustments_in(program_id: UUID) -> QuerySet[Entry]:
    """Return the partner's side of every adjustment of a program, with its transaction and partner."""
    rows = Entry.objects.filter(
        account__program_id=program_id, account__kind="payable", transaction__cause="adjustment"
    )
    return rows.select_related("transaction", "account__enrolment__partner")
