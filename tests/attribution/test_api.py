"""Deals, known customers, policies and credits by hand over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.kernel import clock
from hanse.kernel.ids import parse_id, text_id
from hanse.traffic.customers.models import KnownCustomer
from hanse.traffic.resale.models import ResaleOrder
from tests.api.caller import Caller
from tests.sending import World


@pytest.fixture
def caller(world: World) -> Caller:
    return Caller("all")


def enrolment(world: World, who: str) -> str:
    return text_id("enr", getattr(world.cast, who).pk)


def test_a_deal_is_registered_protected_won_and_found_by_its_state(world: World, caller: Caller) -> None:
    said = {"enrolment": enrolment(world, "bens"), "customer_email": "kim@orchard.example", "amount": 5_000}
    made = caller.post("/deals", said)
    assert (made["state"], made["clash"], made["amount"], made["currency"]) == ("open", False, 5_000, "GBP")
    assert "kim@" not in str(made)
    assert caller.post("/deals", said)["id"] == made["id"]
    assert caller.post("/deals", said | {"enrolment": enrolment(world, "anas")})["clash"] is True
    assert caller.post(f"/deals/{made['id']}/approve", {"days": 30}, 200)["state"] == "approved"
    later = world.now = clock.now()
    world.sell("A-1", at=later, coupon="ana10", customer={"external_id": "c", "email": "kim@orchard.example"})
    world.run(later)
    (won,) = caller.get("/deals?state=won")["data"]
    assert (won["id"], won["orders"], won["clash"]) == (made["id"], ["A-1"], True)
    assert world.shares("A-1") == {"Ben": 1_000_000}


def test_a_rival_of_a_protected_deal_is_not_approved(world: World, caller: Caller) -> None:
    deals = [
        caller.post("/deals", {"enrolment": enrolment(world, who), "company_domain": "orchard.example"})
        for who in ("anas", "bens")
    ]
    caller.post(f"/deals/{deals[0]['id']}/approve", {}, 200)
    answer = caller.post(f"/deals/{deals[1]['id']}/approve", {}, 409)
    assert "Another partner" in answer["detail"]
    caller.post(f"/deals/{deals[1]['id']}/decline", {"reason": " "}, 422)
    assert caller.post(f"/deals/{deals[1]['id']}/decline", {"reason": "First come."}, 200)["reason"] == "First come."


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({}, "/customer_email"), ({"customer_email": "nobody"}, "/customer_email"),
        ({"company_domain": "gmail.com"}, "/company_domain"),
        ({"amount": -1, "company_domain": "x.example"}, "/amount"),
        ({"colour": "red"}, "/colour"),
    ],
)  # fmt: skip
def test_a_deal_that_cannot_be_is_told_with_its_place(
    world: World, caller: Caller, said: dict[str, Any], pointer: str
) -> None:
    answer = caller.post("/deals", {"enrolment": enrolment(world, "anas")} | said, 422)
    assert pointer in [one["pointer"] for one in answer["errors"]]


def test_known_customers_are_put_listed_and_deleted(world: World, caller: Caller) -> None:
    body = {"customers": [{"email": "Kim@orchard.example", "since": "2026-01-01T00:00:00Z"}, {"external_id": "c-7"}]}
    put = caller.send("PUT", "/customers", body)
    assert (put.status_code, put.json()) == (200, {"added": 2, "known": 0})  # type: ignore[attr-defined]
    assert caller.send("PUT", "/customers", body).json() == {"added": 0, "known": 2}  # type: ignore[attr-defined]
    listed = caller.get("/customers")["data"]
    assert {(one["external_id"], one["has_email"]) for one in listed} == {("", True), ("c-7", False)}
    assert "orchard" not in str(listed)
    assert caller.send("DELETE", f"/customers/{listed[0]['id']}").status_code == 204
    assert KnownCustomer.objects.count() == 1
    bad = caller.send("PUT", "/customers", {"customers": [{"external_id": "x"}, {"email": "no"}]})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/customers/1/email")  # type: ignore[attr-defined]


def test_every_setting_of_a_policy_can_be_read_and_changed(world: World, caller: Caller) -> None:
    path = f"/programs/{text_id('prg', world.cast.program.pk)}/policy"
    said = {
        "model": "time_decay", "half_life_days": 3, "windows": {"click": 14, "coupon": 90, "email": None},
        "lifetime": True, "new_customers_only": True, "own_signals": ["email", "household"], "stand_down_minutes": 10,
        "takeover_seconds": 8, "introducer_ppm": 250_000, "protection_days": 60, "order": ["coupon", "click"],
        "self_referral": "zero", "window_days": 45,
    }  # fmt: skip
    made = caller.post(path, said)
    order = made.pop("order")
    assert {name: made[name] for name in said if name != "order"} == {k: v for k, v in said.items() if k != "order"}
    assert (order[:2], len(order), made["number"]) == (["coupon", "click"], 8, 2)
    assert caller.get(path)["windows"] == {"click": 14, "coupon": 90, "email": None}
    assert caller.post(path, {"lifetime": True})["number"] == 2
    for wrong in (
        {"windows": {"karma": 1}},
        {"windows": {"click": "7"}},
        {"own_signals": ["nose"]},
        {"introducer_ppm": -1},
    ):
        caller.post(path, wrong, 422)


def test_a_conversion_is_credited_by_hand_until_it_is_approved(world: World, caller: Caller) -> None:
    world.sell("A-1", coupon="ana10")
    world.run()
    path = f"/conversions/{text_id('cnv', world.conversion('A-1').pk)}/credits"
    whole = {"credits": [{"enrolment": enrolment(world, "bens"), "ppm": 1_000_000}], "reason": "On the phone."}
    caller.post(path, whole | {"credits": [{"enrolment": enrolment(world, "bens"), "ppm": 5}]}, 422)
    caller.post(path, whole)
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}
    assert caller.send("POST", f"{path}/withdraw", {"reason": "No."}).status_code == 204
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert caller.send("POST", f"{path}/withdraw", {"reason": "No."}).status_code == 409


def test_a_page_of_deals_costs_the_same_queries_for_many(world: World, caller: Caller) -> None:
    def register(number: int) -> None:
        said = {"enrolment": enrolment(world, "anas"), "company_domain": f"c{number}.example"}
        deal = parse_id("dea", caller.post("/deals", said)["id"])
        ResaleOrder.objects.create(
            program=world.cast.program, enrolment=world.cast.anas, external_id=f"R-{number}", status="confirmed",
            ordered_on=clock.now().date(), deal_id=deal, list_minor=1, partner_minor=1, currency="GBP",
            recorded_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip

    register(0)
    with CaptureQueriesContext(connection) as few:
        assert [one["orders"] for one in caller.get("/deals")["data"]] == [["R-0"]]
    for number in range(1, 6):
        register(number)
    with CaptureQueriesContext(connection) as many:
        assert [one["orders"] for one in caller.get("/deals")["data"]] == [
            [f"R-{number}"] for number in range(5, -1, -1)
        ]
    assert len(many) == len(few)
