"""Messages in the console: letters are written with a partner beside them, audiences counted, faults told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.audiences.models import Audience
from hanse.growth.incidents.models import Incident
from hanse.growth.sends.models import Send
from hanse.growth.templates.models import MessageTemplate, MessageVersion
from hanse.kernel import clock
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def actors(clock: Clock) -> Cast:
    clock.set(make.at(60))
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


def typed(**fields: Any) -> dict[str, Any]:
    return {"name": "Hello", "kind": "ideas", "language": "en", "subject": "Hi {{ partner.first_name }}",
            "body": "# Hello {{ partner.first_name }}\n\n[Go]({{ portal.home }})"} | fields  # fmt: skip


def test_a_letter_of_the_library_becomes_the_programs_own(desk: Client, actors: Cast) -> None:
    assert "will stand here" in page(desk, "/console/messages")
    assert "Welcome 1: your link is ready" in page(desk, "/console/messages/library")
    assert "your link is ready" in page(desk, "/console/messages/library/welcome-1")
    assert "partner.first_name" in page(desk, "/console/messages/new?from=welcome-1")
    answer = desk.post("/console/messages/new", typed(**{"from": "welcome-1", "name": "Welcome"}))
    assert answer.status_code == 302
    row = MessageTemplate.objects.get()
    assert (row.library_key, row.kind) == ("welcome-1", "ideas")
    assert "Welcome" in page(desk, "/console/messages")
    assert "version 1" in page(desk, "/console/messages")


def test_what_is_wrong_with_a_letter_is_shown_with_its_line_and_column(desk: Client, actors: Cast) -> None:
    answer = desk.post("/console/messages/new", typed(body="Hello\n<b>{{ partner.nme }}"))
    assert answer.status_code == 422
    assert "Line 2, column 1" in answer.content.decode()
    assert not MessageTemplate.objects.exists()


def test_the_preview_follows_what_is_typed_and_writes_nothing(desk: Client, actors: Cast) -> None:
    reader = {"as": str(actors.bens.pk)}
    shown = desk.post("/console/messages/preview", typed(**reader)).content.decode()
    assert "Hi Ben" in shown
    assert "Hello Ben" in shown
    wrong = desk.post("/console/messages/preview", typed(body="{{ nope }}", **reader)).content.decode()
    assert "Line 1, column 4" in wrong
    hostile = desk.post("/console/messages/preview", typed(body="<script>alert(1)</script>", **reader)).content.decode()
    assert "<script>alert" not in hostile
    assert not MessageVersion.objects.exists()


def test_a_partners_hostile_name_stays_text_in_preview_and_mail(desk: Client, actors: Cast) -> None:
    actors.ana.contact_name = "<img/src=x/onerror=alert(1)>"
    actors.ana.save()
    kept(desk)
    row = MessageTemplate.objects.get()
    path = f"/console/messages/{row.pk}"
    assert "<img/src=x" not in page(desk, f"{path}?as={actors.anas.pk}")
    mail = desk.get(f"{path}/mail?as={actors.anas.pk}")
    assert "<img/src=x" not in mail.content.decode()
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert "script-src" not in mail.headers["Content-Security-Policy"]
    text = desk.get(f"{path}/mail?as={actors.anas.pk}&as_text=1")
    assert text.headers["Content-Type"].startswith("text/plain")


def kept(desk: Client, **fields: Any) -> MessageTemplate:
    assert desk.post("/console/messages/new", typed(**fields)).status_code == 302
    return MessageTemplate.objects.latest("created_at")


def test_a_second_language_is_written_beside_the_first_and_goes_when_it_is_emptied(desk: Client, actors: Cast) -> None:
    row = kept(desk)
    path = f"/console/messages/{row.pk}"
    polish = typed(language="pl", subject="Cześć", body="Witaj")
    assert desk.post(path, polish).status_code == 302
    assert list(MessageVersion.objects.latest("number").contents) == ["en", "pl"]
    assert "Witaj" in page(desk, f"{path}?language=pl")
    assert desk.post(path, typed(language="pl", subject="", body="")).status_code == 302
    latest = MessageVersion.objects.latest("number")
    assert (latest.number, list(latest.contents)) == (3, ["en"])


def test_a_test_goes_to_oneself_with_what_is_typed_now_and_the_typed_stays(desk: Client, actors: Cast) -> None:
    fields = typed(body="Not kept yet") | {"as": str(actors.anas.pk), "test": "1"}
    answer = desk.post("/console/messages/new", fields)
    assert "Keep it first" in answer.content.decode()
    assert not OutboxItem.objects.filter(kind="mail").exists()
    row = kept(desk)
    answer = desk.post(f"/console/messages/{row.pk}", fields)
    assert answer.status_code == 200
    assert "Not kept yet</textarea>" in answer.content.decode()
    item = OutboxItem.objects.get(kind="mail")
    assert item.payload["to"] == "anna@harbour.example"
    assert "Not kept yet" in item.payload["text"]
    assert MessageVersion.objects.count() == 1


def test_a_letter_that_was_put_away_is_gone_and_a_viewer_changes_nothing(desk: Client, actors: Cast) -> None:
    row = kept(desk)
    assert desk.post(f"/console/messages/{row.pk}/archive").status_code == 302
    assert desk.get(f"/console/messages/{row.pk}").status_code == 404
    viewer = Client()
    viewer.force_login(make.manager("vera@harbour.example", "viewer"))
    assert viewer.post("/console/messages/new", typed(name="Other")).status_code == 403
    assert viewer.get("/console/messages/library").status_code == 200


def test_an_audience_is_counted_while_it_is_chosen_and_kept(desk: Client, actors: Cast) -> None:
    rows = {"name": "Newcomers", "how": "all", "field0": "enrolment.tier", "op0": "in", "value0": "new, casual",
            "field1": "figures.sales_total", "op1": "lte", "value1": "0"}  # fmt: skip
    shown = desk.post("/console/messages/audiences/count", rows).content.decode()
    assert "<b>2</b> partners of 2" in shown
    assert "tier is one of New or Casual" in shown
    assert desk.post("/console/messages/audiences/new", rows).status_code == 302
    row = Audience.objects.get()
    assert row.condition == {"all": [
        {"field": "enrolment.tier", "op": "in", "value": ["new", "casual"]},
        {"field": "figures.sales_total", "op": "lte", "value": 0},
    ]}  # fmt: skip
    assert 'value="new, casual"' in page(desk, f"/console/messages/audiences/{row.pk}")
    assert "2 of 2" in page(desk, "/console/messages/audiences")
    assert desk.post(f"/console/messages/audiences/{row.pk}/archive").status_code == 302


@pytest.mark.parametrize(
    "fields",
    [
        {"field0": "figures.value_90d_minor", "op0": "gte", "value0": "1/0"},
        {"written": '{"field": "figures.clicks_30d / 0", "op": "gt", "value": 1}'},
        {"written": '{"all": [{"any": [{"all": [{"any": [{"field": "health.score", "op": "exists"}]}]}]}]}'},
        {"written": "{"},
        {"written": "[" * 5000},
        {"written": '{"field": "partner.__class__", "op": "exists"}'},
    ],
)
def test_an_audience_that_cannot_be_asked_is_refused(desk: Client, actors: Cast, fields: dict[str, str]) -> None:
    answer = desk.post("/console/messages/audiences/new", {"name": "Odd", "how": "all", **fields})
    assert answer.status_code == 422
    assert not Audience.objects.exists()
    assert desk.post("/console/messages/audiences/count", fields).status_code == 200


def test_an_amount_is_typed_as_people_write_it(desk: Client, actors: Cast) -> None:
    fields = {"name": "Big", "how": "any", "field0": "figures.value_90d_minor", "op0": "gte", "value0": "1,234.50"}
    assert desk.post("/console/messages/audiences/new", fields).status_code == 302
    row = Audience.objects.get()
    assert row.condition == {"any": [{"field": "figures.value_90d_minor", "op": "gte", "value": 123_450}]}
    assert "1234.50" in page(desk, f"/console/messages/audiences/{row.pk}")


def noted(desk: Client, actors: Cast) -> Incident:
    now = clock.now()
    for weeks in range(1, 5):
        for minutes in range(3):
            make_click(actors, now - timedelta(days=1, weeks=weeks, minutes=minutes))
    since, until = now - timedelta(days=2), now
    answer = desk.post("/console/messages/incidents/new", {
        "kind": "tracking_down", "title": "clicks were not counted", "cause": "A certificate had expired.",
        "starts_at": f"{since:%Y-%m-%dT%H:%M}", "ends_at": f"{until:%Y-%m-%dT%H:%M}",
    })  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    return Incident.objects.get()


def make_click(actors: Cast, at: Any) -> None:
    from hanse.traffic.clicks.models import Click

    Click.objects.create(
        id=f"{Click.objects.count():024x}", link_number=actors.anas_link.number, program_id=actors.program.pk,
        enrolment_id=actors.anas.pk, occurred_at=at,
    )  # fmt: skip


def test_a_fault_is_noted_read_told_with_one_button_mended_and_told_again(desk: Client, actors: Cast) -> None:
    row = noted(desk, actors)
    path = f"/console/messages/incidents/{row.pk}"
    shown = page(desk, path)
    assert "Tell 1 partner" in shown
    assert "A certificate had expired." in shown
    assert "they do not know yet".lower() in page(desk, "/console/messages/incidents").lower()
    assert desk.post(f"{path}/tell").status_code == 302
    send = Send.objects.get()
    assert send.enrolment_id == actors.anas.pk
    desk.post(f"{path}/tell")
    assert Send.objects.count() == 1
    assert desk.post(f"{path}/mend", {"how": "It is renewed by itself now."}).status_code == 302
    assert Send.objects.count() == 2
    assert "Mended" in page(desk, path)
    desk.post(f"{path}/delete")
    assert Incident.objects.filter(pk=row.pk).exists()


def test_pages_ask_the_same_number_of_questions_however_many_letters_there_are(desk: Client, actors: Cast) -> None:
    kept(desk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(desk, "/console/messages")
        return len(caught)

    before = queries()
    for number in range(5):
        kept(desk, name=f"Letter {number}")
    assert queries() == before


def test_today_says_that_partners_do_not_know_of_a_fault_until_they_do(desk: Client, actors: Cast) -> None:
    row = noted(desk, actors)
    assert "was hurt by a fault of ours and does not know" in page(desk, "/console/")
    desk.post(f"/console/messages/incidents/{row.pk}/tell")
    assert "does not know" not in page(desk, "/console/")
    Incident.objects.update(told_at=clock.now() - timedelta(days=8))
    assert "waits to hear that a fault is mended" in page(desk, "/console/")


def test_a_letter_goes_to_an_audience_once_a_day(desk: Client, actors: Cast) -> None:
    row = kept(desk)
    desk.post(
        "/console/messages/audiences/new", {"name": "None", "field0": "enrolment.tier", "op0": "eq", "value0": "x"}
    )
    path = f"/console/messages/{row.pk}/send"
    assert "Send to 2 partners" in page(desk, path)
    assert desk.post(path, {"audience": ""}).status_code == 302
    assert Send.objects.count() == 2
    assert desk.post(path, {"audience": ""}).status_code == 302
    assert Send.objects.count() == 2
    assert desk.post(path, {"audience": str(Audience.objects.get().pk)}).status_code == 422


def test_a_letter_about_an_occasion_is_sent_with_it_and_one_about_a_fault_is_not(desk: Client, actors: Cast) -> None:
    row = kept(desk, body="{{ occasion.title }} on {{ occasion.on | day }}")
    path = f"/console/messages/{row.pk}/send"
    assert desk.post(path, {"audience": ""}).status_code == 422
    given = {"audience": "", "title": "Mother’s Day", "text": "Tea sets.", "on": "2026-03-02", "page": "javascript:x"}
    assert desk.post(path, given).status_code == 422
    assert desk.post(path, given | {"page": "https://shop.example/"}).status_code == 302
    assert Send.objects.first().about["occasion"]["title"] == "Mother’s Day"  # type: ignore[union-attr]
    fault = kept(desk, name="Fault", kind="honesty", body="{{ incident.title }}")
    assert desk.post(f"/console/messages/{fault.pk}/send", {"audience": ""}).status_code == 422
