"""Content in the console and the portal: pieces with what they brought, feeds added by either side, Today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.content.actions import hide_piece, note_piece
from hanse.growth.content.counting import count_pieces, keep_counts
from hanse.growth.content.models import Feed, Piece
from hanse.insight.rollups.models import LinkDay
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from tests.cast import Cast, build
from tests.growth.content.samples import LAUGHS, item, rss
from tests.spine.web import Web, answer, web_server

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


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


@pytest.fixture
def desk(cast: Cast) -> Client:
    return signed_in(cast.ruth)


@pytest.fixture
def portal(cast: Cast) -> Client:
    return signed_in(cast.anas_login)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


def old_piece(cast: Cast, **more: Any) -> Piece:
    now = clock.now()
    given: dict[str, Any] = {
        "address": "https://ana.example/old",
        "title": "Old teas",
        "text": "http://127.0.0.1:8000/ana",
    }
    piece = note_piece(
        cast.anas, published_at=now - timedelta(days=200), source="team", now=now, by="t", **{**given, **more}
    )
    today = local_day(now, cast.program.time_zone)
    LinkDay.objects.get_or_create(link_number=1, dimension="", day=today, value="", defaults={"clicks": 1234})
    keep_counts(cast.program, count_pieces(cast.program, [cast.anas.pk], today), now)
    return piece


def test_the_list_shows_what_each_piece_brought_and_what_is_worth_a_refresh(cast: Cast, desk: Client) -> None:
    old_piece(cast, title=HOSTILE)
    found = page(desk, "/console/content")
    assert "1,234" in found
    assert "Worth a refresh" in found
    assert HOSTILE not in found
    assert "&lt;script&gt;" not in found  # a title is plain text: markup in it is gone
    today = page(desk, "/console/")
    assert "An old piece still brings clicks" in today
    csv = b"".join(desk.get("/console/content?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert b"https://ana.example/old" in csv


def test_a_piece_is_noted_by_hand_with_its_links_shown_hidden_and_shown_again(cast: Cast, desk: Client) -> None:
    form = {"partner": "Ana", "address": "https://ana.example/new", "text": "see http://127.0.0.1:8000/ana?sub1=june"}
    sent = desk.post("/console/content/note", form)
    assert sent.status_code == 303
    path = sent.headers["Location"]
    assert "sub1=june" in page(desk, path)
    assert desk.post(f"{path}/hide").status_code == 303
    assert Piece.objects.get().hidden_at is not None
    desk.post(f"{path}/show")
    assert Piece.objects.get().hidden_at is None
    desk.post(f"{path}/refreshed")
    assert Piece.objects.get().refreshed_at is not None


@pytest.mark.parametrize("form", [
    {"partner": "Nobody", "address": "https://a.example/"}, {"partner": "Ana", "address": "javascript:alert(1)"},
    {"partner": "Ana", "address": ""},
    {"partner": "Ana", "address": "https://a.example/", "published_on": "2199-01-01"},
    {"partner": "Ana", "address": "https://a.example/", "channel": "smoke"},
])  # fmt: skip
def test_a_bad_piece_is_answered_with_the_reason(desk: Client, form: dict[str, str]) -> None:
    assert desk.post("/console/content/note", form).status_code == 422
    assert not Piece.objects.exists()


def test_a_feed_is_added_looked_at_removed_and_brought_back(cast: Cast, desk: Client, web: Web) -> None:
    web.pages |= {"/feed": answer(rss(item(1), item(2, date=""))), "/laughs": answer(LAUGHS)}
    bad = desk.post("/console/content/feeds/new", {"partner": "Ana", "address": web.url("/laughs")})
    assert bad.status_code == 422
    assert "entities of its own" in bad.content.decode()
    assert desk.post("/console/content/feeds/new", {"partner": "Ana", "address": web.url("/feed")}).status_code == 303
    feed = Feed.objects.get()
    listed = page(desk, "/console/content/feeds")
    assert "1 entry has no date" in listed
    path = f"/console/content/feeds/{text_id('fed', feed.pk)}"
    del web.pages["/feed"]
    desk.post(f"{path}/look")
    assert "There is nothing at this address (404)." in page(desk, "/console/content/feeds")
    desk.post(f"{path}/remove")
    assert Feed.objects.get().removed_at is not None
    desk.post(f"{path}/back")
    assert Feed.objects.get().removed_at is None


def test_a_feed_that_is_off_stands_on_today(cast: Cast, desk: Client) -> None:
    Feed.objects.create(
        program=cast.program, enrolment=cast.anas, address="https://ana.example/feed", address_key="k", kind="site",
        added_at=clock.now(), added_by="t", next_look_at=clock.now(), off_at=clock.now(), problem="status:404",
    )  # fmt: skip
    assert "A feed does not answer any more" in page(desk, "/console/")
    assert "ana.example/feed" in page(desk, "/console/content/feeds?show=off")


def test_a_partner_adds_a_feed_and_a_piece_and_sees_what_they_brought(cast: Cast, portal: Client, web: Web) -> None:
    web.pages["/feed"] = answer(rss(item(1)))
    assert portal.post("/p/grow/content", {"what": "feed", "address": web.url("/feed")}).status_code == 303
    form = {"what": "piece", "address": "https://www.instagram.com/p/abc", "title": "Story"}
    assert portal.post("/p/grow/content", form).status_code == 303
    found = page(portal, "/p/grow/content")
    assert "Post 1" in found
    assert "Story" in found
    assert "Instagram" in found
    assert portal.post("/p/grow/content", {"what": "piece", "address": "nonsense"}).status_code == 422
    assert portal.post("/p/grow/content", {"what": "feed", "address": "http://127.0.0.1/x"}).status_code == 422
    path = f"/p/grow/content/feeds/{text_id('fed', Feed.objects.get().pk)}/remove"
    assert signed_in(cast.bens_login).post(path).status_code == 404
    assert portal.post(path).status_code == 303


def test_partners_see_only_their_own_pieces_and_none_that_was_left_out(cast: Cast, portal: Client) -> None:
    mine = old_piece(cast)
    theirs = page(signed_in(cast.bens_login), "/p/grow/content")
    assert "Old teas" not in theirs
    path = f"/p/grow/content/{text_id('pce', mine.pk)}/refreshed"
    assert signed_in(cast.bens_login).post(path).status_code == 404
    assert "Old teas" in page(portal, "/p/grow/content")
    hide_piece(mine, now=clock.now(), by="t")
    assert "Old teas" not in page(portal, "/p/grow/content")


def test_pages_cost_the_same_queries_for_any_number_of_pieces(cast: Cast, desk: Client, portal: Client) -> None:
    def cost(client: Client, path: str) -> int:
        page(client, path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, path)
        return len(asked)

    old_piece(cast)
    paths = ((desk, "/console/content"), (portal, "/p/grow/content"), (desk, "/console/content/feeds"))
    before = [cost(*one) for one in paths]
    for number in range(12):
        old_piece(cast, address=f"https://ana.example/{number}")
    assert [cost(*one) for one in paths] == before
    assert max(before) <= 30
