"""Open lines: payable entries that no living payout has taken."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from hanse.money.ledger.models import Entry
from hanse.money.payouts.models import Payout, PayoutLine
from hanse.money.payouts.types import OpenLine

PAYOUT_CAUSES = ("payout_opened", "payout_failed", "payout_returned")


def open_entries(program_id: UUID, currency: str) -> QuerySet[Entry]:
    """Return the payable entries of a program that may be paid: not test enrolments, in no living payout."""
    taken = PayoutLine.objects.filter(entry_id=OuterRef("pk"), released_at=None)
    return Entry.objects.filter(
        ~Exists(taken), account__kind="payable", account__program_id=program_id, account__currency=currency,
        account__enrolment__is_test=False,
    ).exclude(transaction__cause__in=PAYOUT_CAUSES)  # fmt: skip


def open_lines(program_id: UUID, currency: str, posted_until: datetime) -> dict[UUID, list[OpenLine]]:
    """Return open lines booked until a moment, by enrolment."""
    rows = open_entries(program_id, currency).filter(transaction__posted_at__lte=posted_until)
    found: dict[UUID, list[OpenLine]] = {}
    columns = ("id", "account__enrolment_id", "amount_minor", "commission_id", "transaction__posted_at")
    for row in rows.order_by("transaction_id", "position").values_list(*columns):
        line = OpenLine(*row)
        found.setdefault(line.enrolment_id, []).append(line)
    return found


def refunded_later(program_id: UUID, currency: str, enrolment_ids: Collection[UUID], after: datetime) -> set[UUID]:
    """Return the enrolments that lost something after a moment and have not paid it back yet."""
    rows = open_entries(program_id, currency).filter(
        account__enrolment_id__in=enrolment_ids, amount_minor__lt=0, transaction__posted_at__gt=after
    )
    return set(rows.values_list("account__enrolment_id", flat=True))


def unbooked_payable(program_id: UUID, currency: str, enrolment_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return what each payable pot holds beyond open lines and drafted payouts: 0 when the sums match."""
    pots = Entry.objects.filter(account__kind="payable", account__enrolment_id__in=enrolment_ids)
    sums = _sums(pots.values("account__enrolment_id"), "account__enrolment_id", "amount_minor")
    still_open = open_entries(program_id, currency).filter(account__enrolment_id__in=enrolment_ids)
    lines = _sums(still_open.values("account__enrolment_id"), "account__enrolment_id", "amount_minor")
    drafted = PayoutLine.objects.filter(
        payout__enrolment_id__in=enrolment_ids, payout__state=Payout.State.DRAFTED, released_at=None
    )
    taken = _sums(drafted.values("payout__enrolment_id"), "payout__enrolment_id", "amount_minor")
    return {one: sums.get(one, 0) - lines.get(one, 0) - taken.get(one, 0) for one in enrolment_ids}


def _sums(rows: QuerySet[Any, Any], by: str, column: str) -> dict[UUID, int]:
    return {row[by]: row["sum"] for row in rows.order_by().annotate(sum=Sum(column))}
