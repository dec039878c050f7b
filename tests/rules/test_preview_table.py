"""The dry run of terms against a table written from the text of domain.md §5 and §13, sentence by sentence."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.kernel.errors import Invalid
from hanse.money.pricing.preview import preview

Case = dict[str, Any]
TEN: Case = {"kind": "percent", "rate": "10%"}
STEPS: list[Case] = [{"from": 0, "rate": "4%"}, {"from": 20_000, "rate": "6%"}, {"from": 40_000, "rate": "8%"}]


def sold(name: str, amount: int | None = None, at: str = "2026-03-02T10:00:00Z", **more: Any) -> Case:
    found: Case = {"id": name, "goal": "sale", "occurred_at": at if "T" in at else f"{at}T10:00:00Z", **more}
    return found if amount is None else {**found, "amount": amount}


def run(clauses: list[Case], conversions: list[Case], **more: Any) -> Case:
    return preview({"terms": {"clauses": clauses}, "conversions": conversions, **more})


def owed(clauses: list[Case], conversions: list[Case], **more: Any) -> list[int]:
    return [one["owed"] for one in run(clauses, conversions, **more)["commissions"]]


def ladder(metric: str, mode: str, period: str = "month", steps: list[Case] | None = None, **more: Any) -> Case:
    return {"kind": "ladder", "metric": metric, "period": period, "mode": mode, "steps": steps or STEPS, **more}


COUNTS = [{"from": 0, "rate": "10%"}, {"from": 3, "rate": "20%"}]
BONUS = [{"from": 20_000, "amount": 700}, {"from": 30_000, "amount": 900}]


@pytest.mark.parametrize(
    ("clauses", "amounts", "expected"),
    [
        ([TEN], [15], [2]),
        ([{"kind": "percent", "rate": "2.9%"}], [500], [15]),
        ([{"kind": "percent", "rate": "20%"}], [2], [0]),
        ([ladder("value", "marginal")], [20_000, 1], [800, 0]),
        ([ladder("value", "marginal")], [20_000, 10_000], [800, 600]),
        ([ladder("value", "retroactive")], [20_000], [800]),
        ([ladder("value", "retroactive")], [20_001], [1_200]),
        ([ladder("value", "retroactive")], [20_000, 10], [800, 401]),  # 6 % of 200.10 is 12.006
        ([ladder("count", "marginal", steps=COUNTS)], [1000, 1000, 1000, 1000], [100, 100, 200, 200]),
        ([ladder("count", "retroactive", steps=COUNTS)], [1000, 1000, 1000, 1000], [100, 100, 400, 200]),
        ([TEN, ladder("value", "bonus", steps=BONUS)], [19_999, 1, 10_000], [2_000, 700, 1_900]),
        ([TEN, ladder("value", "bonus", steps=BONUS)], [50_000], [6_600]),
        ([TEN, {"kind": "milestone", "metric": "value", "at": 150, "amount": 99}], [100, 50, 500], [10, 104, 50]),
        ([TEN, {"kind": "cap", "per": "period", "period": "year", "amount": 150}], [1000, 1000, 1000], [100, 50, 0]),
        ([TEN, {"kind": "cap", "per": "period", "period": "life", "count": 2}], [1000, 0, 1000, 1], [100, 0, 100, 0]),
        ([TEN, {"kind": "cap", "per": "conversion", "amount": 30},
          {"kind": "milestone", "metric": "count", "at": 1, "amount": 500}], [1000], [530]),
        ([TEN, {"kind": "cap", "per": "period", "period": "month", "amount": 300},
          {"kind": "milestone", "metric": "count", "at": 1, "amount": 500}], [1000], [300]),
        ([{"kind": "fixed", "amount": 500, "per": "conversion"}, TEN], [1000, 0], [500, 500]),
        ([{"kind": "multiplier", "factor": "1.5"}, {"kind": "multiplier", "factor": "2"}, TEN], [1000], [300]),
        ([{"kind": "multiplier", "factor": "0.333333"}, TEN], [1000], [33]),
    ],
)  # fmt: skip
def test_amounts_follow_the_text(clauses: list[Case], amounts: list[int], expected: list[int]) -> None:
    sales = [sold(f"c{number}", amount, f"2026-03-{number + 1:02}") for number, amount in enumerate(amounts)]
    assert owed(clauses, sales) == expected
    assert owed(clauses, sales[::-1]) == expected[::-1]


@pytest.mark.parametrize(
    ("span", "moments", "expected"),
    [
        ("month", ["2026-03-31", "2026-04-01"], [1_200, 1_200]),
        ("quarter", ["2026-03-31", "2026-04-01"], [1_200, 1_200]),
        ("quarter", ["2026-01-01", "2026-03-31"], [1_200, 2_200]),
        ("year", ["2025-12-31", "2026-01-01"], [1_200, 1_200]),
        ("year", ["2026-01-01", "2026-12-31"], [1_200, 2_200]),
        ("life", ["2020-01-01", "2026-12-31"], [1_200, 2_200]),
    ],
)
def test_periods_are_those_of_the_calendar(span: str, moments: list[str], expected: list[int]) -> None:
    steps = [{"from": 0, "rate": "4%"}, {"from": 20_000, "rate": "4%"}, {"from": 30_000, "rate": "8%"}]
    sales = [sold(f"c{number}", 30_000, at) for number, at in enumerate(moments)]
    found = owed([ladder("value", "marginal", span, steps)], sales)
    assert found == [expected[0], 1_200 if expected[1] == 1_200 else 2_400]


@pytest.mark.parametrize(
    ("zone", "moment", "month"),
    [
        ("Europe/Berlin", "2026-03-31T21:59:59Z", "03"),  # summer time: midnight is at 22:00
        ("Europe/Berlin", "2026-03-31T22:00:00Z", "04"),
        ("Europe/Berlin", "2026-10-31T22:59:59Z", "10"),
        ("Europe/Berlin", "2026-10-31T23:00:00Z", "11"),
        ("America/New_York", "2026-04-01T03:59:59Z", "03"),
        ("Pacific/Apia", "2026-03-31T11:00:00Z", "04"),
    ],
)
def test_days_are_local_also_where_clocks_change(zone: str, moment: str, month: str) -> None:
    floor = {"kind": "floor", "amount": 100, "period": "month", "mode": "added"}
    (line,) = run([TEN, floor], [sold("c1", 10, moment)], time_zone=zone)["periods"]
    assert line["to"] > moment[:10]
    from datetime import datetime
    from zoneinfo import ZoneInfo

    assert datetime.fromisoformat(line["from"]).astimezone(ZoneInfo(zone)).strftime("%m %d %H") == f"{month} 01 00"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2024-01-31", "2024-02-28", "2024-02-29"], [10, 10, 0]),  # clamped to the month's end, which is out
        (["2025-01-31", "2025-02-27", "2025-02-28"], [10, 10, 0]),
        (["2025-01-15", "2025-02-14", "2025-02-15"], [10, 10, 0]),
    ],
)
def test_recurring_months_are_clamped_and_their_date_is_out(days: list[str], expected: list[int]) -> None:
    clause = {**TEN, "recurring": {"months": 1}}
    buyer = {"external_id": "u"}
    assert owed([clause], [sold(day, 100, day, customer=buyer) for day in days]) == expected


def test_payments_count_what_is_kept_and_what_this_clause_pays() -> None:
    twice = {**TEN, "recurring": {"payments": 2}}
    sales = [sold(f"c{n}", 100, f"2026-03-0{n}", customer={"external_id": "u"}) for n in range(1, 5)]
    assert owed([twice, {"kind": "percent", "rate": "1%"}], sales) == [10, 10, 1, 1]
    back = [{"conversion": "c1", "kind": "refund", "occurred_at": "2026-04-01T00:00:00Z", "amount": 100}]
    found = run([twice, {"kind": "percent", "rate": "1%"}], sales, refunds=back)
    assert [one["owed"] for one in found["commissions"]] == [0, 10, 10, 1]
    assert [one["amount"] for one in found["commissions"]] == [10, 10, 1, 1]
    other = sold("c9", 100, "2026-03-03", customer={"external_id": "v"})
    assert owed([twice], [*sales, other])[-1] == 10


BOOKS = {"sku": "b", "category": "books", "quantity": 2, "amount": 2_000}
TOYS = {"sku": "t", "category": "toys", "quantity": 3, "amount": 3_000}
ON_BOOKS = {"field": "line.category", "op": "eq", "value": "books"}


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ([{**TEN, "when": ON_BOOKS}], 200),
        ([{**TEN, "when": ON_BOOKS}, {"kind": "percent", "rate": "1%"}], 230),
        ([{"kind": "percent", "rate": "1%"}, {**TEN, "when": ON_BOOKS}], 50),
        ([{"kind": "fixed", "amount": 100, "per": "unit", "when": ON_BOOKS}], 200),
        ([{"kind": "fixed", "amount": 1_000, "per": "conversion", "when": ON_BOOKS}, TEN], 1_300),
        ([{**TEN, "when": {"field": "line.quantity", "op": "gte", "value": 3}}], 300),
        ([{**TEN, "when": {"field": "order.amount", "op": "gt", "value": 5_000}}], 0),
        ([{**TEN, "when": {"field": "order.amount", "op": "lte", "value": 5_000}}], 500),
        ([TEN, {"kind": "multiplier", "factor": "2", "when": ON_BOOKS}], 700),
        ([TEN, {"kind": "cap", "per": "conversion", "amount": 499}], 499),
    ],
)
def test_the_first_base_clause_that_matches_a_line_pays_it(clauses: list[Case], expected: int) -> None:
    assert owed(clauses, [sold("c1", lines=[BOOKS, TOYS])]) == [expected]


@pytest.mark.parametrize(
    ("clause", "refund", "expected"),
    [
        (TEN, {"amount": 1_000}, 400),
        (TEN, {"lines": [{"sku": "b", "category": "books", "quantity": 1, "amount": 1_000}]}, 400),
        ({**TEN, "when": ON_BOOKS}, {"amount": 1_000}, 160),  # 4.00 of the refund falls on the books
        ({**TEN, "when": ON_BOOKS}, {"lines": [{"sku": "t", "quantity": 1, "amount": 1_000}]}, 200),
        ({"kind": "fixed", "amount": 100, "per": "unit"}, {"lines": [{"sku": "t", "quantity": 2, "amount": 1}]}, 300),
        ({"kind": "fixed", "amount": 100, "per": "unit"}, {"lines": [{"sku": "t", "amount": 1_500}]}, 350),
        ({"kind": "fixed", "amount": 100, "per": "unit"}, {"amount": 2_500}, 250),
        ({"kind": "fixed", "amount": 1_000, "per": "conversion"}, {"amount": 2_500}, 500),
        ({"kind": "fixed", "amount": 1_000, "per": "conversion"}, {"amount": 99_999}, 0),
        (TEN, {"kind": "dispute_won", "amount": 1_000}, 500),
    ],
)  # fmt: skip
def test_refunds_take_back_what_they_name(clause: Case, refund: Case, expected: int) -> None:
    back = {"conversion": "c1", "occurred_at": "2026-04-01T00:00:00Z", **refund}
    assert owed([clause], [sold("c1", lines=[BOOKS, TOYS])], refunds=[back]) == [expected]


def test_a_refunds_quantity_counts_also_where_lines_have_no_names() -> None:
    unit = {"kind": "fixed", "amount": 100, "per": "unit"}
    order = sold("c1", lines=[{"quantity": 4, "amount": 4_000}])
    assert owed([unit], [order], refunds=[{"conversion": "c1", "lines": [{"quantity": 3, "amount": 300}]}]) == [100]
    assert owed([unit], [order], refunds=[{"conversion": "c1", "lines": [{"amount": 1_000}]}]) == [300]
    whole = sold("c1", 4_000)
    assert owed([unit], [whole], refunds=[{"conversion": "c1", "lines": [{"quantity": 3, "amount": 1_000}]}]) == [75]


@pytest.mark.parametrize(
    ("when", "more", "pays"),
    [
        ({"field": "customer.country", "op": "ne", "value": "PL"}, {}, False),
        ({"field": "customer.country", "op": "not_in", "value": []}, {}, False),
        ({"field": "customer.country", "op": "not_in", "value": []}, {"customer": {"country": "PL"}}, True),
        ({"field": "customer.country", "op": "in", "value": []}, {"customer": {"country": "PL"}}, False),
        ({"field": "customer.country", "op": "exists"}, {}, False),
        ({"field": "customer.country", "op": "exists", "value": False}, {}, True),
        ({"field": "metadata.n", "op": "gte", "value": 5}, {"metadata": {"n": "10"}}, True),
        ({"field": "metadata.n", "op": "lt", "value": "9"}, {"metadata": {"n": "10"}}, False),
        ({"field": "metadata.n", "op": "eq", "value": "10.0"}, {"metadata": {"n": "10"}}, False),
        ({"field": "metadata.d", "op": "gt", "value": "2026-01-31"}, {"metadata": {"d": "2026-02-01"}}, True),
        ({"field": "metadata.n", "op": "gt", "value": 1}, {"metadata": {"n": "many"}}, False),
        ({"field": "order.coupon", "op": "starts_with", "value": "SPRING"}, {"coupon": "SPRING-1"}, True),
        ({"field": "order.coupon", "op": "contains", "value": "ring"}, {"coupon": "SPRING-1"}, False),
        ({"field": "partner.types", "op": "contains", "value": "creator"}, {}, True),
        ({"field": "partner.types", "op": "in", "value": ["agency"]}, {}, False),
        ({"field": "enrolment.tier", "op": "eq", "value": "gold"}, {}, True),
        ({"all": [{"any": [{"all": [{"field": "goal", "op": "eq", "value": "sale"}]}]}]}, {}, True),
    ],
)
def test_conditions_hold_as_the_text_says(when: Case, more: Case, pays: bool) -> None:
    enrolment = {"tier": "gold", "types": ["creator"]}
    assert owed([{**TEN, "when": when}], [sold("c1", 100, **more)], enrolment=enrolment) == [10 if pays else 0]


def test_earlier_conversions_count_as_they_were_sold() -> None:
    third = {**TEN, "when": {"field": "enrolment.conversions", "op": "gte", "value": 2}}
    rich = {"kind": "percent", "rate": "1%", "when": {"field": "enrolment.value", "op": "gte", "value": 200}}
    sales = [sold(f"c{n}", 100, f"2026-03-0{n}") for n in (1, 2, 3)]
    back = [{"conversion": "c1", "amount": 100}]
    assert owed([third], sales, refunds=back) == [0, 0, 10]
    assert owed([rich], sales, refunds=back) == [0, 0, 1]


@pytest.mark.parametrize(("currency", "amount", "expected"), [("JPY", 1_005, 101), ("KWD", 1_004, 100)])
def test_amounts_are_minor_units_whatever_the_currency(currency: str, amount: int, expected: int) -> None:
    assert owed([TEN], [sold("c1", amount)], currency=currency) == [expected]


@pytest.mark.parametrize(
    ("mode", "more", "sales", "lines", "total"),
    [
        ("added", {}, 150_000, [("floor", 20_000)], 50_000),
        ("greater_of", {}, 150_000, [], 30_000),
        ("greater_of", {}, 60_000, [("top_up", 8_000)], 20_000),
        ("recoupable", {}, 60_000, [("advance", 20_000), ("recouped", 12_000), ("forgiven", 8_000)], 20_000),
        ("recoupable", {"carry": True}, 60_000, [("advance", 20_000), ("recouped", 12_000)], 20_000),
    ],
)
def test_floors_of_a_closed_quarter(
    mode: str, more: Case, sales: int, lines: list[tuple[str, int]], total: int
) -> None:
    floor = {"kind": "floor", "amount": 20_000, "period": "quarter", "mode": mode, **more}
    found = run([{"kind": "percent", "rate": "20%"}, floor], [sold("c1", sales)], until="2026-04-01T00:00:00Z")
    assert [(line["kind"], line["amount"]) for line in found["periods"]] == lines
    assert found["total"] == total
    open_still = run([{"kind": "percent", "rate": "20%"}, floor], [sold("c1", sales)], until="2026-03-31T23:59:59Z")
    assert open_still["periods"] == []


@pytest.mark.parametrize(
    ("clause", "pointer"),
    [
        ({**TEN, "colour": 1}, "/terms/clauses/0/colour"),
        ({"kind": "percent", "rate": 20}, "/terms/clauses/0/rate"),
        ({"kind": "percent", "rate": "20"}, "/terms/clauses/0/rate"),
        ({"kind": "fixed", "amount": 5.5}, "/terms/clauses/0/amount"),
        ({**TEN, "when": {"field": "line.amount", "op": "gte", "value": "much"}}, "/terms/clauses/0/when/value"),
        ({**TEN, "when": {"field": "line.colour", "op": "eq", "value": "red"}}, "/terms/clauses/0/when/field"),
        ({**TEN, "when": {"field": "customer.country", "op": "eq", "value": "pl"}}, "/terms/clauses/0/when/value"),
        ({**TEN, "recurring": {"months": 1, "payments": 1}}, "/terms/clauses/0/recurring"),
        (ladder("value", "marginal", steps=[{"from": 5, "rate": "1%"}, {"from": 5, "rate": "2%"}]),
         "/terms/clauses/0/steps/1/from"),
        ({"kind": "cap", "per": "period", "amount": 5}, "/terms/clauses/0/period"),
        ({"kind": "floor", "amount": 5, "period": "life", "mode": "added"}, "/terms/clauses/0/period"),
        ({"kind": "referral", "rate": "10%"}, "/terms/clauses/0/months"),
        ({"kind": "benefit", "name": "Box", "period": "month"}, "/terms/clauses/0/worth"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_pointer(clause: Case, pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        run([clause], [sold("c1", 100)])
    assert pointer in [problem.pointer for problem in caught.value.problems]
