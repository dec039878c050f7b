"""Payout runs for a list: each with how many payouts it has and what they add up to."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from hanse.money.payouts.models import PayoutRun


def runs_with_sums(program_id: UUID) -> QuerySet[PayoutRun]:
    """Return a program's runs with `payout_count`, `total_minor`, `waiting` and `back`; dropped ones do not count."""
    kept = ~Q(payouts__state="dropped")
    rows = PayoutRun.objects.filter(program_id=program_id)
    return rows.annotate(
        payout_count=Count("payouts", filter=kept),
        total_minor=Coalesce(Sum("payouts__amount_minor", filter=kept), 0),
        waiting=Count("payouts", filter=Q(payouts__state="in_transit")),
        back=Count("payouts", filter=Q(payouts__state__in=("failed", "returned"))),
    )
