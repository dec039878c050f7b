"""Onboarding, first wins, launch and pilots over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hanse.growth.firstwins.actions import note_for
from hanse.growth.onboarding.models import OwnerTask
from hanse.growth.onboarding.settling import settle_onboardings
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.ids import text_id
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.money import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def actors(clock: Clock) -> Cast:
    clock.set(make.NOON)
    return build()


@pytest.fixture
def caller(actors: Cast) -> Caller:
    return Caller("all", program=actors.program)


def put(caller: Caller, path: str, body: Any, status: int = 200) -> Any:
    answer = caller.send("PUT", path, body)
    assert answer.status_code == status, answer.content.decode()
    return answer.json()  # type: ignore[attr-defined]  # the test client adds it


def paths(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"paths": [{"key": "all", "name": "All", "steps": list(steps)}]}


def test_a_table_of_a_paper_comes_out(caller: Caller) -> None:
    """Freireich 1963, 6-MP: 23 weeks; nothing is stored."""
    weeks = [(6, 3, 1), (7, 1, 0), (9, 0, 1), (10, 1, 1), (11, 0, 1), (13, 1, 0), (16, 1, 0), (17, 0, 1), (19, 0, 1),
             (20, 0, 1), (22, 1, 0), (23, 1, 0), (25, 0, 1), (32, 0, 2), (34, 0, 1), (35, 0, 1)]  # fmt: skip
    watched = [
        {"days": week, "happened": happened, "count": count}
        for week, had, lost in weeks
        for happened, count in ((True, had), (False, lost))
        if count
    ]
    found = caller.post("/onboarding/times/preview", {"watched": watched}, 200)
    assert (found["n"], found["events"], found["median"], found["median_high"]) == (21, 9, 23, None)
    assert [round(one["waiting"], 3) for one in found["moments"]] == [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448]
    assert caller.post("/onboarding/times/preview", {"watched": []}, 200)["median"] is None
    caller.post("/onboarding/times/preview", {"watched": [{"days": -1, "happened": True}]}, 422)


def test_paths_are_read_and_published(caller: Caller, actors: Cast) -> None:
    assert caller.get("/onboarding/paths")["version"] == 0
    made = put(caller, "/onboarding/paths", paths({"kind": "training", "key": "lesson"}, {"kind": "sale"}), 200)
    assert (made["version"], [step["key"] for step in made["paths"][0]["steps"]]) == (1, ["lesson", "sale"])
    assert caller.get("/onboarding/paths") == made
    refused = put(caller, "/onboarding/paths", paths({"kind": "own", "key": "x"}), 422)
    assert refused["errors"][0]["pointer"] == "/paths/0/steps/0/title"
    where = f"/enrolments/{text_id('enr', actors.anas.pk)}/onboarding"
    assert caller.get(where)["next_step"] == "lesson"
    done = caller.post(f"{where}/mark", {"step": "lesson", "on": "2026-05-01", "note": "By phone"}, 200)
    assert (done["next_step"], done["steps"][0]["done_on"]) == ("sale", "2026-05-01")
    caller.post(f"{where}/mark", {"step": "sale"}, 409)
    caller.post(f"{where}/mark", {"step": "nothing"}, 404)
    caller.post(f"{where}/mark", {"step": "lesson", "on": "2026-02-30"}, 422)
    assert caller.post(f"{where}/reopen", {"step": "lesson"}, 200)["next_step"] == "lesson"
    put(caller, f"{where}/path", {"path": "nowhere"}, 422)
    settle_onboardings(make.NOON, 100)
    listed = caller.get("/onboardings?next_step=lesson")["data"]
    assert {one["enrolment"] for one in listed} == {text_id("enr", actors.anas.pk), text_id("enr", actors.bens.pk)}


def test_tasks_are_listed_given_and_done(caller: Caller, actors: Cast) -> None:
    row = make.enrolment(make.partner("Gull", types=["agency"]), actors.program, enrolled_at=make.at(-1))
    settle_onboardings(make.NOON, 100)
    (task,) = caller.get("/owner-tasks")["data"]
    assert (task["enrolment"], task["owner"], task["due_on"]) == (text_id("enr", row.pk), "", "2026-05-17")
    where = f"/owner-tasks/{task['id']}"
    caller.post(f"{where}/give", {"owner": "ana@partners.example", "due_on": "2026-05-20"}, 422)
    given = caller.post(f"{where}/give", {"owner": actors.ruth.email, "due_on": "2026-05-20"}, 200)
    assert (given["owner"], given["due_on"]) == (actors.ruth.email, "2026-05-20")
    caller.post(f"{where}/done", {"note": "Called"}, 200)
    caller.post(f"{where}/drop", {}, 409)
    assert caller.get("/owner-tasks")["data"] == []
    assert OwnerTask.objects.get().note == "Called"


def test_the_report_says_what_the_page_says(caller: Caller, actors: Cast) -> None:
    day = make.BEGINNING.date() + timedelta(days=7)
    EnrolmentMark.objects.create(
        enrolment_id=actors.anas.pk, program_id=actors.program.pk, first_click=day, first_sale=day
    )
    settle_onboardings(make.NOON, 100)
    found = caller.get("/onboarding/report?by=type&days=365")
    assert (found["joined"], found["until_sale"]["events"], found["until_sale"]["censored"]) == (2, 1, 1)
    assert found["first_month"]["count"] == 1
    assert [one["key"] for one in found["groups"]] == ["affiliate"]
    caller.get("/onboarding/report?by=colour", 422)
    caller.get("/onboarding/report?days=0", 422)


def test_a_first_win_is_sent_once(caller: Caller, actors: Cast) -> None:
    books.price(books.sell(actors.anas, 7800, at=make.NOON), now=make.NOON)
    note_for(actors.anas, make.NOON)
    (win,) = caller.get("/first-wins")["data"]
    assert (win["state"], win["enrolment"]) == ("drafted", text_id("enr", actors.anas.pk))
    sent = caller.post(f"/first-wins/{win['id']}/send", {"text": "Well done!"}, 200)
    assert (sent["state"], sent["text"], sent["subject"]) == ("sent", "Well done!", win["subject"])
    caller.post(f"/first-wins/{win['id']}/send", {}, 409)
    caller.post(f"/first-wins/{win['id']}/drop", None, 409)


def test_a_program_is_opened_when_it_is_ready(caller: Caller, actors: Cast) -> None:
    missing = {one["key"] for one in caller.get("/launch")["checks"] if not one["passed"]}
    assert missing == {"assets", "test_sale", "playbook", "aim"}
    caller.post("/launch/open", {}, 409)
    put(caller, "/launch", {"aim_metric": "sales", "aim_number": 30, "aim_on": "2026-13-01"}, 422)
    kept = put(
        caller, "/launch",
        {"asset_pack": "https://pack.example/", "playbook": "P", "aim_metric": "sales", "aim_number": 30,
         "aim_on": "2026-12-01"}, 200,
    )  # fmt: skip
    assert [one["key"] for one in kept["checks"] if not one["passed"]] == ["test_sale"]
    opened = caller.post("/launch/open", {"why": "Tested by hand"}, 200)
    assert (opened["opened_without"], opened["opened_why"], opened["ready"]) == (["test_sale"], "Tested by hand", False)


def test_a_pilot_is_planned_filled_and_decided(caller: Caller, actors: Cast) -> None:
    said = {"name": "P", "size": 2, "aim_days": 10, "starts_on": "2026-04-01", "ends_on": "2026-05-01"}
    made = caller.post("/pilots", said)
    where = f"/pilots/{made['id']}"
    caller.post("/pilots", said, 422)
    ids = [text_id("enr", one.pk) for one in (actors.anas, actors.bens)]
    shown = caller.post(f"{where}/partners", {"enrolments": ids}, 200)
    assert (shown["suggested"], shown["over"], len(shown["members"])) == ("stop", True, 2)
    assert caller.post(f"{where}/partners", {"enrolments": ids}, 200) == shown
    caller.post(f"{where}/decision", {"decision": "stop", "why": ""}, 422)
    assert caller.post(f"{where}/decision", {"decision": "stop", "why": "Nobody sold"}, 200)["decision"] == "stop"
    caller.post(f"{where}/partners", {"enrolments": ids}, 409)
    assert caller.get("/pilots")["data"][0]["id"] == made["id"]


def test_a_first_payouts_shorter_hold_is_set(caller: Caller) -> None:
    said = {"schedule": "off", "first_payout_up_to": 2500, "first_hold_days": 7}
    assert put(caller, "/payout-rules", said, 200)["first_hold_days"] == 7
    put(caller, "/payout-rules", {"schedule": "off", "first_hold_days": 7}, 422)
