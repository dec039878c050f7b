"""The pipeline in the console: cards move and go back, lists come in whole, letters leave only when filled."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.mentions.actions import take_answers
from hanse.growth.mentions.models import Candidate
from hanse.growth.mentions.types import GivenAnswer
from hanse.growth.prospects.actions import add_prospect
from hanse.growth.prospects.models import LetterTemplate, Prospect, StageChange
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


def page(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def added(actors: Cast, name: str = "Paper Moon", **fields: Any) -> str:
    return text_id("pst", add_prospect(actors.program, name=name, now=make.NOON, by="tests", **fields).pk)


def stages() -> dict[str, str]:
    return dict(Prospect.objects.values_list("name", "stage"))


def test_one_click_takes_a_candidate_into_the_pipeline(desk: Client, actors: Cast) -> None:
    take_answers(actors.program, [GivenAnswer("Paper Moon", make.NOON)], now=make.NOON, by="t")
    where = f"/console/candidates/{text_id('cnd', Candidate.objects.get().pk)}"
    assert "Into the pipeline" in page(desk, where)
    answer = desk.post(f"{where}/prospect")
    assert Prospect.objects.get().owner is not None
    assert "named by customers" in page(desk, answer["Location"])
    assert "See in the pipeline" in page(desk, where)


def test_a_card_moves_by_a_button_and_a_toast_takes_it_back(desk: Client, actors: Cast) -> None:
    added(actors)
    board = page(desk, "/console/prospects")
    assert "Move Paper Moon to “Qualified”" in board
    desk.post("/console/prospects/move", {"prospect": text_id("pst", Prospect.objects.get().pk), "stage": "qualified"})
    assert stages() == {"Paper Moon": "qualified"}
    act = StageChange.objects.latest("at").act
    assert f"/console/prospects/undo/{act}" in page(desk, "/console/prospects")
    desk.post(f"/console/prospects/undo/{act}")
    assert stages() == {"Paper Moon": "prospect"}


def test_many_move_at_once_and_closing_them_needs_a_reason(desk: Client, actors: Cast) -> None:
    chosen = {"prospect": [added(actors, "One"), added(actors, "Two")], "stage": "closed"}
    desk.post("/console/prospects/move", chosen)
    assert set(stages().values()) == {"prospect"}
    desk.post("/console/prospects/move", {**chosen, "reason": "Rivals"})
    assert "Rivals" in page(desk, "/console/prospects?view=list&stage=closed")


def test_a_move_never_leads_out_of_the_house(desk: Client, actors: Cast) -> None:
    answer = desk.post(
        "/console/prospects/move",
        {"prospect": added(actors), "stage": "talks", "back": "/console/prospects?//evil.example"},
    )
    assert answer["Location"] == "/console/prospects"


def test_another_programs_prospect_does_not_move(desk: Client, actors: Cast) -> None:
    stranger = add_prospect(make.program("other"), name="Stranger", now=make.NOON, by="tests")
    desk.post("/console/prospects/move", {"prospect": text_id("pst", stranger.pk), "stage": "talks"})
    assert stages() == {"Stranger": "prospect"}
    assert desk.get(f"/console/prospects/{text_id('pst', stranger.pk)}").status_code == 404


def test_the_list_is_chosen_by_owner_stage_source_and_staleness(desk: Client, actors: Cast) -> None:
    added(actors, "Mine", owner=actors.ruth)
    added(actors, "Brought", referrer=actors.ana)
    assert "Brought" not in page(desk, f"/console/prospects?view=list&owner={actors.ruth.pk}")
    assert "Mine" not in page(desk, "/console/prospects?view=list&source=referral")
    assert "Mine" not in page(desk, "/console/prospects?view=list&stage=talks")
    assert "Mine" in page(desk, "/console/prospects?view=list&stale=1")  # noon of May is long ago
    assert "Mine" not in page(desk, "/console/prospects?view=list&due=1")


def test_prospects_download_without_formulas(desk: Client, actors: Cast) -> None:
    added(actors, "=HYPERLINK(1)")
    answer: Any = desk.get("/console/prospects?view=list&format=csv")
    assert "'=HYPERLINK(1)" in b"".join(answer.streaming_content).decode()


def test_a_list_with_a_bad_row_brings_in_nothing_and_twice_changes_nothing(desk: Client, actors: Cast) -> None:
    def upload(body: bytes) -> Any:
        return desk.post("/console/prospects/new", {"file": SimpleUploadedFile("p.csv", body)})

    bad = upload(b"name,email\nPaper Moon,moon@paper.example\nSlow,nowhere\n")
    assert bad.status_code == 422
    assert "email: This is not an e-mail address" in bad.content.decode()
    assert not Prospect.objects.exists()
    for _time in range(2):
        assert upload(b"Name;E-Mail;Note\nPaper Moon;moon@paper.example;Met\n").status_code == 302
    assert Prospect.objects.get().remarks.count() == 1


def test_a_file_without_names_or_no_text_is_refused(desk: Client, actors: Cast) -> None:
    for body in (b"a,b\n1,2\n", b"PK\x03\x04\x00\x00", b""):
        answer = desk.post("/console/prospects/new", {"file": SimpleUploadedFile("p.csv", body)})
        assert answer.status_code == 422


def test_next_step_notes_and_judgements_stand_on_the_page(desk: Client, actors: Cast) -> None:
    where = f"/console/prospects/{added(actors)}"
    desk.post(f"{where}/change", {"next_step": "Call them", "next_on": "2026-05-20", "owner": str(actors.ruth.pk)})
    desk.post(f"{where}/remark", {"kind": "reply", "text": "Gladly!"})
    desk.post(f"{where}/judge", {"criterion": "fit", "value": "8", "note": "Same tone"})
    shown = page(desk, where)
    for words in ("Call them", "Gladly!", "Reply", "Same tone", "8 of 10"):
        assert words in shown
    desk.post(f"{where}/judge", {"criterion": "fit", "value": ""})
    assert "Same tone" not in page(desk, where)
    desk.post(f"{where}/judge", {"criterion": "fit", "value": "eleven", "note": "x"})
    assert "from 0 to 10" in page(desk, where)


def test_a_letter_names_its_empty_slot_and_leaves_when_it_is_filled(desk: Client, actors: Cast) -> None:
    where = f"/console/prospects/{added(actors, email='moon@paper.example')}"
    desk.post(
        "/console/prospects/letters", {"name": "Why", "subject": "{{name}}", "body": "Dear {{name}}, {{own_text}}"}
    )
    letter = str(LetterTemplate.objects.get().pk)
    assert "does not leave yet" in page(desk, f"{where}/write")
    desk.post(f"{where}/write", {"letter": letter, "way": "mail"})
    assert stages() == {"Paper Moon": "prospect"}
    assert "Dear Paper Moon, hi" in page(desk, f"{where}/write?letter={letter}&own_text=hi")
    desk.post(f"{where}/write", {"letter": letter, "own_text": "hi", "way": "copy"})
    assert stages() == {"Paper Moon": "contacted"}
    assert "Dear Paper Moon, hi" in page(desk, where)


def test_a_letter_with_a_slot_that_there_is_not_is_refused_beside_its_field(desk: Client, actors: Cast) -> None:
    answer = desk.post("/console/prospects/letters", {"name": "N", "subject": "S", "body": "{{nmae}}"})
    assert answer.status_code == 422
    assert "There is no slot nmae" in answer.content.decode()


def test_a_letter_is_changed_in_its_place_and_put_away(desk: Client, actors: Cast) -> None:
    desk.post("/console/prospects/letters", {"name": "N", "subject": "S", "body": "B"})
    row = LetterTemplate.objects.get()
    desk.post(
        "/console/prospects/letters", {"name": "N", "subject": "A second subject", "body": "B", "change": str(row.pk)}
    )
    assert LetterTemplate.objects.get().subject == "A second subject"
    desk.post(f"/console/prospects/letters/{row.pk}/archive")
    assert "A second subject" not in page(desk, "/console/prospects/letters")


def test_weights_are_kept_and_the_test_on_known_partners_is_explained(desk: Client, actors: Cast) -> None:
    assert "Would it have found your best partners?" in page(desk, "/console/ideal-partner")
    weights = {"audience": 1, "relevance": 0, "trust": 0, "evidence": 0, "fit": 0, "reach": 0}
    assert desk.post("/console/ideal-partner", {**weights, "reach_cap": 5, "qualify_at": 40}).status_code == 302
    zero = desk.post("/console/ideal-partner", {**weights, "audience": 0, "reach_cap": 5, "qualify_at": 40})
    assert zero.status_code == 422


def test_a_viewer_may_look_but_not_move(actors: Cast) -> None:
    client = Client()
    client.force_login(make.manager("vic@harbour.example", "viewer"))
    row = added(actors)
    assert "Move Paper Moon" not in page(client, "/console/prospects")
    assert client.post("/console/prospects/move", {"prospect": row, "stage": "talks"}).status_code == 403


@pytest.mark.parametrize("path", ["/console/prospects", "/console/prospects?view=list", "/console/prospects/numbers"])
def test_a_full_pipeline_costs_as_many_queries_as_a_small_one(desk: Client, actors: Cast, path: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            page(desk, path)
        return len(made)

    added(actors, "First", owner=actors.ruth, referrer=actors.ana)
    page(desk, path)
    before = cost()
    for place in range(12):
        added(actors, f"P{place}", owner=actors.ruth, referrer=actors.ben)
    assert cost() == before
