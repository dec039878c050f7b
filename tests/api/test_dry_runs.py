"""Dry runs over the API: the documented shapes, every mistake at its place, nothing stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.faces.api.documents import description
from hanse.programs.terms.models import Terms
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db

EVERY_CLAUSE: list[dict[str, Any]] = [
    {"kind": "percent", "rate": "20%", "goal": "sale",
     "when": {"all": [{"field": "line.category", "op": "in", "value": ["books"]}]}},
    {"kind": "percent", "rate": "2.9%", "goal": "renewal", "recurring": {"months": 12}},
    {"kind": "fixed", "amount": 500, "per": "conversion", "goal": "lead"},
    {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
     "steps": [{"from": 0, "rate": "4%"}, {"from": 20000, "rate": "6%"}, {"from": 40000, "rate": "8%"}]},
    {"kind": "ladder", "metric": "count", "period": "year", "mode": "bonus", "steps": [{"from": 10, "amount": 50000}]},
    {"kind": "multiplier", "factor": "2", "when": {"field": "customer.is_new", "op": "eq", "value": True}},
    {"kind": "milestone", "metric": "count", "at": 1, "amount": 5000},
    {"kind": "cap", "per": "conversion", "amount": 10000},
    {"kind": "floor", "amount": 2000000, "period": "quarter", "mode": "recoupable", "carry": True},
    {"kind": "fee", "amount": 2000000, "due": "signing"},
    {"kind": "referral", "rate": "10%", "months": 12},
    {"kind": "benefit", "name": "Sample box", "worth": 4500, "period": "quarter"},
]  # fmt: skip
SOLD = {"id": "c1", "goal": "sale", "occurred_at": "2026-03-01T10:00:00Z", "amount": 50000}


def asked(**more: Any) -> dict[str, Any]:
    return {"terms": {"clauses": [EVERY_CLAUSE[3]]}, "conversions": [SOLD], **more}


def test_the_answer_has_the_documented_shape() -> None:
    answer = Caller("read").post("/terms/preview", asked(currency="USD", time_zone="UTC"), 200)
    assert answer == {
        "commissions": [{"conversion": "c1", "amount": 2800, "owed": 2800, "steps": [
            {"clause": 1, "text": "The order: $200.00 × 4% + $200.00 × 6% + $100.00 × 8%", "amount": 2800}
        ]}],
        "periods": [], "total": 2800,
    }  # fmt: skip


def test_every_kind_of_clause_is_taken_and_periods_have_their_lines() -> None:
    body = asked(terms={"clauses": EVERY_CLAUSE}, enrolment={"since": "2026-01-01", "tier": "power", "types": ["x"]})
    answer = Caller("read").post("/terms/preview", body, 200)
    assert [step["clause"] for step in answer["commissions"][0]["steps"] if step["amount"]] == [4, 7]
    quarter = {"from": "2026-01-01T00:00:00Z", "to": "2026-04-01T00:00:00Z", "clause": 9}
    assert answer["periods"] == [
        {**quarter, "kind": "advance", "amount": 2000000}, {**quarter, "kind": "recouped", "amount": 7800},
        {"kind": "fee", "clause": 10, "from": quarter["from"], "to": quarter["from"], "amount": 2000000},
    ]  # fmt: skip
    assert answer["total"] == 7800 + 2000000 - 7800 + 2000000


CHARGED_BACK = {"conversion": "c1", "kind": "chargeback", "amount": 5}
WON = {"conversion": "c1", "kind": "dispute_won"}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"terms": {"clauses": [{"kind": "percent", "rate": "1%", "rat": 1}]}}, "/terms/clauses/0/rat"),
        ({"terms": {"clauses": [{"kind": "floor", "amount": 1, "period": "month", "mode": "x"}]}},
         "/terms/clauses/0/mode"),
        ({"conversions": [{**SOLD, "customer": {"country": "pl"}}]}, "/conversions/0/customer/country"),
        ({"conversions": [{"id": "c1", "occurred_at": "2026-03-01"}]}, "/conversions/0/amount"),
        ({"conversions": [{**SOLD, "occurred_at": "9999-12-31T23:59:59-10:00"}]}, "/conversions/0/occurred_at"),
        ({"conversions": [{**SOLD, "share": "140%"}]}, "/conversions/0/share"),
        ({"conversions": [{**SOLD, "currency": "EURO"}]}, "/conversions/0/currency"),
        ({"refunds": [{"conversion": "c1", "amount": 5, "lines": [{"amount": 6}]}]}, "/refunds/0/amount"),
        ({"refunds": [CHARGED_BACK, {**CHARGED_BACK, "amount": 6}, WON]}, "/refunds/2/reverses"),
        ({"from": "2026-03-01", "until": "2026-02-01"}, "/until"),
        ({"enrolment": {"types": [1]}}, "/enrolment/types"),
        ({"nobody": 1}, "/nobody"),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(change: dict[str, Any], pointer: str) -> None:
    problem = Caller("read").post("/terms/preview", asked(**change), 422)
    assert pointer in [error["pointer"] for error in problem["errors"]]


def test_a_mistake_in_the_clauses_names_its_place_in_the_whole_request() -> None:
    clause = {"kind": "percent", "rate": "1%", "rat": 1}
    (error,) = Caller("read").post("/terms/preview", asked(terms={"clauses": [clause]}), 422)["errors"]
    assert error["message"].startswith("/terms/clauses/0/rat ")


def test_a_won_dispute_reverses_the_only_chargeback_and_days_are_the_zones() -> None:
    back = [{"conversion": "c1", "kind": "chargeback", "amount": 50000}, {"conversion": "c1", "kind": "dispute_won"}]
    late = {**SOLD, "occurred_at": "2026-03-01"}
    floor = {"kind": "floor", "amount": 3000, "period": "month", "mode": "greater_of"}
    body = asked(terms={"clauses": [EVERY_CLAUSE[3], floor]}, conversions=[late], refunds=back)
    answer = Caller("read").post("/terms/preview", {**body, "time_zone": "Asia/Tokyo"}, 200)
    assert (answer["commissions"][0]["owed"], answer["total"]) == (2800, 3000)
    assert answer["periods"][0]["from"] == "2026-02-28T15:00:00Z"


def test_without_conversions_only_what_has_a_date_is_owed() -> None:
    clauses = EVERY_CLAUSE[8:10]
    caller = Caller("read")
    assert caller.post("/terms/preview", {"terms": {"clauses": clauses}}, 200)["total"] == 0
    found = caller.post("/terms/preview", {"terms": {"clauses": clauses}, "until": "2026-04-01"}, 200)
    assert (found["total"], found["periods"][0]["from"]) == (2000000, "2026-04-01T00:00:00Z")
    body = {"terms": {"clauses": clauses}, "from": "2026-01-01", "until": "2026-07-01"}
    assert caller.post("/terms/preview", body, 200)["total"] == 3 * 2000000
    signed = {"terms": {"clauses": clauses}, "enrolment": {"since": "2026-01-05"}}
    assert caller.post("/terms/preview", signed, 200)["total"] == 2000000
    early = {"terms": {"clauses": clauses}, "from": "1970-01-03", "until": "1970-05-01"}
    assert caller.post("/terms/preview", early, 200)["periods"][0]["from"] == "1970-01-01T00:00:00Z"


def test_nothing_is_stored_and_no_lock_is_taken() -> None:
    caller = Caller("read")
    with CaptureQueriesContext(connection) as asked_for:
        caller.post("/terms/preview", asked(), 200, idempotency_key="same")
    assert not Terms.objects.exists()
    assert not [each for each in asked_for if each["sql"].startswith(("BEGIN", "SAVEPOINT"))]


def test_the_description_names_the_fields_and_offers_no_idempotency_key() -> None:
    operation = description()["paths"]["/v1/terms/preview"]["post"]
    fields = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    named = {"terms", "currency", "time_zone", "enrolment", "conversions", "refunds", "deliverables", "from", "until"}
    assert named == set(fields)
    assert operation["parameters"] == []
    line = description()["components"]["schemas"]["PeriodLineOut"]
    assert {"kind", "from", "to", "amount"} <= set(line["properties"])


def touchpoint(enrolment: str, day: int, kind: str = "click") -> dict[str, Any]:
    return {"enrolment": enrolment, "kind": kind, "occurred_at": f"2026-05-{day:02}T12:00:00Z"}


def test_a_dry_run_of_attribution_says_who_is_credited_and_why() -> None:
    touchpoints = [touchpoint("a", 1), touchpoint("b", 3), touchpoint("c", 5), touchpoint("d", 6, "coupon")]
    sold = {"occurred_at": "2026-05-07T12:00:00Z"}
    body = {"policy": {"model": "position"}, "touchpoints": touchpoints, "conversion": sold}
    answer = Caller("read").post("/attribution/preview", body, 200)
    assert answer["credits"] == [
        {"enrolment": "a", "ppm": 400_000}, {"enrolment": "b", "ppm": 200_000}, {"enrolment": "c", "ppm": 400_000},
    ]  # fmt: skip
    assert answer["evidence"][3] == touchpoints[3] | {"verdict": "lost", "reason": "stronger_evidence"}


def test_a_dry_run_of_attribution_tells_every_mistake_with_its_place() -> None:
    body = {"policy": {"model": "magic"}, "touchpoints": [{"kind": "click"}], "conversion": {}, "more": 1}
    problem = Caller("read").post("/attribution/preview", body, 422)
    assert sorted(error["pointer"] for error in problem["errors"]) == [
        "/conversion/occurred_at", "/more", "/policy/model", "/touchpoints/0/enrolment", "/touchpoints/0/occurred_at",
    ]  # fmt: skip
