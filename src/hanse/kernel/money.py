"""Money as whole minor units: rounding half away from zero, exact division, rates in parts per million."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from babel.core import get_global
from babel.numbers import get_currency_precision, list_currencies

from hanse.kernel.errors import Invalid, Problem

PPM = 1_000_000
MAX_AMOUNT_MINOR = 10**15  # far beyond any order, far inside 64 bits even after × PPM is taken out

_RATE = re.compile(r"^\s*(-?[0-9]+(?:[.,][0-9]{1,4})?)\s*%\s*$")


def is_currency(code: str) -> bool:
    """Say whether a code is an ISO 4217 currency in use somewhere today or lately."""
    return len(code) == 3 and code.isascii() and code.isupper() and code in _currencies()


def _currencies() -> frozenset[str]:
    global _known
    if _known is None:
        territories = get_global("territory_currencies")
        in_use = {entry[0] for entries in territories.values() for entry in entries if entry[2] is None and entry[3]}
        _known = frozenset(in_use & set(list_currencies("en")))
    return _known


_known: frozenset[str] | None = None


def digits(currency: str) -> int:
    """Return how many decimal digits a currency's minor unit has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def round_half_away(numerator: int, denominator: int) -> int:
    """Divide two integers and round half away from zero: 25/10 → 3, −25/10 → −3. Raises ZeroDivisionError."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, remainder = divmod(abs(numerator), denominator)
    quotient += 2 * remainder >= denominator
    return quotient if numerator >= 0 else -quotient


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` by non-negative weights so that the parts add up exactly; ties go to the earlier part.

    Hamilton's method. All weights zero: everything goes to the first part. Raises ValueError without weights.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be non-negative and at least one")
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    sign, size = (-1 if total < 0 else 1), abs(total)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def parse_rate_ppm(text: str) -> int:
    """Read "20%" or "2.9 %" as parts per million. Raises Invalid unless it is between 0 and 1,000 %."""
    match = _RATE.match(text) if isinstance(text, str) else None
    rate_ppm = int(Decimal(match[1].replace(",", ".")) * 10_000) if match else -1
    if not 0 <= rate_ppm <= 10 * PPM:
        raise Invalid(
            [
                Problem(
                    "",
                    "A rate is a percentage between 0% and 1000% with at most four decimals, like “12.5%”.",
                    "bad_rate",
                )
            ]
        )
    return rate_ppm


def rate_text(rate_ppm: int) -> str:
    """Write parts per million as a percentage without trailing zeros: 29000 → "2.9%"."""
    return f"{(Decimal(rate_ppm) / 10_000).normalize():f}%"


def parse_amount_minor(text: str, currency: str) -> int:
    """Read a decimal amount such as "1,734.77" into minor units. Raises Invalid on too many digits or nonsense."""
    cleaned = text.strip().replace(" ", "").replace("\u00a0", "").replace("\u2212", "-")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", cleaned):
        cleaned = cleaned.replace(",", "")
    try:
        scaled = Decimal(cleaned.replace(",", ".")).scaleb(digits(currency))
    except InvalidOperation:
        raise _bad_amount(currency) from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) > MAX_AMOUNT_MINOR:
        raise _bad_amount(currency)
    return int(scaled)


def decimal_text(amount_minor: int, currency: str) -> str:
    """Write minor units as a plain decimal for files: 420 EUR → "4.20", 420 JPY → "420"."""
    places = digits(currency)
    return f"{Decimal(amount_minor).scaleb(-places):.{places}f}"


def _bad_amount(currency: str) -> Invalid:
    example = decimal_text(123456, currency)
    return Invalid([Problem("", f"An amount in {currency} is written like “{example}”.", "bad_amount")])
