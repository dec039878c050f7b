"""Proof of payouts: each is the sum of its lines, no line is paid twice, and the books hold what their states say."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Finding
from hanse.money.payouts.models import Payout, PayoutLine


def verify_payouts() -> list[Finding]:
    """Compare payouts with their lines and, for each partner, with the ledger; return what is wrong."""
    return [*_unlike_their_lines(), *_paid_twice(), *_unlike_the_books()]


def _unlike_their_lines() -> Iterator[Finding]:
    rows = Payout.objects.annotate(sum=Coalesce(Sum("lines__amount_minor"), 0)).exclude(sum=F("amount_minor"))
    for payout_id, amount, total in rows.values_list("id", "amount_minor", "sum"):
        yield Finding("payout lines", str(payout_id), f"It pays {amount}, but its lines add up to {total}.")
    changed = PayoutLine.objects.exclude(amount_minor=F("entry__amount_minor"))
    for line_id in changed.values_list("id", flat=True):
        yield Finding("payout lines", str(line_id), "The line has another amount than its entry.")


def _paid_twice() -> Iterator[Finding]:
    living = PayoutLine.objects.filter(released_at=None).values("entry_id").order_by()
    for row in living.annotate(times=Count("id")).filter(times__gt=1):
        yield Finding("payout lines", str(row["entry_id"]), f"The entry is in {row['times']} living payouts.")


def _unlike_the_books() -> Iterator[Finding]:
    """Yield partners whose payments on their way, or paid, are others than the ledger's."""
    rows = Payout.objects.values("enrolment_id").order_by()
    sums = rows.annotate(
        transit=Sum("amount_minor", filter=Q(state=Payout.State.IN_TRANSIT)),
        paid=Sum("amount_minor", filter=Q(state=Payout.State.SETTLED)),
    )
    expected = {row["enrolment_id"]: (row["transit"] or 0, row["paid"] or 0) for row in sums}
    for enrolment_id, found in _booked().items():
        wanted = expected.pop(enrolment_id, (0, 0))
        if found != wanted:
            message = f"On its way and paid are {wanted} by payouts, {found} in the ledger."
            yield Finding("payout books", str(enrolment_id), message)
    for enrolment_id, wanted in expected.items():
        if any(wanted):
            yield Finding("payout books", str(enrolment_id), f"Payouts of {wanted} are not in the ledger.")


def _booked() -> dict[UUID, tuple[int, int]]:
    settled = Q(account__kind="in_transit", transaction__cause="payout_settled")
    returned = Q(account__kind="payable", transaction__cause="payout_returned")
    rows = Entry.objects.filter(account__kind__in=("in_transit", "payable")).values("account__enrolment_id").order_by()
    sums = rows.annotate(
        transit=Sum("amount_minor", filter=Q(account__kind="in_transit")),
        settled=Sum("amount_minor", filter=settled | returned),
    )
    return {row["account__enrolment_id"]: (row["transit"] or 0, -(row["settled"] or 0)) for row in sums}
