"""Incidents: who missed what against their own usual weeks, what a right rate would have paid, told once, mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.growth.incidents import actions
from hanse.growth.incidents.models import Incident
from hanse.growth.incidents.rules import Brought, missing, right_minor, usual_spans
from hanse.growth.sends.models import Send
from hanse.growth.templates.actions import keep_message
from hanse.growth.templates.models import MessageVersion
from hanse.growth.templates.rendering import render_many
from hanse.kernel.errors import Invalid, Refused
from hanse.traffic.clicks.models import Click
from tests import make
from tests.cast import Cast, build
from tests.money import books

NOW = make.at(60)
FROM, UNTIL = NOW - timedelta(days=2), NOW - timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def clicked(cast: Cast, at: datetime, link: Any = None) -> None:
    link = link or cast.anas_link
    Click.objects.create(
        id=f"{Click.objects.count():024x}", link_number=link.number, program_id=cast.program.pk,
        enrolment_id=link.enrolment_id, occurred_at=at,
    )  # fmt: skip


def note(cast: Cast, **fields: Any) -> Incident:
    values: dict[str, Any] = {
        "kind": "tracking_down", "title": "clicks were not counted", "cause": "A certificate had expired.",
        "starts_at": FROM, "ends_at": UNTIL, "now": NOW, "by": "ruth",
    }  # fmt: skip
    values |= fields
    return actions.note_incident(cast.program, **values)


def test_what_is_missing_is_the_usual_less_what_was_counted(cast: Cast) -> None:
    for weeks in range(1, 5):
        for minute in range(10):
            clicked(cast, FROM + timedelta(hours=5, minutes=minute) - timedelta(weeks=weeks))
        sold_at = FROM + timedelta(hours=6) - timedelta(weeks=weeks)
        books.price(books.sell(cast.anas, 10_000, at=sold_at, customer=f"c-{weeks}", name=f"HP-{weeks}"))
    for minute in range(4):
        clicked(cast, FROM + timedelta(hours=5, minutes=minute))
    clicked(cast, FROM, cast.bens_link)
    row = note(cast)
    found = row.touched.get()
    assert found.enrolment_id == cast.anas.pk
    assert (found.clicks, found.orders, found.value_minor, found.commission_minor) == (6, 1, 10_000, 2_000)


def test_a_wrong_rate_is_reckoned_order_by_order(cast: Cast) -> None:
    books.price(
        books.sell(cast.anas, 10_005, at=FROM + timedelta(hours=1), customer="c-1", name="HP-1"),
        books.sell(cast.anas, 333, at=FROM + timedelta(hours=2), customer="c-2", name="HP-2"),
        books.sell(cast.bens, 10_000, at=UNTIL, customer="c-3", name="HP-3"),
    )
    row = note(cast, kind="wrong_rate", rate_ppm=250_000)
    found = row.touched.get()
    assert (found.orders, found.commission_minor) == (2, (2501 - 2001) + (83 - 67))
    assert not note(cast, kind="wrong_rate", rate_ppm=200_000, title="Right").touched.exists()


def test_those_it_touched_are_told_once_before_all_other_letters_and_told_again_when_it_is_mended(cast: Cast) -> None:
    clicked_weekly(cast)
    row = note(cast)
    assert actions.tell_touched(row, now=NOW, by="ruth") == 1
    with pytest.raises(Refused, match="told already"):
        actions.tell_touched(row, now=NOW, by="ruth")
    send = Send.objects.get()
    assert (send.enrolment_id, send.priority) == (cast.anas.pk, 1)
    letter = dict(render_many(written(row.notice), [cast.anas.pk], NOW, about=actions.about_of(row)))[cast.anas.pk]
    assert "clicks were not counted" in letter.text
    assert "A certificate had expired." in letter.text
    with pytest.raises(Refused):
        actions.delete_incident(row, now=NOW, by="ruth")
    assert actions.mend_incident(row, "It renews itself now.", now=NOW, by="ruth") == 1
    about = actions.about_of(row)
    mended = dict(render_many(written(row.follow_up), [cast.anas.pk], NOW, about=about))[cast.anas.pk]
    assert "It renews itself now." in mended.text
    with pytest.raises(Refused, match="mended already"):
        actions.mend_incident(row, "Again", now=NOW, by="ruth")
    assert Send.objects.count() == 2


def written(version: MessageVersion | None) -> MessageVersion:
    assert version is not None
    return version


def clicked_weekly(cast: Cast) -> None:
    for weeks in range(1, 5):
        for minute in range(3):
            clicked(cast, FROM + timedelta(hours=5, minutes=minute) - timedelta(weeks=weeks))


def test_the_text_can_be_changed_before_they_are_told(cast: Cast) -> None:
    clicked_weekly(cast)
    row = note(cast)
    template = written(row.notice).template
    changed = {"en": {"subject": "Sorry", "body": "{{ incident.cause }}"}}
    keep_message(
        cast.program, name=template.name, kind="honesty", contents=changed, now=NOW, by="ruth", instead_of=template
    )
    actions.tell_touched(row, now=NOW, by="ruth")
    assert written(Send.objects.get().version).number == 2


def test_nobody_is_told_of_what_touched_nobody_and_a_mistake_is_deleted(cast: Cast) -> None:
    row = note(cast)
    with pytest.raises(Refused, match="touched nobody"):
        actions.tell_touched(row, now=NOW, by="ruth")
    assert actions.mend_incident(row, "It was nothing.", now=NOW, by="ruth") == 0
    again = note(cast)
    actions.delete_incident(again, now=NOW, by="ruth")
    assert not Send.objects.exists()


@pytest.mark.parametrize("title", ["x" * 120, "x" * 62 + " y" * 20, "x" * 63 + " y" * 20])
def test_letters_of_incidents_with_the_same_long_title_have_names_of_their_own(cast: Cast, title: str) -> None:
    names = {written(note(cast, title=title).notice).template.name for _again in range(3)}
    assert len(names) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": UNTIL, "ends_at": FROM}, {"ends_at": NOW + timedelta(seconds=1)},
        {"starts_at": NOW - timedelta(days=200)}, {"title": " "}, {"title": "a\nBcc: x"}, {"cause": ""}, {"kind": "x"},
        {"kind": "wrong_rate"}, {"kind": "wrong_rate", "rate_ppm": 1_000_001}, {"rate_ppm": 5},
    ],
)  # fmt: skip
def test_what_cannot_be_an_incident_is_refused(cast: Cast, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        note(cast, **fields)
    assert not Incident.objects.exists()


@given(st.integers(1, 92 * 24), st.integers(0, 1000))
def test_usual_spans_are_as_long_on_the_same_weekdays_and_never_reach_into_the_fault(hours: int, start: int) -> None:
    since = make.NOON + timedelta(hours=start)
    until = since + timedelta(hours=hours)
    spans = usual_spans(since, until)
    assert len(spans) == 4
    for begins, ends in spans:
        assert ends - begins == until - since
        assert (since - begins) % timedelta(weeks=1) == timedelta(0)
        assert ends <= since


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_nothing_is_missing_where_more_was_counted_than_usual(usual: int, found: int) -> None:
    lost = missing(Brought(clicks=usual), Brought(clicks=found)).clicks
    assert lost == max(0, round_half_up(usual) - found)


def round_half_up(usual: int) -> int:
    return (usual + 2) // 4


def test_a_rate_is_rounded_half_away_from_zero() -> None:
    assert right_minor(500, 1_000_000, 29_000) == 15
    assert right_minor(15, 1_000_000, 100_000) == 2
    assert right_minor(-15, 1_000_000, 100_000) == -2
    assert right_minor(8_000, 250_000, 200_000) == 400
