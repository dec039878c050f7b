"""Terms in words: no clause without any, nested conditions in brackets, differences that name what changes."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.programs.terms.differences import differences
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.sentences import sentences
from hanse.programs.terms.types import TermsBody

TEN = {"kind": "percent", "rate": "10%", "goal": "sale"}
CAP = {"kind": "cap", "per": "period", "period": "month", "amount": 10_000}


def body(*clauses: dict[str, Any]) -> TermsBody:
    return parse_terms({"clauses": list(clauses)}, currency="GBP", goals=None)


def changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    return [one.text for one in differences(body(*before), body(*after), "GBP", {"sale": "Sale"})]


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ({**CAP, "goal": "sale"}, "never more than £100.00 each month, counting only sale"),
        ({"kind": "cap", "per": "customer", "count": 1}, "only 1 paid conversion for one customer"),
        ({"kind": "cap", "per": "period", "period": "life", "count": 3}, "only 3 paid conversions in all"),
        ({"kind": "referral", "rate": "10%", "months": 1}, "10% of what a partner whom you recruit earns, for 1 month"),
        ({"kind": "benefit", "name": "Sample box", "worth": 4_500, "period": "quarter"},
         "Sample box, worth about £45.00, each quarter"),
        ({"kind": "fee", "amount": 100, "due": {"deliverable": "01a200e4-dbe3-70f9-bb18-110dbd9511a8"}},
         "£1.00 once, when the deliverable is accepted"),
        ({**TEN, "recurring": "life"}, "10% of each sale, for as long as the customer stays"),
        ({"kind": "floor", "amount": 100, "period": "month", "mode": "recoupable", "carry": True},
         "an advance of £1.00 each month, which what sales earn pays back, the rest is carried on"),
    ],
)  # fmt: skip
def test_every_kind_of_clause_has_words(clause: dict[str, Any], words: str) -> None:
    assert sentences(body(clause), "GBP", {"sale": "Sale"}) == [words]


def test_conditions_three_levels_deep_keep_their_brackets() -> None:
    amount = {"field": "order.amount", "op": "gte", "value": 5_000}
    inner = {"any": [{"field": "customer.country", "op": "eq", "value": "PL"},
                     {"field": "metadata.plan", "op": "exists", "value": False}]}  # fmt: skip
    when = {"any": [{"all": [amount, inner]}, {"field": "customer.is_new", "op": "eq", "value": True}]}
    (said,) = sentences(body({**TEN, "when": when}), "GBP", {})
    assert said == (
        "10% of each sale, if (the order’s value is at least £50.00 and "
        "(the customer’s country is PL or “plan” is not known)) or the customer is new"
    )


def test_a_rate_that_changes_is_said_from_old_to_new() -> None:
    assert changes([TEN, CAP], [{**TEN, "rate": "12%"}, CAP]) == ["percent on sale: 10% → 12%"]


def test_what_comes_and_what_goes_is_said_whole() -> None:
    fee = {"kind": "fee", "amount": 2_000, "due": "signing"}
    assert changes([TEN, CAP], [TEN, fee]) == [
        "new: £20.00 once, at signing", "no longer: never more than £100.00 each month",
    ]  # fmt: skip


def test_another_order_of_clauses_is_a_difference_too() -> None:
    books = {**TEN, "rate": "20%", "when": {"field": "line.category", "op": "eq", "value": "books"}}
    assert changes([TEN, books], [books, TEN]) == ["the order of the clauses: the first that matches a line pays it"]
    assert changes([books, TEN], [books, TEN]) == []


def test_two_clauses_about_the_same_thing_are_told_apart_by_what_they_say() -> None:
    assert changes([TEN, {**TEN, "rate": "5%"}], [TEN, {**TEN, "rate": "6%"}]) == ["percent on sale: 5% → 6%"]


@pytest.mark.parametrize(
    ("field", "op", "value", "words"),
    [
        ("line.sku", "in", ["a", "b"], "on lines of article a or b"),
        ("line.category", "eq", "books", "on lines of category books"),
        ("line.category", "in", [], "on lines of category nothing"),
        ("line.quantity", "gt", 2, "if the quantity is more than 2"),
        ("line.amount", "lt", 500, "if the line’s value is less than £5.00"),
        ("order.amount", "in", [100, 250], "if the order’s value is £1.00 or £2.50"),
        ("order.currency", "ne", "EUR", "if the currency is not EUR"),
        ("order.coupon", "eq", "ANA10", "with code ANA10"),
        ("order.coupon", "starts_with", "ANA", "if the code begins with ANA"),
        ("order.coupon", "ends_with", "10", "if the code ends with 10"),
        ("order.coupon", "contains", "A1", "if the code contains A1"),
        ("order.coupon", "exists", True, "if the code is known"),
        ("customer.country", "in", ["PL", "DE"], "for customers in PL or DE"),
        ("customer.country", "not_in", ["PL"], "if the customer’s country is none of PL"),
        ("customer.is_new", "eq", True, "for new customers"),
        ("customer.is_new", "ne", True, "for existing customers"),
        ("customer.is_new", "eq", False, "for existing customers"),
        ("customer.is_new", "exists", True, "if it is known whether the customer is new"),
        ("customer.is_new", "exists", False, "if the customer being new is not known"),
        ("customer.months", "lte", 12, "if the customer’s age in months is at most 12"),
        ("partner.types", "contains", "creator", "if the partner’s kind contains creator"),
        ("partner.country", "eq", "PL", "if the partner’s country is PL"),
        ("enrolment.tier", "eq", "power", "if the tier is power"),
        ("enrolment.conversions", "gte", 10, "if the number of earlier conversions is at least 10"),
        ("enrolment.value", "gte", 10_000, "if the value brought before is at least £100.00"),
        ("metadata.plan", "eq", True, "if “plan” is yes"),
        ("metadata.plan", "ne", False, "if “plan” is not no"),
        ("goal", "in", ["sale", "lead"], "if the goal is Sale or lead"),
    ],
)
def test_every_field_and_operator_has_words(field: str, op: str, value: object, words: str) -> None:
    clause = {"kind": "percent", "rate": "10%", "when": {"field": field, "op": op, "value": value}}
    (said,) = sentences(body(clause), "GBP", {"sale": "Sale"})
    assert said.endswith(f" {words}"), said


def test_a_condition_inside_another_says_whether_the_customer_is_new() -> None:
    new = {"field": "customer.is_new", "op": "eq", "value": False}
    coupon = {"field": "order.coupon", "op": "exists", "value": False}
    when = {"all": [new, {"all": [coupon, coupon]}, {"any": [coupon]}]}
    (said,) = sentences(body({**TEN, "when": when}), "GBP", {})
    assert said.endswith(", if the customer is not new" + 3 * " and the code is not known")


LADDER = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal"}
BONUS = {"kind": "ladder", "metric": "count", "period": "year", "mode": "bonus", "goal": "sale"}


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ({**LADDER, "steps": [{"from": 0, "rate": "4%"}, {"from": 20_000, "rate": "6%"}]},
         {**LADDER, "steps": [{"from": 0, "rate": "4%"}, {"from": 30_000, "rate": "6%"}]},
         "4%; 6% above £200.00 → 4%; 6% above £300.00"),
        ({**BONUS, "steps": [{"from": 10, "amount": 500}]}, {**BONUS, "steps": [{"from": 12, "amount": 500}]},
         "£5.00 from Sale number 10 on → £5.00 from Sale number 12 on"),
        ({"kind": "milestone", "metric": "value", "at": 5_000, "amount": 100},
         {"kind": "milestone", "metric": "value", "at": 5_000, "amount": 200}, "milestone at £50.00: £1.00 → £2.00"),
        ({"kind": "milestone", "metric": "count", "at": 3, "amount": 100},
         {"kind": "milestone", "metric": "count", "at": 3, "amount": 200}, "milestone at 3: £1.00 → £2.00"),
        ({"kind": "multiplier", "factor": "2"}, {"kind": "multiplier", "factor": "1.5"}, "multiplier: × 2 → × 1.5"),
        ({"kind": "fee", "amount": 100, "due": "signing"}, {"kind": "fee", "amount": 300, "due": "signing"},
         "fee: £1.00 → £3.00"),
        ({"kind": "benefit", "name": "Box", "worth": 100, "period": "month"},
         {"kind": "benefit", "name": "Box", "worth": 300, "period": "month"}, "Box: £1.00 → £3.00"),
        ({"kind": "cap", "per": "customer", "count": 1}, {"kind": "cap", "per": "customer", "count": 2},
         "cap for one customer: 1 → 2"),
        ({"kind": "fixed", "amount": 100, "per": "unit", "goal": "sale"},
         {"kind": "fixed", "amount": 300, "per": "unit", "goal": "sale"},
         "sum for each unit of a Sale: £1.00 → £3.00"),
        ({"kind": "referral", "rate": "10%", "months": 12}, {"kind": "referral", "rate": "10%", "months": 6},
         "for 12 months → 10% of what a partner whom you recruit earns, for 6 months"),
    ],
)  # fmt: skip
def test_every_kind_of_clause_tells_what_changes_of_it(was: dict[str, Any], now: dict[str, Any], words: str) -> None:
    (said,) = changes([TEN, was], [TEN, now])
    assert words.casefold() in said.casefold()
