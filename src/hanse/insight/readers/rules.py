"""Rules of reader facts: what a set of sales has in common. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from hanse.insight.readers.types import Sale

FEWEST = 10  # domain.md §12: nothing about groups under ten
HOURS = 3
_UNTOLD = frozenset({"", "shipping", "charges"})


def best_hours(sales: Sequence[Sale]) -> tuple[int, int, Decimal]:
    """Return the three hours in a row that most sales fall into, as (from, until, share); ties go to the earliest."""
    by_hour = Counter(sale.hour for sale in sales)
    sums = [sum(by_hour[(start + offset) % 24] for offset in range(HOURS)) for start in range(24)]
    start = max(range(24), key=lambda hour: (sums[hour], -hour))
    return start, (start + HOURS) % 24, Decimal(sums[start]) / len(sales)


def average_minor(sales: Sequence[Sale]) -> int | None:
    """Return the mean amount to the nearest minor unit; None for fewer than ten sales."""
    if len(sales) < FEWEST:
        return None
    return int((Decimal(sum(sale.amount_minor for sale in sales)) / len(sales)).to_integral_value())


def new_share(sales: Sequence[Sale]) -> Decimal | None:
    """Return the share of new customers among sales that know it; None when fewer than ten do."""
    known = [sale for sale in sales if sale.is_new is not None]
    return Decimal(sum(1 for sale in known if sale.is_new)) / len(known) if len(known) >= FEWEST else None


def categories(sales: Sequence[Sale], at_most: int = 1) -> list[tuple[str, Decimal]]:
    """Return the categories that most sales hold something of, with their shares; only those in ten sales or more."""
    counts = Counter(category for sale in sales for category in sale.categories - _UNTOLD)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name, Decimal(count) / len(sales)) for name, count in ranked[:at_most] if count >= FEWEST]
