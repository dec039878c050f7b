"""Onboarding in the console: numbers, tasks, paths, the note to a first sale, the launch check and pilots."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.announcements.actions import announce_first_sales
from hanse.growth.firstwins.models import FirstWin
from hanse.growth.launch.models import Launch, Pilot, PilotPartner
from hanse.growth.onboarding.models import HandStep, Onboarding, OnboardingVersion, OwnerTask
from hanse.growth.onboarding.settling import settle_onboardings
from hanse.growth.sends.models import Send
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.ids import text_id
from hanse.people.partners.models import Partner
from hanse.programs.programs.models import Program
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.money import books

pytestmark = pytest.mark.django_db
PATHS = ("/console/onboarding", "/console/onboarding?by=type&period=24m", "/console/onboarding?by=source",
         "/console/onboarding/people", "/console/onboarding/tasks", "/console/onboarding/paths",
         "/console/onboarding/paths/edit", "/console/first-wins", "/console/launch")  # fmt: skip


@pytest.fixture
def actors(clock: Clock) -> Cast:
    clock.set(make.NOON)
    return build()


@pytest.fixture
def desk(actors: Cast) -> Client:
    client = Client()
    client.force_login(make.manager("anna@harbour.example", "manager"))
    return client


def page(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def newcomers(actors: Cast, count: int, *, sold_after: int | None = None, types: list[str] | None = None) -> None:
    for place in range(count):
        partner = make.partner(f"N{sold_after}-{place}", types=types or ["affiliate"], owner=actors.ruth)
        row = make.enrolment(partner, actors.program, enrolled_at=make.at(-40))
        day = row.enrolled_at.date() + timedelta(days=sold_after) if sold_after is not None else None
        EnrolmentMark.objects.create(
            enrolment_id=row.pk, program_id=row.program_id, first_click=day, last_click=day, first_sale=day,
            last_sale=day,
        )  # fmt: skip
    while settle_onboardings(make.NOON, 100):
        pass


def test_every_page_is_there_with_nobody_and_with_somebody(desk: Client, actors: Cast) -> None:
    Onboarding.objects.all().delete()
    for path in PATHS:
        page(desk, path)
    newcomers(actors, 3, sold_after=9)
    newcomers(actors, 2)
    for path in PATHS:
        page(desk, path)
    found = page(desk, "/console/onboarding")
    assert "have made a first sale" in found
    assert "First click" in found
    csv = b"".join(desk.get("/console/onboarding?by=type&format=csv"))
    assert b"affiliate,7," in csv
    assert b"N9-0" in b"".join(desk.get("/console/onboarding/people?format=csv"))


def test_the_funnel_page_costs_the_same_queries_for_more_partners(desk: Client, actors: Cast) -> None:
    counts = []
    for size in (2, 15):
        newcomers(actors, size, sold_after=size)
        page(desk, "/console/onboarding")
        with CaptureQueriesContext(connection) as captured:
            page(desk, "/console/onboarding")
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_a_task_is_done_handed_over_and_dropped(desk: Client, actors: Cast) -> None:
    partner = make.partner("Gull", types=["strategic"], owner=actors.ruth)
    row = make.enrolment(partner, actors.program, enrolled_at=make.at(-10))
    settle_onboardings(make.NOON, 100)
    task = OwnerTask.objects.get()
    where = f"/console/onboarding/tasks/{text_id('tsk', task.pk)}"
    assert "Gull: A call with us" in page(desk, "/console/")
    assert "Gull" in page(desk, "/console/onboarding/tasks")
    desk.post(f"{where}/give", {"owner": "", "due_on": "2026-05-20"})
    task.refresh_from_db()
    assert (task.owner, str(task.due_on)) == (None, "2026-05-20")
    desk.post(f"{where}/give", {"owner": "not an id", "due_on": "nonsense"})
    desk.post(f"{where}/done", {"note": "Will start in June"})
    assert HandStep.objects.get().note == "Will start in June"
    assert "Will start in June" in page(desk, f"/console/partners/{text_id('prt', partner.pk)}/side")
    steps = f"/console/onboarding/people/{text_id('enr', row.pk)}"
    desk.post(f"{steps}/step", {"step": "welcome-call", "act": "undo"})
    desk.post(f"{where}/drop", {"reason": "They called us"})
    task.refresh_from_db()
    assert (HandStep.objects.count(), task.done_at, task.dropped_at) == (0, None, make.NOON)
    assert desk.post(f"{steps}/path", {"path": "self-serve"}).status_code == 302
    assert Onboarding.objects.get(pk=row.pk).path_key == "self-serve"
    assert desk.post("/console/onboarding/tasks/tsk_0/done").status_code == 404


def test_the_form_publishes_the_next_version_of_the_paths(desk: Client) -> None:
    sent = {
        "paths": "2", "note": "A lesson for creators",
        "p0-key": "", "p0-name": "Creators first", "p0-types": ["affiliate"],
        "p0-s0-kind": "sale", "p0-s0-no": "2",
        "p0-s1-kind": "training", "p0-s1-no": "1", "p0-s1-title": "Five minutes", "p0-s1-address": "https://a.example/",
        "p1-key": "self-serve", "p1-name": "Self-serve", "p1-s0-kind": "link", "p1-s0-no": "1",
    }  # fmt: skip
    assert desk.post("/console/onboarding/paths/edit", sent).status_code == 302
    body = OnboardingVersion.objects.get().body
    assert [path["key"] for path in body["paths"]] == ["creators-first", "self-serve"]
    assert [step["key"] for step in body["paths"][0]["steps"]] == ["five-minutes", "sale"]
    assert "Version 1" in page(desk, "/console/onboarding/paths")
    bad = {**sent, "p0-s1-address": "javascript:alert(1)", "p1-s0-kind": "pirate"}
    answer = desk.post("/console/onboarding/paths/edit", bad)
    assert answer.status_code == 422
    assert "/paths/0/steps/0/address" in answer.content.decode()
    assert OnboardingVersion.objects.count() == 1
    for hostile in ("-1", "9999999", "x", ""):
        assert desk.post("/console/onboarding/paths/edit", {"paths": hostile}).status_code == 422
    assert b"Path 3" in desk.post("/console/onboarding/paths/edit", {**sent, "act": "add"}).content


def test_a_first_sale_is_told_drafted_and_answered(desk: Client, actors: Cast) -> None:
    """Today has the drafted note with the explained commission; it is changed, sent once, and leaves Today."""
    books.price(books.sell(actors.anas, 7800, at=make.NOON), now=make.NOON)
    assert announce_first_sales(make.NOON) == 1
    win = FirstWin.objects.get()
    assert "£78.00 × 20% = £15.60" in win.body
    where = f"/console/first-wins/{text_id('enr', actors.anas.pk)}"
    assert where in page(desk, "/console/")
    assert "£15.60" in page(desk, where)
    assert desk.post(where, {"act": "send", "subject": "", "text": "x"}).status_code == 422
    desk.post(where, {"act": "keep", "subject": "Well done", "text": "Dear Ana"})
    assert "Dear Ana" in page(desk, where)
    assert desk.post(where, {"act": "send", "subject": "Well done", "text": "Dear Ana!"}).status_code == 302
    send = Send.objects.get()
    assert (send.subject, send.text, send.enrolment) == ("Well done", "Dear Ana!", actors.anas)
    assert desk.post(where, {"act": "send", "subject": "Well done", "text": "again"}).status_code == 422
    assert Send.objects.count() == 1
    assert where not in page(desk, "/console/")
    assert "Sent" in page(desk, "/console/first-wins")


def test_a_note_is_drafted_when_asked_for_and_can_be_dropped(desk: Client, actors: Cast) -> None:
    """Imported sales announce nothing; looking drafts nothing; without a sale there is no page."""
    books.price(books.sell(actors.bens, 5000, at=make.at(-3)), now=make.NOON)
    where = f"/console/first-wins/{text_id('enr', actors.bens.pk)}"
    assert "£10.00" in page(desk, where)
    assert FirstWin.objects.count() == 0
    Partner.objects.filter(pk=actors.ben.pk).update(language="pl")
    assert "written in Polish, their language" in page(desk, where)
    assert desk.post(where, {"act": "drop"}).status_code == 302
    assert FirstWin.objects.get().dropped_at == make.NOON
    assert where not in page(desk, "/console/")
    assert desk.get(f"/console/first-wins/{text_id('enr', actors.anas.pk)}").status_code == 404


def test_a_program_opens_when_everything_is_there(desk: Client, actors: Cast) -> None:
    Program.objects.update(applications_open=False)
    assert "before this program opens" in page(desk, "/console/launch")
    desk.post("/console/launch/open")
    assert not Launch.objects.exists()
    said = {"asset_pack": "https://pack.example/", "playbook": "We answer in a day.", "aim_metric": "value",
            "aim_number": "5000", "aim_on": "2026-12-31"}  # fmt: skip
    assert desk.post("/console/launch", said).status_code == 302
    assert Launch.objects.get().aim_number == 500_000
    tester = make.enrolment(make.partner("Tess"), actors.program, is_test=True)
    books.price(books.sell(tester, 5000, at=make.NOON, is_test=True), now=make.NOON)
    assert "the program can open" in page(desk, "/console/launch")
    desk.post("/console/launch/open")
    row = Launch.objects.get()
    assert (row.opened_at, row.opened_without) == (make.NOON, [])
    assert Program.objects.get().applications_open
    assert desk.post("/console/launch", {**said, "asset_pack": "javascript:1"}).status_code == 422


def test_opening_without_something_needs_a_reason_that_is_kept(desk: Client) -> None:
    desk.post("/console/launch/open", {"reason": "Pilot with friends"})
    row = Launch.objects.get()
    assert row.opened_without == ["assets", "test_sale", "playbook", "aim"]
    assert "Pilot with friends" in page(desk, "/console/launch")


def test_a_pilot_is_planned_filled_and_decided(desk: Client, actors: Cast) -> None:
    sent = {"name": "Podcasts", "size": "2", "aim_days": "10", "starts_on": "2026-04-01", "ends_on": "2026-05-01"}
    where = desk.post("/console/launch", sent)["Location"]
    pilot = Pilot.objects.get()
    assert "Nobody yet." in page(desk, where)
    EnrolmentMark.objects.create(
        enrolment_id=actors.bens.pk, program_id=actors.program.pk, first_sale=make.BEGINNING.date()
    )
    desk.post(f"{where}/add", {"enrolment": [text_id("enr", actors.bens.pk)]})
    assert PilotPartner.objects.count() == 0
    desk.post(f"{where}/add", {"enrolment": [text_id("enr", actors.anas.pk)]})
    EnrolmentMark.objects.create(
        enrolment_id=actors.anas.pk, program_id=actors.program.pk, first_sale=pilot.starts_on + timedelta(days=4)
    )
    found = page(desk, where)
    assert "The aim is reached: scale it up." in found
    assert "The pilot “Podcasts” is over" in page(desk, "/console/")
    assert desk.post(where, {"decision": "scale", "why": ""}).status_code == 422
    assert desk.post(where, {"decision": "scale", "why": "It works"}).status_code == 302
    pilot.refresh_from_db()
    assert (pilot.decision, pilot.decision_why) == ("scale", "It works")
    assert "is over" not in page(desk, "/console/")
    for bad in ({"ends_on": "2026-04-05"}, {"size": "0"}, {"name": "Podcasts"}, {"starts_on": "x"}):
        assert desk.post("/console/launch", {**sent, "name": "Other", **bad}).status_code == 422


def test_viewers_look_and_change_nothing(actors: Cast) -> None:
    looker = Client()
    looker.force_login(make.manager("vera@harbour.example", "viewer"))
    newcomers(actors, 1, types=["strategic"])
    for path in PATHS:
        page(looker, path) if "edit" not in path else looker.get(path)
    for path in ("/console/launch", "/console/launch/open", "/console/onboarding/paths/edit"):
        assert looker.post(path, {"paths": "0"}).status_code == 403
