"""Which rate counts for an order, and how amounts and lines are converted (domain.md §2). Exact, rounded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from hanse.kernel.clock import local_day
from hanse.kernel.money import digits, largest_remainder, round_half_away
from hanse.programs.rates.types import FrozenRate

EURO: Final = "EUR"
OLDEST_DAYS: Final = 7
Table = Mapping[str, Mapping[date, Fraction]]  # by currency, then by day: units for one euro


def days_before(occurred_at: datetime) -> list[date]:
    """Return the days whose rates may count for an order, the latest first: before its UTC date, 7 days at most."""
    day = local_day(occurred_at, "UTC")
    return [day - timedelta(days=back) for back in range(1, OLDEST_DAYS + 1)]


def rate_for(table: Table, source: str, target: str, occurred_at: datetime) -> FrozenRate | None:
    """Return the latest rate between two currencies that counts for an order, crossed through the euro; else None.

    Both sides are of one day, so that a cross is never made of two days' prices.
    """
    for day in days_before(occurred_at):
        per_euro = [Fraction(1) if code == EURO else table.get(code, {}).get(day) for code in (source, target)]
        if per_euro[0] is not None and per_euro[1] is not None:
            return FrozenRate(per_euro[1] / per_euro[0], day)
    return None


def minor_rate(rate: Fraction, source: str, target: str) -> Fraction:
    """Return the rate between minor units: yen have no digits, Kuwaiti dinars three."""
    return rate * Fraction(10) ** (digits(target) - digits(source))


def converted(amount_minor: int, rate: Fraction, source: str, target: str) -> int:
    """Convert an amount, rounded half away from zero once."""
    exact = amount_minor * minor_rate(rate, source, target)
    return round_half_away(exact.numerator, exact.denominator)


def converted_lines(amounts_minor: Sequence[int], rate: Fraction, source: str, target: str) -> list[int]:
    """Convert an order's lines: the whole is converted and divided by the lines' amounts, so that they add up to it."""
    whole = converted(sum(amounts_minor), rate, source, target)
    return largest_remainder(whole, list(amounts_minor)) if amounts_minor else []
