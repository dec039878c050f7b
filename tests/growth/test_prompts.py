"""Prompts: who sees one from when on, promised briefings that they keep, calendars, examples with consent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from hanse.growth.care.actions import add_day, promise
from hanse.growth.care.falling_due import find_dues
from hanse.growth.care.models import PromiseDue
from hanse.growth.content.actions import hide_piece, note_piece
from hanse.growth.content.models import Piece
from hanse.growth.kits.actions import keep_kit, publish_kit
from hanse.growth.kits.queries import kits_for
from hanse.growth.meetings.actions import cancel_meeting, invite, plan_meeting
from hanse.growth.prompts import rules
from hanse.growth.prompts.actions import keep_prompt, publish_prompt, set_leads, withdraw_prompt
from hanse.growth.prompts.addresses import address_of, end_address, make_address, owner_of, web_address
from hanse.growth.prompts.briefing import keep_briefings
from hanse.growth.prompts.calendars import calendar_of
from hanse.growth.prompts.examples import (
    ask_consent,
    end_example,
    examples_of,
    examples_shown,
    give_consent,
    refuse_consent,
    show_again,
)
from hanse.growth.prompts.models import CalendarAddress, Example, Prompt, PromptTold
from hanse.growth.prompts.queries import days_without_prompt, leads_of, prompts_for, seen_by_tier
from hanse.growth.prompts.samples import make_link, samples_for
from hanse.growth.roadmap.actions import accept_embargo, keep_preview, publish_preview
from hanse.growth.sends.models import Send
from hanse.growth.sends.sending import due_part, fill_part, queue_part
from hanse.growth.sends.types import Priority
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.runtime.prompts import tell_of_prompts
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.links.models import Link
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.make import at

pytestmark = pytest.mark.django_db
BY = "ruth@harbour.example"
LAUNCH = date(2026, 6, 15)  # 31 days after the tests' present


@pytest.fixture
def cast() -> Cast:
    return build()


def prompt_of(cast: Cast, *, is_open: bool = True, days: float = -10, **fields: Any) -> Prompt:
    values: dict[str, Any] = {"kind": "launch", "title": "Teapot", "hook": "It is back.", "on": LAUNCH} | fields
    row = keep_prompt(cast.program, now=at(days), by=BY, **values)
    return publish_prompt(row, now=at(days), by=BY) if is_open else row


def into(enrolment: Enrolment, key: str) -> Enrolment:
    Enrolment.objects.filter(pk=enrolment.pk).update(tier=Tier.objects.get(program=enrolment.program, key=key))
    return Enrolment.objects.select_related("tier", "partner", "program").get(pk=enrolment.pk)


def titles(enrolment: Enrolment, days: float) -> list[str]:
    return [one.title for one in prompts_for(enrolment, at(days))]


def test_the_top_sees_a_launch_four_weeks_ahead_and_each_tier_later(cast: Cast) -> None:
    prompt = prompt_of(cast)
    for key, lead in (("power", 28), ("growth", 21), ("casual", 14), ("new", 7), ("inactive", 7)):
        ana = into(cast.anas, key)
        first = (LAUNCH - timedelta(days=lead) - at().date()).days
        assert titles(ana, first - 0.6) == [], f"{key}: the day before, at {at(first - 0.6)}"
        assert titles(ana, first) == ["Teapot"], key
    assert [(one.tier, one.lead_days) for one in seen_by_tier(prompt, leads_of(cast.program.pk))][:2] == [
        ("power", 28), ("growth", 21),
    ]  # fmt: skip


def test_leads_of_the_program_and_of_a_prompt_move_the_day(cast: Cast) -> None:
    prompt_of(cast, leads={"power": 30})
    set_leads(cast.program, {"new": 31}, now=at(), by=BY)
    assert titles(into(cast.anas, "new"), 0) == ["Teapot"]
    assert titles(into(cast.anas, "power"), 0) == []
    assert titles(into(cast.anas, "power"), 1) == ["Teapot"]
    for wrong in ({"nobody": 3}, {"power": 181}, {"power": -1}):
        with pytest.raises(Invalid):
            set_leads(cast.program, wrong, now=at(), by=BY)


def test_drafts_what_is_for_others_and_what_is_over_is_not_seen(cast: Cast) -> None:
    prompt_of(cast, title="draft", is_open=False)
    prompt_of(cast, title="types", types=["affiliate"])
    prompt_of(cast, title="polish", language="pl")
    prompt_of(cast, title="top", tiers=["power"])
    withdraw_prompt(prompt_of(cast, title="gone"), now=at(), by=BY)
    prompt_of(cast, title="range", ends_on=LAUNCH + timedelta(days=3), deadline_on=LAUNCH + timedelta(days=5))
    assert sorted(titles(into(cast.anas, "new"), 31)) == ["range", "types"]
    assert titles(into(cast.anas, "new"), 36) == ["range"], "the deadline's day still counts"
    assert titles(into(cast.anas, "new"), 37) == []


def test_what_cannot_be_kept_is_refused_with_its_place(cast: Cast) -> None:
    other = make.program("orchard")
    stray = add_day(other, name="Fair", on=date(2026, 7, 1), now=at(), by=BY)
    for fields, pointer in (
        ({"kind": "party"}, "/kind"), ({"title": ""}, "/title"), ({"hook": ""}, "/hook"), ({"on": None}, "/on"),
        ({"ends_on": LAUNCH - timedelta(days=1)}, "/ends_on"), ({"deadline_on": date(2030, 1, 1)}, "/deadline_on"),
        ({"leads": {"power": 999}}, "/leads/power"), ({"leads": {"nobody": 1}}, "/leads/nobody"),
        ({"sample": "{lnik}"}, "/sample"), ({"day": stray}, "/day"), ({"tiers": ["gold"]}, "/tiers"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            prompt_of(cast, is_open=False, **fields)
        assert pointer in [problem.pointer for problem in caught.value.problems], fields
    kit = keep_kit(cast.program, key="k", name="K", offer=cast.offer, now=at(), by=BY)
    with pytest.raises(Refused, match="kit"):
        prompt_of(cast, kit=kit)


def test_a_published_prompt_keeps_the_promised_briefing_from_the_day_it_could_be_seen(cast: Cast) -> None:
    for key, number in (("power", 21), ("new", 21)):
        promise(Tier.objects.get(program=cast.program, key=key), "briefing", number, now=at(-60), by=BY)
    day = add_day(cast.program, name="Teapot", on=LAUNCH, now=at(-20), by=BY)
    ana, ben = into(cast.anas, "power"), into(cast.bens, "new")
    assert days_without_prompt(cast.program.pk, at().date()) == [day]
    prompt = prompt_of(cast, day=day)
    assert days_without_prompt(cast.program.pk, at().date()) == []
    find_dues(cast.program, at(8))
    assert keep_briefings(cast.program, at(8)) == 1
    due = PromiseDue.objects.get(enrolment=ana)
    assert due.kept_at is not None
    assert due.kept_at.date() <= LAUNCH - timedelta(days=28)
    assert due.kept_at <= due.due_at
    assert due.evidence == f"prompt:{prompt.pk}"
    assert keep_briefings(cast.program, at(8)) == 0, "safe to run twice"
    assert keep_briefings(cast.program, at(25)) == 1, "the tier new sees it seven days ahead, too late for its promise"
    late = PromiseDue.objects.get(enrolment=ben)
    assert late.kept_at is not None
    assert late.kept_at > late.due_at


def test_a_prompt_that_is_not_for_them_or_was_taken_back_keeps_nothing(cast: Cast) -> None:
    promise(Tier.objects.get(program=cast.program, key="new"), "briefing", 30, now=at(-60), by=BY)
    day = add_day(cast.program, name="Teapot", on=LAUNCH, now=at(-20), by=BY)
    prompt_of(cast, day=day, language="pl")
    withdraw_prompt(prompt_of(cast, day=day), now=at(-5), by=BY)
    find_dues(cast.program, at())
    assert keep_briefings(cast.program, at(20)) == 0


def test_the_sample_has_the_partners_link_and_tells_its_clicks_apart(cast: Cast) -> None:
    kit = keep_kit(
        cast.program, key="pot", name="Pot", offer=cast.offer, now=at(-10), by=BY,
        copies=[{"channel": "x", "title": "", "text": "{link}"}],
    )  # fmt: skip
    publish_kit(kit, now=at(-10), by=BY)
    plain = prompt_of(cast, sample="{link} {code}", offer=cast.offer, title="Spring Fair!")
    with_kit = prompt_of(cast, sample="{link}", kit=kit)
    found = samples_for([plain, with_kit], cast.anas, at())
    assert found[plain.pk].text == "http://127.0.0.1:8000/ana?initiative=spring-fair ANA10"
    assert found[with_kit.pk].text == "http://127.0.0.1:8000/ana?kit=pot.other"
    Link.objects.filter(enrolment=cast.anas).update(archived_at=at())
    assert samples_for([plain], cast.anas, at())[plain.pk].link == ""
    assert make_link(plain, cast.anas, now=at(), by="ana") == make_link(plain, cast.anas, now=at(), by="ana")


def events_of(content: bytes) -> dict[str, Any]:
    return {str(event["uid"]): event for event in Calendar.from_ical(content.decode()).walk("VEVENT")}


def test_a_calendar_is_valid_all_day_and_moves_with_what_it_tells(cast: Cast) -> None:
    prompt = prompt_of(
        cast, title="Sale; a, long\\one", ends_on=LAUNCH + timedelta(days=2), deadline_on=LAUNCH - timedelta(days=1),
        why_now="Line one\nline two", offer=cast.offer, sample="See {link}",
    )  # fmt: skip
    ana = into(cast.anas, "power")
    address = make_address(cast.program, enrolment=ana, now=at(), by="ana")
    assert events_of(calendar_of(address, at(2))) == {}, "the power tier sees it 28 days ahead"
    content = calendar_of(address, at(3))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    found = events_of(content)
    event = found[f"{prompt.pk}@hanse"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (LAUNCH, LAUNCH + timedelta(days=3))
    assert event["summary"] == "Sale; a, long\\one"
    assert "http://127.0.0.1:8000/ana?initiative=sale-a-long-one" in event["description"]
    assert found[f"{prompt.pk}-deadline@hanse"]["dtend"].dt == LAUNCH
    keep_prompt(cast.program, now=at(4), by=BY, instead_of=prompt, on=LAUNCH + timedelta(days=1))
    moved = events_of(calendar_of(address, at(4)))[f"{prompt.pk}@hanse"]
    assert moved["dtstart"].dt == LAUNCH + timedelta(days=1)
    assert moved["sequence"] > event["sequence"]
    withdraw_prompt(prompt, now=at(5), by=BY)
    assert events_of(calendar_of(address, at(5)))[f"{prompt.pk}@hanse"]["status"] == "CANCELLED"
    assert calendar_of(address, at(5)) == calendar_of(address, at(5)), "nothing changed: byte for byte the same"


def test_what_was_taken_back_before_a_tier_saw_it_is_in_no_calendar_of_theirs(cast: Cast) -> None:
    prompt = prompt_of(cast)
    withdraw_prompt(prompt, now=at(), by=BY)
    address = make_address(cast.program, enrolment=into(cast.anas, "new"), now=at(), by="ana")
    assert events_of(calendar_of(address, at(30))) == {}


def test_calls_stand_in_the_calendar_at_their_moment_in_utc(cast: Cast) -> None:
    call = plan_meeting(cast.program, kind="call", title="Talk", starts_at=at(3), minutes=30, now=at(), by=BY)
    invite(call, [cast.anas], now=at(), by=BY)
    mine = make_address(cast.program, enrolment=cast.anas, now=at(), by="ana")
    theirs = make_address(cast.program, enrolment=cast.bens, now=at(), by="ben")
    team = make_address(cast.program, colleague=cast.ruth, now=at(), by=BY)
    (event,) = events_of(calendar_of(mine, at())).values()
    assert (event["dtstart"].dt, event["dtend"].dt - event["dtstart"].dt) == (at(3), timedelta(minutes=30))
    assert events_of(calendar_of(theirs, at())) == {}
    cancel_meeting(call, now=at(1), by=BY)
    for address in (mine, team):
        (event,) = events_of(calendar_of(address, at(1))).values()
        assert event["status"] == "CANCELLED"


def test_the_teams_calendar_has_everything_that_is_published(cast: Cast) -> None:
    prompt = prompt_of(cast, tiers=["power"])
    prompt_of(cast, is_open=False, title="draft")
    team = make_address(cast.program, colleague=cast.ruth, now=at(), by=BY)
    (event,) = events_of(calendar_of(team, at())).values()
    assert str(event["uid"]) == f"{prompt.pk}@hanse"
    assert "Power: 2026-05-18" in event["description"]


def test_an_address_is_secret_renewable_and_dies_with_its_owner(cast: Cast, clock: Clock) -> None:
    def status(address: str) -> int:
        return Client().get(address.removeprefix("http://127.0.0.1:8000")).status_code

    row = make_address(cast.program, enrolment=cast.anas, now=at(), by="ana")
    first = web_address(row)
    assert row.secret_hash not in first
    answer = Client().get(first.removeprefix("http://127.0.0.1:8000"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    again = Client().get(first.removeprefix("http://127.0.0.1:8000"), HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304
    second = web_address(make_address(cast.program, enrolment=cast.anas, now=at(), by="ana"))
    assert (status(first), status(second)) == (404, 200)
    assert CalendarAddress.objects.count() == 1
    for wrong in ("x", "a" * 32, "../" * 10, "%00", "é" * 32):
        assert status(f"/p/calendar/{wrong}.ics") == 404, wrong
    Enrolment.objects.filter(pk=cast.anas.pk).update(status="ended")
    assert status(second) == 404
    known = address_of(cast.program, enrolment=cast.anas)
    assert known is not None
    end_address(known, now=at(), by="ana")
    assert owner_of(second.rpartition("/")[2].removesuffix(".ics")) is None


def test_partners_hear_once_by_mail_when_their_day_has_come(cast: Cast, clock: Clock) -> None:
    ana = into(cast.anas, "power")
    prompt_of(cast, tells_by_mail=True)
    prompt_of(cast, title="Silent")
    assert tell_of_prompts(at(2)) == 0
    assert tell_of_prompts(at(3)) == 1
    assert tell_of_prompts(at(3)) == 0, "safe to run twice"
    assert list(PromptTold.objects.values_list("enrolment_id", flat=True)) == [ana.pk]
    assert tell_of_prompts(at(24)) == 1, "the tier new seven days ahead"
    letters = Send.objects.filter(key__startswith="prompt:")
    assert {(send.subject, send.kind, send.priority) for send in letters} == {("Teapot", "ideas", Priority.SEQUENCE)}


def test_letters_about_prompts_wait_for_the_morning_and_can_be_stopped_by_one_click(cast: Cast, clock: Clock) -> None:
    into(cast.anas, "power")
    prompt_of(cast, tells_by_mail=True)
    assert tell_of_prompts(at(3)) == 1
    night = at(3).replace(hour=2)
    part = due_part(night)
    fill_part(part, night)
    assert queue_part(part, night) == 0, "nobody is written to at night"
    morning = at(4).replace(hour=11)
    part = due_part(morning)
    fill_part(part, morning)
    assert queue_part(part, morning) == 1
    payload = OutboxItem.objects.get(payload__subject="Teapot").payload
    assert payload["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/p/calendar?program={cast.program.slug}#" in payload["html"], "its reader may be in several programs"


def piece_of(cast: Cast, enrolment: Enrolment | None = None, name: str = "table") -> Piece:
    return note_piece(
        enrolment or cast.anas, address=f"https://ana.example/{name}", title=name, published_at=None, source="partner",
        now=at(), by="ana",
    )  # fmt: skip


def test_an_example_is_shown_only_while_its_author_agrees(cast: Cast) -> None:
    row = ask_consent(piece_of(cast), why="A clear first line.", now=at(), by=BY)
    assert OutboxItem.objects.filter(key=f"example:{row.pk}").count() == 1
    assert examples_shown(cast.program.pk) == []
    give_consent(row, shown_name="Ana of the table", shows_numbers=True, now=at(), by="ana")
    assert examples_shown(cast.program.pk) == [row]
    assert examples_shown(cast.program.pk, but_of=cast.anas.pk) == [], "nobody is shown their own"
    refuse_consent(row, now=at(1), by="ana")
    assert row.state == Example.State.WITHDRAWN
    assert examples_shown(cast.program.pk) == []
    give_consent(row, shown_name="Ana", shows_numbers=False, now=at(2), by="ana")
    end_example(row, now=at(3), by=BY)
    assert examples_shown(cast.program.pk) == []
    assert examples_of(cast.anas.pk) == []
    show_again(row, now=at(4), by=BY)
    assert examples_shown(cast.program.pk) == [row]
    for hide in ("left", "hidden"):
        if hide == "left":
            Enrolment.objects.filter(pk=cast.anas.pk).update(status="ended")
            assert examples_shown(cast.program.pk) == []
            Enrolment.objects.filter(pk=cast.anas.pk).update(status="active")
        else:
            hide_piece(row.piece, now=at(5), by=BY)
            assert examples_shown(cast.program.pk) == []


def test_nobody_is_asked_twice_and_a_no_stays(cast: Cast) -> None:
    row = ask_consent(piece_of(cast), why="Good.", now=at(), by=BY)
    with pytest.raises(Refused):
        ask_consent(row.piece, why="Please?", now=at(), by=BY)
    refuse_consent(row, now=at(), by="ana")
    assert row.state == Example.State.DECLINED
    with pytest.raises(Refused):
        ask_consent(row.piece, why="Please?", now=at(), by=BY)
    with pytest.raises(Refused):
        show_again(row, now=at(), by=BY)
    with pytest.raises(Invalid):
        ask_consent(piece_of(cast, name="other"), why=" ", now=at(), by=BY)
    with pytest.raises(Invalid):
        give_consent(row, shown_name="", shows_numbers=False, now=at(), by="ana")


def test_who_has_no_tier_sees_things_with_the_last(cast: Cast) -> None:
    assert rules.usual_lead(0) == 28
    assert rules.usual_lead(99) == 7
    prompt = prompt_of(cast)
    assert rules.seen_from(prompt, "", {}) == LAUNCH - timedelta(days=7)


def test_who_has_no_tier_gets_the_letter_about_a_prompt_too(cast: Cast, clock: Clock) -> None:
    Enrolment.objects.filter(pk=cast.anas.pk).update(tier=None)
    into(cast.bens, "power")
    prompt_of(cast, tells_by_mail=True)
    assert tell_of_prompts(at(3)) == 1, "Ben, and not Ana yet"
    assert tell_of_prompts(at(24)) == 1
    assert set(PromptTold.objects.values_list("enrolment_id", flat=True)) == {cast.anas.pk, cast.bens.pk}


def test_what_mentions_an_embargo_is_hidden_until_it_is_accepted(cast: Cast) -> None:
    preview = keep_preview(
        cast.program, title="Moss kettle", teaser="Soon.", text="The moss kettle.", embargo_until=at(40),
        embargo_text="Not a word.", words=["moss kettle"], now=at(-5), by=BY,
    )  # fmt: skip
    preview = publish_preview(preview, now=at(-5), by=BY)
    kit = keep_kit(
        cast.program, key="moss", name="Kettle", offer=cast.offer, now=at(-4), by=BY,
        copies=[{"channel": "x", "title": "", "text": "The Moss-Kettle is here {link}"}],
    )  # fmt: skip
    publish_kit(kit, now=at(-4), by=BY)
    prompt_of(cast, title="The moss kettle", tells_by_mail=True, leads={"new": 40})
    prompt_of(cast, title="Other", leads={"new": 40})
    ana = into(cast.anas, "new")
    assert kits_for(ana, at()) == []
    assert titles(ana, 0) == ["Other"]
    assert tell_of_prompts(at()) == 0
    accept_embargo(preview, ana, digest=preview.embargo_digest, now=at(), by="ana")
    assert [one.kit for one in kits_for(ana, at())] == [kit]
    assert sorted(titles(ana, 0)) == ["Other", "The moss kettle"]
    assert tell_of_prompts(at()) == 1, "Ben has not accepted"


@pytest.mark.parametrize("on", [date(1, 1, 1), date(9999, 12, 31), date(1969, 12, 31), date(2200, 1, 1)])
def test_days_centuries_away_are_refused(cast: Cast, on: date) -> None:
    with pytest.raises(Invalid) as caught:
        keep_prompt(cast.program, kind="season", title="T", hook="H", on=on, now=at(), by=BY)
    assert [(one.pointer, one.code) for one in caught.value.problems] == [("/on", "out_of_range")]


def test_nobody_is_asked_about_a_piece_that_is_not_about_us_or_with_words_under_embargo(cast: Cast) -> None:
    preview = keep_preview(
        cast.program, title="Moss kettle", teaser="Soon.", text="The moss kettle.", embargo_until=at(40),
        embargo_text="Please say nothing.", words=["moss kettle"], now=at(-2), by=BY,
    )  # fmt: skip
    publish_preview(preview, now=at(-2), by=BY)
    piece = piece_of(cast)
    with pytest.raises(Invalid):
        ask_consent(piece, why="Like our moss kettle.", now=at(), by=BY)
    Piece.objects.filter(pk=piece.pk).update(about=Piece.About.OTHER)
    piece.refresh_from_db()
    with pytest.raises(Refused) as refused:
        ask_consent(piece, why="Good.", now=at(), by=BY)
    assert refused.value.code == "not_about_us"
    assert not Example.objects.exists()
