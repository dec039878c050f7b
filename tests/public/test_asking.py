"""The page with one question, and logging names without an account, as whoever opens them lives through it."""

from __future__ import annotations

import pytest
from django.test import Client

from hanse.growth.mentions.models import Answer, Candidate, Mention
from hanse.growth.surveys.actions import ask_question, make_door, renew_door, switch_survey
from hanse.growth.surveys.models import LogDoor
from hanse.growth.surveys.queries import questions_of
from hanse.growth.surveys.secret import log_path
from hanse.kernel.errors import Refused
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW, BY = make.NOON, "ruth"


@pytest.fixture
def asked(cast: Cast) -> Cast:
    ask_question(cast.program, text="Whom do you follow?", thanks="Cheers!", now=NOW, by=BY)
    switch_survey(cast.program, is_open=True, now=NOW, by=BY)
    return cast


@pytest.fixture
def door(cast: Cast) -> LogDoor:
    return make_door(cast.program, team="Support", source="support", now=NOW, by=BY)


def test_an_answer_becomes_candidates_and_is_thanked_for(asked: Cast, client: Client) -> None:
    assert b"Whom do you follow?" in client.get("/ask/harbour").content
    answer = client.post("/ask/harbour?c=C-17", {"text": "Paper Orchard, Slow Larder"})
    assert answer["Location"] == "/ask/harbour/thanks"
    assert b"Cheers!" in client.get("/ask/harbour/thanks").content
    kept = Answer.objects.get()
    assert (kept.question, kept.source, kept.person) == ("Whom do you follow?", "survey", "C-17")
    assert Candidate.objects.count() == 2


def test_one_customer_who_sends_the_same_twice_counts_once(asked: Cast, client: Client) -> None:
    for _time in range(2):
        client.post("/ask/harbour?c=C-17", {"text": "Paper Orchard"})
    assert Mention.objects.count() == 1


def test_an_address_in_the_link_is_kept_as_a_hash_only(asked: Cast, client: Client) -> None:
    client.post("/ask/harbour?c=jo@a.example", {"text": "Paper Orchard"})
    assert "@" not in Answer.objects.get().person


@pytest.mark.parametrize("text", ["", " ", "x" * 2001, "a\x01b"])
def test_what_cannot_be_kept_is_refused_beside_its_field(asked: Cast, client: Client, text: str) -> None:
    assert client.post("/ask/harbour", {"text": text}).status_code == 422
    assert not Answer.objects.exists()


def test_traps_and_floods_are_thanked_and_leave_nothing(asked: Cast, client: Client) -> None:
    assert client.post("/ask/harbour", {"text": "Spam", "homepage": "x"}).status_code == 302
    assert not Answer.objects.exists()
    for number in range(22):
        assert client.post("/ask/harbour", {"text": f"Paper {number} Orchard"}).status_code == 302
    assert Answer.objects.count() == 20


def test_a_closed_page_says_so_and_one_without_a_question_is_not_there(asked: Cast, client: Client) -> None:
    switch_survey(asked.program, is_open=False, now=NOW, by=BY)
    assert client.get("/ask/harbour").status_code == 410
    assert client.post("/ask/harbour", {"text": "Paper Orchard"}).status_code == 410
    assert not Answer.objects.exists()
    other = make.program("other")
    assert client.get("/ask/other").status_code == 404
    with pytest.raises(Refused):
        switch_survey(other, is_open=True, now=NOW, by=BY)


def test_questions_are_versions_and_answers_keep_theirs(asked: Cast, client: Client) -> None:
    client.post("/ask/harbour", {"text": "Paper Orchard"})
    ask_question(asked.program, text="Which shops do you love?", now=NOW, by=BY)
    ask_question(asked.program, text="Which shops do you love?", now=NOW, by=BY)
    client.post("/ask/harbour", {"text": "Slow Larder"})
    assert [row.number for row in questions_of(asked.program.pk)] == [2, 1]
    assert set(Answer.objects.values_list("question", flat=True)) == {"Whom do you follow?", "Which shops do you love?"}


def test_nobody_else_may_send_the_form_or_put_the_page_into_a_frame(asked: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/ask/harbour", {"text": "Paper Orchard"}).status_code == 403
    assert strict.get("/ask/harbour")["X-Frame-Options"] == "DENY"


def test_a_colleague_logs_a_name_with_its_place_and_note(door: LogDoor, client: Client) -> None:
    path = log_path(door.pk)
    page = client.get(f"{path}?name=Paper+Orchard&link=https://forum.example/t/1")
    assert b'value="Paper Orchard"' in page.content
    assert page["Referrer-Policy"] == "same-origin"  # "no-referrer" would take the Origin from our own form
    assert "noindex" in page["X-Robots-Tag"]
    sent = {
        "name": "Paper Orchard", "link": "https://forum.example/t/1", "note": "Asked, for Slow Larder",
        "person": "jo@a.example", "colleague": "Mia",
    }  # fmt: skip
    assert client.post(path, sent)["Location"] == f"{path}?kept=1"
    kept = Answer.objects.get()
    assert (kept.source, kept.place, kept.note) == ("support", "https://forum.example/t/1", "Asked, for Slow Larder")
    assert kept.logged_by == "Support: Mia"
    assert "@" not in kept.person
    assert [row.name for row in Candidate.objects.all()] == ["Paper Orchard"]  # no names are read out of the note
    door.refresh_from_db()
    assert door.times_used == 1


@pytest.mark.parametrize("bad", [{"link": "javascript:alert(1)"}, {"name": ""}, {"name": "x" * 301}])
def test_a_bad_entry_is_refused_beside_its_field(door: LogDoor, client: Client, bad: dict[str, str]) -> None:
    assert client.post(log_path(door.pk), {"name": "Paper Orchard", **bad}).status_code == 422
    assert not Answer.objects.exists()


def test_a_renewed_address_lets_nobody_in_by_the_old_one(door: LogDoor, client: Client) -> None:
    fresh = renew_door(door, now=NOW, by=BY)
    assert client.get(log_path(door.pk)).status_code == 404
    assert client.get(log_path(fresh.pk)).status_code == 200
    assert client.get("/log/" + "x" * 24).status_code == 404
    with pytest.raises(Refused):
        renew_door(door, now=NOW, by=BY)
