"""Recruit in the console: the form's builder, risks, rules, invitations, the survey and the log addresses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.invitations.actions import invite
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.types import NewInvitation
from hanse.growth.mentions.actions import take_answers
from hanse.growth.mentions.models import Answer, Candidate
from hanse.growth.mentions.types import GivenAnswer
from hanse.growth.profile.actions import judge
from hanse.growth.prospects.actions import add_from_candidate, add_prospect
from hanse.growth.recruiting.actions import approve_application, confirm_application, submit_application
from hanse.growth.recruiting.forms import form_of
from hanse.growth.recruiting.models import Application, ApprovalRule
from hanse.growth.recruiting.risks import open_risks
from hanse.growth.recruiting.secret import secret_of
from hanse.growth.sharing.actions import join_by_sharing, offer_sharing
from hanse.growth.sharing.types import Buyer, Wanted
from hanse.growth.surveys.models import LogDoor
from hanse.growth.surveys.queries import question_of
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db
SHORT = {f"standard-{name}": "asked" for name in ("message", "company")}


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


def question(place: int, label: str, kind: str = "text", **more: str) -> dict[str, str]:
    found = {f"q{place}-{name}": value for name, value in more.items()}
    return {f"q{place}-label": label, f"q{place}-kind": kind, **found}


def test_a_form_is_built_looked_at_and_published(desk: Client, actors: Cast) -> None:
    built = {"questions": "2", "headline": "Sell with us", **SHORT, **question(0, "Which city?", required="on"),
             **question(1, "What?", "choice", options="Posts\nFilms")}  # fmt: skip
    looked = desk.post("/console/recruit/form", {**built, "do": "down:0"}).content.decode()
    assert looked.index('value="What?"') < looked.index('value="Which city?"')
    assert form_of(actors.program.pk).number == 0  # looking publishes nothing
    assert desk.post("/console/recruit/form", {**built, "do": "publish", "note": "First"}).status_code == 302
    join = Client().get("/join/harbour").content.decode()
    assert "Sell with us" in join
    assert "Which city?" in join
    assert '<option value="Films"' in join
    assert "First" in page(desk, "/console/recruit/form")


def test_a_question_that_is_not_whole_is_told_at_its_place_and_nothing_is_published(desk: Client, actors: Cast) -> None:
    built = {"questions": "1", **SHORT, **question(0, "What?", "choice", options="One")}
    answer = desk.post("/console/recruit/form", {**built, "do": "publish"})
    assert answer.status_code == 422
    assert "two options" in answer.content.decode()
    assert form_of(actors.program.pk).number == 0


def waiting(actors: Cast, email: str = "nina@mailinator.com") -> Application:
    row = submit_application(actors.program, name="Nina", email=email, message="x", now=clock.now())
    assert row is not None
    return confirm_application(secret_of(row.pk), now=clock.now())


def test_risks_stand_beside_an_application_until_somebody_looked(desk: Client, actors: Cast) -> None:
    row = waiting(actors)
    assert "made to be thrown away" in page(desk, "/console/recruit")
    desk.post(f"/console/applications/{text_id('app', row.pk)}/clear", {"risk": open_risks(row)[0].key})
    assert "harmless, says anna@harbour.example" in page(desk, "/console/recruit")


def test_answers_of_applicants_are_shown_and_never_run(desk: Client, actors: Cast) -> None:
    row = waiting(actors, "nina@paper.example")
    row.answers = [{"key": "a", "kind": "text", "question": "Why?", "answer": "<script>alert(1)</script>"}]
    row.save()
    shown = page(desk, "/console/recruit")
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown


def test_a_rule_is_added_said_as_a_sentence_and_ended(desk: Client, actors: Cast) -> None:
    rule = {
        "name": "Invited", "field0": "applicant.is_invited", "op0": "eq", "value0": "yes",
        "field1": "applicant.country", "op1": "in", "value1": "gb, pl", "tier": "growth",
    }  # fmt: skip
    assert desk.post("/console/recruit/rules", rule).status_code == 302
    kept = ApprovalRule.objects.get()
    assert kept.condition == {"all": [
        {"field": "applicant.is_invited", "op": "eq", "value": True},
        {"field": "applicant.country", "op": "in", "value": ["GB", "PL"]},
    ]}  # fmt: skip
    assert "was invited and country is one of GB, PL" in page(desk, "/console/recruit/rules")
    desk.post(f"/console/recruit/rules/{kept.pk}/end")
    assert "A person decides on everybody." in page(desk, "/console/recruit/rules")
    assert desk.post("/console/recruit/rules", {"name": "Empty"}).status_code == 422


def upload(desk: Client, body: bytes):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("people.csv", body, content_type="text/csv")
    return desk.post("/console/invitations", {"file": file})


def test_a_list_is_invited_whole_and_a_bad_one_not_at_all(desk: Client, actors: Cast) -> None:
    bad = upload(desk, b"email,name\nnina@paper.example,Nina\nnobody,Tom\n")
    assert bad.status_code == 422
    assert "nobody was invited" in bad.content.decode()
    assert not Invitation.objects.exists()
    good = b"email,name\nnina@paper.example,Nina\ntom@moss.example,=1+1\n"
    assert upload(desk, good).status_code == 302
    assert upload(desk, good).status_code == 302
    assert Invitation.objects.count() == 2
    assert "2 people</b> were invited" in page(desk, "/console/invitations")
    csv = b"".join(desk.get("/console/invitations?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in csv


def test_a_prospect_is_invited_from_their_page(desk: Client, actors: Cast) -> None:
    row = add_prospect(actors.program, name="Nina", email="nina@paper.example", now=clock.now(), by="anna")
    there = f"/console/invitations?prospect={text_id('pst', row.pk)}"
    assert there in page(desk, f"/console/prospects/{text_id('pst', row.pk)}")
    assert 'value="nina@paper.example"' in page(desk, there)
    assert desk.post("/console/invitations", {"email": "nina@paper.example", "name": "Nina"}).status_code == 302
    assert Invitation.objects.get().prospect == row
    assert desk.post("/console/invitations", {"email": "not one"}).status_code == 422


def test_the_address_typed_for_a_prospect_is_theirs_from_then_on(desk: Client, actors: Cast) -> None:
    row = add_prospect(actors.program, name="Tom", now=clock.now(), by="anna")
    there = f"/console/invitations?prospect={text_id('pst', row.pk)}"
    assert desk.post(there, {"email": "no address"}).status_code == 422
    row.refresh_from_db()
    assert row.email == ""
    assert desk.post(there, {"email": "Tom@moss.example"}).status_code == 302
    row.refresh_from_db()
    assert (row.email, row.stage) == ("tom@moss.example", "contacted")
    assert Invitation.objects.get().prospect == row


def test_the_survey_is_written_opened_and_its_answers_go_out_as_csv(desk: Client, actors: Cast) -> None:
    assert desk.post("/console/survey/ask", {"text": ""}).status_code == 422
    desk.post("/console/survey/ask", {"text": "Whom do you follow?"})
    desk.post("/console/survey/open", {"open": "1"})
    Client().post("/ask/harbour", {"text": "=cmd, Paper Orchard"})
    assert question_of(actors.program.pk) is not None
    assert "/ask/harbour" in page(desk, "/console/survey")
    assert "Paper Orchard" in page(desk, "/console/survey/answers?source=survey&q=Orchard")
    csv = b"".join(desk.get("/console/survey/answers?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=cmd" in csv
    assert Answer.objects.count() == 1


def test_a_team_gets_an_address_a_bookmarklet_and_another_address(desk: Client, actors: Cast) -> None:
    desk.post("/console/survey/doors", {"team": "Support", "source": "support"})
    door = LogDoor.objects.get()
    shown = page(desk, "/console/survey")
    assert "javascript:(function()" in shown
    assert "/log/" in shown
    desk.post(f"/console/survey/doors/{door.pk}/renew")
    assert LogDoor.objects.filter(closed_at=None).exclude(pk=door.pk).count() == 1
    desk.post(f"/console/survey/doors/{LogDoor.objects.get(closed_at=None).pk}/close")
    assert not LogDoor.objects.filter(closed_at=None).exists()


def test_who_may_only_look_sees_no_secret_address_and_changes_nothing(desk: Client, actors: Cast) -> None:
    desk.post("/console/survey/doors", {"team": "Support", "source": "support"})
    viewer = Client()
    viewer.force_login(make.manager("vic@harbour.example", "viewer"))
    assert "/log/" not in page(viewer, "/console/survey")
    assert "What applicants see" in page(viewer, "/console/recruit/form")
    assert 'name="headline"' not in page(viewer, "/console/recruit/form")
    for path in ("/console/survey/doors", "/console/invitations", "/console/recruit/form", "/console/recruit/rules"):
        assert viewer.post(path, {"team": "X", "source": "support"}).status_code == 403


def test_today_names_who_is_worth_a_talk_and_who_looked_and_did_not_apply(desk: Client, actors: Cast) -> None:
    now = clock.now()
    given = [GivenAnswer("Paper Moon", now, person=f"c{number}") for number in range(12)]
    take_answers(actors.program, given, now=now, by="anna")
    moon = Candidate.objects.get()
    assert "worth a talk" not in page(desk, "/console/")
    judge(moon, "relevance", value=9, note="Ours", now=now, by="anna")
    assert "Paper Moon is worth a talk" in page(desk, "/console/")
    invite(actors.program, [NewInvitation("nina@paper.example", "Nina")], now=now, by="anna")
    Invitation.objects.update(opened_at=now - timedelta(days=8))
    assert "Nina looked at your invitation and did not apply" in page(desk, "/console/")
    add_from_candidate(moon, now=now, by="anna")
    Invitation.objects.update(declined_at=now)
    shown = page(desk, "/console/")
    assert "worth a talk" not in shown
    assert "looked at your invitation" not in shown


def test_a_partners_timeline_says_how_they_came(desk: Client, actors: Cast) -> None:
    row = waiting(actors, "nina@paper.example")
    row.answers = [{"key": "a", "kind": "yes_no", "question": "Do you ship?", "answer": True}]
    row.save()
    enrolment = approve_application(row, now=clock.now(), by="rule: Named")
    shown = page(desk, f"/console/partners/{text_id('prt', enrolment.partner_id)}/events")
    assert "Do you ship? yes" in shown
    assert "rule: Named" in shown


def test_the_file_of_customers_who_share_costs_as_many_queries_for_many(desk: Client, actors: Cast) -> None:
    offer = offer_sharing(actors.program, Wanted(is_open=True), now=clock.now(), by="ruth")
    counts = []
    for place in range(9):
        buyer = Buyer(f"c{place}@home.example")
        join_by_sharing(offer, buyer, source="api", is_accepted=False, is_mailed=False, now=clock.now(), by="ruth")
        if place in (1, 8):
            with CaptureQueriesContext(connection) as asked:
                lines = b"".join(desk.get("/console/sharing?format=csv")).decode()
            assert lines.count("@home.example") == place + 1
            assert "https://" in lines or "http://" in lines
            counts.append(len(asked))
    assert counts[0] == counts[1]
