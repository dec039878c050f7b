"""What refunds take back: one fold over the whole set, the same for every order of arrival (domain.md §3, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hanse.kernel.money import largest_remainder
from hanse.traffic.conversions.types import RefundedValue, SoldLine, Taken


def refunded_value(lines: Sequence[SoldLine], taken: Sequence[Taken]) -> RefundedValue:
    """Return min(value, Σ refunds + Σ chargebacks not reversed), divided over the order's lines.

    Refunds that name lines come off those first, each line at most by its value; what names none, and what is more
    than a named line holds, is spread over what is left of the lines by value (largest remainder).
    """
    counting = _counting(taken)
    total_minor = min(sum(line.amount_minor for line in lines), sum(one.amount_minor for one in counting))
    named = _named(lines, counting)
    of_lines = [min(line.amount_minor, minor) for line, (minor, _) in zip(lines, named, strict=True)]
    left = [line.amount_minor - minor for line, minor in zip(lines, of_lines, strict=True)]
    rest_minor = total_minor - sum(of_lines)
    spread = largest_remainder(rest_minor, left) if rest_minor > 0 else [0] * len(lines)
    quantities = [
        _quantity_left(line.quantity - min(line.quantity, units), before, part)
        for line, (_, units), before, part in zip(lines, named, left, spread, strict=True)
    ]
    amounts = tuple(minor + part for minor, part in zip(of_lines, spread, strict=True))
    return RefundedValue(total_minor, amounts, tuple(quantities))


def _counting(taken: Sequence[Taken]) -> list[Taken]:
    """Leave out won disputes and the chargebacks that they reverse."""
    reversed_ids = {one.reverses for one in taken if one.kind == "dispute_won"}
    return [
        one
        for one in taken
        if one.kind == "refund" or (one.kind == "chargeback" and one.external_id not in reversed_ids)
    ]


def _named(lines: Sequence[SoldLine], taken: Sequence[Taken]) -> list[tuple[int, int]]:
    """Sum what refunds say of lines: (amount, units) for each line; equal lines share by value."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for one in taken:
        for line in one.lines or ():
            minor, units = sums.get(key := (line.sku, line.category), (0, 0))
            sums[key] = (minor + line.amount_minor, units + line.quantity)
    named = [(0, 0)] * len(lines)
    for key, (minor, units) in sorted(sums.items()):
        places = _places(lines, *key)
        if places:
            minors = largest_remainder(minor, [lines[place].amount_minor for place in places])
            counts = largest_remainder(units, [lines[place].quantity for place in places])
            for place, part, count in zip(places, minors, counts, strict=True):
                named[place] = (named[place][0] + part, named[place][1] + count)
    return named


def _places(lines: Sequence[SoldLine], sku: str, category: str) -> list[int]:
    """Find the order's lines that a refund's line means: same sku and category, else same sku."""
    if not sku and not category:
        return []
    exact = [place for place, line in enumerate(lines) if (line.sku, line.category) == (sku, category)]
    return exact or [place for place, line in enumerate(lines) if sku and line.sku == sku]


def _quantity_left(units: int, left_minor: int, spread_minor: int) -> Fraction:
    if spread_minor <= 0 or left_minor <= 0:
        return Fraction(units)
    return Fraction(units * (left_minor - spread_minor), left_minor)
