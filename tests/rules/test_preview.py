"""The dry run of terms: the same cents as live, from JSON to JSON."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.kernel.errors import Invalid
from hanse.money.pricing.preview import preview


def sale(number: int, amount: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "goal": "sale",
        "occurred_at": f"2026-03-{number:02}T10:00:00Z",
        "amount": amount,
        **more,
    }


def run(clauses: list[dict[str, Any]], conversions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return preview(
        {"terms": {"clauses": clauses}, "currency": "USD", "time_zone": "UTC", "conversions": conversions, **more}
    )


TWENTY = {"kind": "percent", "rate": "20%"}
LADDER = {
    "kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
    "steps": [{"from": 0, "rate": "4%"}, {"from": 20000, "rate": "6%"}, {"from": 40000, "rate": "8%"}],
}  # fmt: skip


def test_a_ladder_is_priced_and_explained() -> None:
    assert run([LADDER], [sale(1, 50000)]) == {
        "commissions": [
            {
                "conversion": "c1", "amount": 2800, "owed": 2800,
                "steps": [{
                    "clause": 1, "amount": 2800, "text": "The order: $200.00 × 4% + $200.00 × 6% + $100.00 × 8%",
                }],
            }
        ],
        "periods": [],
        "total": 2800,
    }  # fmt: skip


def test_every_conversion_has_an_entry_also_for_nothing() -> None:
    found = run([{**TWENTY, "goal": "lead"}], [sale(2, 1000), sale(1, 1000)])
    assert [(one["conversion"], one["owed"]) for one in found["commissions"]] == [("c2", 0), ("c1", 0)]


@pytest.mark.parametrize(
    ("refunds", "owed"),
    [
        ([{"conversion": "c1", "kind": "refund", "occurred_at": "2026-03-05T00:00:00Z", "amount": 1950}], 1170),
        ([{"conversion": "c1", "amount": 1950}, {"conversion": "c1", "amount": 1950}], 780),
        ([{"conversion": "c1", "amount": 99999}], 0),
        ([{"conversion": "c1", "kind": "chargeback", "id": "x", "amount": 7800},
          {"conversion": "c1", "kind": "dispute_won", "reverses": "x", "amount": 7800}], 1560),
    ],
)  # fmt: skip
def test_refunds_are_taken_off(refunds: list[dict[str, Any]], owed: int) -> None:
    (found,) = run([TWENTY], [sale(1, 7800)], refunds=refunds)["commissions"]
    assert (found["amount"], found["owed"]) == (1560, owed)
    assert sum(step["amount"] for step in found["steps"]) == owed


def test_shares_customers_and_the_enrolment_are_taken_into_account() -> None:
    clauses = [
        {"kind": "percent", "rate": "10%", "when": {"field": "enrolment.tier", "op": "eq", "value": "gold"}},
        {"kind": "multiplier", "factor": "2", "when": {"field": "customer.is_new", "op": "eq", "value": True}},
    ]
    bought = sale(1, 8000, share="25%", customer={"external_id": "u", "is_new": True, "country": "PL"})
    assert run(clauses, [bought], enrolment={"tier": "gold", "types": ["creator"]})["total"] == 400


def test_floors_of_closed_periods_count_into_the_total() -> None:
    floor = {"kind": "floor", "amount": 5000, "period": "month", "mode": "greater_of"}
    found = run([TWENTY, floor], [sale(1, 10000)], until="2026-05-01T00:00:00Z")
    assert [(line["kind"], line["from"][:10], line["amount"]) for line in found["periods"]] == [
        ("top_up", "2026-03-01", 3000), ("top_up", "2026-04-01", 5000)
    ]  # fmt: skip
    assert found["total"] == 10000
    assert run([TWENTY, floor], [sale(1, 10000)])["total"] == 5000
    assert run([TWENTY, floor], [sale(1, 10000)], until="2026-03-31T00:00:00Z")["total"] == 2000


def test_fees_are_paid_when_due_and_joining_late_pro_rates() -> None:
    clauses = [
        {"kind": "fee", "amount": 700, "due": "signing"},
        {"kind": "floor", "amount": 3100, "period": "month", "mode": "added"},
    ]
    found = run(clauses, [sale(20, 0)], enrolment={"since": "2026-03-17T12:00:00Z"})
    assert [(line["kind"], line["amount"]) for line in found["periods"]] == [("floor", 1500), ("fee", 700)]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"terms": {"clauses": [{"kind": "percent"}]}}, "/terms/clauses/0/rate"),
        ({"terms": None}, "/terms"),
        ({"currency": "XXX"}, "/currency"),
        ({"time_zone": "Mars/Base"}, "/time_zone"),
        ({"conversions": [sale(1, 5), sale(1, 5)]}, "/conversions/1/id"),
        ({"conversions": [{**sale(1, 5), "lines": [{"amount": 6}]}]}, "/conversions/0/amount"),
        ({"conversions": [{**sale(1, 5), "occurred_at": "soon"}]}, "/conversions/0/occurred_at"),
        ({"conversions": [{**sale(1, 5), "share": "101%"}]}, "/conversions/0/share"),
        ({"conversions": [{**sale(1, 5), "metadata": []}]}, "/conversions/0/metadata"),
        ({"refunds": [{"conversion": "c9", "amount": 5}]}, "/refunds/0/conversion"),
        ({"refunds": [{"conversion": "c1"}]}, "/refunds/0/amount"),
        ({"refunds": [{"conversion": "c1", "amount": 5, "kind": "gift"}]}, "/refunds/0/kind"),
        ({"more": 1}, "/more"),
    ],
)
def test_mistakes_are_told_with_their_place(change: dict[str, Any], pointer: str) -> None:
    request = {"terms": {"clauses": [TWENTY]}, "conversions": [sale(1, 5)], **change}
    with pytest.raises(Invalid) as caught:
        preview(request)
    assert pointer in [problem.pointer for problem in caught.value.problems]


BACK = {"conversion": "c1", "kind": "chargeback", "amount": 2000}
WON = {"conversion": "c1", "kind": "dispute_won"}


@pytest.mark.parametrize(
    ("refunds", "owed"),
    [
        ([WON], 1000),
        ([WON, BACK], 1000),
        ([WON | {"amount": 2000}, BACK, BACK | {"amount": 1000}], 800),
        ([WON | {"amount": 2000}, BACK, BACK], 600),
        ([WON | {"amount": 2000}, BACK, WON | {"amount": 2000}, BACK], 1000),
        ([BACK | {"id": "x"}, BACK | {"id": "x"}], 600),
        ([BACK, BACK | {"amount": 9999}], 0),
    ],
)
def test_chargebacks_count_once_each_unless_won_back(refunds: list[dict[str, Any]], owed: int) -> None:
    assert run([TWENTY], [sale(1, 5000)], refunds=refunds)["total"] == owed


def test_a_won_dispute_that_could_mean_several_chargebacks_must_say_which() -> None:
    with pytest.raises(Invalid) as caught:
        run([TWENTY], [sale(1, 5000)], refunds=[BACK, BACK | {"amount": 10}, WON])
    assert [problem.pointer for problem in caught.value.problems] == ["/refunds/2/reverses"]


def test_one_refund_id_with_two_contents_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        run([TWENTY], [sale(1, 5000)], refunds=[BACK | {"id": "x"}, BACK | {"id": "x", "amount": 1}])
    assert [problem.pointer for problem in caught.value.problems] == ["/refunds/1/id"]


def texts(found: dict[str, Any]) -> list[tuple[str, int]]:
    return [(step["text"], step["amount"]) for one in found["commissions"] for step in one["steps"]]


def test_a_multiplied_ladder_says_the_factor_that_it_is_paid_with() -> None:
    twice = {"kind": "multiplier", "factor": "2"}
    assert texts(run([LADDER, twice], [sale(1, 50000), sale(2, 1000)])) == [
        ("The order: ($200.00 × 4% + $200.00 × 6% + $100.00 × 8%) × 2", 5_600),
        ("The order: $10.00 × 8% × 2", 160),
    ]


def test_a_fixed_sum_of_which_a_part_is_multiplied_is_explained_as_it_is_paid() -> None:
    books = {"field": "line.category", "op": "in", "value": ["books"]}
    clauses = [{"kind": "fixed", "amount": 1_000}, {"kind": "multiplier", "factor": "2", "when": books}]
    lines = [{"category": "books", "amount": 5_000}, {"category": "toys", "amount": 5_000}]
    assert texts(run(clauses, [{**sale(1, 10_000), "lines": lines}])) == [
        ("A fixed sum: $10.00 × 50 ÷ 100 × 2 on lines of category books + $10.00 × 50 ÷ 100 = 15", 1_500)
    ]


def test_a_code_is_read_in_capitals_as_the_pipeline_reads_it() -> None:
    with_code = {**TWENTY, "when": {"field": "order.coupon", "op": "eq", "value": "ANA10"}}
    assert run([with_code], [sale(1, 1_000, coupon=" ana10")])["total"] == 200
