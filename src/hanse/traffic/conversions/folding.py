"""What refunds take back: one fold over the whole set, the same for every order of arrival (domain.md §3, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from hanse.kernel.money import largest_remainder
from hanse.traffic.conversions.types import RefundedValue, SoldLine, Taken


def refunded_value(lines: Sequence[SoldLine], taken: Sequence[Taken]) -> RefundedValue:
    """Return min(value, Σ refunds + Σ chargebacks not reversed), divided over the order's lines.

    What names lines comes off those, the rest is spread by line value (largest remainder); what is more than a line
    holds is spread over what is left of the others. Units come back by quantity where a refund says it, else by value;
    of an order that came back in whole none are left.
    """
    counting = _counting(taken)
    value_minor, sum_minor = sum(line.amount_minor for line in lines), sum(one.amount_minor for one in counting)
    named = _named(lines, counting)
    unnamed_minor = max(0, sum_minor - sum(one.amount_minor for one in named))
    parts = largest_remainder(unnamed_minor, [line.amount_minor for line in lines])
    wanted = [
        min(line.amount_minor, one.amount_minor + part) for line, one, part in zip(lines, named, parts, strict=True)
    ]
    left = [line.amount_minor - minor for line, minor in zip(lines, wanted, strict=True)]
    rest_minor = min(value_minor, sum_minor) - sum(wanted)
    spread = largest_remainder(rest_minor, left) if rest_minor > 0 else [0] * len(lines)
    amounts = tuple(minor + part for minor, part in zip(wanted, spread, strict=True))
    is_whole = sum(amounts) == value_minor > 0
    quantities = (
        Fraction(0) if is_whole else _quantity_left(line, one, amount)
        for line, one, amount in zip(lines, named, amounts, strict=True)
    )
    return RefundedValue(sum(amounts), amounts, tuple(quantities))


def _counting(taken: Sequence[Taken]) -> list[Taken]:
    """Leave out won disputes and the chargebacks that they reverse."""
    reversed_ids = {one.reverses for one in taken if one.kind == "dispute_won"}
    return [
        one
        for one in taken
        if one.kind == "refund" or (one.kind == "chargeback" and one.external_id not in reversed_ids)
    ]


class _Named(NamedTuple):
    """What refunds say of one line: the amount, how much of it came with a number of units, and those units."""

    amount_minor: int = 0
    counted_minor: int = 0
    units: int = 0

    def plus(self, *more: int) -> _Named:
        return _Named(*(mine + part for mine, part in zip(self, more, strict=True)))


def _named(lines: Sequence[SoldLine], taken: Sequence[Taken]) -> list[_Named]:
    """Sum what refunds say of each line; equal lines share by value. A quantity of 0 was not given."""
    sums: dict[tuple[str, str], _Named] = {}
    for one in taken:
        for line in one.lines or ():
            counted_minor = line.amount_minor if line.quantity else 0
            key = (line.sku, line.category)
            sums[key] = sums.get(key, _Named()).plus(line.amount_minor, counted_minor, line.quantity)
    named = [_Named()] * len(lines)
    for key, of_key in sorted(sums.items()):
        places = _places(lines, *key)
        if not places:
            continue
        values = [lines[place].amount_minor for place in places]
        units = largest_remainder(of_key.units, [lines[place].quantity for place in places])
        minors, counted = (
            largest_remainder(of_key.amount_minor, values),
            largest_remainder(of_key.counted_minor, values),
        )
        for place, *parts in zip(places, minors, counted, units, strict=True):
            named[place] = named[place].plus(*parts)
    return named


def _places(lines: Sequence[SoldLine], sku: str, category: str) -> list[int]:
    """Find the order's lines that a refund's line means: same sku and category, else same sku, else same category.

    A refund's line without both means the lines that have neither.
    """
    if not sku and not category and len(lines) == 1 and lines[0][:3] == ("", "", 1):
        return []  # an order that came without lines: its one line stands for all that was bought
    exact = [place for place, line in enumerate(lines) if (line.sku, line.category) == (sku, category)]
    same_sku = [place for place, line in enumerate(lines) if sku and line.sku == sku]
    same_category = [place for place, line in enumerate(lines) if category and not sku and line.category == category]
    return exact or same_sku or same_category


def _quantity_left(line: SoldLine, named: _Named, taken_minor: int) -> Fraction:
    """Take the units that were named, and of the others as great a part as of their value."""
    units = line.quantity - min(line.quantity, named.units)
    others_minor = line.amount_minor - min(line.amount_minor, named.counted_minor)
    if others_minor <= 0:
        return Fraction(units)
    return Fraction(units * min(others_minor, line.amount_minor - taken_minor), others_minor)
