"""What goes out, over the API: a sequence looked back on and run, a newsletter sent, a note, choices kept."""

from __future__ import annotations

import pytest

from hanse.kernel.ids import text_id
from hanse.runtime.letters import plan_newsletters
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.growth import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(clock: Clock) -> Cast:
    clock.set(make.at(60))
    return build()


@pytest.fixture
def caller(cast: Cast) -> Caller:
    return Caller("all", program=cast.program)


def test_a_sequence_is_kept_looked_back_on_and_run(cast: Cast, caller: Caller) -> None:
    letter = text_id("msg", post.version(cast.program, make.at(0), kind="welcome").template_id)
    body = {"name": "Welcome", "trigger": {"kind": "enrolled"}, "steps": [{"message": letter, "wait_days": 2}]}
    made = caller.post("/sequences", body)
    assert made["state"] == "draft"
    make.enrolment(make.partner("Cleo"), cast.program, enrolled_at=make.at(40))
    told = caller.get(f"/sequences/{made['id']}/simulation")
    assert (told["named"], told["count"], told["people"]) == (1, 1, 1)
    assert caller.post(f"/sequences/{made['id']}/start", {}, 200)["state"] == "running"
    assert caller.send("PUT", f"/sequences/{made['id']}", body).status_code == 409
    refused = caller.post("/sequences", body | {"name": "Odd", "trigger": {"kind": "moon"}}, 422)
    assert refused["errors"][0]["pointer"] == "/trigger/kind"
    refused = caller.post("/sequences", body | {"name": "Odd", "steps": [{"message": "msg_x"}]}, 422)
    assert refused["errors"][0]["pointer"] == "/steps/0/message"


def test_a_newsletter_is_sent_and_every_letter_is_listed(cast: Cast, caller: Caller, clock: Clock) -> None:
    body = {"name": "May", "subject": "May", "sections": [{"text": "Hello {{ partner.first_name }}."}]}
    made = caller.post("/newsletters", body)
    assert caller.post(f"/newsletters/{made['id']}/schedule", {}, 200)["state"] == "scheduled"
    plan_newsletters(clock.now)
    post.pass_time(clock.now)
    shown = caller.get(f"/newsletters/{made['id']}")
    assert (shown["state"], shown["sent"], shown["planned_count"]) == ("sent", 2, 2)
    rows = caller.get("/sends?state=queued")["data"]
    assert {row["subject"] for row in rows} == {"May"}
    assert all(row["letter"] for row in rows)
    refused = caller.post("/newsletters", body | {"sections": [{"text": "{{ partner.password }}"}]}, 422)
    assert refused["errors"][0]["pointer"] == "/sections/0/text"


def test_a_note_is_written_and_choices_are_kept(cast: Cast, caller: Caller) -> None:
    enrolment, partner = text_id("enr", cast.anas.pk), text_id("prt", cast.ana.pk)
    assert caller.post("/notes", {"enrolment": enrolment, "subject": "Hello", "text": "You."})["state"] == "planned"
    caller.post("/notes", {"enrolment": enrolment, "subject": "Hello\nBcc: x@y.example", "text": "You."}, 422)
    kept = caller.send("PUT", f"/partners/{partner}/letter-choices", {"kinds": ["newsletter"]}).json()
    assert [kind for kind, is_on in kept["kinds"].items() if is_on] == ["newsletter"]
    refused = caller.send("PUT", f"/partners/{partner}/letter-choices", {"kinds": ["honesty"]})
    assert refused.status_code == 422
