"""A program's year through the API: made, promised, enrolled, linked, changed, archived."""

from __future__ import annotations

import pytest

from hanse.growth.recruiting.actions import confirm_application, submit_application
from hanse.growth.recruiting.secret import secret_of
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.models import AuditEntry
from hanse.spine.doors.models import DoorKey, DoorLink, DoorProgram
from tests import cast, make
from tests.api.caller import Caller
from tests.api.everything import everything_in
from tests.money.books import commission_of, price, sell

pytestmark = pytest.mark.django_db
TERMS = {"clauses": [{"kind": "percent", "rate": "20%", "goal": "sale"}]}


@pytest.fixture
def api() -> Caller:
    return Caller()


@pytest.fixture
def program(api: Caller) -> dict[str, object]:
    return api.post("/programs", {"name": "Harbour", "slug": "harbour", "currency": "GBP", "minimum_payout": 2500})


def test_a_program_starts_with_goals_tiers_a_policy_and_is_known_at_the_edge(
    api: Caller, program: dict[str, object]
) -> None:
    assert program["currency"] == "GBP"
    assert program["minimum_payout"] == 2500
    assert program["second_person_above"] is None
    goals = api.get(f"/goals?program={program['id']}")["data"]
    assert {goal["key"] for goal in goals} == {"lead", "signup", "sale", "renewal"}
    tiers = api.get(f"/tiers?program={program['id']}")["data"]
    assert [tier["key"] for tier in sorted(tiers, key=lambda tier: tier["position"])] == [
        "power", "growth", "casual", "new", "inactive",
    ]  # fmt: skip
    assert api.get(f"/programs/{program['id']}/policy")["number"] == 1
    door = DoorProgram.objects.get()
    assert (door.slug, door.currency, set(door.goals)) == ("harbour", "GBP", {"lead", "signup", "sale", "renewal"})


def test_a_partner_is_enrolled_linked_moved_suspended_and_ended(api: Caller, program: dict[str, str]) -> None:
    offer = api.post("/offers", {
        "program": program["id"], "name": "Shop", "destination_url": "https://shop.example/",
    })  # fmt: skip
    assert offer["allowed_hosts"] == ["shop.example"]
    partner = api.post("/partners", {"name": "Ana", "email": "Ana@Partners.example", "country": "pl"})
    assert (partner["email"], partner["country"]) == ("ana@partners.example", "PL")
    enrolment = api.post("/enrolments", {"program": program["id"], "partner": partner["id"]})
    link = api.post("/links", {"enrolment": enrolment["id"], "offer": offer["id"], "initiative": "spring"})
    assert link["url"].endswith("/ana")
    assert DoorLink.objects.get().status == ""
    coupon = api.post("/coupons", {"enrolment": enrolment["id"], "code": "ana10"})
    assert coupon["code"] == "ANA10"
    tiers = {tier["key"]: tier["id"] for tier in api.get("/tiers")["data"]}
    assert api.post(f"/enrolments/{enrolment['id']}/tier", {"tier": tiers["power"]}, 200)["tier"] == tiers["power"]
    status = f"/enrolments/{enrolment['id']}/status"
    problem = api.post(status, {"status": "suspended"}, 422)
    assert problem["errors"][0]["pointer"] == "/reason"
    api.post(status, {"status": "suspended", "reason": "unclear traffic"}, 200)
    assert DoorLink.objects.get().status == "partner_suspended"
    assert api.post(f"/partners/{partner['id']}/archive", status=409)["type"].endswith("still_enrolled")
    ended = api.post(status, {"status": "ended", "reason": "stopped"}, 200)
    assert ended["ended_at"].endswith("Z")
    assert DoorLink.objects.get().status == ""
    assert api.post(f"/partners/{partner['id']}/archive", status=200)["archived_at"]


def test_terms_are_published_read_as_sentences_and_accepted(api: Caller, program: dict[str, str]) -> None:
    terms = api.post("/terms", {"program": program["id"], "body": TERMS, "name": "First"})
    assert terms["number"] == 1
    assert len(terms["sentences"]) == 1
    assert "20" in terms["sentences"][0]
    partner = api.post("/partners", {"name": "Ana", "email": "ana@x.example", "program": program["id"]})
    enrolment = api.get(f"/enrolments?partner={partner['id']}")["data"][0]
    agreement = api.post("/agreements", {
        "enrolment": enrolment["id"], "terms": terms["id"], "accepted_by": "ana@x.example",
    })  # fmt: skip
    assert agreement["body_hash"] == terms["body_hash"]
    again = api.post("/agreements", {"enrolment": enrolment["id"], "terms": terms["id"], "accepted_by": "x"})
    assert again == agreement
    wrong = api.post("/terms", {"program": program["id"], "body": {"clauses": [{"kind": "percent", "rate": 20}]}}, 422)
    assert wrong["errors"][0]["pointer"].startswith("/body/clauses/0")


def test_every_kind_of_promise_is_published_and_what_nothing_would_pay_is_refused(
    api: Caller, program: dict[str, object]
) -> None:
    floor = {"kind": "floor", "amount": 20000, "period": "quarter", "mode": "recoupable", "carry": True}
    fee = {"kind": "fee", "amount": 700, "due": "signing"}
    referral = {"kind": "referral", "rate": "10%", "months": 12}
    box = {"kind": "benefit", "name": "Box", "worth": 4500, "period": "quarter"}
    body = {"clauses": [*TERMS["clauses"], floor, fee, referral, box]}
    terms = api.post("/terms", {"program": program["id"], "body": body})
    assert "an advance of £200.00 each quarter" in terms["sentences"][1]
    assert terms["sentences"][3:] == [
        "10% of what a partner whom you recruit earns, for 12 months", "Box, worth about £45.00, each quarter",
    ]  # fmt: skip
    refused: list[dict[str, object]] = [
        {"kind": "fee", "amount": 7, "due": {"deliverable": "019f607f-8e00-750e-accc-5952abe17e79"}},
    ]
    for clause in refused:
        problem = api.post("/terms", {"program": program["id"], "body": {"clauses": [clause]}}, 422)
        assert [error["code"] for error in problem["errors"]] == ["unknown_deliverable"]


def test_terms_may_start_in_the_past_unless_an_order_would_earn_less() -> None:
    crew = cast.build()
    sold = sell(crew.anas, 1000, at=make.at(days=-1), name="HP-7")
    price(sold)
    caller, start = Caller("all", program=crew.program), {"starts_at": "2026-05-01T00:00:00Z"}
    worse = {"body": {"clauses": [{"kind": "percent", "rate": "19%"}]}, **start}
    problem = caller.post("/terms", worse, 409)
    assert problem["type"].endswith("would_earn_less")
    assert "HP-7" in problem["detail"]
    assert len(caller.get("/terms")["data"]) == 1
    caller.post("/terms", {"body": {"clauses": [{"kind": "percent", "rate": "30%"}]}, **start})
    assert commission_of(sold, crew.anas).owed_minor == 300


def test_a_change_takes_null_as_a_value_and_a_missing_field_as_unchanged(api: Caller, program: dict[str, str]) -> None:
    path = f"/programs/{program['id']}"
    assert api.patch(path, {"approval_ceiling": 50000})["approval_ceiling"] == 50000
    assert api.patch(path, {"name": "Harbour & Pine"})["approval_ceiling"] == 50000
    assert api.patch(path, {"approval_ceiling": None})["approval_ceiling"] is None
    problem = api.patch(path, {"name": None}, 422)
    assert problem["errors"][0]["pointer"] == "/name"
    assert AuditEntry.objects.filter(verb="change_program", actor="key:tests").count() == 3


def test_the_currency_can_change_only_while_nothing_is_recorded_in_it(api: Caller, program: dict[str, str]) -> None:
    path = f"/programs/{program['id']}"
    assert api.patch(path, {"currency": "EUR"})["currency"] == "EUR"
    api.post("/terms", {"program": program["id"], "body": TERMS})
    assert api.patch(path, {"currency": "USD"}, 409)["type"].endswith("currency_fixed")


def test_an_application_is_approved_once_and_declined_with_a_reason(api: Caller, program: dict[str, str]) -> None:
    api.post("/offers", {"program": program["id"], "name": "Shop", "destination_url": "https://shop.example/"})
    stored = Program.objects.get()
    sent = [
        submit_application(stored, name=name, email=f"{name}@x.example", now=clock.now()) for name in ("cleo", "dan")
    ]
    waiting = [confirm_application(secret_of(each.pk), now=clock.now()) for each in sent if each]
    first, second = (f"/applications/{text_id('app', each.pk)}" for each in waiting)
    enrolment = api.post(f"{first}/approve", {}, 200)
    assert enrolment["status"] == "active"
    assert api.post(f"{first}/approve", {}, 409)["type"].endswith("application_approved")
    assert api.get(f"/links?enrolment={enrolment['id']}")["data"][0]["slug"] == "cleo"
    assert api.post(f"{second}/decline", {"reason": ""}, 422)["errors"][0]["pointer"] == "/reason"
    assert api.post(f"{second}/decline", {"reason": "no audience yet"}, 200)["status"] == "declined"
    assert "secret" not in api.get(second)


def test_a_new_key_works_at_once_and_a_revoked_one_no_more(api: Caller, program: dict[str, str]) -> None:
    made = api.post("/keys", {"name": "shop", "scopes": ["read"], "program": program["id"]})
    assert made["secret"].startswith("hz_")
    other = Caller("read")
    other.secret = made["secret"]
    assert [row["id"] for row in other.get("/programs")["data"]] == [program["id"]]
    assert "secret" not in api.get(f"/keys/{made['id']}")
    api.post(f"/keys/{made['id']}/revoke", status=200)
    assert other.send("GET", "/programs").status_code == 401
    assert DoorKey.objects.get(key_id__isnull=False, hash=DoorKey.objects.get(revoked=True).hash).revoked


def test_a_qr_code_is_drawn_for_a_link(api: Caller, program: dict[str, str]) -> None:
    offer = api.post("/offers", {"program": program["id"], "name": "Shop", "destination_url": "https://shop.example/"})
    api.post("/partners", {"name": "Ana", "email": "ana@x.example", "program": program["id"]})
    enrolment = api.get("/enrolments")["data"][0]
    link = api.post("/links", {"enrolment": enrolment["id"], "offer": offer["id"]})
    answer = api.send("GET", f"/links/{link['id']}/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content


def test_pages_follow_each_other_without_gap_or_repeat(api: Caller, program: dict[str, str]) -> None:
    made = [api.post("/partners", {"name": f"P{n}", "email": f"p{n}@x.example"})["id"] for n in range(7)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"/partners?limit=3&cursor={cursor}")
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert seen == made[::-1]
    assert api.get("/partners?cursor=nonsense", 422)["errors"][0]["pointer"] == "/query/cursor"


def test_what_happened_is_listed_by_when_it_occurred(api: Caller) -> None:
    ids = everything_in(make.program("orchard"), "Ana")
    for path in ("/conversions", "/refunds", "/commissions", "/clicks"):
        day = make.NOON.date().isoformat()
        inside = api.get(f"{path}?since={day}T00:00:00Z&until={day}T23:00:00%2B00:00")["data"]
        assert len(inside) == 1
        assert inside[0]["program"] == ids["program_id"]
        assert api.get(f"{path}?since={day}T13:00:00Z")["data"] == []
        assert api.get(f"{path}?since={day}", 422)["errors"][0]["pointer"] == "/query/since"


def test_a_conversion_shows_amounts_beside_their_currency_and_its_evidence(api: Caller) -> None:
    ids = everything_in(make.program("orchard"), "Ana")
    sold = api.get(f"/conversions/{ids['conversion_id']}")
    assert (sold["amount"], sold["currency"], sold["attribution"]) == (1000, "GBP", None)
    assert sold["occurred_at"] == "2026-05-15T12:00:00Z"
    explained = api.get(f"/commissions/{ids['commission_id']}")
    assert (explained["amount"], explained["earned"], explained["state"]) == (180, 200, "held")
    assert explained["steps"] == []
