"""A POST with an Idempotency-Key: one effect, one answer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.people.partners.models import Partner
from hanse.spine.idempotency.actions import forget_answers
from hanse.spine.idempotency.models import KeptAnswer
from tests import make
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
ANA = {"name": "Ana", "email": "ana@x.example"}


def test_the_same_request_again_gets_the_same_answer_and_has_one_effect() -> None:
    api = Caller()
    first = api.send("POST", "/partners", ANA, idempotency_key="k1")
    again = api.send("POST", "/partners", ANA, idempotency_key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Partner.objects.count() == 1


def test_another_body_under_the_same_key_is_a_conflict() -> None:
    api = Caller()
    api.post("/partners", ANA, idempotency_key="k1")
    problem = api.post("/partners", ANA | {"name": "Ben"}, 409, idempotency_key="k1")
    assert problem["type"].endswith("idempotency_key_reused")
    assert Partner.objects.count() == 1


def test_a_refused_request_may_be_sent_again_under_its_key_once_it_is_mended() -> None:
    api = Caller()
    api.post("/partners", ANA | {"country": "Nowhere"}, 422, idempotency_key="k1")
    assert not KeptAnswer.objects.exists()
    api.post("/partners", ANA, 201, idempotency_key="k1")


def test_two_keys_of_the_api_do_not_share_idempotency_keys() -> None:
    Caller().post("/partners", ANA, idempotency_key="k1")
    Caller().post("/partners", ANA | {"email": "b@x.example"}, 201, idempotency_key="k1")


def test_a_kept_answer_does_not_show_a_secret() -> None:
    made = Caller().post("/keys", {"name": "shop", "scopes": ["read"]}, idempotency_key="k1")
    assert made["secret"] not in KeptAnswer.objects.get().body
    again = KeptAnswer.objects.get()
    forget_answers(again.answered_at)
    assert KeptAnswer.objects.exists()


def test_an_unprintable_key_is_refused() -> None:
    Caller().post("/partners", ANA, 422, idempotency_key="x" * 201)


def test_pages_cost_the_same_number_of_queries_however_many_rows() -> None:
    api, program = Caller(), make.program()
    for size in (3, 30):
        for index in range(size):
            make.enrolment(make.partner(f"P{size}-{index}"), program)
    make.terms(program)
    api.get("/programs")
    for path in ("/enrolments", "/partners", "/balances", "/terms", "/commissions"):
        counts = []
        for limit in (2, 30):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                api.get(f"{path}?limit={limit}")
            counts.append(len(seen))
        assert counts[0] == counts[1], path
