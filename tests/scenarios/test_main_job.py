"""The main job through the HTTP API: from a click to a paid commission, and back again after refunds."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.scenarios.conftest import Scene
from tests.served import until


def payout(scene: Scene, partner: dict[str, Any]) -> dict[str, Any]:
    """Run a payout from draft to settled and return it."""
    run = scene.post("/v1/payout-runs", {"program": scene.program["id"], "rail": "manual"})
    scene.post(f"/v1/payout-runs/{run['id']}/approve", {})
    scene.post(f"/v1/payout-runs/{run['id']}/open", {})
    payouts = scene.get("/v1/payouts", payout_run=run["id"], enrolment=partner["enrolment"]["id"])["data"]
    assert len(payouts) == 1, payouts
    settled: dict[str, Any] = scene.post(f"/v1/payouts/{payouts[0]['id']}/settle", {"reference": "bank 1"})
    return settled


def accept_and_tell_account(scene: Scene, partner: dict[str, Any]) -> None:
    terms = scene.get("/v1/terms", program=scene.program["id"])["data"][0]
    body = {"enrolment": partner["enrolment"]["id"], "terms": terms["id"], "accepted_by": "ana@partners.example"}
    scene.post("/v1/agreements", body)
    details = {"rail": "manual", "account_name": "Ana", "account": "cash desk"}
    scene.post(f"/v1/partners/{partner['partner']['id']}/payout-details", details)


def test_a_click_becomes_an_order_a_commission_a_payout_and_a_clawback(scene: Scene) -> None:
    ana = scene.partner("Ana")
    accept_and_tell_account(scene, ana)
    order = scene.order(7800, click=scene.click(ana))
    assert order["status"] == "credited"
    assert [(row["amount"], row["currency"]) for row in order["commissions"]] == [(1560, "EUR")]
    assert scene.balance(ana) == {"held": 1560, "payable": 0, "in_transit": 0, "paid": 0}

    scene.refund(order["external_id"], 1950)
    assert scene.balance(ana)["held"] == 1170

    scene.product.move(days=31)
    until(lambda: scene.balance(ana)["payable"] == 1170, seconds=90)
    assert scene.balance(ana) == {"held": 0, "payable": 1170, "in_transit": 0, "paid": 0}

    assert payout(scene, ana)["state"] == "settled"
    assert scene.balance(ana) == {"held": 0, "payable": 0, "in_transit": 0, "paid": 1170}

    scene.refund(order["external_id"], 1950)
    assert scene.balance(ana)["payable"] == -390
    scene.refund(order["external_id"], 3900)
    assert scene.balance(ana)["payable"] == -1170
    (commission,) = scene.get("/v1/commissions", enrolment=ana["enrolment"]["id"])["data"]
    assert (commission["earned"], commission["amount"]) == (1560, 0)
    assert scene.product.hanse("verify")["ok"] is True


def test_every_order_of_arrival_ends_with_the_same_balance(scene: Scene) -> None:
    """{sale, part refund, chargeback, won dispute} in all 24 orders; what is left of 100.00 is 80.00 at 20 %."""
    ben = scene.partner("Ben")
    token = scene.click(ben)
    day = scene.product.move(minutes=1).isoformat()
    orders = []
    for number, arrival in enumerate(itertools.permutations(("sale", "refund", "chargeback", "won"))):
        sale = f"perm{number}"
        common = {"currency": "EUR", "occurred_at": day}
        facts: dict[str, tuple[str, dict[str, Any]]] = {
            "sale": ("/v1/conversions", {"goal": "sale", "external_id": sale, "amount": 10000, "click": token}),
            "refund": ("/v1/refunds", {"external_id": f"{sale}r", "conversion": sale, "amount": 2000}),
            "chargeback": (
                "/v1/refunds",
                {"external_id": f"{sale}c", "conversion": sale, "kind": "chargeback", "amount": 10000},
            ),
            "won": (
                "/v1/refunds",
                {"external_id": f"{sale}w", "conversion": sale, "kind": "dispute_won", "reverses": f"{sale}c"},
            ),
        }
        for name in arrival:
            path, body = facts[name]
            scene.post(path, {**body, **common}, 202)
        orders.append(sale)
    until(lambda: scene.balance(ben)["held"] == 24 * 1600, seconds=30)
    rows = scene.get("/v1/commissions", enrolment=ben["enrolment"]["id"], limit="100")["data"]
    assert [row["amount"] for row in rows] == [1600] * 24


def test_the_same_fact_sent_again_is_the_same_fact_and_another_content_is_a_conflict(scene: Scene) -> None:
    cem = scene.partner("Cem")
    order = scene.order(5000, coupon=cem["coupon"]["code"])
    body = {key: order[key] for key in ("goal", "external_id", "amount", "currency", "coupon")}
    again = scene.post("/v1/conversions?wait=1", body)
    assert again["conversion"] == order["conversion"]
    conflict = scene.api.post("/v1/conversions?wait=1", json={**body, "amount": 6000})
    assert conflict.status_code == 409, conflict.text
    assert conflict.headers["content-type"].startswith("application/problem+json")
    assert {"first_hash", "second_hash"} <= conflict.json().keys()
    assert scene.balance(cem)["held"] == 1000


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/conversions", {"goal": "sale", "external_id": "x", "amount": 1.5}, "/amount"),
        ("/v1/conversions", {"goal": "sale", "external_id": "x", "amount": 10, "lines": [{"amount": 9}]}, "/amount"),
        ("/v1/conversions", {"goal": "nonsense", "external_id": "x", "amount": 10}, "/goal"),
        ("/v1/refunds", {"external_id": "x", "amount": 10}, "/conversion"),
    ],
)
def test_bad_facts_are_refused_with_the_place(scene: Scene, path: str, body: dict[str, Any], pointer: str) -> None:
    answer = scene.api.post(path, json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_a_key_of_one_program_sees_nothing_of_another(scene: Scene) -> None:
    dana = scene.partner("Dana")
    scene.order(3000, coupon=dana["coupon"]["code"])
    other = scene.post("/v1/programs", {"name": "Other", "slug": "other", "currency": "EUR"})
    key = scene.post("/v1/keys", {"name": "other", "scopes": ["read"], "program": other["id"]})["secret"]
    with scene.product.client(key) as outsider:
        assert outsider.get("/v1/conversions").json()["data"] == []
        assert outsider.get("/v1/commissions").json()["data"] == []
        assert outsider.get(f"/v1/enrolments/{dana['enrolment']['id']}").status_code == 404
        assert outsider.get(f"/v1/partners/{dana['partner']['id']}").status_code == 404
