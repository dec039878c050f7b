"""Whole tables of sales under invented terms, priced a second time by a naive reading of the rules with fractions."""

from __future__ import annotations

from hypothesis import given, settings

from hanse.money.pricing.preview import preview
from tests.rules.invented import cases
from tests.rules.naive import ZONE, Case, Naive, spread


@settings(max_examples=400, deadline=None)
@given(cases())
def test_any_table_costs_what_the_rules_say(case: tuple[list[Case], list[Case], list[Case]]) -> None:
    clauses, sold, taken = case
    found = preview({
        "terms": {"clauses": clauses}, "currency": "USD", "time_zone": ZONE.key, "conversions": sold, "refunds": taken,
    })  # fmt: skip
    sums = {one["id"]: sum(back["amount"] for back in taken if back["conversion"] == one["id"]) for one in sold}
    remains = {one["id"]: spread(one, sums[one["id"]]) for one in sold}
    as_sold = Naive(clauses, sold, lambda one, i: spread(one, 0)[i]).run()
    left = Naive(clauses, sold, lambda one, i: remains[one["id"]][i]).run()
    assert {one["conversion"]: one["amount"] for one in found["commissions"]} == as_sold
    assert {one["conversion"]: one["owed"] for one in found["commissions"]} == left
    assert found["total"] == sum(left.values())
    for one in found["commissions"]:
        assert sum(step["amount"] for step in one["steps"]) == one["owed"]
