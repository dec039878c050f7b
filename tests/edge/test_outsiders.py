"""What strangers try on a link and on the host, and what happens to visitors when the edge itself lacks something."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hanse.edge.agents import Agents
from hanse.edge.app import create_app
from hanse.edge.destination import deep_link, with_token
from hanse.edge.directory import Directory
from hanse.edge.doors import Doors
from hanse.edge.floods import MINUTE_MS, SOURCE_A_MINUTE, Floods
from hanse.edge.subs import query_of, read_query
from hanse.edge.visitors import Repeats, visitor_of
from tests.edge.door_tables import KEY, PROGRAM, DoorTables, usual_tables
from tests.edge.serving import BROWSER, MASTER, TOKENS, Edge, free_port

HOSTS = frozenset({"shop.example"})
HOME = "https://shop.example/"


@pytest.mark.parametrize("name", ["hz_click", "hz%5Fclick", "%68z_click", "hz%5fclick", "%68%7a%5f%63lick"])
def test_a_token_that_a_destination_brings_is_replaced_however_its_name_is_encoded(name: str) -> None:
    told = with_token(f"https://s.example/?a=%20b&{name}=forged&x", "hz_click", "T")
    assert told == "https://s.example/?a=%20b&x&hz_click=T&afsrc=1"
    assert parse_qs(urlsplit(told).query)["hz_click"] == ["T"]


@pytest.mark.parametrize(
    ("destination", "told"),
    [
        ("https://s.example", "https://s.example?hz_click=T&afsrc=1"),
        ("https://s.example/a&b", "https://s.example/a&b?hz_click=T&afsrc=1"),
        ("https://s.example/?x=hz_click&", "https://s.example/?x=hz_click&hz_click=T&afsrc=1"),
        ("https://s.example/hz_click/?#a?b", "https://s.example/hz_click/?hz_click=T&afsrc=1#a?b"),
    ],
)
def test_a_token_joins_what_a_destination_says_already(destination: str, told: str) -> None:
    assert with_token(destination, "hz_click", "T") == told


def test_a_deep_link_with_blanks_is_taken_as_browsers_would_write_it() -> None:
    wanted = read_query("to=https://shop.example/search?q=red+shoes%20size").wanted
    assert deep_link(wanted, HOME, HOSTS) == "https://shop.example/search?q=red%20shoes%20size"
    for hostile in ("https://shop.example @evil.example/", "https:// shop.example/", "https://evil.example/ x"):
        assert deep_link(hostile, HOME, HOSTS) == ""


def test_stray_percent_signs_stand_for_themselves() -> None:
    assert read_query("sub1=100%&sub2=%zz%41+b").subs == {"sub1": "100%", "sub2": "%zzA b"}
    assert query_of({"sub1": "100% ä", "sub2": "plain-1"}) == "sub1=100%25+%C3%A4&sub2=plain-1"


def test_a_very_long_agent_is_judged_once() -> None:
    class CountingBots:
        asked = 0

        def reason(self, _agent: str) -> str:
            self.asked += 1
            return ""

    bots = CountingBots()
    agents = Agents(bots)  # type: ignore[arg-type]
    for end in ("a", "b", "c"):
        agents.of("x" * 5_000 + end)
    assert bots.asked == 1


@pytest.mark.parametrize(
    ("cookies", "visitor"),
    [
        ("hz_visitor=" + "a" * 20, "a" * 20),
        ("x=1; hz_visitor=" + "a" * 20 + "; hz_visitor=" + "b" * 20, "a" * 20),
        ("x=1;hz_visitor=" + "a" * 20 + ";y=2", "a" * 20),
        ("x_hz_visitor=" + "a" * 20, ""),
        ("x=hz_visitor=" + "a" * 20, ""),
        ("hz_visitor=" + "a" * 21, ""),
        ("hz_visitor=" + "a" * 19 + "é", ""),
        ("hz_visitor=short; hz_visitor=" + "b" * 20, "b" * 20),
        ("; " * 20_000 + "hz_visitor=" + "c" * 20, "c" * 20),
    ],
)
def test_only_a_cookie_of_our_own_name_and_form_is_a_visitor(cookies: str, visitor: str) -> None:
    assert visitor_of(cookies) == visitor


def test_what_another_edge_tells_late_makes_nobody_forgotten() -> None:
    repeats, floods, start_ms = Repeats(), Floods(), 1_000 * MINUTE_MS
    repeats.remember("before", "one", start_ms - 10)
    repeats.remember("turned", "two", start_ms + 30_000)
    for place in range(5):
        repeats.remember(f"echo{place}", "three", start_ms + 29_990 - place)
    assert repeats.find("turned", start_ms + 30_020) == "two"
    assert repeats.find("echo4", start_ms + 30_000) == "three"

    told = False
    for number in range(SOURCE_A_MINUTE + 1):
        floods.over(number + 1_000, f"other{number}", start_ms - 1)  # an edge whose clock is behind
        told = floods.over(7, "source", start_ms + number)
    assert told


def test_a_row_that_cannot_be_read_does_not_end_all_changes(tmp_path: Path) -> None:
    tables = DoorTables(tmp_path)
    tables.program()
    tables.link(1, "spring")
    directory = Directory(Doors(tmp_path))
    assert directory.refresh()
    tables.link(2, "broken", allowed_hosts="no json")
    assert not directory.refresh()
    tables.link(2, "broken")
    assert directory.refresh()
    assert directory.links.get("broken") is not None


class Heard:
    """A protocol that keeps what was answered."""

    status, headers = 0, dict[str, str]()

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)

    def response_str(self, status: int, headers: list[tuple[str, str]], _body: str) -> None:
        self.status, self.headers = status, dict(headers)


def asked(path: str, **more: Any) -> SimpleNamespace:
    class Headers(dict[str, str]):
        def get_all(self, name: str) -> list[str]:
            return [self[name]] if name in self else []

    told = {"method": "GET", "query_string": "", "scheme": "http", "client": "127.0.0.1:1", "authority": None, **more}
    return SimpleNamespace(path=path, headers=Headers({"user-agent": BROWSER, "accept": "*/*", "host": "x"}), **told)


def test_without_a_number_visitors_get_where_they_may_and_never_past_a_block(tmp_path: Path) -> None:
    usual_tables(tmp_path).program(blocked_countries=["DE"])
    app = create_app(tmp_path, MASTER)
    try:
        app.numbering.mint.assign(0, until=-1.0)  # lapsed
        where = {}
        for slug, client in (("spring", "81.2.69.142:1"), ("spring", "84.163.1.1:1"), ("stopped", "81.2.69.142:1")):
            heard = Heard()
            assert app.take(asked(f"/{slug}", client=client), heard)
            where[slug, client] = heard.headers["location"]
        assert app.counts.unrecorded == 3
        assert list(where.values()) == [HOME, "https://shop.example/gone", "https://shop.example/gone"]

        app.clicks._networks = None  # type: ignore[assignment]  # something of ours is broken
        for slug, location in (("spring", HOME), ("stopped", "https://shop.example/gone")):
            heard = Heard()
            assert app.take(asked(f"/{slug}"), heard)
            assert (heard.status, heard.headers["location"]) == (302, location)
    finally:
        asyncio.run(app.close())


def test_a_slug_known_not_to_exist_is_answered_without_the_event_loop(tmp_path: Path) -> None:
    tables = usual_tables(tmp_path)
    app = create_app(tmp_path, MASTER)
    try:
        assert not app.take(asked("/nobody"), Heard()), "nobody knows yet"
        app.directory.look_up("nobody")
        heard = Heard()
        assert app.take(asked("/c/nobody"), heard)
        assert (heard.status, heard.headers["location"]) == (302, "https://shop.example/gone")
        assert not app.take(asked("/nobody", method="POST"), Heard())
        tables.link(9, "nobody")
        app.directory.refresh()
        assert app.directory.links.get("nobody") is not None
    finally:
        asyncio.run(app.close())


def test_the_host_in_an_absolute_request_line_counts_more_than_the_header(tmp_path: Path) -> None:
    usual_tables(tmp_path).program(click_hosts=["go.shop.example"])
    app = create_app(tmp_path, MASTER)
    try:
        assert app.origins.host(asked("/console/", authority="go.shop.example")) == "go.shop.example"
        assert app.origins.host(asked("/console/")) == "x"
        assert app.directory.links.programs[PROGRAM].click_hosts == {"go.shop.example"}
    finally:
        asyncio.run(app.close())


def test_many_bare_ids_that_are_none_are_told_to_wait_and_honest_shops_are_not(
    tables: DoorTables, client: httpx.Client
) -> None:
    def send(clicks: list[str]) -> httpx.Response:
        order = {"goal": "sale", "amount": 100, "currency": "EUR"}
        sent = [
            {**order, "external_id": f"guess-{place}-{click}", "click": click} for place, click in enumerate(clicks)
        ]
        return client.post("/v1/conversions", json=sent, headers={"authorization": f"Bearer {KEY}"})

    foreign = [f"{number:024x}" for number in range(1_000)]
    assert send(foreign).status_code == 202, "where bare ids are not taken there is nothing to guess"
    tables.program(bare_click_ids=1)
    time.sleep(1.2)
    try:
        longer = ["f" * 27, "0" * 30, "00000000-0000-8000-8000-000000000000", "truncated"]
        assert send(foreign[:990]).status_code == 202, "a shop that moved here sends old ids for weeks"
        refused = send(foreign[:300])
        assert (refused.status_code, refused.headers["retry-after"], refused.json()["code"]) == (
            429, "60", "rate_limited",
        )  # fmt: skip
        own = [TOKENS.mint_second(1, 5_000, 0, number).core_hex for number in range(50)]
        assert send([*own, *longer]).status_code == 202, "sound ones and those that cannot be guessed pass"
        assert 'hanse_facts_total{kind="conversion",outcome="bad_signature"} 1290' in client.get("/metrics").text
    finally:
        tables.program()
        time.sleep(1.2)


def test_two_hosts_in_one_request_are_refused(edge: Edge) -> None:
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as line:
        line.sendall(b"GET /console/ HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nConnection: close\r\n\r\n")
        answer = line.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_idle_connections_of_strangers_use_up_no_files(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, most))
    try:
        running = Edge(tmp_path, free_port(), {})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, most))
    with contextlib.ExitStack() as idle:
        idle.callback(running.stop)
        running.wait_until_serving()
        for _ in range(400):
            idle.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=10))
        with running.client() as browser:
            assert "hz_click=" in browser.get("/spring").headers["location"]


def test_an_edge_that_was_asked_all_this_still_takes_clicks(client: httpx.Client) -> None:
    assert client.get("/spring").status_code == 302
