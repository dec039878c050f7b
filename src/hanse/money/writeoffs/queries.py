"""Who has left and owes something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from hanse.money.ledger.models import Entry
from hanse.money.ledger.queries import balances
from hanse.money.writeoffs.rules import Debt, Obstacle, debt_of, obstacle_to
from hanse.programs.enrolments.models import Enrolment


@dataclass(frozen=True, slots=True)
class Debtor:
    """Somebody who has left, what they owe, and what stands against writing it off."""

    enrolment: Enrolment
    debt: Debt
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Debtors:
    """Those who owe the most, the most first, and how many there are in all."""

    rows: Sequence[Debtor]
    count: int


def debtors_of(program_id: UUID, limit: int) -> Debtors:
    """Return who has left a program owing something. Three queries, however many there are."""
    left = Entry.objects.filter(
        account__program_id=program_id, account__enrolment__status=Enrolment.Status.ENDED,
        account__enrolment__is_test=False, account__kind__in=("payable", "advance"),
    )  # fmt: skip
    sums = left.values_list("account__enrolment_id", "account__kind").annotate(sum=Sum("amount_minor")).order_by()
    owed: Counter[UUID] = Counter()
    for enrolment_id, _kind, minor in sums.filter(sum__lt=0):
        owed[enrolment_id] -= minor
    most = [enrolment_id for enrolment_id, _minor in owed.most_common(limit)]
    pots, rows = balances(most), Enrolment.objects.select_related("partner", "program").in_bulk(most)
    found = [Debtor(rows[id], debt_of(pots[id]), obstacle_to(pots[id], has_left=True)) for id in most]
    return Debtors(found, len(owed))
