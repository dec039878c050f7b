"""Content by the clock: websites that send readers become pieces, counts follow, each partner has a turn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hanse.growth.content.models import Piece
from hanse.growth.content.recognising import Ours
from hanse.growth.content.sighting import names_somebody
from hanse.insight.rollups.models import EnrolmentDay, LinkDay
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.runtime import content
from tests.cast import Cast, build


@pytest.fixture
def cast(db: None) -> Cast:
    content._turns.clear()
    return build()


@pytest.fixture
def today(cast: Cast) -> date:
    return local_day(clock.now(), cast.program.time_zone)


def clicks_from(cast: Cast, host: str, count: int, on: date) -> None:
    LinkDay.objects.create(link_number=1, dimension="referrer", day=on, value=host, clicks=count)
    LinkDay.objects.get_or_create(link_number=1, dimension="", day=on, value="", defaults={"clicks": 100})
    EnrolmentDay.objects.get_or_create(
        program_id=cast.program.pk, enrolment_id=cast.anas.pk, day=on, defaults={"clicks": 100}
    )


def test_a_website_that_sends_readers_becomes_a_piece_once_and_is_counted(cast: Cast, today: date) -> None:
    clicks_from(cast, "blog.example", 7, today)
    clicks_from(cast, "rare.example", 4, today)
    clicks_from(cast, "google.com", 50, today)
    for _turn in range(2):
        content.count_all_pieces(clock.now())
    piece = Piece.objects.get()
    assert (piece.host, piece.source, piece.clicks, piece.ways) == ("blog.example", "referrer", 7, {"referrer": [7, 0]})


def test_counts_follow_what_comes_in_later(cast: Cast, today: date) -> None:
    clicks_from(cast, "blog.example", 7, today)
    content.count_all_pieces(clock.now())
    LinkDay.objects.filter(value="blog.example").update(clicks=9)
    assert content.count_all_pieces(clock.now()) == 1
    assert Piece.objects.get().clicks == 9
    assert content.count_all_pieces(clock.now() + timedelta(days=2)) == 0


@pytest.mark.parametrize(("host", "is_somebody"), [
    ("blog.example", True), ("news.blog.example", True), ("google.co.uk", False), ("shop.example", False),
    ("pay.shop.example", False), ("mail.provider.example", False), ("youtube.com", False), ("t.co", False),
    ("localhost", False), ("10.0.0.1", False), ("go.example", False), ("", False), ("a<b>.example", False),
])  # fmt: skip
def test_search_mail_networks_and_the_shop_name_nobody(host: str, is_somebody: bool) -> None:
    own = Ours(frozenset({"go.example"}), frozenset({"shop.example"}), {}, "Shop")
    assert names_somebody(host, own) is is_somebody
