"""Links over HTTP: what a visitor gets, and what the journal holds."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.edge.door_tables import OTHER_PROGRAM, PROGRAM, DoorTables
from tests.edge.serving import BROWSER, TOKENS, Edge


def token_of(answer: httpx.Response) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query).get("hz_click", [""])[0]


def test_a_click_is_answered_with_a_token_that_has_a_row(edge: Edge, client: httpx.Client) -> None:
    before = time.time()
    answer = client.get("/spring", headers={"referer": "https://blog.example/post?mail=a@b.example#x"})
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    location = answer.headers["location"]
    assert location.startswith("https://shop.example/?hz_click=")
    assert location.endswith("&afsrc=1")
    read = TOKENS.read(token_of(answer))
    assert read.link_number == 1
    assert before - 2 <= read.at.timestamp() <= time.time() + 2
    click = next(click for click in edge.clicks() if click.core_hex == read.core_hex)
    assert (click.reason, click.link_number, click.agent) == ("", 1, BROWSER)
    assert click.referrer == "blog.example/post"
    assert re.fullmatch(r"[0-9a-f]{16}", click.ip_hash)
    assert client.cookies["hz_visitor"] == click.visitor


def test_the_cookie_is_first_party_and_lives_400_days(client: httpx.Client) -> None:
    cookie = client.get("/spring").headers["set-cookie"]
    assert re.fullmatch(r"hz_visitor=[\w-]{20}; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax", cookie)


def test_the_token_goes_before_the_fragment_and_after_the_query(client: httpx.Client) -> None:
    location = client.get("/c/fragment").headers["location"]
    assert re.fullmatch(r"https://shop\.example/a\?x=1&hz_click=[\w-]{27}&afsrc=1#top", location)


def test_a_repeat_within_thirty_seconds_gets_the_same_token_and_a_row_of_its_own(edge: Edge) -> None:
    with edge.client() as browser:
        first, second = token_of(browser.get("/spring")), token_of(browser.get("/spring"))
        other_link = token_of(browser.get("/fragment"))
        visitor = browser.cookies["hz_visitor"]
    assert first == second != other_link
    rows = [click for click in edge.clicks() if click.visitor == visitor]
    assert [click.reason for click in rows] == ["", "duplicate", ""]
    assert len({click.core_hex for click in rows}) == 3


def test_two_visitors_behind_one_address_are_two_clicks(edge: Edge) -> None:
    with edge.client() as one, edge.client() as two:
        assert token_of(one.get("/spring")) != token_of(two.get("/spring"))


@pytest.mark.parametrize(
    ("method", "headers", "reason"),
    [
        ("HEAD", {}, "head"),
        ("GET", {"sec-purpose": "prefetch"}, "prefetch"),
        ("GET", {"sec-purpose": "prefetch;prerender"}, "prefetch"),
        ("GET", {"purpose": "prefetch"}, "prefetch"),
    ],
)
def test_looking_ahead_is_answered_but_is_no_click(
    edge: Edge, method: str, headers: dict[str, str], reason: str
) -> None:
    with edge.client() as browser:
        answer = browser.request(method, "/spring?probe=" + reason, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (302, "https://shop.example/")
    assert "set-cookie" not in answer.headers
    assert edge.clicks()[-1].reason == reason


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot_declared"),
        ("curl/8.5.0", "bot_declared"),
        ("Mozilla/5.0 (compatible; SomethingNewBot/1.0; +https://new.example)", "bot_suspected"),
        ("", "bot_suspected"),
    ],
)
def test_bots_are_redirected_and_kept_but_not_counted(edge: Edge, agent: str, reason: str) -> None:
    with edge.client() as browser:
        answer = browser.get("/spring", headers={"user-agent": agent})
    assert answer.status_code == 302
    assert edge.clicks()[-1].reason == reason


@pytest.mark.parametrize(
    ("slug", "reason", "location"),
    [
        ("stopped", "link_disabled", "https://shop.example/gone"),
        ("late", "link_expired", "https://shop.example/gone"),
        ("suspended", "partner_suspended", "https://shop.example/?hz_click="),
    ],
)
def test_links_that_no_longer_count_keep_a_row_with_the_reason(
    edge: Edge, client: httpx.Client, slug: str, reason: str, location: str
) -> None:
    answer = client.get(f"/{slug}")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(location)
    assert edge.clicks()[-1].reason == reason


def test_an_unknown_link_leads_to_the_only_programs_fallback(edge: Edge, client: httpx.Client) -> None:
    before = len(edge.clicks())
    answer = client.get("/no-such-link")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://shop.example/gone")
    assert len(edge.clicks()) == before


def test_sub_parameters_are_kept_with_the_click(edge: Edge, client: httpx.Client) -> None:
    client.get("/spring?sub1=newsletter&sub30=a%0d%0ab&utm_source=x&bad%20name=1")
    assert edge.clicks()[-1].subs == {"sub1": "newsletter", "sub30": "ab", "utm_source": "x"}


def test_a_link_made_a_moment_ago_works_at_once(edge: Edge, tables: DoorTables, client: httpx.Client) -> None:
    assert client.get("/fresh").headers["location"] == "https://shop.example/gone"
    tables.link(77, "fresh")
    time.sleep(1.3)
    assert token_of(client.get("/fresh"))
    tables.link(78, "fresher")
    assert token_of(client.get("/fresher"))


def test_a_disabled_link_stops_within_a_second(tables: DoorTables, client: httpx.Client) -> None:
    tables.link(79, "brief")
    assert token_of(client.get("/brief"))
    tables.link(79, "brief", status="link_disabled")
    time.sleep(1.3)
    assert client.get("/brief").headers["location"] == "https://shop.example/gone"


def test_consent_mode_sets_no_cookie(tables: DoorTables, edge: Edge) -> None:
    tables.program(PROGRAM, consent_mode=1)
    time.sleep(1.3)
    try:
        with edge.client() as browser:
            answer = browser.get("/spring", headers={"cookie": "hz_visitor=" + "A" * 20})
        assert "set-cookie" not in answer.headers
        assert token_of(answer)
        assert edge.clicks()[-1].visitor == ""
    finally:
        tables.program(PROGRAM)
        time.sleep(1.3)


def test_a_stopped_link_without_a_fallback_says_so_and_keeps_its_row(edge: Edge, tables: DoorTables) -> None:
    tables.program(OTHER_PROGRAM, slug="other", fallback_url="")
    tables.link(90, "orphan", program_id=OTHER_PROGRAM.hex, status="link_disabled")
    with edge.client() as browser:
        answer = browser.get("/orphan")
        tables.program(OTHER_PROGRAM, slug="other", fallback_url="", archived=1)
    assert answer.status_code == 404
    assert "no longer leads anywhere" in answer.text
    assert (edge.clicks()[-1].link_number, edge.clicks()[-1].reason) == (90, "link_disabled")


def test_a_click_that_fails_inside_still_gets_where_it_leads(tables: DoorTables, client: httpx.Client) -> None:
    tables.link(1 << 24, "too-many-links")
    answer = client.get("/too-many-links")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://shop.example/")
    assert "set-cookie" not in answer.headers


def test_posting_to_a_link_is_refused(client: httpx.Client) -> None:
    assert client.post("/nowhere-to-post").status_code == 405
    assert client.post("/spring").status_code == 405


def test_no_address_is_written_anywhere(edge: Edge, client: httpx.Client) -> None:
    client.get("/spring")
    journal = (edge.data_dir / "journal.sqlite3-wal").read_bytes() + (edge.data_dir / "journal.sqlite3").read_bytes()
    assert b"127.0.0.1" not in journal
