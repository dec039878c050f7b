"""Reading changes nothing: every address of the console and the portal, asked by GET, leaves every table as it was."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from hanse.growth.claims.models import Claim
from hanse.growth.mentions.models import Answer
from hanse.kernel.ids import parse_id, text_id
from hanse.money.holds.models import Case
from tests import make
from tests.api.everything import everything_in
from tests.conftest import Clock
from tests.faces.test_access import routes

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_ROUTES = [
    route for route, _view in routes(get_resolver()) if route.startswith(("console/", "p/")) and "^" not in route
]


def rows() -> dict[str, list[dict[str, object]]]:
    models = [model for model in apps.get_models() if model.__module__.startswith("hanse")]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.fixture
def ids(db: None, clock: Clock) -> dict[str, str]:
    cache.clear()
    clock.set(make.NOON)
    program = make.program("harbour")
    ids = everything_in(program, "Ana")
    colleague = make.manager("ben@harbour.example")
    commission = parse_id("com", ids["commission_id"])
    enrolment = parse_id("enr", ids["enrolment_id"])
    case = Case.objects.create(
        program=program, commission_id=commission, enrolment_id=enrolment, reason="by_hand", opened_at=make.NOON
    )
    claim = Claim.objects.create(
        program=program, enrolment_id=enrolment, external_id="A-1", made_at=make.NOON, promised_on=make.NOON.date()
    )
    answer = Answer.objects.create(
        program=program, digest="a", source="survey", text="Her from the market", status="unclear",
        named_at=make.NOON, taken_at=make.NOON,
    )  # fmt: skip
    return ids | {
        "answer_id": str(answer.pk), "template_id": str(parse_id("ltr", ids["letter_id"])), "act_id": str(answer.pk),
        "door_id": str(answer.pk),
        "slug": program.slug, "key": "sale", "person_id": str(colleague.pk), "case_id": text_id("cas", case.pk),
        "parked_id": str(parse_id("fct", ids["fact_id"])), "link": ids["link_id"], "partner": ids["partner_id"],
        "rail_key": "sepa", "position": "1", "part": "1", "benefit_id": str(answer.pk), "proposal": ids["proposal_id"],
        "commission": ids["commission_id"], "month": "2026-05", "claim_id": str(claim.pk), "kind": "best_product",
        "tier": "power", "feed": ids["feed_id"], "piece": ids["piece_id"],
        "way": text_id("way", answer.pk), "act": "start",
    }  # fmt: skip


def test_asking_by_get_changes_nothing(ids: dict[str, str]) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(make.manager("ruth@harbour.example", role="owner"))
    before, wrong = rows(), []
    for route in _ROUTES:
        answer = browser.get("/" + _PARAMETER.sub(lambda found: ids.get(found[1], ids["answer_id"]), route))
        if answer.status_code not in (200, 302, 303, 403, 404, 405):
            wrong.append((route, answer.status_code))
    after = rows()
    assert wrong == []
    assert [name for name in after if after[name] != before[name]] == []
    assert len(_ROUTES) > 80
