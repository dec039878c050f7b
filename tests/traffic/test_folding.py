"""What refunds take back: domain.md §3 and §5."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.traffic.conversions.folding import refunded_value
from hanse.traffic.conversions.types import SoldLine, Taken


def line(amount: int, sku: str = "", quantity: int = 1, category: str = "") -> SoldLine:
    return SoldLine(sku, category, quantity, amount)


def refund(amount: int, *lines: SoldLine, external_id: str = "r") -> Taken:
    return Taken("refund", external_id, "", amount, lines or None)


def test_the_worked_example_leaves_fifty_in_every_order_of_arrival() -> None:
    facts = [
        refund(2_000, external_id="r1"), refund(3_000, external_id="r2"),
        Taken("chargeback", "c1", "", 10_000), Taken("dispute_won", "d1", "c1", 10_000),
    ]  # fmt: skip
    for order in itertools.permutations(facts):
        assert refunded_value([line(10_000)], order).amount_minor == 5_000


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([refund(1_950)], 5_850),
        ([refund(1_950), refund(1_950)], 3_900),
        ([refund(7_800)], 0),
        ([refund(9_000)], 0),
        ([Taken("chargeback", "c", "", 7_800)], 0),
        ([Taken("chargeback", "c", "", 7_800), Taken("dispute_won", "d", "c", 0)], 7_800),
        ([Taken("chargeback", "c", "", 7_800), Taken("dispute_won", "d", "other", 0)], 0),
        ([Taken("dispute_won", "d", "c", 0)], 7_800),
    ],
)
def test_what_is_left_of_a_sale_of_78(taken: list[Taken], left: int) -> None:
    assert 7_800 - refunded_value([line(7_800)], taken).amount_minor == left


def test_a_refund_of_the_second_line_takes_that_line_alone() -> None:
    value = refunded_value([line(2_900, "a"), line(1_000, "b")], [refund(1_000, line(1_000, "b"))])
    assert value.line_amounts == (0, 1_000)
    assert value.quantities_left == (1, 0)


def test_without_lines_a_refund_is_spread_by_value_with_the_largest_remainder() -> None:
    value = refunded_value([line(100), line(100), line(100)], [refund(100)])
    assert value.line_amounts == (34, 33, 33)


def test_what_is_more_than_a_named_line_holds_is_spread_over_the_others() -> None:
    value = refunded_value([line(500, "a"), line(1_000, "b")], [refund(700, line(700, "a"))])
    assert value.line_amounts == (500, 200)


def test_units_come_back_by_quantity_where_a_line_is_named_and_by_value_where_not() -> None:
    named = refunded_value([line(900, "a", 3)], [refund(300, line(300, "a", 1))])
    spread = refunded_value([line(900, "a", 3)], [refund(450)])
    assert named.quantities_left == (2,)
    assert spread.quantities_left == (Fraction(3, 2),)


def test_a_named_line_that_was_not_sold_is_spread() -> None:
    value = refunded_value([line(500, "a"), line(500, "b")], [refund(100, line(100, "zzz"))])
    assert value.line_amounts == (50, 50)


LINES = st.lists(
    st.builds(SoldLine, st.sampled_from("abc"), st.just(""), st.integers(1, 5), st.integers(0, 5_000)),
    min_size=1,
    max_size=5,
)


def of_lines(lines: list[SoldLine]) -> Taken:
    return refund(sum(one.amount_minor for one in lines), *lines)


NAMED = st.builds(line, st.integers(0, 3_000), st.sampled_from("abcd"), st.integers(1, 5))
TAKEN = st.lists(
    st.one_of(
        st.builds(refund, st.integers(0, 6_000)),
        st.lists(NAMED, min_size=1, max_size=3).map(of_lines),
        st.builds(Taken, st.just("chargeback"), st.sampled_from(("c1", "c2")), st.just(""), st.integers(0, 6_000)),
        st.builds(Taken, st.just("dispute_won"), st.just("d"), st.sampled_from(("c1", "c2", "c3")), st.just(0)),
    ),
    max_size=6,
)  # fmt: skip


@given(LINES, TAKEN, st.randoms())
def test_every_order_of_refunds_folds_alike(lines: list[SoldLine], taken: list[Taken], shuffled: object) -> None:
    mixed = list(taken)
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]
    assert refunded_value(lines, mixed) == refunded_value(lines, taken)


@given(LINES, TAKEN)
def test_the_parts_add_up_and_no_line_gives_back_more_than_it_holds(lines: list[SoldLine], taken: list[Taken]) -> None:
    value = refunded_value(lines, taken)
    assert sum(value.line_amounts) == value.amount_minor
    for sold, part, units in zip(lines, value.line_amounts, value.quantities_left, strict=True):
        assert 0 <= part <= sold.amount_minor
        assert 0 <= units <= sold.quantity


def test_a_named_line_without_a_quantity_goes_by_value() -> None:
    value = refunded_value([line(900, "a", 3), line(100, "b")], [refund(600, line(600, "a", 0))])
    assert value.quantities_left == (1, 1)


def test_named_units_and_value_come_off_the_same_line_one_after_the_other() -> None:
    taken = [refund(300, line(300, "a", 1)), refund(300, line(300, "a", 0)), refund(0)]
    assert refunded_value([line(900, "a", 3), line(100, "b")], taken).quantities_left == (1, 1)


def test_nothing_is_left_of_the_units_of_an_order_that_came_back_in_whole() -> None:
    value = refunded_value([line(900, "a", 3)], [refund(900, line(900, "a", 1))])
    assert (value.line_amounts, value.quantities_left) == ((900,), (0,))


def test_a_refund_may_name_a_category_alone() -> None:
    lines = [line(600, "a", category="books"), line(400, "b", category="toys")]
    value = refunded_value(lines, [refund(100, line(100, category="toys", quantity=0))])
    assert value.line_amounts == (0, 100)


def test_what_names_no_line_is_spread_by_value_as_sold_beside_what_names_one() -> None:
    value = refunded_value([line(6_000, "a"), line(4_000, "b")], [refund(3_000, line(3_000, "a")), refund(2_000)])
    assert value.line_amounts == (4_200, 800)
