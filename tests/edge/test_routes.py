"""Routes by country and device, the sticky split, sub-parameters, and links on a program's own domain."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hanse.edge.subs import DROPPED, MAX_FREE, read_query
from hanse.kernel.routes import Arm, Routes, Rule, read_routes, routes_object, routes_of, routes_text
from tests.edge.door_tables import OTHER_PROGRAM, PROGRAM, DoorTables, usual_tables
from tests.edge.serving import BROWSER, TOKENS, Edge, serving

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
SPLIT = {
    "split": [
        {"name": "a", "weight": 25, "to": ""},
        {"name": "b", "weight": 75, "to": "https://shop.example/b"},
    ]
}
BY_DEVICE = {"rules": [{"countries": [], "devices": ["phone", "tablet"], "to": "https://www.shop.example/small"}]}


@pytest.fixture(scope="module")
def tables(data_dir: Path) -> DoorTables:
    tables = usual_tables(data_dir)
    tables.program(click_hosts=["go.shop.example"])
    tables.program(OTHER_PROGRAM, slug="other", click_hosts=["go.other.example"], fallback_url="https://other.example/")
    tables.link(20, "split", routes=json.dumps(SPLIT))
    tables.link(21, "devices", routes=json.dumps({**BY_DEVICE, **SPLIT}))
    tables.link(22, "theirs", "https://other.example/x", program_id=OTHER_PROGRAM.hex, allowed_hosts=["other.example"])
    tables.link(23, "damaged", routes='{"rules": 7')
    return tables


@pytest.fixture(scope="module")
def edge(data_dir: Path, tables: DoorTables) -> Iterator[Edge]:
    with serving(data_dir, HANSE_PUBLIC_URL="http://partners.example") as running:
        yield running


def page_of(answer: httpx.Response) -> str:
    return answer.headers["location"].partition("?")[0]


def test_the_first_rule_that_fits_decides_and_an_unknown_country_fits_only_the_open_ones() -> None:
    routes = Routes((
        Rule(frozenset({"DE", "AT"}), frozenset({"phone"}), "1"), Rule(frozenset({"DE"}), frozenset(), "2"),
        Rule(frozenset(), frozenset({"phone"}), "3"),
    ))  # fmt: skip
    told = {
        visitor: routes.choose(*visitor, "v")[0]
        for visitor in [
            ("DE", "phone"),
            ("AT", "phone"),
            ("DE", "desktop"),
            ("PL", "phone"),
            ("", "phone"),
            ("", "other"),
        ]
    }
    assert list(told.values()) == ["1", "1", "2", "3", "3", ""]


def test_a_split_keeps_its_weights_and_each_visitor_their_arm() -> None:
    routes = Routes(split=(Arm("a", 1, "A"), Arm("b", 3, "B"), Arm("never", 0, "N")))
    chosen = [routes.choose("", "", f"visitor{number}")[1] for number in range(8_000)]
    counts = Counter(chosen)
    assert counts["never"] == 0
    assert 1_850 < counts["a"] < 2_150
    assert chosen == [routes.choose("", "", f"visitor{number}")[1] for number in range(8_000)]


def test_routes_read_back_as_written_and_damaged_ones_are_none() -> None:
    value = {**BY_DEVICE, **SPLIT}
    routes = read_routes(value)
    assert routes_object(routes) == value
    assert routes_of(routes_text(routes)) == routes
    assert routes_text(Routes()) == ""
    for text in ("", "{", "[]", "7", '{"split": [{"name": 1}]}', "[" * 100_000, '{"rules": 7}'):
        assert routes_of(text) == Routes()


def test_a_phone_is_led_to_the_page_for_phones(edge: Edge, client: httpx.Client) -> None:
    answer = client.get("/devices", headers={"user-agent": PHONE})
    assert page_of(answer) == "https://www.shop.example/small"
    click = edge.clicks()[-1]
    assert (click.device, click.variant, click.landing) == ("phone", "", "https://www.shop.example/small")


def test_the_same_visitor_meets_the_same_arm_and_the_click_names_it(edge: Edge) -> None:
    arms = Counter[str]()
    for _ in range(24):
        with edge.client() as visitor:
            first = visitor.get("/split")
            assert all(page_of(visitor.get("/split")) == page_of(first) for _ in range(3))
        click = edge.clicks()[-1]
        assert page_of(first) == {"a": "https://shop.example/", "b": "https://shop.example/b"}[click.variant]
        arms[click.variant] += 1
    assert set(arms) == {"a", "b"}


def test_without_cookies_the_days_hash_of_the_address_keeps_the_arm(edge: Edge, tables: DoorTables) -> None:
    tables.program(click_hosts=["go.shop.example"], consent_mode=1)
    time.sleep(1.0)
    try:
        pages = set()
        for _ in range(12):
            with edge.client() as visitor:
                answer = visitor.get("/split")
                assert "set-cookie" not in answer.headers
                pages.add(page_of(answer))
        assert len(pages) == 1
    finally:
        tables.program(click_hosts=["go.shop.example"])
        time.sleep(1.0)


def test_a_deep_link_goes_before_routes_and_damaged_routes_are_none(edge: Edge, client: httpx.Client) -> None:
    answer = client.get("/split?to=https%3A%2F%2Fwww.shop.example%2Fspecial")
    assert page_of(answer) == "https://www.shop.example/special"
    assert (edge.clicks()[-1].variant, edge.clicks()[-1].landing) == ("", "https://www.shop.example/special")
    assert page_of(client.get("/damaged")) == "https://shop.example/"


def test_on_its_domain_a_programs_links_work(edge: Edge, client: httpx.Client) -> None:
    for host in ("go.shop.example", "GO.SHOP.EXAMPLE", "go.shop.example:8443", "go.shop.example."):
        for path in ("/spring", "/c/spring"):
            answer = client.get(path, headers={"host": host})
            assert answer.status_code == 302
            assert "hz_click=" in answer.headers["location"]
    assert "hz_click=" in client.get("/theirs", headers={"host": "go.other.example"}).headers["location"]


def test_another_programs_slug_does_not_exist_on_this_programs_domain(edge: Edge, client: httpx.Client) -> None:
    before = len(edge.clicks())
    for path in ("/theirs", "/c/theirs", "/theirs?to=https%3A%2F%2Fother.example%2F"):
        answer = client.get(path, headers={"host": "go.shop.example"})
        assert (answer.status_code, answer.headers["location"]) == (302, "https://shop.example/gone")
    answer = client.get("/spring", headers={"host": "go.other.example"})
    assert answer.headers["location"] == "https://other.example/"
    assert len(edge.clicks()) == before


def test_a_domain_serves_links_and_nothing_of_the_installation(edge: Edge, client: httpx.Client) -> None:
    for path in ("/", "/console/", "/p/", "/v1/links", "/sign-in", "/join/main", "/static/x.css", "/a/b", "/metrics"):
        answer = client.get(path, headers={"host": "go.shop.example"})
        assert (answer.status_code, answer.headers.get("location")) == (302, "https://shop.example/gone"), path
    assert client.get("/hz.js", headers={"host": "go.shop.example"}).status_code == 200
    assert client.get("/healthz", headers={"host": "go.shop.example"}).status_code == 200
    refused = client.post("/v1/conversions", headers={"host": "go.shop.example"}, json={})
    assert refused.status_code in (302, 404)


def test_elsewhere_the_root_and_the_console_are_passed_on(client: httpx.Client) -> None:
    for host in ("partners.example", "127.0.0.1", "go.unknown.example"):
        assert client.get("/", headers={"host": host}).status_code == 502, "no web role runs here"
        assert "hz_click=" in client.get("/theirs", headers={"host": host}).headers["location"]


def test_thirty_own_names_and_twenty_others_are_kept_and_the_rest_is_named_and_counted(
    edge: Edge, client: httpx.Client
) -> None:
    query = [f"x{number}={number}" for number in range(25)] + [f"sub{number}={number}" for number in range(1, 32)]
    answer = client.get("/spring?initiative=june&" + "&".join(query))
    assert answer.status_code == 302
    subs = edge.clicks()[-1].subs
    assert {f"sub{number}" for number in range(1, 31)} <= subs.keys()
    assert subs["initiative"] == "june"
    assert len([name for name in subs if name.startswith("x")]) == MAX_FREE
    assert subs[DROPPED].split(",") == ["x20", "x21", "x22", "x23", "x24", "sub31"]
    assert "hanse_subs_dropped_total 6" in httpx.get(f"{edge.url}/metrics").text


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("subid=a&aff_sub2=b&s3=c&sub_id_4=d", {"sub1": "a", "sub2": "b", "sub3": "c", "sub4": "d"}),
        ("subid=a&sub1=b", {"sub1": "b"}),
        ("sub1=a&sub1=b", {"sub1": "a"}),
        ("sub1=%E2%82%AC+5%ff", {"sub1": "€ 5\ufffd"}),
        ("sub1=&empty", {"sub1": "", "empty": ""}),
        ("sub1=" + "a" * 301, {DROPPED: "sub1"}),
        ("initiative=" + "a" * 81, {DROPPED: "initiative"}),
        ("b%20ad=1&" + "n" * 41 + "=1&=x&&hz_dropped=y", {}),
        ("sub1=a%00%1f%1eb", {"sub1": "ab"}),
    ],
)
def test_sub_parameters_are_read_as_people_and_other_systems_write_them(query: str, kept: dict[str, str]) -> None:
    assert read_query(query).subs == kept


def test_a_hundred_thousand_parameters_cost_little_and_are_counted() -> None:
    query = "&".join(f"p{number}=1" for number in range(100_000))
    began = time.perf_counter()
    asked = read_query(query)
    assert time.perf_counter() - began < 0.05
    assert asked.dropped == 100_000 - MAX_FREE
    assert len(asked.subs) == MAX_FREE + 1


def test_the_browser_of_these_tests_is_a_computer(edge: Edge, client: httpx.Client) -> None:
    client.get("/devices")
    assert BROWSER.startswith("Mozilla")
    assert edge.clicks()[-1].device == "desktop"
    assert PROGRAM != OTHER_PROGRAM


@pytest.mark.parametrize(("form", "length"), [("hex", 30), ("uuid", 36), ("bare", 24), ("text", 27)])
def test_addresses_carry_the_click_in_the_form_its_program_wants(
    edge: Edge, tables: DoorTables, client: httpx.Client, form: str, length: int
) -> None:
    tables.program(click_hosts=["go.shop.example"], token_form=form, bare_click_ids=1)
    text, until = "", time.monotonic() + 5
    while len(text) != length and time.monotonic() < until:  # until the edge knows, and its disk is quick enough
        text = token_of(client.get("/spring"))
        time.sleep(0.1)
    assert len(text) == length
    assert token_of(client.get("/spring")) in (text, ""), "a repeat bears the same token"
    assert TOKENS.read(text, bare=True).core_hex in {click.core_hex for click in edge.clicks()}


def token_of(answer: httpx.Response) -> str:
    return answer.headers["location"].partition("hz_click=")[2].partition("&")[0]
