"""Who has left and owes something."""

from __future__ import annotations

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


def debtors_of(program_id: UUID) -> list[Debtor]:
    """Return everybody who has left a program owing something, the most first. Three queries."""
    left = Entry.objects.filter(
        account__program_id=program_id, account__enrolment__status=Enrolment.Status.ENDED,
        account__enrolment__is_test=False, account__kind__in=("payable", "advance"),
    )  # fmt: skip
    below = left.values("account__enrolment_id", "account__kind").annotate(sum=Sum("amount_minor")).filter(sum__lt=0)
    pots = balances({row["account__enrolment_id"] for row in below.order_by()})
    rows = Enrolment.objects.filter(id__in=pots).select_related("partner", "program")
    found = [Debtor(row, debt_of(pots[row.pk]), obstacle_to(pots[row.pk], has_left=True)) for row in rows]
    return sorted(found, key=lambda one: (-one.debt.minor, one.enrolment.partner.name.casefold()))
