"""The worked examples of the domain's arithmetic, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.rules.sales import owed, priced, sale, terms

STEPS = [{"from": 0, "rate": "4%"}, {"from": 20000, "rate": "6%"}, {"from": 40000, "rate": "8%"}]
MARGINAL = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": STEPS}
RETROACTIVE = {**MARGINAL, "mode": "retroactive"}
TEN = {"kind": "percent", "rate": "10%"}
TWENTY = {"kind": "percent", "rate": "20%"}


def test_example_1_a_ladder_pays_each_slice_at_its_rate_or_all_at_the_reached_one() -> None:
    assert owed([sale(50000)], MARGINAL) == [2800]
    assert owed([sale(10000, day=n) for n in range(5)], MARGINAL) == [400, 400, 600, 600, 800]
    assert owed([sale(50000)], RETROACTIVE) == [4000]
    # the third sale passes 200.00 and the fifth 400.00: each books its own 6 % or 8 % and the difference for the others
    assert owed([sale(10000, day=n) for n in range(5)], RETROACTIVE) == [400, 400, 1000, 600, 1600]


def test_example_5_a_new_customer_counts_twice_on_a_quarter_of_the_credit() -> None:
    double = {"kind": "multiplier", "factor": "2", "when": {"field": "customer.is_new", "op": "eq", "value": True}}
    assert owed([sale(8000, is_new=True)], TEN, double, share_ppm=250_000) == [400]
    assert owed([sale(8000, is_new=False)], TEN, double, share_ppm=250_000) == [200]
    assert owed([sale(8000)], TEN, double, share_ppm=250_000) == [200]


def test_example_6_twelve_months_end_on_the_day_before_their_date() -> None:
    clause = {"kind": "percent", "rate": "10%", "recurring": {"months": 12}}
    first = sale(1000, at=datetime(2025, 1, 31, 9, tzinfo=UTC), customer="c", name="a")
    inside = sale(1000, at=datetime(2026, 1, 30, 23, tzinfo=UTC), customer="c", name="b", goal="renewal")
    outside = sale(1000, at=datetime(2026, 1, 31, 0, tzinfo=UTC), customer="c", name="c", goal="renewal")
    assert owed([first, inside, outside], clause) == [100, 100, 0]


def test_example_7_two_lines_and_a_refund_of_one() -> None:
    clauses = (
        {"kind": "percent", "rate": "30%", "when": {"field": "line.category", "op": "eq", "value": "plan"}},
        {"kind": "percent", "rate": "5%"},
    )
    lines = [(2900, "plan"), (1000, "extra")]
    assert owed([sale(lines=lines)], *clauses) == [920]
    (back,) = priced([sale(lines=lines, refunded=[0, 1000])], terms(*clauses))
    assert (back.earned_minor, back.owed_minor) == (920, 870)
    assert [(step["step"], step["line"], step["amount"]) for step in back.changes] == [("refund", 1, -50)]


@pytest.mark.parametrize(("refunded", "left"), [(0, 1560), (1950, 1170), (3900, 780), (7800, 0)])
def test_example_8_refunds_are_taken_from_what_was_earned(refunded: int, left: int) -> None:
    assert owed([sale(7800, refunded=refunded)], TWENTY) == [left]


def test_example_9_ladders_caps_and_milestones_go_by_what_is_left() -> None:
    five = [sale(10000, day=n, refunded=10000 if n == 1 else 0) for n in range(5)]
    assert sum(owed(five, MARGINAL)) == 2000
    assert sum(owed(five, RETROACTIVE)) == 2400
    half = {"kind": "percent", "rate": "50%"}
    assert owed([sale(50000, refunded=20000)], half, {"kind": "cap", "per": "conversion", "amount": 10000}) == [10000]
    month = {"kind": "cap", "per": "period", "period": "month", "amount": 10000}
    two = [sale(15000, day=0), sale(15000, day=1)]
    assert owed(two, half, month) == [7500, 2500]
    assert owed([sale(15000, day=0, refunded=15000), two[1]], half, month) == [0, 7500]
    first = {"kind": "milestone", "metric": "count", "at": 1, "amount": 5000}
    assert owed([sale(1000, day=0), sale(1000, day=1)], TEN, first) == [5100, 100]
    assert owed([sale(1000, day=0, refunded=1000), sale(1000, day=1)], TEN, first) == [0, 5100]
