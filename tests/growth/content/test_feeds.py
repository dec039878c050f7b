"""Feeds over the wire: found from pages, looked at politely, given up after long failure, hostile ones refused."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from hanse.growth.content import rules
from hanse.growth.content.feeding import add_feed, due_feeds, remove_feed, switch_on
from hanse.growth.content.finding import Looked, feed_in_page, find_feed
from hanse.growth.content.models import Feed, Piece
from hanse.growth.content.reading import read_feed
from hanse.growth.content.taking import take_pieces
from hanse.insight.events.models import PartnerEvent
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Refused
from hanse.runtime.content import look_at_feeds
from tests.cast import Cast, build
from tests.growth.content.samples import LAUGHS, item, rss
from tests.spine.web import Web, answer, moved, web_server

XML = "application/rss+xml"


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    with web_server() as web:
        yield web


@pytest.fixture
def web(server: Web, settings: Any) -> Web:
    settings.HANSE_OUTBOUND_HOSTS = (server.host,)
    server.pages.clear()
    server.asked.clear()
    return server


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def added(cast: Cast, web: Web, path: str = "/feed") -> Feed:
    return add_feed(cast.anas, find_feed(web.url(path)), now=clock.now(), by="t")


def looked_again(feed: Feed, *, days: float = 1) -> Feed:
    look_at_feeds(clock.now() + timedelta(days=days))
    feed.refresh_from_db()
    return feed


def refusal(address: str) -> str:
    with pytest.raises(Invalid) as caught:
        find_feed(address)
    assert caught.value.problems[0].pointer == "/address"
    return caught.value.problems[0].code


def test_a_feed_is_found_from_the_page_of_the_site(cast: Cast, web: Web) -> None:
    web.pages |= {
        "/": answer(b"""<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/c.xml">
            <LINK REL='alternate' TYPE='application/rss+xml' HREF='/feed?a=1&amp;b=2'><link rel=icon href=x></head>"""),
        "/feed": answer(rss(item(1), item(2)), Content_Type=XML),
    }
    feed = added(cast, web, "/")
    assert (feed.address, feed.title, feed.kind) == (web.url("/feed?a=1&b=2"), "Ana writes", "site")
    assert [piece.title for piece in Piece.objects.order_by("title")] == ["Post 1", "Post 2"]
    assert added(cast, web, "/").pk == feed.pk


def test_channels_of_youtube_give_their_feed() -> None:
    base, channel = "https://www.youtube.com/feeds/videos.xml", "UCabcdefghijklmnopqrstuv"
    page = f'<link rel="canonical" href="https://www.youtube.com/channel/{channel}">'
    assert feed_in_page(page, "https://www.youtube.com/@ana") == f"{base}?channel_id={channel}"
    from hanse.growth.content.addresses import youtube_feed

    assert youtube_feed(f"https://youtube.com/channel/{channel}/videos") == f"{base}?channel_id={channel}"
    assert youtube_feed("https://www.youtube.com/user/anapours") == f"{base}?user=anapours"
    assert youtube_feed("https://m.youtube.com/playlist?list=PLabcdefghijkl") == f"{base}?playlist_id=PLabcdefghijkl"
    assert youtube_feed("https://youtube.com.evil.example/channel/" + channel) == ""


def test_what_cannot_be_a_feed_is_refused_with_the_reason(cast: Cast, web: Web) -> None:
    web.pages |= {
        "/page": answer(b"<html><head><title>No feed</title></head></html>"),
        "/laughs": answer(LAUGHS, Content_Type=XML),
        "/loop": moved("/loop2"), "/loop2": moved("/loop"), "/inside": moved("http://169.254.169.254/latest"),
        "/bomb": answer(gzip.compress(rss() + b" " * 60_000_000), Content_Encoding="gzip"),
        "/long": answer(rss() + b" " * 16_000_000), "/gone": answer(b"", status=410), "/pdf": answer(b"%PDF-1.7"),
    }  # fmt: skip
    codes = {path: refusal(web.url(path)) for path in (*web.pages, "/missing")}
    assert codes == {
        "/page": "no_feed", "/laughs": "entities", "/loop": "redirects", "/loop2": "redirects",
        "/inside": "not_called", "/bomb": "too_long", "/long": "too_long", "/gone": "status", "/pdf": "no_feed",
        "/missing": "status",
    }  # fmt: skip
    for address in (
        "", "nonsense", "file:///etc/passwd", "http://localhost/feed", "http://127.0.0.1/feed", "http://[::1]/",
        "https://user:pw@ana.example/feed", f"https://ana.example/{'x' * 2000}",
    ):  # fmt: skip
        assert refusal(address) in ("bad_url", "not_called")


def test_an_unchanged_feed_is_asked_for_by_its_mark_and_read_no_more(cast: Cast, web: Web) -> None:
    def page(door: BaseHTTPRequestHandler) -> None:
        same = door.headers["If-None-Match"] == '"v1"' and door.headers["If-Modified-Since"] == "yesterday"
        body = b"" if same else rss(item(1))
        answer(body, status=304 if same else 200, ETag='"v1"', Last_Modified="yesterday")(door)

    web.pages["/feed"] = page
    feed = looked_again(added(cast, web))
    assert len(web.asked) == 2
    assert (feed.problem, feed.failures, Piece.objects.count()) == ("", 0, 1)
    assert feed.next_look_at > clock.now() + timedelta(hours=29)


def test_new_entries_become_pieces_and_do_the_first_step(cast: Cast, web: Web) -> None:
    cast.anas.enrolled_at = clock.now() - timedelta(days=3)
    cast.anas.save()
    web.pages["/feed"] = answer(rss(item(1, date=""), item(2, date="2020-05-31")))
    feed = added(cast, web)
    assert {piece.dating for piece in Piece.objects.all()} == {"given", "guessed"}
    assert not PartnerEvent.objects.exists()
    web.pages["/feed"] = answer(rss(item(3, date="", title="http://127.0.0.1:8000/ana"), item(1, date="")))
    looked_again(feed)
    new = Piece.objects.get(dating="seen")
    assert (new.about, new.links["links"]) == ("us", [[1, {}]])
    assert PartnerEvent.objects.get().kind == "piece"


def test_entries_dated_in_the_future_count_from_the_day_they_were_seen(cast: Cast, web: Web) -> None:
    web.pages["/feed"] = answer(rss(item(1, date="2099-01-01")))
    feed = added(cast, web)
    assert Piece.objects.get().published_at <= clock.now()
    assert feed.notes == [["future", 1]]


def test_a_feed_that_fails_is_asked_less_and_less_and_given_up_after_two_weeks(cast: Cast, web: Web) -> None:
    web.pages["/feed"] = answer(rss(item(1)))
    feed = added(cast, web)
    web.pages["/feed"] = answer(b"", status=500)
    now, waits = feed.next_look_at, []
    for _turn in range(30):
        look_at_feeds(now)
        feed.refresh_from_db()
        if feed.off_at:
            break
        waits.append(round((feed.next_look_at - now).total_seconds() / 3600))
        now = feed.next_look_at
    assert waits[:7] == [1, 2, 4, 8, 16, 24, 24]
    assert feed.problem == "status:500"
    assert feed.failing_since is not None
    assert feed.off_at is not None
    assert (feed.off_at - feed.failing_since).days >= 14
    assert due_feeds(now + timedelta(days=90), 10) == []
    web.pages["/feed"] = answer(rss(item(1)))
    switch_on(feed, now=now, by="t")
    look_at_feeds(now)
    feed.refresh_from_db()
    assert (feed.is_on, feed.problem, feed.failures) == (True, "", 0)


def test_a_feed_that_is_gone_is_off_at_once_and_one_that_asks_for_time_gets_it(cast: Cast, web: Web) -> None:
    web.pages |= {"/feed": answer(rss(item(1))), "/busy": answer(rss(item(2)))}
    gone, busy = added(cast, web), added(cast, web, "/busy")
    web.pages |= {"/feed": answer(b"", status=410), "/busy": answer(b"", status=429, Retry_After="172800")}
    later = clock.now() + timedelta(days=1)
    look_at_feeds(later)
    gone.refresh_from_db()
    busy.refresh_from_db()
    assert (gone.problem, gone.is_on) == ("gone", False)
    assert busy.next_look_at == later + timedelta(days=2)


def test_waiting_is_read_as_seconds_or_a_date_and_never_longer_than_a_week() -> None:
    now = clock.now().replace(year=2026, month=5, day=31, hour=0, minute=0, second=0, microsecond=0)
    assert rules.next_try(now, 1, "Mon, 01 Jun 2026 00:00:00 GMT") == now + timedelta(days=1)
    assert rules.next_try(now, 1, "9" * 30) == now + timedelta(days=7)
    for nonsense in ("", "soon", "-5", "²", "1.5"):
        assert rules.next_try(now, 1, nonsense) == now + timedelta(hours=1)
    assert [rules.pace_of(wish, "") for wish in (0, 1, 10**6)] == [360, 60, 1440]
    assert rules.pace_of(0, "public, max-age=7200") == 120


def test_a_feed_that_moved_for_good_is_followed_and_one_that_moved_for_now_is_not(cast: Cast, web: Web) -> None:
    web.pages |= {"/feed": moved("/new", 302), "/new": answer(rss(item(1)))}
    feed = added(cast, web)
    assert feed.address == web.url("/feed")
    web.pages["/feed"] = moved("/new", 301)
    assert looked_again(feed).address == web.url("/new")


def test_one_bad_feed_does_not_keep_the_others_waiting(cast: Cast, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(door: BaseHTTPRequestHandler) -> None:
        door.send_response(200)
        for _turn in range(60):
            door.wfile.write(b"x")
            door.wfile.flush()
            time.sleep(0.05)

    for path in ("/a", "/b"):
        web.pages[path] = answer(rss(item(1)))
    bad, good = added(cast, web, "/a"), added(cast, web, "/b")
    web.pages["/a"] = drip
    monkeypatch.setattr("hanse.runtime.content.SAME_HOST_REST_SECONDS", 0.0)
    monkeypatch.setattr("hanse.runtime.content.MOST_SECONDS", 0.5)
    assert look_at_feeds(clock.now() + timedelta(days=1)) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert bad.problem.startswith("no_answer")
    assert (good.problem, good.failures) == ("", 0)


def test_a_removed_feed_is_left_alone_and_partners_have_at_most_ten(cast: Cast, web: Web) -> None:
    for number in range(11):
        web.pages[f"/{number}"] = answer(rss(item(number)))
    first = added(cast, web, "/0")
    remove_feed(first, now=clock.now(), by="t")
    assert due_feeds(clock.now() + timedelta(days=9), 10) == []
    assert Piece.objects.count() == 1
    for number in range(1, 11):
        added(cast, web, f"/{number}")
    web.pages["/11"] = answer(rss(item(11)))
    with pytest.raises(Refused):
        added(cast, web, "/11")


def test_the_demo_calls_nobody(cast: Cast, web: Web) -> None:
    web.pages["/feed"] = answer(rss(item(1)))
    added(cast, web)
    cast.program.is_demo = True
    cast.program.save()
    assert due_feeds(clock.now() + timedelta(days=9), 10) == []


def test_a_feed_that_cannot_be_kept_does_not_hold_up_the_others(
    cast: Cast, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/a", "/b"):
        web.pages[path] = answer(rss(item(1)))
    bad, good = added(cast, web, "/a"), added(cast, web, "/b")

    def take(program: Any, found: Any, **more: Any) -> Any:
        if any(one.feed_id == bad.pk for one in found):
            raise ValueError("poison")
        return take_pieces(program, found, **more)

    monkeypatch.setattr("hanse.growth.content.feeding.take_pieces", take)
    monkeypatch.setattr("hanse.runtime.content.SAME_HOST_REST_SECONDS", 0.0)
    later = clock.now() + timedelta(days=1)
    assert look_at_feeds(later) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.problem, bad.failures, good.problem, good.looked_at) == ("not_kept", 1, "", later)


def test_signs_that_nobody_sees_are_left_out_of_parameters(cast: Cast, web: Web) -> None:
    text = "http://127.0.0.1:8000/ana?sub1=a%00b%E2%80%AEc&amp;%00=x"
    web.pages["/feed"] = answer(rss(item(1, more=f"<description>{text}</description>")))
    added(cast, web)
    assert Piece.objects.get().links["links"] == [[1, {"sub1": "abc"}]]


def test_a_quick_feed_is_kept_though_its_neighbours_hang(cast: Cast, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for turn, path in enumerate(("/a", "/b", "/c")):
        web.pages[path] = answer(rss(item(1)))
        feed = added(cast, web, path)
        Feed.objects.filter(pk=feed.pk).update(next_look_at=clock.now() - timedelta(hours=9 - turn))
    web.pages["/b"] = web.pages["/c"] = lambda _door: time.sleep(4)
    monkeypatch.setattr("hanse.runtime.content.ASKING_SECONDS", 2.6)
    monkeypatch.setattr("hanse.runtime.content.MOST_SECONDS", 1.4)
    monkeypatch.setattr("hanse.runtime.content.SAME_HOST_REST_SECONDS", 0.05)
    web.asked.clear()
    first, _second = look_at_feeds(clock.now()), look_at_feeds(clock.now())
    assert first >= 2
    assert [path for path, _headers in web.asked].count("/a") == 1


def test_what_nobody_foresaw_in_one_feed_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = read_feed(rss(item(1)), XML, "https://ana.example/feed")
    before = clock.now() - timedelta(days=2)
    bad, good = (
        add_feed(cast.anas, Looked(f"https://{name}.example/", "", sound), now=before, by="t")
        for name in ("bad", "good")
    )

    def look(address: str, **_more: Any) -> Looked:
        if "bad" in address:
            raise RuntimeError
        return Looked(address, "", sound)

    monkeypatch.setattr("hanse.runtime.content.look_at", look)
    assert look_at_feeds(clock.now()) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.problem, bad.failures, good.problem) == ("not_kept", 1, "")


def test_taking_back_a_removed_feed_counts_like_a_new_one(cast: Cast, web: Web) -> None:
    for number in range(11):
        web.pages[f"/{number}"] = answer(rss(item(number)))
    first = added(cast, web, "/0")
    remove_feed(first, now=clock.now(), by="t")
    rest = [added(cast, web, f"/{number}") for number in range(1, 11)]
    with pytest.raises(Refused, match="10"):
        added(cast, web, "/0")
    remove_feed(rest[0], now=clock.now(), by="t")
    assert added(cast, web, "/0").removed_at is None
