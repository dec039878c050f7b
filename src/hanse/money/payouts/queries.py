"""Reads of payouts: what is ready to be paid, what a run holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from hanse.money.payouts.auditing import candidates
from hanse.money.payouts.lines import open_lines
from hanse.money.payouts.models import Payout
from hanse.money.payouts.rules import reasons_against
from hanse.money.payouts.schedule import first_payout_limit
from hanse.money.payouts.statements import Statement, statement
from hanse.money.payouts.types import Reason
from hanse.programs.programs.models import Program

__all__ = ["Ready", "Statement", "payouts_of", "ready_to_pay", "run_totals", "statement"]


@dataclass(frozen=True, slots=True)
class Ready:
    """What the next run would pay an enrolment, or why it would not."""

    enrolment_id: UUID
    partner_id: UUID
    amount_minor: int
    reasons: tuple[Reason, ...]
    trouble: str = ""


def ready_to_pay(program: Program, as_of: datetime, rail: str = "manual") -> list[Ready]:
    """Return everybody with open lines as the audit sees them now on a rail, without drafting anything."""
    lines, first_up_to = open_lines(program.pk, program.currency, as_of), first_payout_limit(program.pk)
    taken = {one: [(line.commission_id, line.amount_minor) for line in found] for one, found in lines.items()}
    return [
        Ready(
            one.enrolment_id, one.partner_id, one.amount_minor,
            tuple(
                reasons_against(
                    one, minimum_minor=program.minimum_payout_minor, first_up_to_minor=first_up_to
                )
            ),
            one.trouble,
        )
        for one in candidates(program, taken, as_of, rail=rail, now=as_of)
    ]  # fmt: skip


def payouts_of(run_id: UUID) -> QuerySet[Payout]:
    """Return a run's payouts with their partners, by name, with `line_count`."""
    rows = Payout.objects.filter(run_id=run_id).select_related("partner", "enrolment", "run")
    return rows.annotate(line_count=Count("lines")).order_by("partner__name", "id")


def run_totals(run_id: UUID) -> dict[str, tuple[int, int]]:
    """Return count and sum of a run's payouts by their state."""
    rows = Payout.objects.filter(run_id=run_id).values("state").order_by()
    return {row["state"]: (row["n"], row["sum"]) for row in rows.annotate(n=Count("id"), sum=Sum("amount_minor"))}
