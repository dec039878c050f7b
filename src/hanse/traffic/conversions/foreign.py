"""Orders in other currencies: recorded as they were sent, kept in the program's currency at a rate frozen for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from hanse.kernel.clock import local_day
from hanse.kernel.money import largest_remainder, round_half_away
from hanse.programs.rates.queries import rate_table
from hanse.programs.rates.rules import Table, converted_lines, days_before, minor_rate, rate_for
from hanse.programs.rates.types import FrozenRate
from hanse.traffic.conversions.folding import refunded_value
from hanse.traffic.conversions.rules import sold_lines
from hanse.traffic.conversions.types import RefundedValue, Row, SoldLine, Taken

_MONEY = {"amount_minor", "currency", "lines", "occurred_at"}
DOMESTIC: Mapping[str, str | None] = {
    "original_minor": None, "original_currency": "", "original_lines": None, "rate": "", "rate_on": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Original:
    """A foreign order as it was sent: its currency and lines, and the rate between minor units that is frozen."""

    currency: str
    lines: tuple[SoldLine, ...]
    minor_rate: Fraction


class Exchange:
    """The rates that a batch of orders may need, read once; nothing is read where every order is domestic."""

    def __init__(self, orders: Iterable[tuple[str, str, datetime]]) -> None:
        """Take (currency of the order, currency of the program, moment of the order) of each order."""
        foreign = [(source, target, at) for source, target, at in orders if source != target]
        days = {day for _source, _target, at in foreign for day in days_before(at)}
        codes = {code for source, target, _at in foreign for code in (source, target)}
        self._table: Table = rate_table(codes, days) if foreign else {}

    def rate(self, source: str, target: str, occurred_at: datetime) -> FrozenRate | None:
        """Return the rate of an order: the latest dated before its UTC date, 7 days old at most; None: there is none.

        A currency is worth itself.
        """
        if source == target:
            return FrozenRate(Fraction(1), local_day(occurred_at, "UTC"))
        return rate_for(self._table, source, target, occurred_at)

    def keep(self, row: Row, target: str, frozen: FrozenRate | None) -> Row:
        """Return the money columns of a row that holds what was sent, with the rate that is frozen already, if any.

        A row that has none gets the rate of its own day; the caller has parked those for which there is none.
        """
        if row["currency"] == target:
            return {**DOMESTIC, "amount_minor": row["amount_minor"], "currency": target, "lines": row["lines"]}
        rate = frozen or self.rate(row["currency"], target, row["occurred_at"])
        if rate is None:
            raise LookupError(f"no rate from {row['currency']} to {target}")
        minors = converted_lines([line[3] for line in row["lines"]], rate.rate, row["currency"], target)
        lines = [[*line[:3], minor] for line, minor in zip(row["lines"], minors, strict=True)]
        return {
            "amount_minor": sum(minors), "currency": target, "lines": lines, "original_minor": row["amount_minor"],
            "original_currency": row["currency"], "original_lines": row["lines"], "rate": str(rate.rate),
            "rate_on": rate.dated_on,
        }  # fmt: skip

    def change(self, before: Row, after: Row, changed: Row, target: str) -> Row:
        """Return a change of what was sent as a change of what is kept.

        The frozen rate stays unless currency or UTC date of the order are others now; a day without any rate keeps it.
        """
        if not changed.keys() & _MONEY or target == before["currency"] == after["currency"]:
            return changed
        frozen = _frozen(before)
        is_other = before["currency"] != after["currency"] or _day(before) != _day(after)
        if frozen is not None and is_other:
            frozen = self.rate(after["currency"], target, after["occurred_at"]) or frozen
        return {**changed, **self.keep(after, target, frozen)}


def as_sent(row: Row) -> Row:
    """Return a stored row with the money that was sent in place of the program's."""
    if not row["rate"]:
        return row
    sent = {"amount_minor": row["original_minor"], "currency": row["original_currency"], "lines": row["original_lines"]}
    return {**row, **sent}


FOLDED: Final = ("id", "lines", "original_lines", "original_currency", "currency", "rate")


def refunded_of(row: Row, taken: Sequence[Taken]) -> RefundedValue:
    """Fold all refunds of a stored order, given by its columns FOLDED; a foreign one's in its currency first."""
    original = None
    if row["rate"]:
        rate = minor_rate(Fraction(row["rate"]), row["original_currency"], row["currency"])
        original = Original(row["original_currency"], sold_lines(row["original_lines"]), rate)
    return refunded(sold_lines(row["lines"]), original, taken)


def refunded(lines: Sequence[SoldLine], original: Original | None, taken: Sequence[Taken]) -> RefundedValue:
    """Fold all refunds of an order (domain.md §3); those of a foreign one in its currency, and then at its rate.

    What came back in whole is nothing in both currencies; else the sum is converted and rounded once, and divided over
    the lines by what came back of each. A refund in the program's currency goes back by the same rate.
    """
    if original is None:
        return refunded_value(lines, taken)
    whole, sum_minor = sum(line.amount_minor for line in lines), sum(line.amount_minor for line in original.lines)
    found = refunded_value(original.lines, [_in_original(one, original, whole, sum_minor) for one in taken])
    exact = found.amount_minor * original.minor_rate
    rounded = round_half_away(exact.numerator, exact.denominator)
    total = whole if found.amount_minor == sum_minor else min(whole, rounded)
    return RefundedValue(total, _divided(total, found.line_amounts, lines), found.quantities_left)


def _in_original(one: Taken, original: Original, whole: int, sum_minor: int) -> Taken:
    """Return a refund in the order's own currency; the program's whole is the order's whole."""
    if one.currency in ("", original.currency):
        return one
    back = 1 / original.minor_rate
    minor = round_half_away(one.amount_minor * back.numerator, back.denominator)
    minor = sum_minor if one.amount_minor == whole else minor
    if one.lines is None:
        return replace(one, amount_minor=minor)
    parts = largest_remainder(minor, [line.amount_minor for line in one.lines])
    lines = tuple(line._replace(amount_minor=part) for line, part in zip(one.lines, parts, strict=True))
    return replace(one, amount_minor=minor, lines=lines)


def _divided(total: int, weights: Sequence[int], lines: Sequence[SoldLine]) -> tuple[int, ...]:
    """Divide by what came back of each line, never more than a line has; what is over goes to what others have left."""
    wanted = largest_remainder(total, list(weights))
    parts = [min(line.amount_minor, part) for line, part in zip(lines, wanted, strict=True)]
    room = [line.amount_minor - part for line, part in zip(lines, parts, strict=True)]
    rest = largest_remainder(total - sum(parts), room) if total > sum(parts) else [0] * len(parts)
    return tuple(part + more for part, more in zip(parts, rest, strict=True))


def _frozen(row: Row) -> FrozenRate | None:
    return FrozenRate(Fraction(row["rate"]), row["rate_on"]) if row["rate"] else None


def _day(row: Row) -> date:
    return local_day(row["occurred_at"], "UTC")
