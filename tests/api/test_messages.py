"""Messages over the API: letters with places of what is wrong, audiences asked now, faults told once."""

from __future__ import annotations

import json

import pytest

from hanse.growth.sends.models import Send
from hanse.kernel.ids import text_id
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db
TEXTS = {"en": {"subject": "Hi {{ partner.first_name }}", "body": "Hello {{ partner.first_name }}"}}


@pytest.fixture
def cast(clock: Clock) -> Cast:
    clock.set(make.at(60))
    return build()


@pytest.fixture
def caller(cast: Cast) -> Caller:
    return Caller("all", program=cast.program)


def test_a_letter_is_kept_changed_and_read_by_a_partner(cast: Cast, caller: Caller) -> None:
    made = caller.post("/messages", {"name": "Hello", "kind": "ideas", "contents": TEXTS})
    assert (made["version"], made["languages"]) == (1, ["en"])
    shown = caller.post(f"/messages/{made['id']}/preview", {"enrolment": text_id("enr", cast.anas.pk)}, 200)
    assert shown["subject"] == "Hi Ana"
    answer = caller.send("PATCH", f"/messages/{made['id']}", {"contents": {"pl": {"subject": "S", "body": "B"}}})
    changed = json.loads(answer.content)
    assert (changed["version"], changed["languages"]) == (2, ["pl"])
    assert caller.get("/messages")["data"][0]["id"] == made["id"]
    assert len(caller.get("/message-library")["data"]) >= 30


def test_what_is_wrong_is_told_by_line_and_column(cast: Cast, caller: Caller) -> None:
    wrong = {"en": {"subject": "S", "body": "a\n{{ partner.nme }}"}}
    found = caller.post("/messages/preview", {"contents": wrong}, 200)["problems"]
    assert [(one["field"], one["line"], one["column"]) for one in found] == [("body", 2, 4)]
    refused = caller.post("/messages", {"name": "N", "kind": "ideas", "contents": wrong}, 422)
    assert refused["errors"][0]["pointer"] == "/contents/en/body"


def test_an_audience_is_asked_now_and_refused_with_a_pointer(cast: Cast, caller: Caller) -> None:
    condition = {"field": "enrolment.tier", "op": "eq", "value": "new"}
    assert caller.post("/audiences/preview", {"condition": condition}, 200)["count"] == 2
    made = caller.post("/audiences", {"name": "New", "condition": condition})
    assert made["now"]["of"] == 2
    refused = caller.post("/audiences", {"name": "Odd", "condition": {"all": [{"field": "x / 0", "op": "eq"}]}}, 422)
    assert refused["errors"][0]["pointer"].startswith("/condition/all/0")


def test_a_fault_is_told_once(cast: Cast, caller: Caller) -> None:
    span = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}
    made = caller.post("/incidents", {"kind": "tracking_down", "title": "T", "cause": "C", **span})
    assert made["partners"] == 0
    caller.post(f"/incidents/{made['id']}/tell", {}, 409)
    assert not Send.objects.exists()
    caller.post("/incidents", {"kind": "wrong_rate", "title": "T", "cause": "C", **span}, 422)
    caller.post("/incidents", {"kind": "wrong_rate", "title": "T", "cause": "C", "rate": "x", **span}, 422)
    assert caller.send("POST", f"/incidents/{made['id']}/delete", {}).status_code == 204


def test_a_letter_goes_to_whoever_is_meant_now_and_twice_to_nobody(cast: Cast, caller: Caller) -> None:
    made = caller.post("/messages", {"name": "Hello", "kind": "ideas", "contents": TEXTS})["id"]
    assert caller.post(f"/messages/{made}/send", {}, 200) == {"letters": 2}
    assert caller.post(f"/messages/{made}/send", {}, 200) == {"letters": 0}
    occasion = {"title": "T", "text": "T", "on": "soon", "page": "https://shop.example/"}
    caller.post(f"/messages/{made}/send", {"occasion": occasion}, 422)
    assert Send.objects.count() == 2
