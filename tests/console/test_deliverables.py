"""Pages of deliverables, both sides: asking, drafts, answers, the fee, what is late."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.deliverables.actions import ask_for, change
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.working import send_draft
from hanse.growth.today.queries import to_do
from hanse.growth.today.types import Kind
from hanse.kernel.ids import text_id
from hanse.money.ledger.models import Entry
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.make import at

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
LIST = "/console/content/deliverables"


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    clock.set(at())
    return build()


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(make.manager("olga@harbour.example", "owner"))
    return client


@pytest.fixture
def anas(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.anas_login)
    return client


def asked(cast: Cast, **fields: object) -> Deliverable:
    values = {"title": "A film", "brief": "Two minutes.", "due_on": at(5).date(), "fee_minor": 20_000, **fields}
    return ask_for(cast.anas, **values, now=at(), by="ruth@harbour.example")  # type: ignore[arg-type]  # as typed


def payable(cast: Cast) -> int:
    rows = Entry.objects.filter(account__enrolment=cast.anas, account__kind="payable")
    return sum(rows.values_list("amount_minor", flat=True))


def test_the_whole_way_on_both_sides(desk: Client, anas: Client, cast: Cast, clock: Clock) -> None:
    assert b"No deliverable yet" in desk.get(LIST).content
    form = {
        "partner": text_id("enr", cast.anas.pk), "title": HOSTILE, "sort": "content", "brief": HOSTILE,
        "due_on": "2026-05-25", "live_on": "2026-06-01", "answer_days": "3", "fee": "200.00",
    }  # fmt: skip
    assert desk.post(f"{LIST}/new", {**form, "due_on": "2026-01-01"}).status_code == 422
    answer = desk.post(f"{LIST}/new", form)
    assert answer.status_code == 303
    row = Deliverable.objects.get()
    assert (row.fee_minor, row.disclosure, row.due_on) == (20_000, "#ad", date(2026, 5, 25))
    here, mine = answer["Location"], f"/p/grow/deliverables/{text_id('dlv', row.pk)}"
    assert HOSTILE not in desk.get(here).content.decode() + desk.get(LIST).content.decode()
    assert "£200.00" in anas.get(mine).content.decode()
    assert anas.post(mine, {"what": "draft"}).status_code == 422
    paper = SimpleUploadedFile("script.txt", b"Scene one: a harbour at dawn.\n" * 20, content_type="text/plain")
    assert anas.post(mine, {"what": "draft", "text": "One", "file": paper}).status_code == 303
    page = desk.get(here).content.decode()
    assert "script.txt" in page
    assert "Accept and book £200.00" in page
    drafts = row.drafts.get()
    assert drafts.file is not None
    assert anas.get(f"/media/{text_id('fil', drafts.file.pk)}/script.txt").status_code == 200
    desk.post(f"{here}/changes", {"text": "Shorter."})
    assert "Shorter." in anas.get(mine).content.decode()
    clock.set(at(hours=1))
    anas.post(mine, {"what": "say", "text": "Like this?"})
    anas.post(mine, {"what": "draft", "link": "https://ana.example/film"})
    desk.post(f"{here}/accept", {"draft": "1"})
    assert payable(cast) == 0
    for _time in range(2):
        desk.post(f"{here}/accept", {"draft": "2", "text": "Lovely."})
    assert payable(cast) == 20_000
    anas.post(mine, {"what": "live", "address": "https://ana.example/live"})
    row.refresh_from_db()
    assert (row.state, row.live_address) == ("live", "https://ana.example/live")
    assert "A film" not in anas.get("/p/grow/deliverables").content.decode()
    assert "Fee for agreed work" in anas.get("/p/payouts").content.decode() + anas.get("/p/earnings").content.decode()
    desk.post(f"{here}/take-back", {"reason": "Not public."})
    assert payable(cast) == 0
    desk.post(f"{here}/call-off", {"reason": "Enough."})
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert b"Enough." in anas.get(mine).content


def test_nobody_sees_or_touches_anothers_work(anas: Client, cast: Cast) -> None:
    row = ask_for(cast.bens, title="Ben's", brief="b", due_on=at(5).date(), now=at(), by="t")
    mine = f"/p/grow/deliverables/{text_id('dlv', row.pk)}"
    assert anas.get(mine).status_code == anas.post(mine, {"what": "agree"}).status_code == 404
    for path in ("/p/grow/deliverables/dlv_1", "/p/grow/deliverables/x"):
        assert anas.get(path).status_code == 404


def test_what_came_in_another_way_is_kept_for_the_partner(desk: Client, cast: Cast) -> None:
    row = asked(cast)
    here = f"{LIST}/{text_id('dlv', row.pk)}"
    desk.post(f"{here}/for-them", {"what": "agree"})
    desk.post(f"{here}/for-them", {"what": "draft", "text": "From her mail"})
    row.refresh_from_db()
    assert (row.state, row.draft_number, row.drafts.get().side) == ("review", 1, "team")


def test_the_partner_says_no_with_a_reason(anas: Client, cast: Cast) -> None:
    row = asked(cast)
    mine = f"/p/grow/deliverables/{text_id('dlv', row.pk)}"
    assert anas.post(mine, {"what": "decline", "text": ""}).status_code == 422
    assert anas.post(mine, {"what": "decline", "text": "No time."}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.reason) == ("declined", "No time.")
    assert anas.post(mine, {"what": "agree"}).status_code == 422
    assert anas.post(mine, {"what": "other"}).status_code == 404


def test_today_tells_what_waits_for_us_and_what_is_late(desk: Client, cast: Cast, clock: Clock) -> None:
    row, late = asked(cast), asked(cast, title="A slot", due_on=at(1).date())
    send_draft(row, text="One", now=at(), by="ana")

    def told() -> dict[Kind, int]:
        return {one.kind: one.count for one in to_do(cast.program, clock.now).things if "deliver" in one.kind}

    assert told() == {Kind.DELIVERABLES_TO_ANSWER: 1}
    assert "sent a draft of “A film”" in desk.get("/console/").content.decode()
    clock.set(at(5))
    assert told() == {Kind.DELIVERABLES_TO_ANSWER: 1, Kind.DELIVERABLES_LATE: 1}
    page = desk.get("/console/").content.decode()
    assert "is late with “A slot”" in page
    assert "4 days late" in page
    assert "4 days late" in desk.get(f"{LIST}?show=late").content.decode()
    answer = desk.get(f"{LIST}?show=open&format=csv")
    assert late.title in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams


def test_lists_ask_as_often_for_many_as_for_few(desk: Client, anas: Client, cast: Cast) -> None:
    def queries(client: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    asked(cast)
    paths = ((desk, LIST), (anas, "/p/grow/deliverables"), (desk, "/console/"))
    few = [queries(*one) for one in paths]
    for number in range(15):
        asked(cast, title=f"Work {number}")
    assert [queries(*one) for one in paths] == few


def test_accepted_work_is_listed_until_it_is_public_and_told_apart_from_what_is_open(desk: Client, cast: Cast) -> None:
    asked(cast)
    for live_on in (None, at(20).date()):
        row = asked(cast, title=f"Seen {live_on}")
        Deliverable.objects.filter(pk=row.pk).update(state="accepted", live_on=live_on)
    page = desk.get(LIST).content.decode()
    assert "<b>1 deliverable</b> is open; <b>1</b> is accepted and not public yet;" in page
    assert f"Seen {at(20).date()}" in page
    assert "Seen None" not in page


def test_a_partner_agrees_to_what_they_read_and_reads_anew_what_was_changed(anas: Client, cast: Cast) -> None:
    row = asked(cast)
    mine = f"/p/grow/deliverables/{text_id('dlv', row.pk)}"

    def read() -> dict[str, str]:
        form = re.search(r'<form method="post">(?:(?!</form>).)*value="agree".*?</form>', _page(anas, mine), re.S)
        assert form is not None
        return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group(0)))

    before = read()
    change(row, fee_minor=100, brief="Two hours.", now=at(), by="ruth@harbour.example")
    answer = anas.post(mine, before)
    assert answer.status_code == 422
    assert "This was changed meanwhile. Please read it again." in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "asked"
    assert anas.post(mine, read()).status_code == 303
    row.refresh_from_db()
    assert row.state == "agreed"


def _page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.parametrize("number", ["9" * 5_000, "٣", "-1", ""])
def test_a_number_of_a_draft_that_is_none_says_nothing_of_which_was_looked_at(
    desk: Client, cast: Cast, number: str
) -> None:
    row = asked(cast)
    send_draft(row, text="x", now=at(), by="ana@partners.example")
    assert desk.post(f"{LIST}/{text_id('dlv', row.pk)}/accept", {"draft": number}).status_code == 303
