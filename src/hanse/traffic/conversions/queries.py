"""Reading conversions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q

from hanse.programs.programs.models import Goal
from hanse.traffic.conversions.foreign import FOLDED, refunded_of
from hanse.traffic.conversions.models import Conversion, Refund
from hanse.traffic.conversions.rules import sold_lines
from hanse.traffic.conversions.types import SoldConversion, SoldLine, Taken

_SOLD = (
    "id", "program_id", "goal__key", "external_id", "occurred_at", "amount_minor", "currency", "lines",
    "refunded_minor", "refunded_lines", "customer_id", "is_new", "country", "coupon_code", "metadata", "is_test",
    "original_currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProgramGoal:
    """A goal with what recording needs to know of its program."""

    id: UUID
    key: str
    is_recurring: bool
    currency: str


def program_goals(program_ids: Collection[UUID]) -> dict[tuple[UUID, str], ProgramGoal]:
    """Return the goals of programs by (program, key), in one query."""
    rows = Goal.objects.filter(program_id__in=program_ids).values_list(
        "program_id", "id", "key", "is_recurring", "program__currency"
    )
    return {(row[0], row[2]): ProgramGoal(*row[1:]) for row in rows}


def sold_conversions(ids: Collection[UUID]) -> dict[UUID, SoldConversion]:
    """Return conversions as pricing reads them: as sold, with what is left of each line. Two queries."""
    rows = list(Conversion.objects.filter(id__in=ids).values_list(*_SOLD))
    quantities = _quantities_left([row[0] for row in rows if row[8]])
    return {row[0]: _sold(row, quantities.get(row[0])) for row in rows}


def conversions_of_pairs(pairs: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], list[UUID]]:
    """Return, for each (enrolment, customer), the conversions of that customer credited to that enrolment, in time."""
    from hanse.traffic.attribution.models import Credit

    found: dict[tuple[UUID, UUID], list[UUID]] = {pair: [] for pair in pairs}
    rows = (
        Credit.objects.filter(
            enrolment_id__in={enrolment for enrolment, _ in pairs},
            conversion__customer_id__in={customer for _, customer in pairs},
        )
        .order_by("conversion__occurred_at", "conversion__external_id")
        .values_list("enrolment_id", "conversion__customer_id", "conversion_id")
    )
    for enrolment_id, customer_id, conversion_id in rows:
        if customer_id is not None and (enrolment_id, customer_id) in found:
            found[(enrolment_id, customer_id)].append(conversion_id)
    return found


def taken_of(conversion_ids: Collection[UUID]) -> dict[UUID, list[Taken]]:
    """Return the refunds, chargebacks and won disputes of conversions, as the fold takes them."""
    taken: dict[UUID, list[Taken]] = {conversion_id: [] for conversion_id in conversion_ids}
    if taken:
        rows = Refund.objects.filter(conversion_id__in=taken).values_list(
            "conversion_id", "kind", "external_id", "reverses", "amount_minor", "lines", "currency"
        )
        for conversion_id, kind, external_id, reverses, minor, lines, currency in rows:
            named = None if lines is None else sold_lines(lines)
            taken[conversion_id].append(Taken(kind, external_id, reverses, minor, named, currency))
    return taken


def conversions_at(visitors: Collection[str], click_ids: Collection[str]) -> set[UUID]:
    """Return the conversions that name one of these visitors or clicks."""
    if not visitors and not click_ids:
        return set()
    named = Q(visitor__in=visitors) & ~Q(visitor="") | Q(click_id__in=click_ids) & ~Q(click_id="")
    return set(Conversion.objects.filter(named).values_list("id", flat=True))


def _quantities_left(ids: Collection[UUID]) -> dict[UUID, tuple[Fraction, ...]]:
    if not ids:
        return {}
    taken = taken_of(ids)
    rows = Conversion.objects.filter(id__in=ids).values(*FOLDED)
    return {row["id"]: refunded_of(dict(row), taken[row["id"]]).quantities_left for row in rows}


@lru_cache(maxsize=4_096)
def _whole(units: int) -> Fraction:
    return Fraction(units)


def _sold(row: tuple[Any, ...], quantities: tuple[Fraction, ...] | None) -> SoldConversion:
    (id_, program_id, goal, external_id, at, minor, currency, stored, refunded_minor, refunded_lines, *rest) = row
    lines: tuple[SoldLine, ...] = sold_lines(stored)
    refunded: Iterable[int] = refunded_lines or [0] * len(lines)
    return SoldConversion(
        id_, program_id, goal, external_id, at, minor, currency, lines, refunded_minor,
        tuple(line.amount_minor - taken for line, taken in zip(lines, refunded, strict=True)),
        quantities or tuple(_whole(line.quantity) for line in lines), *rest,
    )  # fmt: skip
