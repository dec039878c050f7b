"""Several edges and workers on several machines: one of each killed or cut off, and nothing is lost or doubled."""

from __future__ import annotations

import json
import signal
import time

import httpx
import pytest

from hanse.kernel.signing import derive
from hanse.kernel.tokens import ClickTokens
from hanse.runtime.master_key import master_key
from tests.faults.load import Load
from tests.faults.oracle import complaints, read_stores
from tests.scale.conftest import Spread
from tests.served import BROWSER, until

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(300)]


def load_on(spread: Spread) -> Load:
    first, *others = (edge.url for edge in spread.edges)
    return Load(first, spread.machines.key, "ana", others=others)


LOGS: list[Load] = []  # the database is one for all tests of this file, and so is what was asked of it


def examine(spread: Spread) -> list[str]:
    spread.machines.wait_until_applied()
    whole = LOGS[0].log
    for load in LOGS[1:]:
        whole.orders_asked.update(load.log.orders_asked)
        whole.orders_answered |= load.log.orders_answered
        whole.clicks_asked += load.log.clicks_asked
        whole.tokens += load.log.tokens
    del LOGS[1:]
    stored = read_stores(spread.machines.box, spread.machines.database_url)
    own = [one for one in stored.conversions if one[0].startswith("order-")]
    return [
        line
        for line in complaints(whole, stored, master_key(spread.machines.box))
        if "was never sent" not in line or len(own) == len(stored.conversions)
    ]


def test_one_of_each_killed_under_load_loses_and_doubles_nothing(spread: Spread) -> None:
    machines, (edge, _other) = spread.machines, spread.edges
    with load_on(spread) as load:
        LOGS.append(load)
        time.sleep(1.5)
        edge.kill()
        time.sleep(1.5)
        edge.start()
        edge.wait_until_ready()
        led = machines.leader()
        killed = next(worker for worker in spread.workers if worker.pid == led)
        killed.kill()
        until(lambda: machines.leader() not in (0, led), seconds=20)
        before = machines.position()
        until(lambda: machines.position() > before, seconds=20)
        killed.start()
        time.sleep(1)
    assert len(load.log.orders_answered) > 20, "the load was no load"
    assert len(load.log.tokens) > 20, "the load was no load"
    assert examine(spread) == []
    numbers = edge_numbers(spread, load.log.tokens)
    assert len(numbers) == 2, "each edge has a number, and got it back after its fall"
    assert machines.hanse("verify")["ok"] is True


def edge_numbers(spread: Spread, tokens: list[str]) -> set[int]:
    reader = ClickTokens(derive(master_key(spread.machines.box), "click-token"))
    return {reader.read(token).edge for token in tokens}


def test_a_leader_that_was_cut_off_loses_and_has_no_effect(spread: Spread) -> None:
    machines = spread.machines
    until(machines.leader, seconds=20)
    with load_on(spread) as load:
        load._numbers = __import__("itertools").count(1_000_000)
        LOGS.append(load)
        time.sleep(1)
        led = machines.leader()
        stopped = next(worker for worker in spread.workers if worker.pid == led)
        stopped.process.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]
        until(lambda: machines.leader() not in (0, led), seconds=30)
        before = machines.position()
        until(lambda: machines.position() > before, seconds=30)
        stopped.process.send_signal(signal.SIGCONT)  # type: ignore[union-attr]
        time.sleep(2)
        assert machines.leader() not in (0, led), "who was away must not take the lead back"
    assert examine(spread) == []
    assert stopped.process is not None
    assert stopped.process.poll() is None, "it goes on as the second one"


def test_a_fact_sent_again_through_another_edge_is_the_same_fact(spread: Spread) -> None:
    order = {"goal": "sale", "external_id": "order-twice", "amount": 1_000, "currency": "EUR"}
    answers = []
    for edge in spread.edges:
        with spread.machines.client(edge) as api:
            answers.append(api.post("/v1/conversions?wait=1", json=order))
    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (answer.json() for answer in answers)
    assert first == second
    LOGS[0].log.orders_asked["order-twice"] += 2
    with spread.machines.client(spread.edges[1]) as api:
        other = api.post("/v1/conversions?wait=1", json={**order, "amount": 2_000})
    assert other.status_code == 409


def test_an_idempotency_key_is_known_to_every_web_role_and_edge(spread: Spread) -> None:
    body = {"name": "Ben", "email": "ben@partners.example"}
    told = []
    for edge in spread.edges:
        with spread.machines.client(edge) as api:
            told.append(api.post("/v1/partners", json=body, headers={"idempotency-key": "ben-1"}))
    assert {answer.status_code for answer in told} <= {200, 201}
    assert told[0].json()["id"] == told[1].json()["id"]


def test_web_answers_edges_only(spread: Spread) -> None:
    assert httpx.get(f"{spread.web.url}/sign-in").status_code == 403
    forged = {"x-hanse-edge": "0" * 64, "x-forwarded-for": "127.0.0.1"}
    assert httpx.get(f"{spread.web.url}/sign-in", headers=forged).status_code == 403
    assert httpx.get(f"{spread.edges[0].url}/sign-in").status_code == 200


def test_the_doctor_looks_at_stream_and_months(spread: Spread) -> None:
    checks = {check["name"]: check for check in spread.machines.hanse("doctor")["checks"]}
    assert checks["journal"]["state"] == "ok"
    assert "NATS" in checks["journal"]["seen"]
    assert checks["click months"]["state"] == "ok"


def test_without_nats_links_redirect_and_writes_wait_and_all_recovers(spread: Spread) -> None:
    machines, edge = spread.machines, spread.edges[0]
    machines.nats.stop(signal.SIGKILL)
    until(lambda: httpx.get(f"{edge.url}/readyz").status_code == 503)
    with machines.client(edge) as browser:
        answer = browser.get("/ana")
        assert answer.status_code == 302
        assert answer.headers["location"] == "https://shop.example/gifts"
        assert "set-cookie" not in answer.headers
        order = {"goal": "sale", "external_id": "order-down", "amount": 500, "currency": "EUR"}
        refused = browser.post("/v1/conversions", json=order)
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        assert json.loads(httpx.get(f"{edge.url}/readyz").text)["journal"] is False
    metrics = httpx.get(f"{edge.url}/metrics").text
    assert "hanse_clicks_unrecorded_total 0\n" not in metrics
    machines.nats.start()
    until(lambda: httpx.get(f"{edge.url}/readyz").status_code == 200, seconds=20)
    until(lambda: "hz_click" in httpx.get(f"{edge.url}/ana", headers={"user-agent": BROWSER}).headers["location"])
    with machines.client(edge) as api:
        assert api.post("/v1/conversions?wait=1", json=order).status_code == 200
