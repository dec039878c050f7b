"""Facts in the database for tests of money: conversions, refunds and credits, without the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.money.commissions.actions import price_conversions
from hanse.money.commissions.models import Commission
from hanse.money.ledger.queries import balances
from hanse.money.ledger.types import Balances
from hanse.money.promises.actions import promised_ids, settle
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Goal
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.folding import refunded_value
from hanse.traffic.conversions.models import Conversion, Refund
from hanse.traffic.conversions.queries import taken_of
from hanse.traffic.conversions.rules import sold_lines
from hanse.traffic.customers.models import Customer
from tests import make

Lines = Sequence[tuple[str, str, int, int]]


def sell(
    to: Enrolment,
    amount_minor: int = 7800,
    *,
    at: datetime | None = None,
    goal: str = "sale",
    lines: Lines | None = None,
    customer: str | None = None,
    share_ppm: int = 1_000_000,
    name: str | None = None,
    **columns: Any,
) -> Conversion:
    """Store a conversion that is credited to one enrolment. It is not priced yet."""
    stored = [list(line) for line in lines or [("", "", 1, amount_minor)]]
    occurred_at = at or make.at()
    buyer = None
    if customer is not None:
        buyer, _made = Customer.objects.get_or_create(
            program_id=to.program_id, external_id=customer, defaults={"first_seen_at": occurred_at}
        )
    sold = Conversion.objects.create(
        program_id=to.program_id, goal=Goal.objects.get(program_id=to.program_id, key=goal),
        external_id=name or make.fresh("o"), occurred_at=occurred_at, received_at=occurred_at, source="shop",
        content_hash="0" * 32, amount_minor=sum(line[3] for line in stored), currency=to.program.currency,
        lines=stored, customer=buyer, **columns,
    )  # fmt: skip
    credit(sold, to, share_ppm)
    return sold


def credit(sold: Conversion, to: Enrolment, share_ppm: int = 1_000_000) -> None:
    """Give an enrolment a share of a conversion."""
    Credit.objects.create(conversion=sold, enrolment=to, share_ppm=share_ppm, occurred_at=sold.occurred_at)


def refund(
    sold: Conversion, amount_minor: int, *, at: datetime | None = None, kind: str = "refund", reverses: str = "",
    name: str | None = None, lines: Lines | None = None,
) -> Refund:  # fmt: skip
    """Store a refund and fold it into its conversion."""
    when = at or sold.occurred_at
    made = Refund.objects.create(
        conversion=sold, program_id=sold.program_id, external_id=name or make.fresh("r"), kind=kind, reverses=reverses,
        occurred_at=when, received_at=when, source="shop", content_hash="0" * 32, amount_minor=amount_minor,
        currency=sold.currency, lines=[list(line) for line in lines] if lines else None,
    )  # fmt: skip
    folded = refunded_value(sold_lines(sold.lines), taken_of([sold.id])[sold.id])
    sold.refunded_minor, sold.refunded_lines = folded.amount_minor, list(folded.line_amounts)
    sold.save(update_fields=["refunded_minor", "refunded_lines"])
    return made


def price(*sold: Conversion, now: datetime | None = None) -> None:
    """Price conversions."""
    price_conversions({one.id for one in sold}, now or make.at())


def commission_of(sold: Conversion, to: Enrolment) -> Commission:
    """Return the commission of a conversion for an enrolment."""
    return Commission.objects.get(conversion=sold, enrolment=to)


def pots(of: Enrolment) -> Balances:
    """Return an enrolment's balances."""
    enrolment_id: UUID = of.id
    return balances([enrolment_id]).get(enrolment_id, Balances(of.program.currency))


def close_periods(at: datetime) -> int:
    """Settle what is promised to everybody, as the schedule does part by part."""
    return settle(promised_ids(), at)
