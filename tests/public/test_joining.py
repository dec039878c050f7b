"""From the public form to the portal, as an applicant lives through it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from hanse.growth.recruiting.actions import (
    approve_application,
    ask_applicant,
    decline_application,
    submit_application,
)
from hanse.growth.recruiting.forms import publish_form
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.queries import usual_answer
from hanse.growth.recruiting.secret import status_path
from hanse.kernel import clock as kernel_clock
from hanse.people.access.letters import sign_in_mail
from hanse.programs.enrolments.models import Agreement
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast

FORM = {
    "name": "Kasia Nowak", "email": "Kasia@wrap.example", "channels": "wrap.example, @kasia", "message": "The teapot.",
    "accepts": "on",
}  # fmt: skip


def _apply(client: Client, **changes: str) -> object:
    return client.post("/join/harbour", FORM | changes)


def test_the_page_says_what_is_earned_when_and_for_which_sales(client: Client, cast: Cast) -> None:
    page = client.get("/join/harbour").content.decode()
    assert "10–20%" in page
    assert "20% of each sale" in page
    assert "the last click was yours" in page
    assert "within 30 days" in page
    assert "What partners really earn here" not in page  # two partners are too few to speak of


def test_an_application_goes_from_the_form_to_the_portal(client: Client, cast: Cast) -> None:
    assert _apply(client)["Location"] == "/join/harbour/sent"
    row = Application.objects.get()
    assert (row.email, row.channels, row.status) == ("kasia@wrap.example", ["wrap.example", "@kasia"], "unconfirmed")
    mail = OutboxItem.objects.get().payload
    path = re.search(r"/apply/\S+", mail["text"])
    assert path
    assert client.get(path[0]).status_code == 200
    row.refresh_from_db()
    assert row.status == "unconfirmed"  # looking does not confirm: mail scanners look
    client.post(path[0])
    row.refresh_from_db()
    assert row.status == "waiting"
    approve_application(row, now=kernel_clock.now(), by="ruth")
    assert Agreement.objects.get().terms == cast.terms
    assert b"You are in" in client.get(path[0]).content
    welcome = OutboxItem.objects.get(key__contains="approved").payload
    door = re.search(r"/sign-in/\S+/confirm", welcome["text"])
    assert door
    assert client.post(door[0])["Location"] == "/p/"


def test_a_question_is_answered_on_the_applicants_own_page(client: Client, cast: Cast) -> None:
    _apply(client)
    row = Application.objects.get()
    path = status_path(row.pk)
    client.post(path)
    ask_applicant(row, question="Which <b>market</b>?", now=kernel_clock.now(), by="ruth")
    page = client.get(path).content.decode()
    assert "Which &lt;b&gt;market&lt;/b&gt;?" in page
    assert client.post(path, {"answer": " "}).status_code == 422
    assert client.post(path, {"answer": "Poland"})["Location"] == path
    row.refresh_from_db()
    assert (row.status, row.answer) == ("waiting", "Poland")


def test_a_refusal_tells_the_reason(client: Client, cast: Cast) -> None:
    _apply(client)
    row = Application.objects.get()
    decline_application(row, reason="We ship to Europe only.", now=kernel_clock.now(), by="ruth")
    assert b"We ship to Europe only." in client.get(status_path(row.pk)).content


@pytest.mark.parametrize("field", ["name", "email", "channels", "message", "accepts"])
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_kept(client: Client, cast: Cast, field: str) -> None:
    answer = _apply(client, **{field: ""})
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert f'id="id_{field}-error"' in answer.content.decode()  # type: ignore[attr-defined]
    assert not Application.objects.exists()


def test_a_script_that_fills_the_trap_gets_the_same_answer_and_leaves_nothing(client: Client, cast: Cast) -> None:
    assert _apply(client, homepage="http://spam.example")["Location"] == "/join/harbour/sent"
    assert not Application.objects.exists()


def test_a_flood_of_applications_is_cut_off(client: Client, cast: Cast) -> None:
    for number in range(14):
        assert _apply(client, email=f"a{number}@wrap.example")["Location"] == "/join/harbour/sent"
    assert Application.objects.count() == 10


def test_nobody_learns_from_the_form_who_is_a_partner(client: Client, cast: Cast) -> None:
    assert _apply(client, email=cast.ana.email)["Location"] == _apply(client, email="new@wrap.example")["Location"]
    assert Application.objects.count() == 1


def test_unknown_programs_and_secrets_are_not_found(client: Client, cast: Cast) -> None:
    for path in ("/join/nothing", "/apply/" + "x" * 32, "/join/nothing/terms"):
        assert client.get(path).status_code == 404


def test_a_program_that_takes_nobody_shows_no_form(client: Client, cast: Cast) -> None:
    cast.program.applications_open = False
    cast.program.save()
    assert b"takes no new partners" in client.get("/join/harbour").content
    assert _apply(client).status_code == 422  # type: ignore[attr-defined]


def test_the_language_is_kept_in_the_browser_before_anybody_signs_in(client: Client, cast: Cast) -> None:
    back = client.post("/accounts/language", {"language": "pl"}, headers={"Referer": "http://testserver/join/harbour"})
    assert back["Location"] == "/join/harbour"
    assert b'<html lang="pl"' in client.get("/join/harbour").content
    evil = client.post("/accounts/language", {"language": "pl"}, headers={"Referer": "http://evil.example/x"})
    assert evil["Location"] == "/"


def test_who_joins_through_a_partners_address_was_brought_by_that_partner(client: Client, cast: Cast) -> None:
    client.post(f"/join/harbour?ref={cast.anas_link.slug}", FORM)
    row = Application.objects.get()
    assert row.recruited_by == cast.ana
    Application.objects.update(status="waiting")
    row.refresh_from_db()
    enrolment = approve_application(row, now=kernel_clock.now(), by="ruth")
    assert enrolment.partner.recruited_by == cast.ana


@pytest.mark.parametrize("ref", ["nobody", "", "a\0b", "%F0%9F%98%80"])
def test_an_address_that_leads_to_nobody_is_left_out(client: Client, cast: Cast, ref: str) -> None:
    client.post("/join/harbour", FORM, QUERY_STRING=f"ref={ref}")
    assert Application.objects.get().recruited_by is None


def test_where_an_application_came_from_is_kept_as_a_hash_of_the_day(client: Client, cast: Cast) -> None:
    for email, address in (
        ("a@wrap.example", "2001:db8::1"),
        ("b@wrap.example", "2001:db8::2"),
        ("c@wrap.example", ""),
    ):
        client.post("/join/harbour", FORM | {"email": email}, HTTP_X_FORWARDED_FOR=address, HTTP_X_HANSE_NETWORK="PL")
    one, two, three = Application.objects.order_by("email")
    assert one.ip_hash == two.ip_hash != three.ip_hash  # one network of the sixth kind is one connection
    assert "2001" not in one.ip_hash
    assert one.network == "PL"


def test_a_throw_away_address_is_asked_about_once_and_taken_then(client: Client, cast: Cast) -> None:
    asked = _apply(client, email="k@mailinator.com")
    assert asked.status_code == 422  # type: ignore[attr-defined]
    assert "looks like an address for a few minutes" in asked.content.decode()  # type: ignore[attr-defined]
    assert not Application.objects.exists()
    assert _apply(client, email="k@mailinator.com", keep_address="on")["Location"] == "/join/harbour/sent"
    assert Application.objects.count() == 1


def test_a_programs_own_questions_are_asked_answered_and_shown(client: Client, cast: Cast) -> None:
    publish_form(
        cast.program, questions=[{"kind": "text", "label": "Which city?", "is_required": True}],
        standard={"country": "required", "company": "left_out"}, now=kernel_clock.now(), by="ruth",
    )  # fmt: skip
    page = client.get("/join/harbour").content.decode()
    assert "Which city?" in page
    assert 'name="company"' not in page
    refused = _apply(client, form="1")
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert 'id="id_q_which_city-error"' in refused.content.decode()  # type: ignore[attr-defined]
    assert _apply(client, form="1", q_which_city="<b>Leeds", country="GB")["Location"] == "/join/harbour/sent"
    row = Application.objects.get()
    assert (row.country, row.answers[0]["question"]) == ("GB", "Which city?")
    shown = client.get(status_path(row.pk)).content.decode()
    assert "&lt;b&gt;Leeds" in shown
    assert "How far it is" in shown


def test_a_flood_from_one_network_of_the_sixth_kind_is_cut_off(client: Client, cast: Cast) -> None:
    """Whoever has one such network has more addresses than anybody could count."""
    for number in range(14):
        form = FORM | {"email": f"a{number}@wrap.example"}
        client.post("/join/harbour", form, HTTP_X_FORWARDED_FOR=f"2001:db8::{number + 1:x}")
    assert Application.objects.count() == 10


def test_nobody_recruits_themselves_by_another_way_to_write_their_mailbox(client: Client, cast: Cast) -> None:
    user, _at, host = cast.ana.email.partition("@")
    client.post(f"/join/harbour?ref={cast.anas_link.slug}", FORM | {"email": f"{user}+second@{host}"})
    assert Application.objects.get().recruited_by is None


def test_who_waits_for_a_person_reads_how_long_people_take_not_rules(client: Client, cast: Cast) -> None:
    for number in range(12):
        waited = timedelta(days=3) if number < 6 else timedelta()
        by = "ruth@harbour.example" if number < 6 else "rule: Named"
        row = submit_application(cast.program, name="N", email=f"w{number}@wrap.example", message="x", now=make.NOON)
        assert row is not None
        Application.objects.filter(pk=row.pk).update(
            status="approved", confirmed_at=make.NOON, decided_at=make.NOON + waited, decided_by=by
        )
    assert usual_answer(cast.program.pk) == timedelta(days=3)


def test_a_partner_without_a_login_who_applies_again_gets_a_way_in(client: Client, cast: Cast) -> None:
    """Brought over from another system: the page says that a mail comes, and one does."""
    kim = make.partner("Kim")
    make.enrolment(kim, cast.program)
    _apply(client, email=kim.email)
    mail = OutboxItem.objects.get(key__startswith="already-partner:").payload
    assert mail["to"] == kim.email
    assert client.post("/sign-in", {"login": kim.email, "link": "1"})["Location"] == "/sign-in/sent"
    assert sign_in_mail(kim.email, "", "en", kernel_clock.now()) is not None
