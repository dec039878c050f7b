"""Candidates in the console: names come in, are decided on, and nothing is half-imported."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hanse.growth.mentions.models import Answer, Candidate, Mention
from hanse.kernel.ids import text_id
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def actors() -> Cast:
    return build()


@pytest.fixture
def desk(actors: Cast) -> Client:
    client = Client()
    client.force_login(make.manager("anna@harbour.example", "manager"))
    return client


def log(desk: Client, text: str, **more: str) -> None:
    answer = desk.post("/console/mentions/new", {"text": text, "source": "support", **more})
    assert answer.status_code == 302, answer.content.decode()


def upload(desk: Client, body: bytes, **more: str):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("answers.csv", body, content_type="text/csv")
    return desk.post("/console/mentions/new", {"file": file, "source": "survey", **more})


def page(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def candidate(name: str) -> str:
    return text_id("cnd", Candidate.objects.get(name=name).pk)


def test_a_logged_name_stands_on_the_list_with_the_words_behind_it(desk: Client, actors: Cast) -> None:
    log(desk, "Slow Kitchen, and Paper Moon", person="anna@customers.example", place="https://forum.example/t/1")
    assert "Slow Kitchen" in page(desk, "/console/candidates")
    shown = page(desk, f"/console/candidates/{candidate('Paper Moon')}")
    assert "“Slow Kitchen, and Paper Moon”" in shown
    assert "anna@customers" not in shown
    assert "@" not in Answer.objects.get().person


def test_a_place_that_is_no_web_address_is_refused_beside_its_field(desk: Client, actors: Cast) -> None:
    answer = desk.post("/console/mentions/new", {"text": "Nina", "source": "support", "place": "javascript:alert(1)"})
    assert answer.status_code == 422
    assert not Answer.objects.exists()


def test_a_file_with_bad_rows_brings_in_nothing_until_they_are_left_out(desk: Client, actors: Cast) -> None:
    body = b"answer,date\nSlow Kitchen,2026-01-05\nPaper Moon,the other day\n"
    answer = upload(desk, body)
    assert answer.status_code == 422
    assert "the other day" in answer.content.decode()
    assert not Answer.objects.exists()
    assert upload(desk, body, skip="on").status_code == 302
    assert [row.text for row in Answer.objects.all()] == ["Slow Kitchen"]


def test_the_same_file_twice_changes_nothing(desk: Client, actors: Cast) -> None:
    body = b"respondent,answer\nr1,Slow Kitchen\nr2,slow kitchen\n"
    upload(desk, body)
    upload(desk, body)
    assert Mention.objects.count() == 2


def test_chosen_candidates_become_one_under_the_name_most_people_use(desk: Client, actors: Cast) -> None:
    log(desk, "Treehouse", person="1")
    log(desk, "Treehouse", person="2")
    log(desk, "Team Treehouse", person="3")
    desk.post("/console/candidates/merge", {"candidate": [candidate("Team Treehouse"), candidate("Treehouse")]})
    assert [(row.name, row.mentions.count()) for row in Candidate.objects.all()] == [("Treehouse", 3)]


def test_a_dismissed_candidate_leaves_the_list_and_can_come_back(desk: Client, actors: Cast) -> None:
    log(desk, "Paper Moon")
    where = f"/console/candidates/{candidate('Paper Moon')}"
    desk.post(f"{where}/dismiss", {"reason": "A rival"})
    assert "Undo" in page(desk, "/console/candidates")
    assert "Paper Moon" not in page(desk, "/console/candidates?who=strangers")
    assert "A rival" in page(desk, "/console/candidates?who=dismissed")
    desk.post(f"{where}/restore")
    assert "Paper Moon" in page(desk, "/console/candidates?who=strangers")


def test_partners_whom_nobody_named_stand_on_a_list_of_their_own(desk: Client, actors: Cast) -> None:
    log(desk, "Ana")
    silent = page(desk, "/console/candidates?who=silent")
    assert "Ben" in silent
    assert ">Ana<" not in silent
    assert "Ana" in page(desk, "/console/candidates?who=partners")


def test_a_sentence_waits_to_be_read_by_a_person(desk: Client, actors: Cast) -> None:
    log(desk, "that nice lady on our market with all the candles")
    row = Answer.objects.get()
    assert "that nice lady" in page(desk, "/console/mentions/read")
    desk.post(f"/console/mentions/read/{row.pk}", {"names": "Candle Lane\n"})
    assert "that nice lady" not in page(desk, "/console/mentions/read")
    assert Candidate.objects.get().name == "Candle Lane"


def test_candidates_download_as_a_file_without_formulas(desk: Client, actors: Cast) -> None:
    Candidate.objects.create(program=actors.program, key="x", name="=HYPERLINK(1)", found_at=actors.program.created_at)
    body = b"".join(desk.get("/console/candidates?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=HYPERLINK(1)" in body


def test_candidates_are_ordered_by_their_score_and_those_worth_a_talk_are_found(desk: Client, actors: Cast) -> None:
    for number in range(5):
        log(desk, "Paper Moon", person=f"c{number}")
    log(desk, "Slow Kitchen", person="c9")
    desk.post(f"/console/candidates/{candidate('Slow Kitchen')}/judge", {"criterion": "fit", "value": "9", "note": "x"})
    for criterion in ("relevance", "evidence"):
        posted = {"criterion": criterion, "value": "10", "note": "Ours"}
        desk.post(f"/console/candidates/{candidate('Slow Kitchen')}/judge", posted)
    shown = page(desk, "/console/candidates?sort=-score")
    assert shown.index("Slow Kitchen") < shown.index("Paper Moon")
    worth = page(desk, "/console/candidates?worth=1")
    assert "Slow Kitchen" in worth
    assert "Paper Moon" not in worth
    assert "10 of 10" in page(desk, f"/console/candidates/{candidate('Slow Kitchen')}")
    csv = b"".join(desk.get("/console/candidates?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Score" in csv
