"""What pieces bring: by parameter, by link, by website, by code; never more than the day had."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from hanse.growth.content.actions import note_piece
from hanse.growth.content.counting import count_pieces, keep_counts
from hanse.growth.content.models import Piece
from hanse.growth.content.queries import best_pieces, worth_a_refresh
from hanse.growth.content.taking import take_pieces
from hanse.growth.content.types import Found
from hanse.insight.rollups.models import LinkDay, SaleDay
from hanse.kernel import clock
from hanse.kernel.clock import day_starts_at, local_day
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db
ANA = "http://127.0.0.1:8000/ana"


@pytest.fixture
def cast() -> Cast:
    return build()


@pytest.fixture
def today(cast: Cast) -> date:
    return local_day(clock.now(), cast.program.time_zone)


def piece(cast: Cast, address: str, text: str, days_ago: int) -> Piece:
    day = local_day(clock.now(), cast.program.time_zone) - timedelta(days=days_ago)
    at = day_starts_at(day, cast.program.time_zone) + timedelta(hours=1)
    return note_piece(
        cast.anas, address=address, title="T", published_at=at, source="team", text=text, now=clock.now(), by="t"
    )  # fmt: skip


def clicked(on: date, clicks: int, number: int = 1, **parts: dict[str, int]) -> None:
    LinkDay.objects.create(link_number=number, dimension="", day=on, value="", clicks=clicks)
    for name, values in parts.items():
        for value, count in values.items():
            dimension = name.replace("sub_", "sub:")
            LinkDay.objects.create(link_number=number, dimension=dimension, day=on, value=value, clicks=count)


def sold(cast: Cast, on: date, sales: int, value: int, number: int = 1, coupon: str = "") -> None:
    for dimension, named in (("", ""), *((("coupon", coupon),) if coupon else ())):
        SaleDay.objects.create(
            enrolment_id=cast.anas.pk, dimension=dimension, day=on, link_number=number, value=named,
            conversions=sales, value_minor=value, refunded_minor=value // 10,
        )  # fmt: skip


def counted(cast: Cast, today: date) -> dict[Any, Any]:
    return count_pieces(cast.program, [cast.anas.pk], today)


def test_a_link_that_one_piece_alone_has_tells_its_clicks_and_sales_from_the_day_it_was_published(
    cast: Cast, today: date
) -> None:
    one = piece(cast, "https://ana.example/1", ANA, 10)
    clicked(today - timedelta(days=11), 5)
    clicked(today - timedelta(days=10), 7)
    clicked(today - timedelta(days=1), 3)
    sold(cast, today, 2, 1000)
    count = counted(cast, today)[one.pk]
    assert (count.clicks, count.sales, count.value_minor, count.ways) == (10, 2, 900, {"link": [10, 2]})
    assert count.last_click_on == today - timedelta(days=1)


def test_parameters_tell_pieces_apart_and_the_bare_link_has_the_rest(cast: Cast, today: date) -> None:
    june, july = (piece(cast, f"https://ana.example/{m}", f"{ANA}?sub1={m}", 9) for m in ("june", "july"))
    bare = piece(cast, "https://ana.example/bare", ANA, 5)
    clicked(today, 20, sub_sub1={"june": 6, "july": 4, "other": 1})
    found = counted(cast, today)
    assert [found[one.pk].ways for one in (june, july, bare)] == [{"sub": [6, 0]}, {"sub": [4, 0]}, {"link": [10, 0]}]


def test_every_marked_address_of_a_piece_counts_for_it_and_a_bare_one_beside_them_has_the_rest(
    cast: Cast, today: date
) -> None:
    one = piece(cast, "https://ana.example/1", f"{ANA}?sub1=top and {ANA}?sub1=bottom", 10)
    clicked(today, 12, sub_sub1={"top": 4, "bottom": 6})
    assert counted(cast, today)[one.pk].ways == {"sub": [10, 0]}
    two = piece(cast, "https://ana.example/2", f"{ANA}?sub2=june and {ANA}", 9)
    clicked(today - timedelta(days=1), 9, sub_sub2={"june": 4})
    assert counted(cast, today)[two.pk].ways == {"sub": [4, 0], "link": [7, 0]}


def test_a_piece_published_with_a_kit_counts_every_channel_of_it(cast: Cast, today: date) -> None:
    one = piece(cast, "https://ana.example/1", f"{ANA}?kit=spring.newsletter\n{ANA}?kit=spring.x", 10)
    clicked(today, 10, sub_kit={"spring.newsletter": 4, "spring.x": 6})
    assert counted(cast, today)[one.pk].clicks == 10


def test_a_click_with_two_parameters_counts_once(cast: Cast, today: date) -> None:
    blog = piece(cast, "https://ana.example/1", f"{ANA}?sub1=blog", 9)
    june = piece(cast, "https://ana.example/2", f"{ANA}?sub2=june", 9)
    bare = piece(cast, "https://ana.example/3", ANA, 9)
    clicked(today, 10, sub_sub1={"blog": 10}, sub_sub2={"june": 10})
    found = counted(cast, today)
    assert [found[one.pk].clicks for one in (blog, june, bare)] == [10, 0, 0]


def test_a_parameter_that_two_pieces_have_tells_neither_of_them(cast: Cast, today: date) -> None:
    older, newer = (piece(cast, f"https://ana.example/{n}", f"{ANA}?sub1=x", n) for n in (9, 5))
    clicked(today, 10, sub_sub1={"x": 10})
    found = counted(cast, today)
    assert found[older.pk].clicks + found[newer.pk].clicks == 10


def test_what_is_not_about_us_takes_no_clicks(cast: Cast, today: date) -> None:
    piece(cast, "https://blog.example/1", ANA, 9)
    piece(cast, "https://vlog.example/1", ANA, 8)
    other = piece(cast, "https://ana.example/else", "nothing", 9)
    Piece.objects.filter(pk=other.pk).update(about=Piece.About.OTHER)
    clicked(today, 10, referrer={"ana.example": 4})
    found = counted(cast, today)
    assert other.pk not in found
    assert sum(one.clicks for one in found.values()) == 10


def test_old_clicks_stay_where_a_website_is_seen_that_counts_a_year_back(cast: Cast, today: date) -> None:
    old = piece(cast, "https://ana.example/old", ANA, 500)
    clicked(today - timedelta(days=450), 100)
    seen = Found(
        cast.bens.pk, "https://ben.example/", "ben.example", day_starts_at(today, "Europe/London"),
        Piece.Source.REFERRER, "site", Piece.Dating.SEEN,
    )  # fmt: skip
    take_pieces(cast.program, [seen], now=clock.now(), by="t")
    assert count_pieces(cast.program, [cast.anas.pk, cast.bens.pk], today)[old.pk].clicks == 100


def test_the_website_tells_pieces_with_the_same_link_apart_and_the_newest_has_the_rest_as_an_estimate(
    cast: Cast, today: date
) -> None:
    blog = piece(cast, "https://ana.example/post", ANA, 9)
    video = piece(cast, "https://youtu.be/dQw4w9WgXcQ", ANA, 5)
    clicked(today - timedelta(days=7), 4)
    clicked(today, 20, referrer={"ana.example": 6, "youtube.com": 9, "google.com": 2})
    found = counted(cast, today)
    assert found[blog.pk].ways == {"link": [4, 0], "referrer": [6, 0]}
    assert found[video.pk].ways == {"referrer": [9, 0], "shared": [5, 0]}
    assert found[blog.pk].clicks + found[video.pk].clicks == 24
    assert found[video.pk].clicks_90d == 9


def test_a_sale_by_code_alone_belongs_to_the_piece_that_names_the_code(cast: Cast, today: date) -> None:
    one = piece(cast, "https://ana.example/1", "Use ANA10", 3)
    sold(cast, today, 1, 500, number=0, coupon="ANA10")
    sold(cast, today - timedelta(days=1), 1, 500, number=1, coupon="ANA10")
    assert counted(cast, today)[one.pk].ways == {"code": [0, 1]}


def test_counts_are_kept_and_old_pieces_that_still_bring_clicks_are_worth_a_refresh(cast: Cast, today: date) -> None:
    old = piece(cast, "https://ana.example/old", ANA, 200)
    clicked(today - timedelta(days=3), 30)
    sold(cast, today, 1, 1000)
    counts = counted(cast, today)
    assert keep_counts(cast.program, counts, clock.now()) == 1
    assert keep_counts(cast.program, counts, clock.now()) == 0
    assert [one.pk for one in worth_a_refresh(clock.now())] == [old.pk]
    assert [one.pk for one in best_pieces(cast.program.pk, 3)] == [old.pk]
    old.refresh_from_db()
    assert (old.clicks, old.sales, old.value_minor) == (30, 1, 900)


def test_counting_costs_the_same_queries_for_any_number_of_pieces(
    cast: Cast, today: date, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        piece(cast, f"https://ana.example/{number}", f"{ANA}?sub1={number}", 9)
    clicked(today, 30, sub_sub1={str(number): 1 for number in range(30)})
    with django_assert_num_queries(4):
        assert sum(one.clicks for one in counted(cast, today).values()) == 30
