"""Deliverables over the API, from the brief to the money, with the clock moved between; and their bad input."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.growth.deliverables.verify import verify_deliverables
from hanse.kernel.ids import text_id
from hanse.money.ledger.verify import verify_books
from hanse.money.promises.verify import verify_promises
from hanse.money.promises.verify_accepted import verify_acceptances
from hanse.runtime import schedule
from hanse.runtime.deliverables import remind_of_deliverables
from hanse.spine.outbox.models import OutboxItem
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    clock.set("2026-05-15T12:00:00")
    return build()


@pytest.fixture
def api(cast: Cast) -> Caller:
    return Caller("all", program=cast.program)


def asked(api: Caller, cast: Cast, **fields: Any) -> dict[str, Any]:
    body = {
        "enrolment": text_id("enr", cast.anas.pk), "title": "A film", "brief": "Two minutes.", "due_on": "2026-06-01",
        **fields,
    }  # fmt: skip
    made: dict[str, Any] = api.post("/deliverables", body)
    return made


def payable(api: Caller, cast: Cast) -> int:
    rows = api.get(f"/balances?enrolment={text_id('enr', cast.anas.pk)}")["data"]
    found: int = rows[0]["payable"] if rows else 0
    return found


def test_from_the_brief_to_the_fee_that_terms_promise_and_back(api: Caller, cast: Cast, clock: Clock) -> None:
    made = asked(api, cast, live_on="2026-06-10")
    path = f"/deliverables/{made['id']}"
    assert (made["state"], made["fee"], made["terms_fee"], made["waits"]) == (
        "asked", 0, 0, {"on": "partner", "until": "2026-06-01", "days_late": 0},
    )  # fmt: skip
    fee = {"kind": "fee", "amount": 30_000, "due": {"deliverable": made["id"]}}
    body = {"clauses": [fee, {"kind": "percent", "rate": "20%"}]}
    tried = {"terms": body, "until": "2026-07-01", "deliverables": [{"id": made["id"], "accepted_at": "2026-06-02"}]}
    assert api.post("/terms/preview", tried, 200)["total"] == 30_000
    assert api.post("/terms/preview", {**tried, "deliverables": []}, 200)["total"] == 0
    terms = api.post("/terms", {"enrolment": text_id("enr", cast.anas.pk), "body": body})
    assert terms["sentences"][0] == "£300.00 once, when “A film” is accepted"
    assert api.get(path)["terms_fee"] == 30_000
    assert api.post(f"{path}/agree", {}, 200)["state"] == "agreed"
    clock.set("2026-06-03T12:00:00")
    assert api.get(path)["waits"]["days_late"] == 2
    remind_of_deliverables(clock.now)
    assert OutboxItem.objects.filter(key__contains=":late:").count() == 1
    assert api.post(f"{path}/drafts", {"link": "https://ana.example/film"})["number"] == 1
    clock.set("2026-06-08T12:00:00")
    assert api.get(path)["waits"] == {"on": "team", "until": "2026-06-06", "days_late": 2}
    assert api.post(f"{path}/request-changes", {"text": "Shorter."}, 200)["due_on"] == "2026-06-11"
    api.post(f"{path}/comments", {"text": "Like so?", "side": "partner"})
    api.post(f"{path}/drafts", {"text": "Shorter now."})
    assert api.post(f"{path}/accept", {"draft": 1}, 409)["type"].endswith("newer_draft")
    for _time in range(3):
        assert api.post(f"{path}/accept", {"draft": 2}, 200)["state"] == "accepted"
    assert payable(api, cast) == 30_000
    assert api.post(f"{path}/live", {"address": "https://ana.example/a-film"}, 200)["state"] == "live"
    clock.set("2026-06-20T12:00:00")
    assert api.post(f"{path}/withdraw-acceptance", {"reason": "Taken down."}, 200)["state"] == "changes"
    assert payable(api, cast) == 0
    schedule.close_due_periods(clock.now)
    assert payable(api, cast) == 0
    said = api.get(f"{path}/comments")["data"]
    assert [one["what"] for one in said] == ["withdrawn", "", "changes"]
    assert [*verify_books(), *verify_promises(), *verify_acceptances(), *verify_deliverables()] == []


def test_an_own_fee_is_booked_and_the_same_request_again_is_the_same_answer(api: Caller, cast: Cast) -> None:
    made = asked(api, cast, fee=20_000, agreed=True)
    path = f"/deliverables/{made['id']}"
    api.post(f"{path}/drafts", {"text": "One"})
    for _time in range(2):
        api.post(f"{path}/accept", {}, 200, idempotency_key="yes-1")
    assert payable(api, cast) == 20_000
    fee = {"kind": "fee", "amount": 5, "due": {"deliverable": made["id"]}}
    problem = api.post("/terms", {"enrolment": text_id("enr", cast.anas.pk), "body": {"clauses": [fee]}}, 422)
    (found,) = problem["errors"]
    assert (found["pointer"], found["code"]) == ("/body/clauses/0/due/deliverable", "fee_twice")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"due_on": "2026-02-30"}, "/due_on"), ({"due_on": "2026-05-01"}, "/due_on"),
    ({"due_on": "9999-01-01"}, "/due_on"),
    ({"fee": -1}, "/fee"), ({"fee": 1.5}, "/fee"), ({"fee": 10**19}, "/fee"), ({"title": ""}, "/title"),
    ({"title": "x" * 121}, "/title"), ({"brief": "\u0000"}, "/brief"), ({"sort": "poem"}, "/sort"),
    ({"answer_days": 0}, "/answer_days"), ({"usage_until": "2026-05-20"}, "/usage_until"),
    ({"live_on": "2026-05-20"}, "/live_on"), ({"enrolment": "enr_x"}, "/enrolment"), ({"colour": "red"}, "/colour"),
]  # fmt: skip


def test_bad_input_is_refused_with_its_place(api: Caller, cast: Cast) -> None:
    for fields, pointer in BAD:
        body = {
            "enrolment": text_id("enr", cast.anas.pk), "title": "A film", "brief": "b", "due_on": "2026-06-01",
            **fields,
        }  # fmt: skip
        assert api.post("/deliverables", body, 422)["errors"][0]["pointer"] == pointer, fields


def test_hostile_links_and_empty_drafts_are_refused(api: Caller, cast: Cast) -> None:
    path = f"/deliverables/{asked(api, cast)['id']}"
    for body, pointer in (
        ({"link": "javascript:alert(1)"}, "/link"), ({"link": "https://x:y@z.example/"}, "/link"), ({}, "/text"),
        ({"file": "fil_00000000000000000000000000"}, "/file"), ({"text": "x" * 50_001}, "/text"),
    ):  # fmt: skip
        assert api.post(f"{path}/drafts", body, 422)["errors"][0]["pointer"] == pointer
    api.post(f"{path}/live", {"address": "https://x.example/"}, 409)
    api.post(f"{path}/accept", {}, 409)


def test_a_fee_beyond_the_budget_is_asked_for_and_passes_once_it_is_approved(api: Caller, cast: Cast) -> None:
    api.post("/budgets", {"quarter": "2026-Q2", "amount": 100})
    api.send("PUT", "/budgets/rule", {"when_over": "approve"})
    work = {"enrolment": text_id("enr", cast.anas.pk), "title": "A", "brief": "b", "due_on": "2026-06-01", "fee": 5_000}
    fair = {
        "enrolment": text_id("enr", cast.anas.pk), "side": "us", "kind": "joint_event", "title": "A fair",
        "happens_on": "2026-06-02", "costs": [{"name": "Room", "planned": 9_000, "paid_by": "us"}],
    }  # fmt: skip
    for path, body, kind in (("/deliverables", work, "deliverable"), ("/joint-projects", fair, "joint")):
        refused = api.post(path, body, 409)
        assert refused["type"].endswith("over_budget")
        asked = api.get(f"/overruns/{refused['overrun']}")
        assert (asked["kind"], asked["state"], asked["asked_by"]) == (kind, "asked", "key:tests")
        assert api.get(path)["data"] == []
        api.post(f"/overruns/{asked['id']}/decide", {"approve": True, "reason": "The season"}, 200)
        api.post(path, body)
        assert api.get(f"/overruns/{asked['id']}")["state"] == "used"


def test_an_approval_stays_when_somebody_asks_again(api: Caller, cast: Cast) -> None:
    api.post("/budgets", {"quarter": "2026-Q2", "amount": 100})
    api.send("PUT", "/budgets/rule", {"when_over": "approve"})
    clauses = [{"kind": "percent", "rate": "20%"}, {"kind": "fee", "amount": 5_000, "due": "signing"}]
    body = {"enrolment": text_id("enr", cast.anas.pk), "is_proposal": True, "body": {"clauses": clauses}}
    asked = api.post("/overruns", body)
    api.post(f"/overruns/{asked['id']}/decide", {"approve": True, "reason": "The season"}, 200)
    again = api.post("/overruns", body)
    assert (again["id"], again["state"], again["reason"]) == (asked["id"], "approved", "The season")


def test_a_yes_over_the_api_is_to_what_was_read(api: Caller, cast: Cast) -> None:
    row = asked(api, cast, fee=5_000)
    path = f"/deliverables/{row['id']}"
    newer = api.patch(path, {"fee": 100})
    assert newer["mark"] != row["mark"]
    assert api.post(f"{path}/agree", {"mark": row["mark"]}, 409)["type"].endswith("changed")
    assert api.post(f"{path}/agree", {"mark": newer["mark"]}, 200)["state"] == "agreed"
