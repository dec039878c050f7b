"""Several edges and workers on several machines: one of each killed or cut off, and nothing is lost or doubled."""

from __future__ import annotations

import signal
import time
from pathlib import Path

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
    return Load(first, spread.machines.key, "ana", others=others, log=spread.machines.log)


def examine(spread: Spread) -> list[str]:
    spread.machines.wait_until_applied()
    stored = read_stores(spread.machines.box, spread.machines.database_url)
    return complaints(spread.machines.log, stored, master_key(spread.machines.box))


def test_a_second_click_of_a_visitor_through_another_edge_is_the_same_click(spread: Spread) -> None:
    # first of all: after the loads below every click from here is a flood
    first, second = spread.edges
    tokens, headers = [], {"user-agent": BROWSER}
    for edge in (first, second, first):
        spread.machines.log.clicks_asked += 1
        answer = httpx.get(f"{edge.url}/ana", headers=headers)
        tokens.append(answer.headers["location"].partition("hz_click=")[2][:27])
        headers["cookie"] = answer.headers.get("set-cookie", headers.get("cookie", "")).partition(";")[0]
        time.sleep(0.2)  # the echo goes through NATS
    assert len(tokens[0]) == 27
    assert tokens == [tokens[0]] * 3


def test_one_of_each_killed_under_load_loses_and_doubles_nothing(spread: Spread) -> None:
    machines, (edge, _other) = spread.machines, spread.edges
    with load_on(spread) as load:
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
    with load_on(spread):
        time.sleep(1)
        led = machines.leader()
        stopped = next(worker for worker in spread.workers if worker.pid == led)
        stopped.process.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]
        try:
            until(lambda: machines.leader() not in (0, led), seconds=90)
            before = machines.position()
            until(lambda: machines.position() > before, seconds=90)
        finally:
            stopped.process.send_signal(signal.SIGCONT)  # type: ignore[union-attr]
        time.sleep(2)
        assert machines.leader() not in (0, led), "who was away must not take the lead back"
    assert examine(spread) == []
    assert stopped.process is not None
    assert stopped.process.poll() is None, "it goes on as the second one"


def test_a_fact_sent_again_through_another_edge_is_the_same_fact(spread: Spread) -> None:
    machines = spread.machines
    answers = [machines.order(edge, "twice", 1_000) for edge in spread.edges]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert machines.order(spread.edges[1], "twice", 2_000).status_code == 409


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
    answer = httpx.get(f"{edge.url}/ana", headers={"user-agent": BROWSER})
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://shop.example/gifts"
    assert "set-cookie" not in answer.headers
    refused = machines.order(edge, "down", 500)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert httpx.get(f"{edge.url}/readyz").json()["journal"] is False
    assert "hanse_clicks_unrecorded_total 0\n" not in httpx.get(f"{edge.url}/metrics").text
    machines.nats.start()
    until(lambda: httpx.get(f"{edge.url}/readyz").status_code == 200, seconds=20)
    machines.sees_link(edge)
    assert machines.order(edge, "down", 500).status_code in (200, 202)
    assert examine(spread) == []


def test_an_edge_that_answers_before_nats_does_is_found_out(spread: Spread) -> None:
    machines = spread.machines
    source = machines.environment["PYTHONPATH"]
    machines.environment["PYTHONPATH"] = f"{Path(__file__).parent / 'bugs' / 'answer_first'}:{source}"
    liar = machines.role("edge", "liar")
    machines.environment["PYTHONPATH"] = source
    liar.wait_until_ready()
    with Load(liar.url, machines.key, "ana", clients=1) as load:
        time.sleep(1.5)
        liar.kill()
        load._stopped.set()
    machines.wait_until_applied()
    stored = read_stores(machines.box, machines.database_url)
    found = complaints(load.log, stored, master_key(machines.box))
    assert any("was answered and is lost" in line for line in found)
