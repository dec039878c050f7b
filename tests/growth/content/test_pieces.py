"""Pieces: noted once, recognised, told to onboarding and silence, hidden and shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from hanse.growth.content.actions import give_page, hide_piece, moment_of, note_piece, say_about_us, show_piece
from hanse.growth.content.models import Piece
from hanse.growth.content.taking import take_pieces
from hanse.growth.content.types import Found
from hanse.growth.onboarding.evidence import firsts_of
from hanse.growth.silence.reading import signs_of
from hanse.growth.silence.types import Signal
from hanse.insight.events.models import PartnerEvent
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Refused
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return build()


def note(cast: Cast, address: str = "https://ana.example/teas", **more: Any) -> Piece:
    values: dict[str, Any] = {"title": "Ten teas", "published_at": clock.now() - timedelta(days=1), "source": "partner"}
    return note_piece(cast.anas, address=address, now=clock.now(), by="t", **{**values, **more})


def found(cast: Cast, address: str, text: str, **more: Any) -> Found:
    values: dict[str, Any] = {"source": "feed", "channel": "site", "published_at": clock.now() - timedelta(hours=1)}
    return Found(cast.anas.pk, address, "A title", **{**values, **more}, text=text)


def test_the_same_page_is_one_piece_however_its_address_is_written(cast: Cast) -> None:
    first = note(cast, "https://www.ana.example/teas/?utm_source=mail#top")
    for address in ("http://ana.example/teas", "https://ANA.example/teas/", "https://ana.example/teas?fbclid=x"):
        assert note(cast, address).pk == first.pk
    assert note(cast, "https://ana.example/teas?page=2").pk != first.pk
    video = note(cast, "https://youtu.be/dQw4w9WgXcQ?si=abc")
    assert note(cast, "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10s").pk == video.pk
    assert (first.channel, video.channel) == ("site", "youtube")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ana.example", "", "https://user:pw@ana.example/", "https://a b/"]
)
def test_what_is_no_web_address_is_refused(cast: Cast, address: str) -> None:
    with pytest.raises(Invalid) as caught:
        note(cast, address)
    assert caught.value.problems[0].pointer == "/address"


def test_days_and_channels_that_cannot_be_are_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        note(cast, published_at=clock.now() + timedelta(days=3))
    with pytest.raises(Invalid):
        note(cast, channel="smoke-signals")


def test_the_first_piece_does_the_onboarding_step_and_makes_a_rhythm(cast: Cast) -> None:
    assert "piece" not in firsts_of([cast.anas])[cast.anas.pk]
    piece = note(cast)
    zone = cast.program.time_zone
    assert firsts_of([cast.anas])[cast.anas.pk]["piece"] == local_day(piece.published_at, zone)
    note(cast)
    signs = signs_of(cast.program, [cast.anas.pk], local_day(clock.now(), zone))[0]
    assert list(signs.days[Signal.PIECE]) == [local_day(piece.published_at, zone)]


def test_a_hidden_piece_is_no_step_and_feeds_do_not_bring_it_back(cast: Cast) -> None:
    take_pieces(cast.program, [found(cast, "https://ana.example/a", "")], now=clock.now(), by="feed")
    piece = Piece.objects.get()
    hide_piece(piece, now=clock.now(), by="t")
    assert not PartnerEvent.objects.exists()
    take_pieces(cast.program, [found(cast, "https://ana.example/a", "more")], now=clock.now(), by="feed")
    piece.refresh_from_db()
    assert piece.hidden_at is not None
    assert not PartnerEvent.objects.exists()
    show_piece(piece, now=clock.now(), by="t")
    assert PartnerEvent.objects.count() == 1


def test_links_codes_and_bare_addresses_of_the_shop_are_recognised(cast: Cast) -> None:
    text = """<p>Get it <a href="http://127.0.0.1:8000/ana?sub1=june&amp;subid2=x">here</a>, or
        <a href="http://127.0.0.1:8000/ben">there</a>. Code ana10! See https://shop.harbour.example/tea."""
    offer = cast.offer
    offer.destination_url, offer.allowed_hosts = "https://shop.harbour.example/", []
    offer.save()
    take_pieces(cast.program, [found(cast, "https://ana.example/a", text)], now=clock.now(), by="feed")
    piece = Piece.objects.get()
    assert piece.links == {"links": [[1, {"sub1": "june", "sub2": "x"}]], "codes": ["ANA10"], "untracked": 1}
    assert piece.about == Piece.About.US


def test_what_surely_speaks_of_something_else_is_listed_but_does_not_count_until_a_person_says_so(cast: Cast) -> None:
    whole = found(cast, "https://ana.example/cats", "About my cats " * 60, reads_whole=True)
    take_pieces(cast.program, [whole], now=clock.now(), by="feed")
    piece = Piece.objects.get()
    assert piece.about == Piece.About.OTHER
    assert not PartnerEvent.objects.exists()
    say_about_us(piece, now=clock.now(), by="t")
    say_about_us(piece, now=clock.now(), by="t")
    assert PartnerEvent.objects.count() == 1


def test_a_post_that_was_edited_to_speak_of_us_counts_from_then_on_and_stays(cast: Cast) -> None:
    texts = ("About my cats " * 60, "Now with http://127.0.0.1:8000/ana " * 9, "About my cats " * 60)
    counts = []
    for text in texts:
        one = found(cast, "https://ana.example/cats", text, reads_whole=True)
        take_pieces(cast.program, [one], now=clock.now(), by="feed")
        counts.append((Piece.objects.get().about, PartnerEvent.objects.count()))
    assert counts == [("other", 0), ("us", 1), ("us", 1)]


def test_the_partner_does_not_bring_back_what_we_left_out_and_the_team_does(cast: Cast) -> None:
    hide_piece(note(cast), now=clock.now(), by="t")
    assert note(cast, source="partner").hidden_at is not None
    assert note(cast, source="team").hidden_at is None


def test_links_that_a_person_adds_to_a_known_piece_are_kept(cast: Cast) -> None:
    take_pieces(cast.program, [found(cast, "https://ana.example/a", "")], now=clock.now(), by="feed")
    piece = note(cast, "https://ana.example/a", source="team", text="http://127.0.0.1:8000/ana?sub1=x")
    assert piece.links["links"] == [[1, {"sub1": "x"}]]
    assert PartnerEvent.objects.count() == 1


def test_a_website_that_clicks_told_of_gets_its_page_and_stays_one_piece(cast: Cast) -> None:
    at = clock.now() - timedelta(days=2)
    seen = found(cast, "https://blog.example/", "", source="referrer", published_at=at, dating="seen")
    take_pieces(cast.program, [seen], now=clock.now(), by="clicks")
    piece = give_page(Piece.objects.get(), address="https://blog.example/teas", title="Teas", now=clock.now(), by="t")
    assert (piece.title, piece.source, Piece.objects.count()) == ("Teas", "team", 1)
    with pytest.raises(Refused):
        give_page(piece, address="https://blog.example/pots", title="", now=clock.now(), by="t")


def test_pieces_from_before_the_partner_joined_are_kept_but_are_no_step(cast: Cast) -> None:
    cast.anas.enrolled_at = clock.now() - timedelta(days=10)
    cast.anas.save()
    old = found(cast, "https://ana.example/old", "", published_at=clock.now() - timedelta(days=40))
    take_pieces(cast.program, [old], now=clock.now(), by="feed")
    assert Piece.objects.count() == 1
    assert not PartnerEvent.objects.exists()


def test_a_page_that_moved_within_its_feed_stays_one_piece(cast: Cast) -> None:
    from hanse.growth.content.models import Feed

    feed = Feed.objects.create(
        program=cast.program, enrolment=cast.anas, address="https://ana.example/feed", address_key="k", kind="site",
        added_at=clock.now(), added_by="t", next_look_at=clock.now(),
    )  # fmt: skip
    for address in ("https://ana.example/draft-1", "https://ana.example/ten-teas"):
        one = found(cast, address, "", guid="post-1", feed_id=feed.pk)
        take_pieces(cast.program, [one], now=clock.now(), by="feed")
    assert [piece.address for piece in Piece.objects.all()] == ["https://ana.example/ten-teas"]


def test_any_number_of_pieces_costs_the_same_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for count in (3, 300):
        batch = [found(cast, f"https://ana.example/{count}-{n}", "https://127.0.0.1:8000/ana") for n in range(count)]
        with django_assert_max_num_queries(12):
            take_pieces(cast.program, batch, now=clock.now(), by="feed")


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1994, 12, 31), date(9999, 12, 31)])
def test_a_day_centuries_away_is_refused_with_its_place(day: date) -> None:
    with pytest.raises(Invalid) as caught:
        moment_of(day, "Asia/Tokyo", clock.now())
    assert [one.pointer for one in caught.value.problems] == ["/published_at"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_partner_who_types_such_a_day_is_told(cast: Cast, client: Client, day: str) -> None:
    cast.program.time_zone = "Asia/Tokyo"
    cast.program.save()
    client.force_login(cast.anas_login)
    said = {"what": "piece", "address": "https://ana.example/teas", "published_on": day}
    assert client.post("/p/grow/content", said).status_code == 422
    assert not Piece.objects.exists()
