"""Feeds and pieces over the API: read before they are kept, refused with the reason, noted once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hanse.kernel.ids import text_id
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.growth.content.samples import LAUGHS, item, rss
from tests.spine.web import Web, answer, web_server

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    with web_server() as web:
        yield web


@pytest.fixture
def web(server: Web, settings: Any) -> Web:
    settings.HANSE_OUTBOUND_HOSTS = (server.host,)
    server.pages.clear()
    return server


@pytest.fixture
def cast() -> Cast:
    return build()


def test_a_feed_is_read_kept_once_looked_at_and_removed(cast: Cast, web: Web) -> None:
    caller, who = Caller("write"), text_id("enr", cast.anas.pk)
    web.pages["/feed"] = answer(rss(item(1), item(2, date="")))
    body = {"enrolment": who, "address": web.url("/feed")}
    feed = caller.post("/feeds", body)
    assert (feed["kind"], feed["problem"], feed["is_on"]) == ("site", "", True)
    assert feed["notes"] == ["1 entry has no date: the day we saw it counts"]
    assert caller.post("/feeds", body)["id"] == feed["id"]
    pieces = caller.get(f"/pieces?enrolment={who}")["data"]
    assert {piece["title"]: piece["dating"] for piece in pieces} == {"Post 1": "given", "Post 2": "guessed"}
    web.pages["/feed"] = answer(b"", status=410)
    gone = caller.post(f"/feeds/{feed['id']}/look", status=200)
    assert (gone["is_on"], gone["problem"]) == (False, "It says that it is gone for good.")
    caller.post(f"/feeds/{feed['id']}/remove", status=200)
    assert caller.get("/feeds")["data"] == []


def test_what_cannot_be_read_is_refused_at_its_address_and_nothing_is_kept(cast: Cast, web: Web) -> None:
    caller, who = Caller("write"), text_id("enr", cast.anas.pk)
    web.pages |= {"/laughs": answer(LAUGHS), "/long": answer(b"<rss>" + b" " * 16_000_000)}
    inside = "http://169.254.169.254/latest/meta-data"
    for address in (web.url("/laughs"), web.url("/long"), web.url("/none"), inside, "x"):
        refused = caller.post("/feeds", {"enrolment": who, "address": address}, status=422)
        assert [error["pointer"] for error in refused["errors"]] == ["/address"]
    assert caller.get("/feeds")["data"] == []


def test_a_piece_is_noted_once_with_its_links_hidden_and_shown(cast: Cast) -> None:
    caller, who = Caller("write"), text_id("enr", cast.anas.pk)
    body = {
        "enrolment": who, "address": "https://ana.example/teas", "title": "Teas",
        "published_at": "2026-05-01T10:00:00Z", "text": "http://127.0.0.1:8000/ana?sub1=teas and ANA10",
    }  # fmt: skip
    piece = caller.post("/pieces", body)
    assert piece["links"] == [{"number": 1, "parameters": {"sub1": "teas"}}]
    assert (piece["codes"], piece["source"], piece["about"]) == (["ANA10"], "team", "us")
    assert caller.post("/pieces", body | {"address": "http://www.ana.example/teas/"})["id"] == piece["id"]
    caller.post(f"/pieces/{piece['id']}/hide", status=200)
    assert caller.get("/pieces")["data"] == []
    assert caller.post(f"/pieces/{piece['id']}/show", status=200)["hidden_at"] is None
    future = caller.post("/pieces", body | {"published_at": "2199-01-01T00:00:00Z"}, status=422)
    assert future["errors"][0]["pointer"] == "/published_at"
