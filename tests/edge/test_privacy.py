"""No address is kept: not in the journal, not in a log, nowhere in the data folder; what is kept says less each day."""

from __future__ import annotations

import time
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from tests.edge.door_tables import KEY, PROGRAM, DoorTables, usual_tables
from tests.edge.serving import BROWSER, Edge, serving

HOME, HOME_SIX = "84.163.17.203", "2003:de:7f11:4242::77"
PROXY = {"HANSE_TRUSTED_PROXIES": "127.0.0.1", "HANSE_LOG": "debug"}


def from_address(edge: Edge, ip: str, path: str = "/spring", **headers: str) -> httpx.Response:
    with edge.client() as browser:
        return browser.get(path, headers={"x-forwarded-for": ip, **headers})


def test_after_a_click_its_address_stands_nowhere(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path, **PROXY) as edge:
        for ip in (HOME, HOME_SIX):
            assert from_address(edge, ip).status_code == 302
            from_address(edge, ip, "/no-such-link")
            from_address(edge, ip, "/%ff")
            bearer = {"authorization": f"Bearer {KEY}", "x-forwarded-for": ip}
            body = {"goal": "sale", "external_id": ip[:4], "amount": 1, "currency": "EUR"}
            httpx.post(f"{edge.url}/v1/conversions", json=body, headers=bearer)
        clicks = edge.clicks()
        said = edge.stop().encode()
    assert [(click.country, click.network) for click in clicks] == [("DE", ""), ("DE", "")]
    assert all(len(click.ip_hash) == 16 for click in clicks)
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} | {Path("the log"): said}
    assert any(clicks[0].ip_hash.encode() in content for content in kept.values()), "the search itself works"
    for ip in (HOME, HOME_SIX, ip_address(HOME_SIX).exploded):
        forms = {
            ip.encode(),
            ip_address(ip).packed,
            str(int(ip_address(ip))).encode(),
            ip_address(ip).packed.hex().encode(),
        }
        found = [(path.name, form) for path, content in kept.items() for form in forms if form in content]
        assert found == []


def test_countries_and_data_centres_are_seen_through_a_named_proxy_only(tmp_path: Path) -> None:
    tables = usual_tables(tmp_path)
    with serving(tmp_path, **PROXY) as edge:
        from_address(edge, "52.95.110.1")
        from_address(edge, "172.224.226.1")  # where a telephone's privacy relay leaves
        from_address(edge, "127.0.0.1")
        told = [(click.country, click.network, click.reason) for click in edge.clicks()]
        assert told == [("US", "datacentre", "datacentre"), ("GB", "relay", ""), ("", "private", "")]
        tables.program(PROGRAM, allowed_countries=["DE"])
        time.sleep(1.3)
        abroad, home, unknown = (from_address(edge, ip) for ip in ("52.95.110.1", HOME, "127.0.0.1"))
        assert [click.reason for click in edge.clicks()[-3:]] == ["geo_blocked", "", ""]
        assert abroad.headers["location"] == "https://shop.example/gone"
        assert "set-cookie" not in abroad.headers
        assert "hz_click=" in home.headers["location"]
        assert "hz_click=" in unknown.headers["location"]


def test_an_unnamed_proxys_word_changes_neither_country_nor_hash(edge: Edge, client: httpx.Client) -> None:
    for ip in (HOME, "52.95.110.1", "garbage"):
        client.get("/fragment", headers={"x-forwarded-for": ip, "cookie": ""})
    clicks = edge.clicks()[-3:]
    assert {(click.country, click.network) for click in clicks} == {("", "private")}
    assert len({click.ip_hash for click in clicks}) == 1


@pytest.mark.parametrize("cookie", ["", "hz_visitor=" + "A" * 20])
def test_with_consent_mode_no_cookie_is_set_and_none_is_read(
    edge: Edge, tables: DoorTables, client: httpx.Client, cookie: str
) -> None:
    tables.program(PROGRAM, consent_mode=1)
    time.sleep(1.3)
    try:
        answer = client.get("/spring", headers={"cookie": cookie})
        click = edge.clicks()[-1]
    finally:
        tables.program(PROGRAM)
        time.sleep(1.3)
    assert "set-cookie" not in answer.headers
    assert "hz_click=" in answer.headers["location"]
    assert (click.visitor, click.reason) == ("", "")


def test_more_clicks_than_people_make_are_a_flood_whatever_address_is_claimed(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path) as edge, httpx.Client(base_url=edge.url, headers={"user-agent": BROWSER}) as script:
        last = None
        for number in range(140):
            script.cookies.clear()
            last = script.get("/spring", headers={"x-forwarded-for": f"84.163.17.{number}"})
        reasons = [click.reason for click in edge.clicks()]
    assert set(reasons) == {"", "flood"}
    assert reasons[-1] == "flood"
    assert last is not None
    assert last.status_code == 302
    assert "hz_click=" in last.headers["location"]
