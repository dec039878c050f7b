"""Prospects over the API: from a name to talks and back, letters only when filled, the ideal partner with its test."""

from __future__ import annotations

import pytest

from hanse.growth.prospects import letters
from hanse.kernel.ids import text_id
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return build()


@pytest.fixture
def caller(cast: Cast) -> Caller:
    return Caller("all", program=cast.program)


def test_a_referred_prospect_moves_and_the_act_takes_it_back(cast: Cast, caller: Caller) -> None:
    made = caller.post("/prospects", {"name": "Paper Moon", "referrer": text_id("prt", cast.ana.pk)})
    assert (made["source"], made["stage"], made["referrer"]) == ("referral", "prospect", text_id("prt", cast.ana.pk))
    moved = caller.post(f"/prospects/{made['id']}/move", {"stage": "talks"}, 200)
    assert moved["stage"] == "talks"
    caller.post(f"/prospects/{made['id']}/move", {"stage": "closed"}, 422)
    assert caller.post("/prospects/undo", {"act": moved["act"]}, 200) == {"moved_back": 1}
    shown = caller.get(f"/prospects/{made['id']}")
    assert shown["stage"] == "prospect"
    assert [one["undone_at"] is None for one in shown["steps"]] == [True, False]
    assert caller.get("/prospects/report")["stages"][0]["there_now"] == 1


def test_a_letter_with_an_empty_slot_is_shown_but_refused(cast: Cast, caller: Caller) -> None:
    made = caller.post("/prospects", {"name": "Paper Moon"})
    letter = caller.post("/letters", {"name": "N", "subject": "S", "body": "{{quote}}"})["id"]
    where = f"/prospects/{made['id']}/outreach"
    assert caller.post(where, {"letter": letter}, 200)["missing"] == ["quote"]
    assert "quote" in caller.send("POST", where, {"letter": letter, "way": "noted"}).content.decode()
    assert caller.get(f"/prospects/{made['id']}")["stage"] == "prospect"


def test_a_judgement_counts_in_the_score_until_it_is_taken_back(cast: Cast, caller: Caller) -> None:
    where = f"/prospects/{caller.post('/prospects', {'name': 'Paper Moon'})['id']}"
    caller.send("PUT", "/ideal-partner", {"weights": {"fit": 10}})
    assert caller.post(f"{where}/judgement", {"criterion": "fit", "value": 7, "note": "n"}, 200)["points"] == 70
    assert caller.post(f"{where}/judgement", {"criterion": "fit", "value": None}, 200)["points"] == 0


def test_a_day_that_there_is_not_is_refused_at_its_place(cast: Cast, caller: Caller) -> None:
    where = f"/prospects/{caller.post('/prospects', {'name': 'Paper Moon'})['id']}"
    assert (
        caller.patch(where, {"next_step": "Call", "next_on": "2026-02-30"}, 422)["errors"][0]["pointer"] == "/next_on"
    )
    assert caller.patch(where, {"next_step": "Call", "next_on": "2026-02-28"})["next_on"] == "2026-02-28"


def test_reports_and_profiles_of_another_program_are_out_of_reach(cast: Cast, caller: Caller) -> None:
    other = text_id("prg", make.program("other").pk)
    for path in ("/prospects/report", "/ideal-partner", "/letters"):
        assert caller.send("GET", f"{path}?program={other}").status_code == 422


def test_a_letter_of_another_program_or_one_that_was_put_away_is_not_written(cast: Cast) -> None:
    """A key of the whole installation reaches letters of every program; each speaks for its own."""
    caller = Caller("all")
    made = caller.post("/prospects", {"name": "Paper Moon", "program": text_id("prg", cast.program.pk)})
    where = f"/prospects/{made['id']}/outreach"
    said = {"name": "Hello", "subject": "Hello {{name}}", "body": "From us"}
    other = letters.keep_template(make.program("other"), now=make.NOON, by="ruth", **said)
    own = letters.keep_template(cast.program, now=make.NOON, by="ruth", **said)
    letters.archive_template(own, now=make.NOON, by="ruth")
    for one in (other, own):
        body = {"letter": text_id("ltr", one.pk), "way": "noted"}
        answer = caller.send("POST", where, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/letter")
