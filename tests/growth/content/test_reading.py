"""Feeds are read within bounds: sound ones of each kind, broken ones mended with the reason, hostile ones refused."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import feedparser  # type: ignore[import-untyped]  # it brings no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.content.dates import read_date
from hanse.growth.content.reading import NotAFeed, read_feed
from hanse.growth.content.types import Mend, ReadFeed
from tests.growth.content import samples
from tests.growth.content.samples import item, rss

HERE = "https://ana.example/feed.xml"


def read(body: bytes | str, kind: str = "application/rss+xml") -> ReadFeed:
    return read_feed(body if isinstance(body, bytes) else body.encode(), kind, HERE)


def test_atom_is_read_with_relative_addresses_and_markup_in_its_texts() -> None:
    found = read(samples.ATOM)
    (one,) = found.items
    assert (found.title, found.site_address) == ("Ana’s teas", "https://ana.example/")
    assert (one.title, one.address) == ("Ten teas", "https://ana.example/ten-teas")
    assert one.published_at == datetime(2026, 5, 31, 8, tzinfo=UTC)
    assert "http://127.0.0.1:8000/ana?sub1=ten" in one.text
    assert found.mends == {}


def test_a_youtube_channel_is_read_with_the_descriptions_of_its_videos() -> None:
    found = read_feed(samples.YOUTUBE.encode(), "text/xml", "https://www.youtube.com/feeds/videos.xml?channel_id=x")
    assert (found.kind, found.title, found.items[0].title) == ("youtube", "Ana pours", "How I pour")
    assert "ANA10" in found.items[0].text


def test_a_podcast_and_an_old_rdf_feed_are_read() -> None:
    found = read(samples.PODCAST)
    assert (found.kind, found.pace_minutes, found.items[0].address) == ("podcast", 720, "https://cdn.example/1.mp3")
    assert found.items[0].published_at == datetime(2026, 5, 1, 11, tzinfo=UTC)
    old = read(samples.RDF)
    assert [(one.title, one.published_at) for one in old.items] == [("One", datetime(2026, 4, 3, tzinfo=UTC))]


@pytest.mark.parametrize("text", [samples.ATOM, samples.PODCAST, samples.RDF, rss(item(1), item(2)).decode()])
def test_titles_and_days_are_those_that_another_reader_finds(text: str) -> None:
    theirs = feedparser.parse(text.encode(), response_headers={"content-location": HERE})
    for own, other in zip(read(text).items, theirs.entries, strict=True):
        assert own.title == other.title
        assert own.published_at is not None
        moment = other.get("published_parsed") or other.updated_parsed
        assert own.published_at.timetuple()[:6] == moment[:6]


@pytest.mark.parametrize("body", [samples.LAUGHS, samples.OUTSIDE, samples.LAUGHS.decode().encode("utf-16")])
def test_entities_of_ones_own_are_refused(body: bytes) -> None:
    with pytest.raises(NotAFeed) as caught:
        read(body)
    assert caught.value.code == "entities"


def test_an_old_document_type_is_left_out() -> None:
    found = read(rss(item(title="Caf&eacute;"), head=samples.NETSCAPE))
    assert found.items[0].title == "Café"
    assert set(found.mends) == {Mend.DOCTYPE, Mend.ENTITIES}


@pytest.mark.parametrize(("body", "code"), [
    (b"", "empty"), (b"   \n", "empty"), (b"<!DOCTYPE html><html><head></head></html>", "page"),
    (b"%PDF-1.4", "no_feed"), (b"{}", "no_feed"), (b"\x00\x01\x02", "empty"), (b"<rss>", "broken"),
    (b"<rss>" + b"<" * 300_000, "broken"), (b"<rss>" + b"<item><title>" * 100_000, "broken"),
    (b"<rss>" + b"&" * 300_000, "broken"), (b"<rss>" + b"<a>" * 300_000, "broken"),
    (b"<rss " + b'a="b" ' * 100_000 + b">", "broken"), (b"<!DOCTYPE rss [" + b"[" * 300_000, "broken"),
])  # fmt: skip
def test_what_is_no_feed_is_refused_by_name_and_soon(body: bytes, code: str) -> None:
    began = time.process_time()
    with pytest.raises(NotAFeed) as caught:
        read(body)
    assert caught.value.code == code
    assert time.process_time() - began < 2


def test_broken_xml_loses_only_what_is_broken() -> None:
    whole = rss(item(1), item(2, title="Unclosed <b>bold"), item(3, title="Teas & pots &nbsp; more"), item(4))
    found = read(whole.replace(b"</channel></rss>", b"<item><title>Cut off"))
    assert [one.title for one in found.items] == ["Post 1", "Unclosed bold", "Teas & pots more", "Post 4"]
    assert found.mends == {Mend.ENTITIES: 2, Mend.BROKEN: 1, Mend.ITEMS_BROKEN: 1}


@pytest.mark.parametrize(("encoding", "claim", "is_mended"), [
    ("utf-8", "utf-8", False), ("cp1252", "iso-8859-1", False), ("iso-8859-2", "iso-8859-2", False),
    ("koi8-r", "koi8-r", False), ("utf-8", "us-ascii", True), ("utf-8", "iso-8859-1", True),
    ("cp1252", "utf-8", True), ("cp1252", "utf-7", True), ("cp1252", "no-such-code", True),
    ("utf-16", "utf-16", False), ("utf-16-le", "utf-16", False), ("utf-8-sig", "utf-8", False),
])  # fmt: skip
def test_characters_are_read_whatever_the_feed_claims(encoding: str, claim: str, is_mended: bool) -> None:
    title = {"koi8-r": "Чай"}.get(encoding, "Žür" if encoding == "iso-8859-2" else "Für")
    text = rss(item(title=title), head=f'<?xml version="1.0" encoding="{claim}"?>').decode()
    found = read(text.encode(encoding))
    assert found.items[0].title == title
    assert (Mend.ENCODING in found.mends) is is_mended


def test_items_without_date_title_or_address_are_mended_and_counted() -> None:
    bare = "<item><guid isPermaLink='false'>only-an-id</guid><title>No link</title></item>"
    nothing = "<item><description>who knows</description></item>"
    found = read(rss(item(1, date=""), item(2, date="yesterday"), item(3, title=""), bare, nothing))
    assert [one.address for one in found.items][-1].startswith("https://ana.example/#hz-")
    assert found.mends == {Mend.NO_DATE: 3, Mend.NO_TITLE: 1, Mend.NO_ADDRESS: 1, Mend.ITEMS_BROKEN: 1}


def test_addresses_that_cannot_be_followed_are_no_addresses() -> None:
    bad = "<item><title>Bad</title><link>javascript:alert(1)</link><guid>file:///etc/passwd</guid></item>"
    assert read(rss(bad)).items[0].address.startswith("https://ana.example/#hz-")


def test_ids_that_several_items_share_and_items_that_stand_there_twice_are_told() -> None:
    same = "<guid isPermaLink='false'>1</guid>"
    found = read(rss(item(1, more=same), item(2, more=same), item(2, more="<guid>https://ana.example/2</guid>")))
    assert [(one.address, one.guid) for one in found.items] == [
        ("https://ana.example/1", ""), ("https://ana.example/2", ""),
    ]  # fmt: skip
    assert found.mends == {Mend.GUIDS: 2, Mend.TWICE: 1}


def test_of_ten_thousand_items_the_newest_are_taken() -> None:
    dated = (item(n, date=f"2020-01-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z") for n in range(10_000))
    found = read(rss(*dated))
    assert len(found.items) == 500
    assert found.items[0].title == "Post 9999"
    assert found.mends == {Mend.TOO_MANY: 10_000}


def test_titles_lose_markup_controls_and_what_turns_their_direction() -> None:
    title = (
        "&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;img src=x onerror=y&amp;gt;Ten\u202e teas\u200b &amp;amp; pots"
    )
    assert read(rss(item(title=title))).items[0].title == "Ten teas & pots"


@pytest.mark.parametrize(("text", "moment"), [
    ("Sun, 31 May 2026 10:00:00 +0200", "2026-05-31T08:00:00"), ("31 May 2026 10:00", "2026-05-31T10:00:00"),
    ("Sun, 31 May 2026 10:00:00 PDT", "2026-05-31T17:00:00"), ("2026-05-31", "2026-05-31T00:00:00"),
    ("2026-05-31T24:00:00Z", "2026-05-31T00:00:00"), ("2026/05/31 10:00:60", "2026-05-31T10:00:59"),
    ("1780221600", "2026-05-31T10:00:00"), ("2026-05-31T10:00:00.123-05:30", "2026-05-31T15:30:00"),
])  # fmt: skip
def test_dates_are_read_as_people_write_them(text: str, moment: str) -> None:
    assert read_date(text) == datetime.fromisoformat(f"{moment}+00:00")


@pytest.mark.parametrize(
    "text", ["", "soon", "0000-00-00", "2026-13-45", "Mon, 99 Foo 2026", "1970-01-01", "9" * 500, "١٢"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"<rss><channel>", b"<feed>", b"<?xml version='1.0' encoding='", b""]))
def test_whatever_comes_is_read_or_refused(tail: bytes, head: bytes) -> None:
    with suppress(NotAFeed):
        read(head + b"<item><title>" + tail + b"</title><link>https://a.example/" + tail + b"</link></item>")


def test_a_hostile_title_is_read_in_no_time() -> None:
    title = "<p>" + "".join(f"<b x={n}>" for n in range(16_000)) + "<p>x" * 16_000
    began = time.process_time()
    assert len(read(rss(item(title=f"<![CDATA[{title}]]>"))).items) == 1
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("body", [
    "<rss><channel>" + "<![CDATA[" * 100_000, "<!-- -->" * 100_000 + "<rss>", "<!--" * 200_000 + "<rss>",
    "<?" * 400_000, "\n" * 800_000 + "<x", "<rss><channel><item>" + "<link href='" * 60_000,
    "<rss><channel><item>" + "<a>" * 200_000,
])  # fmt: skip
def test_what_is_begun_again_and_again_takes_no_time(body: str) -> None:
    began = time.process_time()
    with pytest.raises(NotAFeed):
        read(body)
    assert time.process_time() - began < 0.5


def test_episodes_that_all_link_to_the_show_are_pieces_of_their_own() -> None:
    one = (
        "<item><title>E{0}</title><link>https://ana.example/show</link><guid isPermaLink='false'>g{0}</guid>"
        "<enclosure url='https://cdn.example/{0}.mp3' type='audio/mpeg'/></item>"
    )
    found = read(rss(*(one.format(number) for number in range(3))))
    assert len({piece.address for piece in found.items}) == 3
    assert all(piece.address.startswith("https://ana.example/show#hz-") for piece in found.items)
    assert found.mends == {Mend.NO_DATE: 3}


def test_the_first_episode_keeps_its_address_when_the_second_comes() -> None:
    one = (
        "<item><title>E{0}</title><link>https://ana.example/</link><guid isPermaLink='false'>g{0}</guid>"
        "<enclosure url='https://cdn.example/{0}.mp3' type='audio/mpeg'/></item>"
    )
    alone, both = read(rss(one.format(1))), read(rss(one.format(2), one.format(1)))
    assert alone.items[0].address == both.items[1].address


@pytest.mark.parametrize(("encoding", "letter", "cut"), [
    ("utf-8", "Чай", b"\xd0"), ("shift_jis", "お茶", b"\x81\xff"), ("utf-8", "茶", "茶".encode()[:2]),
])  # fmt: skip
def test_one_letter_that_was_cut_spoils_no_other(encoding: str, letter: str, cut: bytes) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    feed = rss(item(1, title=letter), item(2, more="<description>@</description>"), head=head).decode()
    found = read(feed.encode(encoding).replace(b"@", cut))
    assert found.items[0].title == letter
    assert found.mends == {Mend.ENCODING: 1}


@pytest.mark.parametrize("words", [
    "<title>Tea & cake</title><link><![CDATA[https://ana.example/?a=1&b=2]]></link>",
    "<title>Tea <b>x</title><link>https://ana.example/?a=1&amp;b=2</link>",
    "<title>Tea <b>x</title><link><![CDATA[https://ana.example/?a=1&b=2]]></link>",
    '<title>Tea <b>x</title><link href="https://ana.example/?a=1&amp;b=2"/>',
])  # fmt: skip
def test_an_address_keeps_its_ampersands(words: str) -> None:
    assert read(rss(f"<item>{words}</item>")).items[0].address == "https://ana.example/?a=1&b=2"


def test_a_feed_with_numbered_prefixes_is_read() -> None:
    found = read(
        '<ns0:feed xmlns:ns0="http://www.w3.org/2005/Atom"><ns0:title>Ana</ns0:title><ns0:entry><ns0:title>One'
        '</ns0:title><ns0:link href="https://ana.example/1"/></ns0:entry></ns0:feed>'
    )
    assert (found.title, [(one.title, one.address) for one in found.items]) == (
        "Ana",
        [("One", "https://ana.example/1")],
    )


def test_an_entry_that_is_nested_without_end_spoils_no_other() -> None:
    deep = f"<description>{'<div>' * 150}Tea{'</div>' * 150}</description>"
    found = read(rss(item(1, more=deep), item(2)))
    assert [one.title for one in found.items] == ["Post 1", "Post 2"]
    assert found.mends == {Mend.BROKEN: 1}


@pytest.mark.parametrize("head", [
    f"<!-- {'x' * 6_000} -->", f'<?xml version="1.0"?><!-- <html> --><?xml-stylesheet href="a"?><!-- {"x" * 9_000} -->',
    f"<!-- {'x' * 3_000} --><!DOCTYPE rss><!-- {'x' * 6_000} -->", "<!-- <!DOCTYPE rss [<!ENTITY a 'b'>]> -->",
])  # fmt: skip
def test_comments_before_a_feed_hide_it_not(head: str) -> None:
    assert read(rss(item(), head=head)).items[0].title == "Post 1"


@pytest.mark.parametrize("is_oldest_first", [True, False])
def test_of_very_many_items_the_newest_are_taken_and_all_are_told(is_oldest_first: bool) -> None:
    numbers = range(20_500) if is_oldest_first else range(20_499, -1, -1)
    dated = [item(n, date=f"2020-01-{n // 3600 + 1:02}T00:{n // 60 % 60:02}:{n % 60:02}Z") for n in numbers]
    for feed in (rss(*dated), rss(*dated, "<item><title>Cut <b>off</title></item>")):
        found = read(feed)
        assert (len(found.items), found.items[0].title) == (500, "Post 20499")
        assert found.mends[Mend.TOO_MANY] in (20_500, 20_501)


def test_addresses_are_led_by_the_nearest_base() -> None:
    found = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.example/"><link href="/"/>'
        '<entry xml:base="2026/"><title>One</title><link href="one"/></entry>'
        '<entry><title>Two</title><link xml:base="https://other.example/x/" href="two"/></entry>'
        '<entry><title>Three</title><link href="three"/></entry><entry xml:base="http://[bad"><title>Four</title>'
        '<link href="/four"/></entry></feed>'
    )
    assert found.site_address == "https://blog.example/"
    assert [one.address for one in found.items] == [
        "https://blog.example/2026/one", "https://other.example/x/two", "https://blog.example/three",
        "https://blog.example/four",
    ]  # fmt: skip


def test_an_id_that_one_item_bears_twice_is_its_own() -> None:
    twice = "<guid isPermaLink='false'>7</guid><id>7</id>"
    found = read(rss(item(1, more=twice)))
    assert (found.items[0].guid, found.mends) == ("7", {})


def test_a_byte_that_western_writing_does_not_know_costs_no_quotation_mark() -> None:
    head = '<?xml version="1.0" encoding="iso-8859-1"?>'
    found = read(rss(item(1, title="@Tea"), head=head).replace(b"@", b"\x93\x81"))
    assert found.items[0].title == "“\ufffdTea"
