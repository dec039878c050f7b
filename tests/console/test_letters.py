"""Sequences, newsletters and results in the console: written, looked back on, switched on, compared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.forms import BoundField
from django.test import Client

from hanse.growth.audiences.actions import archive_audience, keep_audience
from hanse.growth.newsletters.actions import keep_newsletter
from hanse.growth.newsletters.models import Newsletter, Section
from hanse.growth.newsletters.queries import parts_of
from hanse.growth.reach.actions import note_bounce
from hanse.growth.sends.models import Send
from hanse.growth.sequences.actions import keep_sequence
from hanse.growth.sequences.models import Journey, Sequence
from hanse.growth.sequences.queries import steps_of
from hanse.growth.tiers.models import TierStanding
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.runtime.letters import note_actions, plan_newsletters, walk_sequences
from hanse.spine.outbox.models import OutboxItem
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


def written(**more: object) -> dict[str, object]:
    return {
        "name": "May", "subject": "May at {{ program.name }}", "text1": "Hello {{ partner.first_name }}.",
        "heading2": "For few", "text2": "A call with us.", "tiers2": ["power"], "action_days": "14",
    } | more  # fmt: skip


def test_a_newsletter_is_read_along_by_a_real_partner_of_a_tier(desk: Client, actors: Cast) -> None:
    as_ben, as_ana = {"as": str(actors.bens.pk)}, {"as": str(actors.anas.pk)}
    Enrolment.objects.filter(pk=actors.anas.pk).update(tier=Tier.objects.get(program=actors.program, key="power"))

    def read(**fields: object) -> str:
        answer = desk.post("/console/messages/newsletters/preview", written(**fields))
        assert answer.status_code == 200
        return answer.content.decode()

    assert "Hello Ben" in read(**as_ben)
    assert "A call with us." not in read(**as_ben)
    assert "A call with us." in read(**as_ana)
    assert "No section is for this partner’s tier" in read(tiers1=["power"], **as_ben)
    assert "Section 2: Line 2, column 4" in read(text2="One\n{{ partner.nickname }}", **as_ana)
    assert "Write a subject and a text" in read(subject="", text1="", text2="")
    assert not Newsletter.objects.exists()
    path = desk.post("/console/messages/newsletters/new", written())["location"]
    assert "Hello Ana" in page(desk, path)
    assert "Hello Ben" in page(desk, f"{path}?as={actors.bens.pk}")


def test_a_newsletter_is_tried_on_oneself_as_it_is_typed_and_the_typed_stays(desk: Client, actors: Cast) -> None:
    fields = written(text1="Not kept yet, {{ partner.first_name }}.", test="1") | {"as": str(actors.bens.pk)}
    answer = desk.post("/console/messages/newsletters/new", fields)
    assert "Keep it first" in answer.content.decode()
    path = desk.post("/console/messages/newsletters/new", written())["location"]
    answer = desk.post(path, fields)
    assert answer.status_code == 200
    assert "Not kept yet" in answer.content.decode()
    (mail,) = [item.payload for item in OutboxItem.objects.filter(kind="mail")]
    assert (mail["to"], mail["subject"]) == ("anna@harbour.example", "Test: May at Harbour")
    assert "Not kept yet, Ben." in mail["text"]
    assert parts_of(Newsletter.objects.get())[0].text == "Hello {{ partner.first_name }}."
    answer = desk.post(path, fields | {"text1": "{{ partner.nickname }}"})
    assert "Section 1: Line 1" in answer.content.decode()
    assert OutboxItem.objects.filter(kind="mail").count() == 1


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


def test_editing_a_newsletter_keeps_its_audience_sections_and_holdout(desk: Client, actors: Cast) -> None:
    condition = {"field": "partner.country", "op": "eq", "value": "PL"}
    now = clock.now()
    audience = keep_audience(actors.program, name="Poland", condition=condition, now=now, by="ruth")
    row = keep_newsletter(
        actors.program, now=now, by="ruth", name="May", subject="May", audience=audience, action="sale",
        holdout_ppm=50_000, sections=[{"text": f"Part {number}."} for number in range(1, 9)],
    )  # fmt: skip
    archive_audience(audience, now=now, by="ruth")
    path = f"/console/messages/newsletters/{text_id('nws', row.pk)}"
    assert desk.post(path, shown(desk, path) | {"subject": "June"}).status_code == 302
    row.refresh_from_db()
    assert (row.subject, row.audience, row.holdout_ppm) == ("June", audience, 50_000)
    assert [part.text for part in parts_of(row)] == [f"Part {number}." for number in range(1, 9)]


def test_editing_a_sequence_keeps_all_its_letters_with_their_conditions(desk: Client, actors: Cast) -> None:
    letter = str(post.version(actors.program, clock.now(), kind="welcome").template_id)
    condition = {"field": "partner.country", "op": "eq", "value": "PL"}
    steps = [{"message": letter, "wait_days": day, "condition": condition} for day in range(8)]
    row = keep_sequence(
        actors.program, now=clock.now(), by="ruth", name="Welcome", trigger={"kind": "enrolled"}, steps=steps
    )
    path = f"/console/messages/sequences/{text_id('seq', row.pk)}/edit"
    assert desk.post(path, shown(desk, path) | {"name": "Hello"}).status_code == 302
    kept = steps_of([row.pk])
    assert [(step.wait_days, step.condition) for step in kept] == [(day, condition) for day in range(8)]


def test_a_newsletter_too_long_for_one_letter_is_refused_when_it_is_kept(desk: Client, actors: Cast) -> None:
    form = {"name": "May", "subject": "May", "action_days": "14"}
    long = {f"text{number}": "Words and words. " * 500 for number in range(1, 4)}
    answer = desk.post("/console/messages/newsletters/new", form | long)
    assert answer.status_code == 422
    assert not Newsletter.objects.exists()


def test_a_newsletter_that_cannot_go_yet_says_so_on_its_page(desk: Client, actors: Cast) -> None:
    form = {"name": "May", "subject": "May", "text1": "Hello.", "action_days": "14"}
    path = desk.post("/console/messages/newsletters/new", form)["location"]
    Section.objects.update(text="Words and words. " * 2_000)  # kept by an older version
    answer = desk.post(f"{path}/send", {"at": ""}, follow=True)
    assert answer.status_code == 200
    assert Newsletter.objects.get().state == "draft"
    assert "At most 20000 characters" in answer.content.decode()


@pytest.mark.parametrize("moment", ["9999-12-31T23:59-12:00", "0001-01-01T00:00+12:00", "soon"])
def test_a_newsletter_goes_at_no_moment_that_cannot_be(desk: Client, actors: Cast, moment: str) -> None:
    form = {"name": "May", "subject": "May", "text1": "Hello.", "action_days": "14"}
    path = desk.post("/console/messages/newsletters/new", form)["location"]
    answer = desk.post(f"{path}/send", {"at": moment}, follow=True)
    assert "A day and time, please." in answer.content.decode()
    assert Newsletter.objects.get().state == "draft"


def shown(desk: Client, path: str) -> dict[str, object]:
    """Return what a browser would send of the form as it is shown."""
    form = desk.get(path).context["form"]
    return {field.html_name: _chosen(field) for field in form if _chosen(field) is not None}


def _chosen(field: BoundField) -> object:
    """Return a field's value; of a list what a browser chooses, which is the first where the value is not in it."""
    value = field.value()
    choices = getattr(field.field, "choices", None)
    if choices is None or isinstance(value, list):
        return value
    keys = [str(key) for key, _name in choices]
    return str(value) if str(value) in keys else keys[0]
