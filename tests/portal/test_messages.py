"""The portal's messages: questions and answers, invitations, tips, the board; and nobody else's."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from hanse.growth.conversations.actions import add_aside, answer, ask_us, log_talk
from hanse.growth.conversations.models import Conversation
from hanse.growth.meetings.actions import invite, plan_meeting
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.recognition.actions import publish_tip, set_board, thank
from hanse.growth.recognition.models import BoardConsent, Tip
from hanse.kernel import clock as time
from hanse.kernel.ids import text_id
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return build()


@pytest.fixture
def ana(cast: Cast, client: Client) -> Client:
    client.force_login(cast.anas_login)
    return client


def test_a_question_is_asked_answered_and_read(cast: Cast, ana: Client, clock: Clock) -> None:
    assert ana.post("/p/messages", {"subject": "Codes", "text": ""}).status_code == 422
    assert ana.post("/p/messages", {"subject": "Codes", "text": "How many?"}).status_code == 303
    row = Conversation.objects.get()
    assert (row.channel, row.partner, row.waiting_since) == ("portal", cast.ana, time.now())
    assert ">new<" not in ana.get("/p/messages").content.decode()
    clock.move(hours=1)
    answer(row, text="As many as you like.", now=time.now(), by=cast.ruth)
    assert ">new<" in ana.get("/p/messages").content.decode()
    page = f"/p/messages/{text_id('cvs', row.pk)}"
    assert "As many as you like." in ana.get(page).content.decode()
    row.refresh_from_db()
    assert row.read_by_partner_at == time.now()
    assert ana.post(page, {"text": "Thanks!"}).status_code == 303
    row.refresh_from_db()
    assert row.status == "open"


def test_what_colleagues_keep_for_themselves_is_never_shown(cast: Cast, ana: Client) -> None:
    ask_us(cast.anas, subject="Codes", text="How many?", now=time.now(), name="Ana", email=cast.ana.email)
    row = Conversation.objects.get()
    add_aside(row, text="She asks too much.", now=time.now(), by=cast.ruth)
    log_talk(cast.anas, how="call", text="Secret call.", now=time.now(), by=cast.ruth)
    shown = ana.get("/p/messages").content.decode() + ana.get(f"/p/messages/{text_id('cvs', row.pk)}").content.decode()
    assert "asks too much" not in shown
    assert "Secret call" not in shown


def test_another_partners_thread_is_not_found(cast: Cast, ana: Client) -> None:
    bens = ask_us(cast.bens, subject="Mine", text="Mine", now=time.now(), name="Ben", email=cast.ben.email)
    page = f"/p/messages/{text_id('cvs', bens.conversation_id)}"
    assert ana.get(page).status_code == 404
    assert ana.post(page, {"text": "x"}).status_code == 404


def test_an_invitation_is_answered_and_taken_into_the_calendar(cast: Cast, ana: Client) -> None:
    meeting = plan_meeting(
        cast.program, kind="call", title="Spring, and more", starts_at=make.at(200), minutes=30, now=time.now(), by="t"
    )
    invite(meeting, [cast.anas, cast.bens], now=time.now(), by="t")
    mine, bens = (MeetingInvitation.objects.get(enrolment=one) for one in (cast.anas, cast.bens))
    assert "Spring, and more" in ana.get("/p/messages").content.decode()
    assert ana.post(f"/p/invitations/{text_id('inv', mine.pk)}", {"answer": "accepted"}).status_code == 303
    assert ana.post(f"/p/invitations/{text_id('inv', bens.pk)}", {"answer": "accepted"}).status_code == 404
    mine.refresh_from_db()
    assert (mine.answer, mine.answered_by) == ("accepted", "portal")
    entry = ana.get(f"/p/invitations/{text_id('inv', mine.pk)}/meeting.ics")
    assert entry["Content-Type"].startswith("text/calendar")
    assert b"METHOD:PUBLISH" in entry.content
    assert b"ben@partners.example" not in entry.content
    assert ana.get(f"/p/invitations/{text_id('inv', bens.pk)}/meeting.ics").status_code == 404


def test_tips_thanks_and_the_board_with_consent(cast: Cast, ana: Client) -> None:
    thank(cast.anas, kind="advice", text="Your idea works.", gift="A lantern", now=time.now(), by=cast.ruth)
    sent = {"act": "tip", "title": "Sundays", "text": "Post on Sundays.", "shown_name": "Ana"}
    ana.post("/p/messages/share", sent)
    publish_tip(Tip.objects.get(), now=time.now(), by="t")
    page = ana.get("/p/messages").content.decode()
    for words in ("Your idea works.", "A lantern", "Post on Sundays."):
        assert words in page
    ana.post("/p/messages/share", {"act": "join", "shown_name": "Ana"})
    assert not BoardConsent.objects.exists()  # there is no board
    set_board(cast.program, is_on=True, window_days=90, places=5, now=time.now(), by="t")
    ana.post("/p/messages/share", {"act": "join", "shown_name": "Ana"})
    assert BoardConsent.objects.get().enrolment_id == cast.anas.pk
    ana.post("/p/messages/share", {"act": "leave"})
    assert not BoardConsent.objects.exists()


def test_a_form_goes_to_the_program_it_was_drawn_in_though_another_tab_chose_another(cast: Cast, ana: Client) -> None:
    make.enrolment(cast.ana, make.program("quay"))
    drawn = ana.get("/p/messages?program=harbour").content.decode()
    ana.get("/p/messages?program=quay")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', drawn))
    ana.post("/p/messages", {"subject": "Codes", "text": "How many?", **hidden})
    assert Conversation.objects.get().program == cast.program
