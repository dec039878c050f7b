"""POST /v1/conversions and /v1/refunds: who may, what is taken, what is said."""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from uuid import UUID

import httpx
import pytest

from hanse.journal.sqlite import SqliteJournal
from tests.edge.door_tables import KEY, KEY_ID, OTHER_PROGRAM, PROGRAM, READ_KEY, REVOKED_KEY, WIDE_KEY, DoorTables
from tests.edge.serving import Edge

AUTH = {"authorization": f"Bearer {KEY}"}
ORDER = {"goal": "sale", "external_id": "A-1", "amount": 7800, "currency": "EUR"}


def pointers(answer: httpx.Response) -> set[tuple[str, str]]:
    assert answer.headers["content-type"] == "application/problem+json"
    return {(problem["pointer"], problem["code"]) for problem in answer.json()["errors"]}


def test_an_order_is_accepted_once_it_is_durable(edge: Edge, client: httpx.Client) -> None:
    answer = client.post(
        "/v1/conversions", json={**ORDER, "customer": {"external_id": "c", "email": "Ann@x.example"}}, headers=AUTH
    )
    assert answer.status_code == 202
    told = answer.json()
    assert (told["kind"], told["external_id"], told["status"]) == ("conversion", "A-1", "accepted")
    assert told["id"].startswith("fct_")
    envelope = edge.fact_envelopes()[-1]
    assert (envelope.source, envelope.program_id, envelope.fact_kind, envelope.wait) == (
        str(KEY_ID),
        PROGRAM,
        "conversion",
        False,
    )
    fact = envelope.facts[0]
    assert (fact.external_id, fact.amount_minor, fact.currency, fact.dated) == ("A-1", 7800, "EUR", False)
    assert b"ann@x" not in (edge.data_dir / "journal.sqlite3-wal").read_bytes().lower()


def test_the_same_fact_again_gets_the_same_answer(client: httpx.Client) -> None:
    first, second = (client.post("/v1/conversions", json=ORDER, headers=AUTH) for _ in range(2))
    assert first.json() == second.json()


def test_a_batch_is_one_record_and_answers_in_order(edge: Edge, client: httpx.Client) -> None:
    orders = [{**ORDER, "external_id": f"B-{number}"} for number in range(1000)]
    answer = client.post("/v1/conversions", json=orders, headers=AUTH)
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1000
    assert [fact["external_id"] for fact in answer.json()["facts"]] == [order["external_id"] for order in orders]
    assert len(edge.fact_envelopes()[-1].facts) == 1000


def test_a_program_or_goal_of_this_very_moment_takes_facts(tables: DoorTables, client: httpx.Client) -> None:
    wide = {"authorization": f"Bearer {WIDE_KEY}"}
    fresh = UUID("018f0000-0000-7000-8000-000000000009")
    tables.program(fresh, slug="fresh")
    try:
        assert client.post("/v1/conversions", json={**ORDER, "program": "fresh"}, headers=wide).status_code == 202
        trial = {**ORDER, "program": "fresh", "goal": "trial"}
        assert client.post("/v1/conversions", json=trial, headers=wide).status_code == 422
        tables.program(fresh, slug="fresh", goals=["sale", "trial"])
        assert client.post("/v1/conversions", json=trial, headers=wide).status_code == 202
    finally:
        tables.program(fresh, slug="fresh", archived=1)


def test_one_bad_fact_refuses_the_whole_batch_with_its_place(edge: Edge, client: httpx.Client) -> None:
    before = len(edge.fact_envelopes())
    lines = [{"sku": "a", "amount": "12"}]
    batch = [ORDER, {**ORDER, "amount": -1}, {"goal": "nothing"}, {**ORDER, "external_id": "x", "lines": lines}]
    answer = client.post("/v1/conversions", json=batch, headers=AUTH)
    assert answer.status_code == 422
    assert {
        ("/1/amount", "out_of_range"),
        ("/2/goal", "unknown_goal"),
        ("/2/external_id", "required"),
        ("/2/amount", "required"),
        ("/3/lines/0/amount", "wrong_type"),
    } <= pointers(answer)
    assert len(edge.fact_envelopes()) == before


def test_more_than_a_thousand_facts_are_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/conversions", json=[ORDER] * 1001, headers=AUTH)
    assert (answer.status_code, pointers(answer)) == (422, {("", "too_many")})


def test_a_refund_is_taken(edge: Edge, client: httpx.Client) -> None:
    refund = {"external_id": "R-1", "conversion": "A-1", "amount": 1950, "occurred_at": "2026-05-04T10:00:00+02:00"}
    assert client.post("/v1/refunds", json=refund, headers=AUTH).json()["kind"] == "refund"
    fact = edge.fact_envelopes()[-1].facts[0]
    assert fact.occurred_at.isoformat() == "2026-05-04T08:00:00+00:00"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("Bearer", 401),
        ("Bearer hz_unknown_0123456789", 401),
        ("Basic aGVsbG86d29ybGQ=", 401),
        ("Bearer " + "x" * 300, 401),
        (f"Bearer {REVOKED_KEY}", 401),
        (f"Bearer {READ_KEY}", 403),
        (f"Bearer {WIDE_KEY}", 202),
        (f"bearer  {KEY}", 202),
    ],
)
def test_only_keys_that_may_send_facts_get_in(client: httpx.Client, header: str | None, status: int) -> None:
    answer = client.post("/v1/conversions", json=ORDER, headers={"authorization": header} if header else {})
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_cannot_name_another_program(tables: DoorTables, edge: Edge, client: httpx.Client) -> None:
    tables.program(OTHER_PROGRAM, slug="other")
    time.sleep(1.3)
    try:
        foreign = client.post("/v1/conversions", json={**ORDER, "program": "other"}, headers=AUTH)
        unknown = client.post("/v1/conversions", json={**ORDER, "program": "none-such"}, headers=AUTH)
        assert foreign.status_code == unknown.status_code == 422
        assert pointers(foreign) == pointers(unknown) == {("/program", "unknown_program")}
        wide = {"authorization": f"Bearer {WIDE_KEY}"}
        assert pointers(client.post("/v1/conversions", json=ORDER, headers=wide)) == {("/program", "unknown_program")}
        mixed = [{**ORDER, "program": "other"}, {**ORDER, "program": "main"}]
        assert client.post("/v1/conversions", json=mixed, headers=wide).status_code == 202
        assert [envelope.program_id for envelope in edge.fact_envelopes()[-2:]] == [OTHER_PROGRAM, PROGRAM]
    finally:
        tables.connection.execute("DELETE FROM spine_doorprogram WHERE slug = 'other'")


HOSTILE: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"nonsense", 400),
    (b"[1,", 400),
    (b"[1 2]", 400),
    (b"[] x", 400),
    (b"\xff\xfe{}", 400),
    (b"NaN", 400),
    (b'{"amount": NaN}', 400),
    (b'[{"amount": Infinity}]', 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 50_000, 400),
    (b"1" * 5000, 400),
    (b"null", 422),
    (b"[null]", 422),
    (b'"text"', 422),
    (b"[[]]", 422),
    (b"{}", 422),
    (b'{"goal":"sale","external_id":"x","amount":1e3}', 422),
    (b'{"goal":"sale","external_id":"x","amount":true}', 422),
    (b'{"goal":"sale","external_id":"x","amount":9223372036854775808}', 422),
    (b'{"goal":"sale","external_id":"","amount":1}', 422),
    (b'{"goal":"sale","external_id":"a\\u0000b","amount":1}', 422),
    (b'{"goal":"sale","external_id":"\\ud800","amount":1}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"\\ud800":1}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"extra":1}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"occurred_at":"2026-05-04"}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"occurred_at":"2026-05-04T10:00:00"}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"occurred_at":"2999-05-04T10:00:00Z"}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"occurred_at":"0001-01-01T00:00:00+14:00"}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"customer":{"external_id":"c","country":"pl"}}', 422),
    (b'{"goal":"sale","external_id":"x","amount":1,"currency":"XXZ"}', 422),
    (b'{"goal":"sale","external_id":"x","amount":2,"lines":[{"amount":1}]}', 422),
    (b'\xef\xbb\xbf{"goal":"sale","external_id":"x","amount":1}', 202),
]


@pytest.mark.parametrize(("body", "status"), HOSTILE, ids=lambda value: repr(value)[:50])
def test_a_hostile_body_gets_a_clear_no_and_changes_nothing(
    edge: Edge, client: httpx.Client, body: bytes, status: int
) -> None:
    before = len(edge.fact_envelopes())
    answer = client.post("/v1/conversions", content=body, headers={**AUTH, "content-type": "text/plain"})
    assert answer.status_code == status, answer.text
    assert len(edge.fact_envelopes()) == before + (status == 202)
    if status != 202:
        assert answer.json()["status"] == status


def test_a_body_over_eight_megabytes_is_refused_whether_it_says_so_or_not(client: httpx.Client) -> None:
    big = b'"' + b"x" * (8 * 1024 * 1024) + b'"'
    assert client.post("/v1/conversions", content=big, headers=AUTH).status_code == 413
    pieces = (big[at : at + 65536] for at in range(0, len(big), 65536))
    try:
        answer = client.post("/v1/conversions", content=pieces, headers=AUTH)
    except httpx.WriteError:  # the door answered and closed before it had been told everything
        return
    assert answer.status_code == 413


def decide(edge: Edge, tables: DoorTables, status: int, *bodies: dict[str, Any]) -> threading.Thread:
    """Play the pipeline: a moment later, write verdicts about the journal's newest record."""
    before = len(edge.fact_envelopes())

    def work() -> None:
        while len(edge.fact_envelopes()) == before:
            time.sleep(0.02)
        sequence = SqliteJournal(edge.data_dir / "journal.sqlite3").end()
        for index, body in enumerate(bodies):
            tables.verdict(sequence, index, status, body)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_who_waits_hears_the_verdict(edge: Edge, tables: DoorTables, client: httpx.Client) -> None:
    verdict = {"status": "credited", "conversion": "cnv_1", "commissions": [], "reason": ""}
    thread = decide(edge, tables, 200, verdict)
    answer = client.post("/v1/conversions?wait=1", json={**ORDER, "external_id": "W-1"}, headers=AUTH)
    thread.join()
    assert answer.status_code == 200
    assert answer.json().items() >= {**verdict, "external_id": "W-1"}.items()
    assert edge.fact_envelopes()[-1].wait


def test_a_conflict_is_a_409_with_both_hashes(edge: Edge, tables: DoorTables, client: httpx.Client) -> None:
    thread = decide(edge, tables, 409, {"status": "conflict", "first_hash": "a", "second_hash": "b"})
    answer = client.post("/v1/conversions?wait=1", json={**ORDER, "external_id": "W-2"}, headers=AUTH)
    thread.join()
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["first_hash"], answer.json()["second_hash"]) == ("a", "b")
    assert (answer.json()["status"], answer.json()["code"]) == (409, "conflict")


def test_a_batch_that_waits_hears_each_status(edge: Edge, tables: DoorTables, client: httpx.Client) -> None:
    thread = decide(edge, tables, 200, {"status": "credited"}, {"status": "parked"})
    orders = [{**ORDER, "external_id": "W-3"}, {**ORDER, "external_id": "W-4"}]
    answer = client.post("/v1/conversions?wait=1", json=orders, headers=AUTH)
    thread.join()
    assert [(fact["external_id"], fact["status"]) for fact in answer.json()["facts"]] == [
        ("W-3", "credited"),
        ("W-4", "parked"),
    ]


@pytest.mark.slow
def test_without_a_verdict_the_answer_is_that_it_was_accepted(client: httpx.Client) -> None:
    answer = client.post("/v1/conversions?wait=1", json={**ORDER, "external_id": "W-5"}, headers=AUTH)
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")


def test_clicks_stay_quick_while_a_large_batch_is_parsed(edge: Edge) -> None:
    lines = [{"sku": f"s{number}", "amount": 10} for number in range(30)]
    body = json.dumps([{"goal": "sale", "external_id": f"L{number}", "lines": lines} for number in range(1000)])
    with edge.client() as sender, edge.client() as browser:
        browser.get("/spring")
        thread = threading.Thread(target=lambda: sender.post("/v1/conversions", content=body, headers=AUTH))
        thread.start()
        slowest_s = 0.0
        while thread.is_alive():
            began = time.perf_counter()
            browser.get("/spring")
            slowest_s = max(slowest_s, time.perf_counter() - began)
        assert slowest_s < 0.15
