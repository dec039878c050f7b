"""Short words for pricing tests: sales, refunds and terms as values, without any table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid5

from hanse.money.pricing.rules import price
from hanse.money.pricing.types import Credited, Earner, Priced
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import DatedTerms
from hanse.traffic.conversions.types import SoldConversion, SoldLine

ROOT = UUID(int=7)
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROGRAM, ENROLMENT = uuid5(ROOT, "program"), uuid5(ROOT, "enrolment")
Line = tuple[int] | tuple[int, str] | tuple[int, str, int]


def terms(
    *clauses: Mapping[str, Any], starts_at: datetime = datetime(2020, 1, 1, tzinfo=UTC), number: int = 1,
    ends_at: datetime | None = None, enrolment: UUID | None = None,
) -> DatedTerms:  # fmt: skip
    """Read clauses as one version of a program's terms, or of an enrolment's own."""
    body = parse_terms({"clauses": list(clauses)}, currency="GBP", goals=None)
    id = uuid5(ROOT, f"terms {number} {enrolment or ''}".strip())
    return DatedTerms(id, PROGRAM, None, enrolment, number, starts_at, ends_at, body)


def sale(
    amount_minor: int | None = None,
    *,
    day: float = 0,
    at: datetime | None = None,
    goal: str = "sale",
    lines: Sequence[tuple[Any, ...]] = (),
    refunded: int | Sequence[int] = 0,
    units_left: Sequence[int | Fraction] | None = None,
    name: str | None = None,
    customer: str | None = None,
    **columns: Any,
) -> SoldConversion:
    """Make a conversion; `lines` are (amount, category, quantity), `refunded` an amount or one for each line."""
    made = tuple(_line(line) for line in lines) or (SoldLine("", "", 1, amount_minor or 0),)
    taken = tuple(refunded) if isinstance(refunded, Sequence) else (refunded, *([0] * (len(made) - 1)))
    left = tuple(line.amount_minor - part for line, part in zip(made, taken, strict=True))
    units = tuple(map(Fraction, units_left)) if units_left is not None else tuple(
        Fraction(line.quantity * rest, line.amount_minor) if line.amount_minor else Fraction(line.quantity)
        for line, rest in zip(made, left, strict=True)
    )  # fmt: skip
    external_id = name or f"o{day:06}"
    values: dict[str, Any] = {
        "id": uuid5(ROOT, external_id), "program_id": PROGRAM, "goal": goal, "external_id": external_id,
        "occurred_at": at or START + timedelta(days=day), "amount_minor": sum(line.amount_minor for line in made),
        "currency": "GBP", "lines": made, "refunded_minor": sum(taken), "lines_left": left, "quantities_left": units,
        "customer_id": uuid5(ROOT, customer) if customer else None, "is_new": None, "country": "", "coupon_code": "",
        "metadata": {}, "is_test": False,
    }  # fmt: skip
    return SoldConversion(**(values | columns))


def _line(line: tuple[Any, ...]) -> SoldLine:
    amount, category, quantity = (*line, "", 1)[:3] if len(line) == 1 else (*line, 1)[:3]
    return SoldLine(sku=category or "", category=category, quantity=quantity, amount_minor=amount)


def priced(
    sales: Sequence[SoldConversion],
    *versions: DatedTerms,
    share_ppm: int = 1_000_000,
    zone: str = "UTC",
    enrolled_at: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    tier: str = "",
    unpaid_reason: str = "",
) -> list[Priced]:
    """Price sales for one enrolment under program terms; of several versions the latest started one counts."""

    def version_at(at: datetime) -> DatedTerms | None:
        return max((row for row in versions if row.in_force(at)), key=lambda row: row.starts_at, default=None)

    earner = Earner(ENROLMENT, zone, enrolled_at, version_at, versions, ("creator",), "PL")
    credits = [Credited(one, share_ppm, version_at(one.occurred_at), tier, unpaid_reason) for one in sales]
    found = price(credits, earner)
    for one in found:
        assert sum(step["amount"] for step in one.steps) == one.earned_minor
        assert sum(step["amount"] for step in (*one.steps, *one.changes)) == one.owed_minor
    return found


def owed(sales: Sequence[SoldConversion], *clauses: Mapping[str, Any], **how: Any) -> list[int]:
    """Return what is owed for each sale, in the order that they occurred."""
    return [one.owed_minor for one in priced(sales, terms(*clauses), **how)]
