"""Pages that fail: which of them are one fault, what mends them, and whose links are led where."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.growth.incidents.actions import mend_incident, tell_touched
from hanse.growth.incidents.dried import missing_at
from hanse.growth.incidents.models import Incident
from hanse.growth.sends.models import Send
from hanse.growth.watch import destinations, failing
from hanse.growth.watch.destinations import Due, due_destinations, keep_checks, look, note_destination
from hanse.growth.watch.mending import other_pages, repair, repair_of
from hanse.growth.watch.models import CheckedDestination
from hanse.growth.watch.queries import broken_links
from hanse.kernel.errors import Refused
from hanse.runtime.watch import watch_program
from hanse.traffic.links.models import Link
from tests import make
from tests.cast import Cast
from tests.growth.watch.conftest import fail, sold, the_incident

PAGE = "https://shop.example/x"


def open_ones() -> list[Incident]:
    return list(Incident.objects.filter(closed_at=None).order_by("fault_key"))


def test_pages_that_are_one_fault_stay_one_when_some_of_them_are_mended(cast: Cast) -> None:
    urls = [f"https://shop.example/{number}" for number in range(6)]
    for url in urls:
        link = make.link(cast.anas, cast.offer, destination_url=url)
        for back in range(1, 60):
            sold(cast, link, back, 60, 3 if back > 2 else 0)
        fail(url, -50, -47)
    watch_program(cast.program, make.at(hours=-47), daily=False)
    note_destination(urls[0], reason="", now=make.at(hours=-40))
    watch_program(cast.program, make.NOON, daily=False)
    rows = open_ones()
    assert [row.about["urls"] for row in rows] == [urls[1:]]
    numbers = list(Link.objects.filter(destination_url__in=urls[1:]).values_list("number", flat=True))
    really = missing_at(cast.program, numbers, make.at(hours=-50), make.NOON).values()
    assert sum(one.commission_minor for one in rows[0].touched.all()) == sum(one.commission_minor for one in really)


def test_a_page_that_is_gone_and_then_does_not_answer_is_the_same_fault(cast: Cast) -> None:
    make.link(cast.anas, cast.offer, destination_url=PAGE)
    fail(PAGE, 0, 3)
    watch_program(cast.program, make.at(hours=3))
    fail(PAGE, 6, reason="status_503")
    watch_program(cast.program, make.at(hours=6))
    assert len(open_ones()) == 1


def test_each_link_is_led_to_the_page_of_its_own_offer(cast: Cast) -> None:
    books = make.offer(
        cast.program, name="Books", destination_url="https://books.example/",
        allowed_hosts=["books.example", "shop.example"],
    )  # fmt: skip
    lamp = make.link(cast.anas, cast.offer, destination_url=PAGE)
    book = make.link(cast.bens, books, destination_url=PAGE)
    fail(PAGE, 0, 3)
    watch_program(cast.program, make.at(hours=3))
    assert other_pages(the_incident(), make.at(hours=3)) == ["https://books.example/", "https://shop.example/"]
    assert repair(the_incident(), now=make.at(hours=4), by="ruth") == 2
    lamp.refresh_from_db()
    book.refresh_from_db()
    assert (lamp.destination_url, book.destination_url) == ("https://shop.example/", "https://books.example/")
    assert "their own offers" in the_incident().mended_how


def test_links_whose_own_page_fails_too_keep_the_fault_open(cast: Cast) -> None:
    books = make.offer(
        cast.program, name="Books", destination_url="https://books.example/",
        allowed_hosts=["books.example", "shop.example"],
    )  # fmt: skip
    make.link(cast.anas, cast.offer, destination_url=PAGE)
    book = make.link(cast.bens, books, destination_url=PAGE)
    fail(PAGE, 0, 3)
    fail(books.destination_url, 0, 3)
    watch_program(cast.program, make.at(hours=3))
    row = the_incident(about__urls=[PAGE])
    assert repair(row, now=make.at(hours=4), by="ruth") == 1
    watch_program(cast.program, make.at(hours=5))
    row.refresh_from_db()
    assert (row.closed_at, row.about["links"], repair_of(row)) == (None, [book.number], "lead_elsewhere")
    with pytest.raises(Refused, match="no page that answers"):
        repair(row, now=make.at(hours=5), by="ruth")


def test_more_links_than_a_fault_names_are_led_elsewhere_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failing, "MOST_LINKS", 3)
    for _number in range(5):
        make.link(cast.anas, cast.offer, destination_url=PAGE)
    fail(PAGE, 0, 3)
    watch_program(cast.program, make.at(hours=3))
    assert repair(the_incident(), now=make.at(hours=4), by="ruth") == 5
    watch_program(cast.program, make.at(hours=5))
    assert not open_ones()


def test_a_page_that_a_person_mended_is_a_fault_again_only_after_further_looks(cast: Cast) -> None:
    make.link(cast.anas, cast.offer, destination_url=PAGE)
    fail(PAGE, 0, 3)
    watch_program(cast.program, make.at(hours=3))
    mend_incident(the_incident(), "The page is back.", now=make.at(hours=4), by="ruth")
    watch_program(cast.program, make.at(hours=4, minutes=1), daily=False)
    fail(PAGE, 6)
    watch_program(cast.program, make.at(hours=6), daily=False)
    assert not open_ones()
    fail(PAGE, 8.5)
    watch_program(cast.program, make.at(hours=9), daily=False)
    watch_program(cast.program, make.at(hours=10), daily=False)
    assert [row.starts_at for row in open_ones()] == [make.at(hours=4)], "what lies before was told of"


def test_who_was_told_hears_of_the_end_and_who_was_hit_later_can_be_told(cast: Cast) -> None:
    anas = make.link(cast.anas, cast.offer, destination_url=PAGE)
    fail(PAGE, 0, 3)
    watch_program(cast.program, make.at(hours=3))
    assert tell_touched(the_incident(), now=make.at(hours=3), by="ruth") == 1
    with pytest.raises(Refused, match="told already"):
        tell_touched(the_incident(), now=make.at(hours=4), by="ruth")
    make.link(cast.bens, cast.offer, destination_url=PAGE)
    Link.objects.filter(pk=anas.pk).update(destination_url="https://shop.example/")
    fail(PAGE, 6)
    watch_program(cast.program, make.at(hours=6))
    assert tell_touched(the_incident(), now=make.at(hours=7), by="ruth") == 1, "Ben did not know yet"
    note_destination(PAGE, reason="", now=make.at(hours=9))
    watch_program(cast.program, make.at(hours=9))
    assert the_incident().closed_as == "healed"
    mended = Send.objects.filter(key__endswith=":mended")
    assert {send.enrolment_id for send in mended} == {cast.anas.pk, cast.bens.pk}


def test_who_was_not_told_of_a_fault_gets_no_letter_that_it_is_mended(cast: Cast) -> None:
    make.link(cast.anas, cast.offer, destination_url=PAGE)
    fail(PAGE, 0, 3)
    watch_program(cast.program, make.at(hours=3))
    tell_touched(the_incident(), now=make.at(hours=3), by="ruth")
    make.link(cast.bens, cast.offer, destination_url=PAGE)
    fail(PAGE, 6)
    watch_program(cast.program, make.at(hours=6))
    assert the_incident().touched.count() == 2
    assert mend_incident(the_incident(), "The page is back.", now=make.at(hours=7), by="ruth") == 1
    assert Send.objects.get(key__endswith=":mended").enrolment_id == cast.anas.pk


def test_a_link_that_has_expired_is_no_broken_link(cast: Cast) -> None:
    make.link(cast.anas, cast.offer, destination_url=PAGE, expires_at=make.at(-1))
    fail(PAGE, -60, -57)
    assert PAGE not in [due.url for due in due_destinations(make.at(30), 50)]
    assert broken_links([cast.anas.pk]) == {}


class Answer:
    """What a page answers, as the wire brings it."""

    hops: tuple[Any, ...] = ()
    headers: dict[str, str] = {}
    url, is_cut = "https://shop.example/", False

    def __init__(self, status: int, body: bytes = b"") -> None:
        self.status, self.body = status, body


@pytest.mark.parametrize("status", [500, 501, 507, 521, 522, 530])
def test_every_answer_from_500_on_is_broken(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr(destinations, "fetch", lambda *_told, **_named: Answer(status))
    assert look(Due("https://shop.example/")).reason == f"status_{status}"


def test_a_nul_in_a_title_does_not_stop_the_looks(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destinations, "fetch", lambda *_told, **_named: Answer(200, b"<title>Sh\0op</title>"))
    keep_checks([look(Due("https://shop.example/"))], make.NOON)
    assert CheckedDestination.objects.get().title == "Shop"
