"""Pricing beyond the worked examples: order of clauses, boundaries, spans, versions, rounding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from tests.rules.sales import START, owed, priced, sale, terms

TEN = {"kind": "percent", "rate": "10%"}
FIFTY = {"kind": "percent", "rate": "50%"}


def when(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"when": {"field": field, "op": op, "value": value}}


@pytest.mark.parametrize(
    ("value", "rate", "expected"), [(500, "2.9%", 15), (15, "10%", 2), (2, "20%", 0), (-15, "10%", -2)]
)
def test_each_line_is_rounded_once_half_away_from_zero(value: int, rate: str, expected: int) -> None:
    assert owed([sale(value)], {"kind": "percent", "rate": rate}) == [expected]
    assert owed([sale(lines=[(value,), (value,)])], {"kind": "percent", "rate": rate}) == [2 * expected]


def test_factors_and_share_are_multiplied_before_rounding() -> None:
    doubles = [{"kind": "multiplier", "factor": "1.5"}, {"kind": "multiplier", "factor": "1.1"}]
    assert owed([sale(1010)], TEN, *doubles, share_ppm=333_333) == [56]  # 1010 × 10 % × 1.65 × 0.333333 = 55.549…


def test_the_first_matching_base_clause_pays_each_line() -> None:
    books = {"kind": "percent", "rate": "1%", **when("line.category", "eq", "books")}
    assert owed([sale(lines=[(1000, "books"), (1000, "toys")])], books, FIFTY) == [510]
    assert owed([sale(lines=[(1000, "books"), (1000, "toys")])], FIFTY, books) == [1000]
    assert owed([sale(lines=[(1000, "books"), (1000, "toys")])], books) == [10]


def test_a_goal_meets_only_its_own_clauses() -> None:
    assert owed(
        [sale(1000, goal="lead")], {**TEN, "goal": "sale"}, {"kind": "fixed", "amount": 500, "goal": "lead"}
    ) == [500]


def test_a_lead_without_value_earns_the_fixed_sum() -> None:
    assert owed([sale(0, goal="lead")], {"kind": "fixed", "amount": 500}) == [500]
    assert owed([sale(0, goal="lead")], {"kind": "fixed", "amount": 500}, share_ppm=250_000) == [125]


def test_a_fixed_sum_belongs_to_the_lines_that_chose_it_by_value() -> None:
    three = [(1000, "a"), (1000, "a"), (1000, "a")]
    fixed = {"kind": "fixed", "amount": 500}
    assert owed([sale(lines=three)], fixed) == [500]
    assert owed([sale(lines=three, refunded=[1000, 0, 0])], fixed) == [333]
    assert owed([sale(lines=three, refunded=[1000, 1000, 1000])], fixed) == [0]
    mixed = [(1000, "a"), (3000, "b")]
    assert owed([sale(lines=mixed)], {**fixed, **when("line.category", "eq", "a")}, TEN) == [800]
    assert owed([sale(lines=mixed, refunded=[0, 3000])], {**fixed, **when("line.category", "eq", "a")}, TEN) == [500]
    twice = {"kind": "multiplier", "factor": "2", **when("line.category", "eq", "b")}
    assert owed([sale(lines=mixed)], fixed, twice) == [875]


def test_a_sum_for_each_unit_goes_by_the_quantity_that_is_left() -> None:
    each = {"kind": "fixed", "amount": 150, "per": "unit"}
    assert owed([sale(lines=[(3000, "a", 3)])], each) == [450]
    assert owed([sale(lines=[(3000, "a", 3)], refunded=[500], units_left=[2])], each) == [300]
    assert owed([sale(lines=[(3000, "a", 3)], refunded=[500], units_left=[Fraction(5, 2)])], each) == [375]


# --- recurring --------------------------------------------------------------------------------------------------------


def monthly(count: int, **columns: Any) -> list[Any]:
    return [
        sale(1000, at=datetime(2026, 1 + n, 15, tzinfo=UTC), name=f"m{n}", customer="c", **columns)
        for n in range(count)
    ]


def test_payments_count_what_is_kept_and_paid_by_the_clause() -> None:
    clause = {**TEN, "recurring": {"payments": 2}}
    assert owed(monthly(4), clause) == [100, 100, 0, 0]
    first, *others = monthly(4)
    gone = sale(1000, at=first.occurred_at, name="m0", customer="c", refunded=1000)
    assert owed([gone, *others], clause) == [0, 100, 100, 0]
    assert owed(monthly(4), clause, {"kind": "percent", "rate": "1%"}) == [100, 100, 10, 10]


def test_life_never_ends_and_customers_are_counted_apart() -> None:
    assert owed(monthly(4), {**TEN, "recurring": "life"}) == [100] * 4
    two = [sale(1000, day=0, customer="a"), sale(1000, day=1, customer="b"), sale(1000, day=2)]
    assert owed(two, {**TEN, "recurring": {"payments": 1}}) == [100, 100, 100]


def test_months_are_local_dates_clamped_to_the_months_end() -> None:
    clause = {**TEN, "recurring": {"months": 1}}
    first = sale(1000, at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC), name="a", customer="c")
    later = [
        sale(1000, at=datetime(2026, 2, 27, 22, 59, tzinfo=UTC), name="b", customer="c"),
        sale(1000, at=datetime(2026, 2, 27, 23, 0, tzinfo=UTC), name="c", customer="c"),
    ]
    # in Warsaw the first order is of 1 February, so the month ends on 1 March
    assert owed([first, *later], clause, zone="Europe/Warsaw") == [100, 100, 100]
    # in London it is of 31 January, so the month ends on 28 February
    assert owed([first, *later], clause, zone="Europe/London") == [100, 100, 100]
    end = sale(1000, at=datetime(2026, 2, 28, 0, 0, tzinfo=UTC), name="d", customer="c")
    assert owed([first, end], clause, zone="Europe/London") == [100, 0]
    assert owed([first, end], clause, zone="Europe/Warsaw") == [100, 100]


def test_a_partner_who_left_earns_only_under_clauses_for_life() -> None:
    life = {"kind": "percent", "rate": "1%", "recurring": "life"}
    assert owed([sale(1000)], TEN, life, unpaid_reason="partner_ended") == [10]
    assert owed([sale(1000)], TEN, unpaid_reason="partner_ended") == [0]
    assert owed([sale(1000)], TEN, life, unpaid_reason="self_referral") == [0]


# --- ladders ----------------------------------------------------------------------------------------------------------

COUNT_STEPS = [{"from": 1, "rate": "10%"}, {"from": 3, "rate": "20%"}]


def test_counts_reach_a_step_at_its_number() -> None:
    ladder = {"kind": "ladder", "metric": "count", "period": "month", "steps": COUNT_STEPS}
    sales = [sale(1000, day=n) for n in range(4)]
    assert owed(sales, {**ladder, "mode": "marginal"}) == [100, 100, 200, 200]
    assert owed(sales, {**ladder, "mode": "retroactive"}) == [100, 100, 400, 200]
    gone = [sale(1000, day=0, refunded=1000), *sales[1:]]
    assert owed(gone, {**ladder, "mode": "marginal"}) == [0, 100, 100, 200]


def test_a_bonus_is_paid_at_each_step_once_a_period() -> None:
    steps = [{"from": 2, "amount": 500}, {"from": 3, "amount": 700}]
    bonus = {"kind": "ladder", "metric": "count", "period": "month", "mode": "bonus", "steps": steps}
    sales = [sale(1000, day=n) for n in (0, 1, 2, 3, 40, 41)]
    assert owed(sales, TEN, bonus) == [100, 600, 800, 100, 100, 600]
    value = {**bonus, "metric": "value", "steps": [{"from": 2000, "amount": 500}]}
    assert owed(sales[:3], TEN, value) == [100, 600, 100]
    assert owed([sale(1999, day=0), sale(1, day=1)], value) == [0, 500]


def test_only_the_lines_that_chose_a_ladder_move_it() -> None:
    steps = [{"from": 0, "rate": "10%"}, {"from": 1000, "rate": "20%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": steps}
    only_books = {**ladder, **when("line.category", "eq", "books")}
    sales = [sale(lines=[(1000, "books"), (9000, "toys")], day=0), sale(lines=[(1000, "books")], day=1)]
    assert owed(sales, only_books) == [100, 200]


def test_a_share_moves_a_ladder_by_its_part() -> None:
    steps = [{"from": 0, "rate": "10%"}, {"from": 1000, "rate": "20%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": steps}
    assert owed([sale(2000, day=0), sale(2000, day=1)], ladder, share_ppm=500_000) == [100, 200]


def test_a_ladder_that_begins_above_zero_pays_nothing_below() -> None:
    steps = [{"from": 1000, "rate": "20%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "steps": steps}
    assert owed([sale(1500)], {**ladder, "mode": "marginal"}) == [100]
    assert owed([sale(800, day=0), sale(700, day=1)], {**ladder, "mode": "retroactive"}) == [0, 300]


def test_periods_are_local() -> None:
    steps = [{"from": 0, "rate": "10%"}, {"from": 1000, "rate": "20%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": steps}
    sales = [
        sale(1000, at=datetime(2026, 3, 15, tzinfo=UTC), name="a"),
        sale(1000, at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC), name="b"),
    ]
    assert owed(sales, ladder, zone="UTC") == [100, 200]
    assert owed(sales, ladder, zone="Europe/Warsaw") == [100, 100]


# --- caps and milestones ----------------------------------------------------------------------------------------------


def test_caps_cut_in_their_order_and_say_so() -> None:
    caps = [{"kind": "cap", "per": "conversion", "amount": 400}, {"kind": "cap", "per": "customer", "amount": 600}]
    sales = [sale(1000, day=n, customer="c") for n in range(3)]
    assert owed(sales, FIFTY, *caps) == [400, 200, 0]
    (first, *_) = priced(sales, terms(FIFTY, *caps))
    assert [(step["step"], step["amount"]) for step in first.steps] == [("percent", 500), ("cap", -100), ("cap", 0)]


def test_a_cap_by_count_pays_the_first_ones_only() -> None:
    month = {"kind": "cap", "per": "period", "period": "month", "count": 2}
    assert owed([sale(1000, day=n) for n in (0, 1, 2, 40)], TEN, month) == [100, 100, 0, 100]
    first = {"kind": "cap", "per": "customer", "count": 1}
    assert owed([sale(1000, day=n, customer="c") for n in range(2)], TEN, first) == [100, 0]
    assert owed([sale(1000, day=0, refunded=1000), sale(1000, day=1), sale(1000, day=2)], TEN, month) == [0, 100, 100]


def test_a_period_cap_also_cuts_bonuses_and_milestones() -> None:
    milestone = {"kind": "milestone", "metric": "count", "at": 1, "amount": 5000}
    assert owed([sale(1000)], TEN, milestone, {"kind": "cap", "per": "period", "period": "life", "amount": 3000}) == [
        3000
    ]
    assert owed([sale(1000)], TEN, milestone, {"kind": "cap", "per": "conversion", "amount": 50}) == [5050]


def test_a_cap_may_look_at_whole_orders_only_of_its_goal() -> None:
    cap = {"kind": "cap", "per": "conversion", "amount": 50, "goal": "sale", **when("order.amount", "gt", 1000)}
    sales = [sale(1000, day=0), sale(1001, day=1), sale(1001, day=2, goal="renewal")]
    assert owed(sales, TEN, cap) == [100, 50, 100]


def test_milestones_pay_once_over_all_versions() -> None:
    milestone = {"kind": "milestone", "metric": "count", "at": 2, "amount": 5000}
    old, new = terms(TEN, milestone), terms(TEN, milestone, starts_at=START + timedelta(days=2), number=2)
    sales = [sale(1000, day=n) for n in range(5)]
    assert [one.owed_minor for one in priced(sales, old, new)] == [100, 5100, 100, 100, 100]
    late = terms(TEN, {**milestone, "at": 4}, starts_at=START + timedelta(days=2), number=2)
    assert [one.owed_minor for one in priced(sales, terms(TEN), late)] == [100, 100, 100, 5100, 100]


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("line.sku", "eq", "books", 100), ("line.quantity", "gte", 2, 100), ("line.amount", "gt", 1000, 0),
        ("order.amount", "eq", 1000, 100), ("order.currency", "eq", "GBP", 100), ("order.coupon", "eq", "ANA10", 100),
        ("customer.country", "eq", "PL", 100), ("customer.is_new", "eq", True, 100), ("customer.months", "eq", 0, 100),
        ("partner.types", "contains", "creator", 100), ("partner.country", "eq", "PL", 100),
        ("enrolment.tier", "in", ["gold"], 100), ("enrolment.conversions", "lt", 1, 100),
        ("enrolment.value", "eq", 0, 100),
        ("metadata.plan", "eq", "pro", 100), ("metadata.seats", "gte", 5, 100), ("metadata.seats", "gt", 5, 0),
        ("goal", "eq", "sale", 100), ("goal", "eq", "lead", 0),
    ],
)  # fmt: skip
def test_every_field_can_be_tested(field: str, op: str, value: Any, expected: int) -> None:
    bought = sale(
        lines=[(1000, "books", 2)], customer="c", is_new=True, country="PL", coupon_code="ANA10",
        metadata={"plan": "pro", "seats": "5"},
    )  # fmt: skip
    assert owed([bought], {**TEN, **when(field, op, value)}, tier="gold") == [expected]


def test_what_came_before_counts_as_sold() -> None:
    clause = {**TEN, **when("enrolment.conversions", "lt", 2)}
    sales = [sale(1000, day=n, refunded=1000 if n == 0 else 0) for n in range(3)]
    assert owed(sales, clause) == [0, 100, 0]
    assert owed(sales, {**TEN, **when("enrolment.value", "gte", 2000)}) == [0, 0, 100]


def test_a_customers_age_is_in_whole_months() -> None:
    clause = {**TEN, **when("customer.months", "gte", 1)}
    dates = [(2026, 1, 31), (2026, 2, 27), (2026, 2, 28), (2026, 3, 1)]
    sales = [sale(1000, at=datetime(*date, tzinfo=UTC), name=f"{date}", customer="c") for date in dates]
    assert owed(sales, clause) == [0, 0, 100, 100]


# --- versions ---------------------------------------------------------------------------------------------------------


def test_without_terms_nothing_is_earned_and_the_receipt_says_so() -> None:
    (found,) = priced([sale(1000)])
    assert (found.owed_minor, found.steps[0]["reason"]) == (0, "no_terms")


def test_a_ladder_that_was_promised_for_the_month_goes_on_to_its_end() -> None:
    steps = [{"from": 0, "rate": "10%"}, {"from": 1000, "rate": "20%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": steps}
    change_at = datetime(2026, 3, 10, tzinfo=UTC)
    sales = [sale(1000, at=datetime(2026, 3, day, tzinfo=UTC), name=f"d{day:02}") for day in (5, 15)]
    sales.append(sale(1000, at=datetime(2026, 4, 2, tzinfo=UTC), name="x"))
    down = terms({"kind": "percent", "rate": "1%"}, starts_at=change_at, number=2)
    assert [one.owed_minor for one in priced(sales, terms(ladder), down)] == [100, 200, 10]
    up = terms(ladder, starts_at=change_at, number=2)
    assert [one.owed_minor for one in priced(sales, terms({"kind": "percent", "rate": "1%"}), up)] == [10, 10, 100]


def test_a_ladder_begins_with_the_enrolment_or_the_first_terms_of_a_period() -> None:
    steps = [{"from": 0, "rate": "10%"}, {"from": 1000, "rate": "20%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": steps}
    sales = [sale(1000, at=datetime(2026, 3, day, tzinfo=UTC), name=f"d{day:02}") for day in (15, 16, 25)]
    old = terms({"kind": "percent", "rate": "1%"})
    new = terms(ladder, starts_at=datetime(2026, 3, 10, tzinfo=UTC), number=2)
    joined = datetime(2026, 3, 12, tzinfo=UTC)
    assert [one.owed_minor for one in priced(sales, old, new, enrolled_at=joined)] == [100, 200, 200]
    only = terms(ladder, starts_at=datetime(2026, 3, 10, tzinfo=UTC))
    later = terms({"kind": "percent", "rate": "1%"}, starts_at=datetime(2026, 3, 20, tzinfo=UTC), number=2)
    assert [one.owed_minor for one in priced(sales, only, later)] == [100, 200, 200]


def test_the_order_of_arrival_does_not_matter() -> None:
    steps = [{"from": 0, "rate": "10%"}, {"from": 2000, "rate": "20%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "retroactive", "steps": steps}
    sales = [sale(1000, day=n, refunded=300 * (n == 1)) for n in range(4)]
    forth = {one.conversion_id: one for one in priced(sales, terms(ladder))}
    back = {one.conversion_id: one for one in priced(sales[::-1], terms(ladder))}
    assert forth == back


def test_two_clauses_that_look_alike_count_their_own_payments() -> None:
    sales = [sale(1000, day=day, customer="u") for day in range(4)]
    first = {"kind": "percent", "rate": "20%", "recurring": {"payments": 1}}
    later = {"kind": "percent", "rate": "10%", "recurring": {"payments": 2}}
    assert owed(sales, first, later) == [200, 100, 100, 0]


def test_two_caps_that_look_alike_fill_up_each_by_itself() -> None:
    sales = [sale(1000, day=day, customer="u") for day in range(3)]
    caps = [{"kind": "cap", "per": "customer", "amount": amount} for amount in (200, 150)]
    assert owed(sales, {"kind": "percent", "rate": "10%"}, *caps) == [100, 50, 0]
