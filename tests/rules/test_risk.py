"""Who carries the risk: two deals compared over a year of growing sales (domain.md §5, example 2)."""

from __future__ import annotations

from typing import Any

from hanse.money.whatif.risk import Risk, flat, is_hybrid, risk_of
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import TermsBody
from tests.rules.sales import sale

TWENTY = {"kind": "percent", "rate": "20%", "goal": "sale"}


def body(*clauses: dict[str, Any]) -> TermsBody:
    return parse_terms({"clauses": list(clauses)}, currency="GBP", goals=None)


def at(risk: Risk, sales_minor: int) -> tuple[int, int]:
    return next((one.first_minor, one.second_minor) for one in risk.points if one.sales_minor == sales_minor)


def test_a_fee_of_20000_and_20_percent_equals_a_flat_fee_of_40000_at_sales_of_100000() -> None:
    deal = body({"kind": "fee", "amount": 2_000_000, "due": "signing"}, TWENTY)
    found = risk_of(deal, flat(4_000_000), 18_000_000)
    assert found.equal_at == (10_000_000,)
    assert at(found, 0) == (2_000_000, 4_000_000)
    assert at(found, 15_000_000) == (5_000_000, 4_000_000)


def test_a_floor_of_5000_a_quarter_meets_the_flat_fee_where_the_fee_would() -> None:
    floor = {"kind": "floor", "amount": 500_000, "period": "quarter", "mode": "added"}
    found = risk_of(body(TWENTY, floor), flat(4_000_000), 18_000_000)
    assert found.equal_at == (10_000_000,)


def test_monthly_periods_meet_at_a_round_amount_too() -> None:
    ladder = {
        "kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
        "steps": [{"from": 0, "rate": "10%"}, {"from": 1_000_000, "rate": "30%"}],
    }  # fmt: skip
    found = risk_of(body(ladder), body(TWENTY), 48_000_000)
    assert found.equal_at == (24_000_000,)


def test_the_greater_of_both_never_falls_below_the_floor() -> None:
    floor = {"kind": "floor", "amount": 2_000_000, "period": "year", "mode": "greater_of"}
    found = risk_of(body(TWENTY, floor), flat(2_000_000), 18_000_000)
    assert at(found, 6_000_000) == (2_000_000, 2_000_000)
    assert at(found, 15_000_000) == (3_000_000, 2_000_000)
    assert found.equal_at == ()


def test_sums_for_each_order_count_orders_of_the_usual_size() -> None:
    found = risk_of(body({"kind": "fixed", "amount": 500}), flat(50_000), 1_800_000, order_minor=10_000)
    assert at(found, 900_000) == (90 * 500, 50_000)
    assert found.equal_at == (1_000_000,)


def test_only_a_deal_that_promises_something_is_a_hybrid() -> None:
    assert not is_hybrid(body(TWENTY))
    assert is_hybrid(body(TWENTY, {"kind": "fee", "amount": 1, "due": "2026-12-31"}))


def test_where_conditions_ask_what_is_bought_orders_are_made_like_those_there_were() -> None:
    books = {**TWENTY, "when": {"field": "line.category", "op": "eq", "value": "books"}}
    fee = {"kind": "fee", "amount": 2_000_000, "due": "signing"}
    half = sale(lines=[(3_333, "books"), (3_333, "tea")])
    found = risk_of(body(books, fee), flat(4_000_000), 36_000_000, mix=[half])
    assert found.equal_at == (20_000_000,)
    assert risk_of(body(books, fee), flat(4_000_000), 36_000_000).equal_at == ()
