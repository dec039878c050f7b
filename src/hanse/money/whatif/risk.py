"""Who carries the risk of a deal: what two deals come to over a year, as sales grow, and where they are equal.

Priced by the code that pays, over a made-up year of orders of one size, evenly spread (domain.md §5, example 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final
from uuid import UUID

from hanse.kernel.money import largest_remainder
from hanse.money.pricing.rules import owed_in_order
from hanse.money.pricing.types import Credited, Earner
from hanse.money.promises.rules import promised_lines, total_of
from hanse.money.promises.types import Earning, Facts, Pool, Stay
from hanse.programs.terms.types import (
    Cap,
    DatedTerms,
    Fee,
    Fixed,
    Floor,
    Ladder,
    Milestone,
    Scope,
    Span,
    TermsBody,
)
from hanse.traffic.conversions.types import SoldConversion, SoldLine

POINTS: Final = 36
MOST_ORDERS: Final = 240
MOST_MIXED: Final = 20
Mix = Sequence[SoldConversion]
_BEGINS, _ENDS = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
_ID = UUID(int=0)
_SLICES: Final = {"month": 12, "quarter": 4, "year": 1, "life": 1}
Outcome = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Point:
    """What both deals come to at one amount of sales, in minor units: the partner's income, the business's cost."""

    sales_minor: int
    first_minor: int
    second_minor: int


@dataclass(frozen=True, slots=True)
class Risk:
    """Both curves, and at which sales they meet."""

    points: tuple[Point, ...]
    equal_at: tuple[int, ...]


def flat(amount_minor: int) -> TermsBody:
    """Return the deal that pays a sum once, whatever is sold."""
    return TermsBody((Fee(Scope(1), amount_minor, "signing"),))


def is_hybrid(body: TermsBody) -> bool:
    """Say whether a deal promises something beside what sales earn, so that both sides share the risk."""
    return any(isinstance(clause, Floor | Fee) for clause in body.clauses)


def risk_of(
    first: TermsBody, second: TermsBody, top_minor: int, *, goal: str = "sale", order_minor: int = 0, mix: Mix = ()
) -> Risk:
    """Compare two deals from no sales up to `top_minor` a year. Amounts are minor units of one currency.

    Fees count as due within the year. `order_minor` is the size of an order, for sums per order and counts; without it
    there is one order for each period that a clause adds up over. Where conditions ask what is bought and by whom,
    orders are made like those of `mix` in turn; without a mix they have no category and no customer.
    """
    top_minor = max(POINTS, top_minor)
    mix = mix if has_conditions(first) or has_conditions(second) else ()
    year = _Year(goal, order_minor, max(_slices(first), _slices(second)), tuple(mix)[:MOST_MIXED])
    one, other = lru_cache(year.outcome(first)), lru_cache(year.outcome(second))
    values = [top_minor * place // POINTS for place in range(POINTS + 1)]
    points = tuple(Point(value, one(value), other(value)) for value in values)
    return Risk(points, tuple(dict.fromkeys(_meetings(points, one, other, 2 * len(year.mix)))))


def _meetings(points: tuple[Point, ...], one: Outcome, other: Outcome, slack_minor: int) -> Iterator[int]:
    """Find where the better deal becomes the worse one, to the minor unit; where both run together is no meeting."""
    last = points[0]
    for point in points[1:]:
        ahead, behind = point.first_minor - point.second_minor, last.first_minor - last.second_minor
        if ahead and behind and (ahead > 0) != (behind > 0):
            yield _meeting(last.sales_minor, point.sales_minor, one, other, slack_minor)
        if ahead:
            last = point


def _meeting(low: int, high: int, one: Outcome, other: Outcome, slack_minor: int) -> int:
    """Halve the way between two amounts of sales on whose ends different deals are ahead; prefer a round amount.

    A round one may be off by `slack_minor`: what rounding many lines can make.
    """
    was_ahead = one(low) > other(low)
    first, last = low, high
    while last - first > 1:
        middle = (first + last) // 2
        if (one(middle) > other(middle)) is was_ahead and one(middle) != other(middle):
            first = middle
        else:
            last = middle
    unit: int = 10 ** (len(str(last)) - 1)
    while unit > 1:
        near = (last + unit // 2) // unit * unit
        if low <= near <= high and abs(one(near) - other(near)) <= slack_minor:
            return near
        unit //= 10
    return last


def _slices(body: TermsBody) -> int:
    """Return into how many orders a year is cut at least, so that each period of a clause has the same sales."""
    spans = [clause.period for clause in body.clauses if isinstance(clause, Ladder | Floor)]
    spans += [clause.period for clause in body.clauses if isinstance(clause, Cap) and clause.period is not None]
    return max((_SLICES[span] for span in spans), default=1)


def counts_orders(body: TermsBody) -> bool:
    """Say whether the number of orders decides anything."""
    return any(
        isinstance(clause, Fixed)
        or (isinstance(clause, Ladder | Milestone) and clause.metric == "count")
        or (isinstance(clause, Cap) and (clause.per == "conversion" or clause.count is not None))
        for clause in body.clauses
    )


class _Year:
    """A year with orders of one size, spread evenly."""

    def __init__(self, goal: str, order_minor: int, slices: int, mix: Mix) -> None:
        self._goal, self._order_minor, self._slices, self.mix = goal, order_minor, slices, mix

    def outcome(self, body: TermsBody) -> Outcome:
        """Return what a deal comes to for given sales."""
        due = tuple(replace(one, due="signing") if isinstance(one, Fee) else one for one in body.clauses)
        row = DatedTerms(_ID, _ID, None, None, 1, _BEGINS, None, TermsBody(due))
        earner = Earner(_ID, "UTC", _BEGINS, lambda _at: row, (row,))
        orders_count = counts_orders(body) and self._order_minor > 0

        def come_to(sales_minor: int) -> int:
            orders = max(1, min(MOST_ORDERS, sales_minor // self._order_minor)) if orders_count else 1
            credits = [Credited(sold, 1_000_000, row) for sold in self._sold(sales_minor, max(orders, self._slices))]
            ordered, minors = owed_in_order(credits, earner)
            earned = [
                Earning(one.conversion.occurred_at, one.conversion.external_id, minor, minor)
                for one, minor in zip(ordered, minors, strict=True)
            ]
            facts = Facts(Stay("UTC", ((_BEGINS, None),)), Pool(earned), {row.id: _BEGINS})
            earned_minor: int = sum(minors)
            return earned_minor + total_of(promised_lines(earner, facts, _frame, _ENDS, ahead=False))

        return come_to

    def _sold(self, sales_minor: int, orders: int) -> Iterator[SoldConversion]:
        each = max(-(-orders // self._slices), 1)
        if self.mix:
            yield from self._mixed(sales_minor)
            return
        orders = each * self._slices
        step = (_ENDS - _BEGINS) // orders
        for place, minor in enumerate(largest_remainder(sales_minor, [1] * orders) if sales_minor else ()):
            at = _BEGINS + step * place + min(step // 2, timedelta(days=14))
            lines = (SoldLine("", "", 1, minor),)
            yield SoldConversion(
                _ID, _ID, self._goal, f"{place:06d}", at, minor, "", lines, 0, (minor,), (Fraction(1),), None, None, "",
                "", {}, False,
            )  # fmt: skip

    def _mixed(self, sales_minor: int) -> Iterator[SoldConversion]:
        """Sell every order of the mix once in each slice of the year, larger or smaller as the sales are."""
        lines = [line.amount_minor for order in self.mix for line in order.lines]
        if not sales_minor or sum(lines) <= 0:
            return
        parts = iter(largest_remainder(sales_minor, lines * self._slices))
        step = (_ENDS - _BEGINS) // self._slices
        for place in range(self._slices):
            at = _BEGINS + step * place + min(step // 2, timedelta(days=14))
            for number, like in enumerate(self.mix):
                made = tuple(line._replace(amount_minor=next(parts)) for line in like.lines)
                left = tuple(line.amount_minor for line in made)
                yield replace(
                    like, external_id=f"{place:03d}-{number:03d}", occurred_at=at, amount_minor=sum(left), lines=made,
                    refunded_minor=0, lines_left=left, quantities_left=tuple(Fraction(one.quantity) for one in made),
                    customer_id=None, is_test=False,
                )  # fmt: skip


def has_conditions(body: TermsBody) -> bool:
    """Say whether what is bought, or by whom, decides anything."""
    return any(clause.scope.when is not None for clause in body.clauses)


def _frame(_span: Span) -> tuple[datetime, datetime]:
    return _BEGINS, _ENDS
