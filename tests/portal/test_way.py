"""The way to the first payout in the portal: one next step, marked by the partner where only they can know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hanse.growth.onboarding.actions import publish_paths
from hanse.growth.onboarding.models import HandStep
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.actions import accept_terms
from hanse.traffic.links.models import Link
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def actors(clock: Clock) -> Cast:
    clock.set(make.NOON)
    return build()


@pytest.fixture
def ana(actors: Cast) -> Client:
    client = Client()
    client.force_login(actors.anas_login)
    return client


def home(client: Client) -> str:
    return client.get("/p/").content.decode()


def marked(actors: Cast, **on: int) -> None:
    days = {name: make.BEGINNING.date() + timedelta(days=day) for name, day in on.items()}
    EnrolmentMark.objects.update_or_create(
        enrolment_id=actors.anas.pk, defaults={"program_id": actors.program.pk, **days}
    )


def test_each_event_leads_to_the_next_step(actors: Cast, ana: Client) -> None:
    assert "Read and accept your terms" in home(ana)
    accept_terms(actors.anas, actors.terms, by="ana", at=make.NOON)
    assert "Put your link where you already talk to people" in home(ana)
    Link.objects.filter(pk=actors.anas_link.pk).update(copied_at=make.NOON)
    assert "Get your first click" in home(ana)
    marked(actors, first_click=3)
    assert "Publish a first piece" in home(ana)
    assert ana.post("/p/step", {"step": "piece", "address": "javascript:alert(1)"}).status_code == 302
    assert not HandStep.objects.exists()
    ana.post("/p/step", {"step": "piece", "address": "https://blog.example/lanterns"})
    assert HandStep.objects.get().address == "https://blog.example/lanterns"
    page = home(ana)
    assert "Your first sale is near" in page
    assert "Your way to the first payout" in page
    assert 'aria-current="step"' in page
    marked(actors, first_click=3, first_sale=5)
    assert "Tell us where your money goes" in home(ana)


def test_own_steps_of_a_path_are_shown_and_marked(actors: Cast, ana: Client) -> None:
    steps = [
        {"kind": "training", "key": "lesson", "title": "Five minutes on links", "text": "Watch <b>this</b>.",
         "address": "https://learn.example/"},
        {"kind": "call", "key": "hello", "who": "owner", "due_days": 2}, {"kind": "sale"},
    ]  # fmt: skip
    body = {"paths": [{"key": "p", "name": "P", "steps": steps}]}
    publish_paths(actors.program, body, now=make.NOON, by="ruth")
    accept_terms(actors.anas, actors.terms, by="ana", at=make.NOON)
    page = home(ana)
    assert "Five minutes on links" in page
    assert "Watch &lt;b&gt;this&lt;/b&gt;." in page
    assert "we do this" in page
    ana.post("/p/step", {"step": "hello"})
    ana.post("/p/step", {"step": "sale"})
    assert not HandStep.objects.exists()
    ana.post("/p/step", {"step": "lesson"})
    assert HandStep.objects.get().onboarding_id == actors.anas.pk
    assert "Five minutes on links" in home(ana)  # done, on the way


def test_who_looks_over_the_shoulder_marks_nothing(actors: Cast) -> None:
    manager = Client()
    manager.force_login(make.manager("anna@harbour.example", "manager"))
    manager.post(f"/p/as/{text_id('prt', actors.ana.pk)}")
    assert "Your way to the first payout" in home(manager)
    answer = manager.post("/p/step", {"step": "piece", "address": "https://blog.example/"})
    assert answer.status_code in (302, 403, 405)
    assert not HandStep.objects.exists()
