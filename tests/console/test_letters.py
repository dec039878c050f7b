"""Sequences, newsletters and results in the console: written, looked back on, switched on, compared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hanse.growth.newsletters.models import Newsletter
from hanse.growth.reach.actions import note_bounce
from hanse.growth.sends.models import Send
from hanse.growth.sequences.models import Journey, Sequence
from hanse.growth.tiers.models import TierStanding
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.tiers.models import Tier
from hanse.runtime.letters import note_actions, plan_newsletters, walk_sequences
from tests import make
from tests.cast import Cast, build
from tests.growth import post
from tests.money import books

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
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def typed(actors: Cast, **more: object) -> dict[str, object]:
    letter = post.version(actors.program, clock.now(), name="Hello", kind="welcome").template_id
    return {
        "name": "Welcome", "kind": "enrolled", "letter1": str(letter), "wait1": "0", "letter2": str(letter),
        "wait2": "3", "stop_when": ["sale"], "action": "sale", "action_days": "14", "holdout_ppm": "0",
    } | more  # fmt: skip


def test_a_sequence_is_written_looked_back_on_and_switched_on(desk: Client, actors: Cast) -> None:
    assert "Nothing goes out by itself yet" in page(desk, "/console/messages/sequences")
    for number in range(3):
        enrolled_at = clock.now() - timedelta(days=20 + number)
        make.enrolment(make.partner(f"Newcomer {number}"), actors.program, enrolled_at=enrolled_at)
    answer = desk.post("/console/messages/sequences/new", typed(actors))
    assert answer.status_code == 302, answer.content.decode()
    path = answer["location"]
    shown = page(desk, path)
    assert "It would have sent <b>6</b> letters to <b>3</b> partners in the last 90 days." in shown
    assert "Newcomer 2" in shown
    assert desk.post(f"{path}/start").status_code == 302
    assert Sequence.objects.get().state == "running"
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=clock.now())
    walk_sequences(clock.now() + timedelta(minutes=1))
    shown = page(desk, path)
    assert "Cleo" in shown
    assert "One sequence" in page(desk, "/console/messages/sequences")
    way = text_id("way", Journey.objects.get().pk)
    assert desk.post(f"{path}/out/{way}").status_code == 302
    assert Journey.objects.get().ended_why == "stop:by_hand"
    assert desk.post(f"{path}/rest").status_code == 302
    assert desk.get(f"{path}/edit").status_code == 200
    assert desk.post(f"{path}/end").status_code == 302
    assert Sequence.objects.get().state == "ended"


def test_a_sequence_that_cannot_be_is_told_at_its_field(desk: Client, actors: Cast) -> None:
    form = typed(actors)
    answer = desk.post("/console/messages/sequences/new", form | {"kind": "enrolled_for"})
    assert answer.status_code == 422
    answer = desk.post("/console/messages/sequences/new", form | {"letter1": "", "letter2": ""})
    assert answer.status_code == 422
    assert "1 to 20 letters" in answer.content.decode()
    assert not Sequence.objects.exists()


def test_a_newsletter_shows_each_tier_its_sections_and_is_sent_once(desk: Client, actors: Cast) -> None:
    assert "No newsletter yet" in page(desk, "/console/messages/newsletters")
    form = {
        "name": "May", "subject": "May at {{ program.name }}", "text1": "Hello {{ partner.first_name }}.",
        "heading2": "For few", "text2": "A call with us.", "tiers2": ["power"], "action_days": "14",
    }  # fmt: skip
    answer = desk.post("/console/messages/newsletters/new", form)
    assert answer.status_code == 302, answer.content.decode()
    path = answer["location"]
    assert "<b>2 partners</b> would read it now" in page(desk, path)
    assert desk.post(f"{path}/send", {"at": ""}).status_code == 302
    assert Newsletter.objects.get().state == "scheduled"
    actors.anas.tier = Tier.objects.get(program=actors.program, key="power")
    actors.anas.save()
    assert plan_newsletters(clock.now()) == 2
    noon = clock.now().replace(hour=12) + timedelta(days=1)
    assert post.pass_time(noon) == 2
    texts = {str(mail["to"]): str(mail["text"]) for mail in post.mails()}
    assert "A call with us." in texts[actors.ana.email]
    assert "A call with us." not in texts[actors.ben.email]
    assert "<b>2</b> letters went out" in page(desk, path)
    assert plan_newsletters(noon) == 0


def test_a_newsletter_with_a_broken_text_is_refused_with_line_and_column(desk: Client, actors: Cast) -> None:
    form = {"name": "May", "subject": "May", "text1": "Hello\n{{ partner.nickname }}", "action_days": "14"}
    answer = desk.post("/console/messages/newsletters/new", form)
    assert answer.status_code == 422
    assert "Line 2, column 4" in answer.content.decode()


def test_a_holdout_is_shown_with_its_interval(desk: Client, actors: Cast) -> None:
    form = {
        "name": "May", "subject": "May", "text1": "Hello.", "action": "sale", "action_days": "14",
        "holdout_ppm": "500000",
    }  # fmt: skip
    readers = [make.enrolment(make.partner(f"P{n}"), actors.program) for n in range(90)]
    TierStanding.objects.create(
        enrolment=actors.anas, program_id=actors.program.pk, on=clock.now().date(), as_of=clock.now(), tier="new",
        given="new", rank=1, field_size=2,
    )  # fmt: skip
    path = desk.post("/console/messages/newsletters/new", form)["location"]
    desk.post(f"{path}/send", {"at": ""})
    plan_newsletters(clock.now())
    held = set(Send.objects.filter(state="held_out").values_list("enrolment_id", flat=True))
    assert 30 <= len(held) <= 62
    for one in readers:
        if one.pk not in held:
            books.sell(one, 5000, at=clock.now() + timedelta(seconds=1))
    assert note_actions(clock.now() + timedelta(minutes=1)) > 25
    shown = page(desk, path)
    assert "left alone, 0% did" in shown
    assert "That is +" in shown
    assert "Results" in page(desk, "/console/messages/results")


def test_an_address_that_bounced_is_shown_and_opened_again(desk: Client, actors: Cast) -> None:
    note_bounce(actors.ana.email, True, clock.now())
    assert actors.ana.email in page(desk, "/console/messages/results")
    desk.post("/console/messages/results/reopen", {"address": actors.ana.email})
    page(desk, "/console/messages/results")  # with a toast that names it
    assert actors.ana.email not in page(desk, "/console/messages/results")


def test_a_viewer_reads_and_changes_nothing(actors: Cast) -> None:
    viewer = Client()
    viewer.force_login(make.manager("vera@harbour.example", "viewer"))
    for path in ("sequences", "newsletters", "results"):
        assert viewer.get(f"/console/messages/{path}").status_code == 200
    assert viewer.post("/console/messages/newsletters/new", {"name": "x"}).status_code == 403
    assert viewer.get("/console/messages/sequences/seq_nothing").status_code == 404
