"""The snippet and its door."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from hanse.edge.allowance import Allowance
from hanse.kernel.fact_types import ConversionFact
from tests.edge.door_tables import PROGRAM, DoorTables
from tests.edge.serving import Edge
from tests.edge.test_clicks import token_of

PAGE = {"origin": "https://shop.example"}


def order(client: httpx.Client, **changes: object) -> dict[str, object]:
    return {"goal": "sale", "external_id": "S-1", "amount": 100, "click": token_of(client.get("/spring")), **changes}


def test_a_conversion_with_a_token_is_taken_and_the_page_may_read_the_answer(edge: Edge, client: httpx.Client) -> None:
    answer = client.post("/v1/browser/conversions", json=order(client), headers=PAGE)
    assert answer.status_code == 202
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["vary"] == "origin"
    envelope = edge.fact_envelopes()[-1]
    assert (envelope.source, envelope.program_id) == ("browser", PROGRAM)


def test_without_a_valid_token_nothing_is_taken(edge: Edge, client: httpx.Client) -> None:
    before = len(edge.fact_envelopes())
    for click in (None, "", "A" * 27, 5, ["x"]):
        answer = client.post("/v1/browser/conversions", json=order(client, click=click), headers=PAGE)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "bad_signature"
    assert len(edge.fact_envelopes()) == before


def test_another_sites_page_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/browser/conversions", json=order(client), headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_what_needs_a_key_is_refused_in_a_browser(client: httpx.Client) -> None:
    for field in ("partner", "is_test", "revision", "program"):
        assert client.post("/v1/browser/conversions", json=order(client, **{field: 1}), headers=PAGE).status_code == 422
    assert client.post("/v1/browser/conversions", json=[order(client)], headers=PAGE).status_code == 422
    assert client.post("/v1/browser/conversions", json=[], headers=PAGE).status_code == 422
    assert client.post("/v1/browser/conversions", content=b"x" * 70_000, headers=PAGE).status_code == 413


def test_a_program_that_did_not_opt_in_takes_nothing(tables: DoorTables, client: httpx.Client) -> None:
    sent = order(client)
    tables.program(browser_conversions=0)
    time.sleep(1.3)
    try:
        assert client.post("/v1/browser/conversions", json=sent, headers=PAGE).status_code == 403
    finally:
        tables.program()
        time.sleep(1.3)


def test_the_preflight_names_the_page_and_no_stranger(client: httpx.Client) -> None:
    fine = client.options("/v1/browser/conversions", headers={**PAGE, "access-control-request-method": "POST"})
    assert (fine.status_code, fine.headers["access-control-allow-origin"]) == (204, "https://shop.example")
    stranger = client.options("/v1/browser/conversions", headers={"origin": "https://evil.example"})
    assert (stranger.status_code, "access-control-allow-origin" in stranger.headers) == (403, False)
    assert client.get("/v1/browser/conversions").status_code == 405


def test_one_address_may_not_knock_all_day() -> None:
    now = [0.0]
    allowance = Allowance(per_minute=60, burst=3, clock=lambda: now[0])
    assert [allowance.take("a") for _ in range(4)] == [True, True, True, False]
    assert allowance.take("b")
    now[0] = 1.0
    assert [allowance.take("a"), allowance.take("a")] == [True, False]


def test_what_an_unlisted_page_tells_with_a_good_token_is_refused_but_kept_with_its_host(
    edge: Edge, client: httpx.Client
) -> None:
    page = {"origin": "https://Pay.shop.example:8443"}
    told = order(client, external_id="S-9")
    answer = client.post("/v1/browser/conversions", json=told, headers=page)
    assert answer.status_code == 403
    assert "is kept" in answer.json()["detail"]
    assert "access-control-allow-origin" not in answer.headers
    fact = edge.fact_envelopes()[-1].facts[0]
    assert isinstance(fact, ConversionFact)
    assert (fact.external_id, fact.page_host) == ("S-9", "pay.shop.example")
    client.post("/v1/browser/conversions", json=order(client, external_id="S-10"), headers=PAGE)
    assert getattr(edge.fact_envelopes()[-1].facts[0], "page_host", "") == "shop.example"


def test_nothing_is_kept_of_pages_that_could_never_be_listed_or_bring_no_token(
    edge: Edge, client: httpx.Client
) -> None:
    before = len(edge.fact_envelopes())
    for origin in ("https://intranet", "http://10.0.0.1", "ext://abc.example", "https://a.b:x"):
        answer = client.post("/v1/browser/conversions", json=order(client), headers={"origin": origin})
        assert answer.status_code == 403, origin
    stranger = {"origin": "https://pay.shop.example"}
    assert client.post("/v1/browser/conversions", json=order(client, click="A" * 27), headers=stranger).status_code in (
        422, 429,
    )  # fmt: skip
    assert client.post("/v1/browser/conversions", json=order(client, amount=-1), headers=stranger).status_code == 422
    assert len(edge.fact_envelopes()) == before


def test_only_so_much_is_kept_for_unlisted_hosts(edge: Edge, client: httpx.Client, tables: DoorTables) -> None:
    rows = [(f"w{number}", "waiting", f"host:{PROGRAM.hex}:x.example") for number in range(10_000)]
    tables.connection.executemany("INSERT INTO spine_parkedfact VALUES (?, ?, ?)", rows)
    try:
        before = len(edge.fact_envelopes())
        page = {"origin": "https://pay.shop.example"}
        answer = client.post("/v1/browser/conversions", json=order(client, external_id="S-11"), headers=page)
        assert (answer.status_code, len(edge.fact_envelopes())) == (403, before)
    finally:
        tables.connection.execute("DELETE FROM spine_parkedfact")


def test_too_many_conversions_are_told_to_wait(client: httpx.Client) -> None:
    sent = {"click": "x"}
    statuses = [client.post("/v1/browser/conversions", json=sent, headers=PAGE).status_code for _ in range(40)]
    assert 429 in statuses


def test_the_snippet_is_small_cached_and_free_of_eval(client: httpx.Client) -> None:
    answer = client.get("/hz.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "max-age" in answer.headers["cache-control"]
    assert len(answer.content) < 3_000
    assert b"eval" not in answer.content
    assert b"Function(" not in answer.content
    assert client.get("/hz.js", headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert Path("src/hanse/edge/hz.js").stat().st_size == len(answer.content)
