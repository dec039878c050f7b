"""Partners hear by mail what was decided about their deals, their orders and their types, each answer once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.announcements.decisions import announce_decisions
from hanse.growth.demarcation.models import TypeRule, TypeSuggestion
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.deals.actions import approve_deal, decline_deal, register_deal
from hanse.traffic.deals.models import Deal
from hanse.traffic.resale.models import ResaleOrder
from tests.cast import Cast, build
from tests.make import at

pytestmark = pytest.mark.django_db
BY = "ruth@harbour.example"


@pytest.fixture
def cast() -> Cast:
    return build()


def _deal(cast: Cast, domain: str = "hotel.example") -> Deal:
    return register_deal(cast.anas, company_domain=domain, amount_minor=1000, note="", now=at(-1), by="ana")


def _order(cast: Cast, status: str, **columns: Any) -> ResaleOrder:
    values = {
        "external_id": f"R-{status}", "ordered_on": at(-2).date(), "customer_label": "A hotel", "list_minor": 1000,
        "partner_minor": 700, "currency": "GBP", "content_hash": "0", "recorded_at": at(-1), "recorded_by": "ana",
        "decided_at": at(), "decision_reason": "", "changed_at": at(),
    } | columns  # fmt: skip
    return ResaleOrder.objects.create(program=cast.program, enrolment=cast.anas, status=status, **values)


def _told() -> list[str]:
    return [row.payload["subject"] for row in OutboxItem.objects.order_by("id")]


def test_a_deal_is_told_once_and_again_when_the_answer_is_taken_back(cast: Cast) -> None:
    deal = _deal(cast)
    assert announce_decisions(at()) == 0
    approve_deal(deal, now=at(), by=BY)
    assert (announce_decisions(at()), announce_decisions(at())) == (1, 0)
    decline_deal(deal, reason="They were a customer before.", now=at(1), by=BY)
    announce_decisions(at(1))
    assert _told() == ["hotel.example is protected for you", "Your deal with hotel.example was not accepted"]
    first, second = OutboxItem.objects.order_by("id")
    assert "credited to you" in first.payload["text"]
    assert "They were a customer before." in second.payload["text"]


def test_a_reported_order_is_told_and_one_that_we_recorded_is_not(cast: Cast) -> None:
    _order(cast, "confirmed")
    _order(cast, "declined", decision_reason="It was cancelled.")
    _order(cast, "cancelled", external_id="R-3")
    _order(cast, "confirmed", external_id="R-4", recorded_at=at())
    _order(cast, "reported", external_id="R-5")
    assert announce_decisions(at()) == 3
    assert sorted(_told()) == [
        "Order R-3 was taken back", "Order R-confirmed is confirmed", "Order R-declined was not accepted",
    ]  # fmt: skip
    assert "£3.00" in next(
        row.payload["text"] for row in OutboxItem.objects.all() if "confirmed is" in str(row.payload)
    )


def test_a_change_of_type_is_told_in_the_partners_language(cast: Cast) -> None:
    rule = TypeRule.objects.create(
        program=cast.program, name="x", adds="ambassador", condition={}, created_at=at(), created_by="x",
        changed_at=at(),
    )  # fmt: skip
    cast.ana.language = "es"
    cast.ana.save()
    for state in ("accepted", "declined"):
        TypeSuggestion.objects.create(
            program=cast.program, rule=rule, enrolment=cast.anas, partner=cast.ana, adds="ambassador", evidence=[],
            state=state, found_at=at(-1), decided_at=at(), reason="Three years with us.",
        )  # fmt: skip
    assert announce_decisions(at()) == 1
    (mail,) = OutboxItem.objects.all()
    assert mail.payload["language"] == "es"
    assert "Ambassador" in mail.payload["subject"]
    assert mail.payload["subject"] != "You are Ambassador now"
    assert "Three years with us." in mail.payload["text"]


def test_what_is_old_or_about_a_test_partner_is_no_news(cast: Cast) -> None:
    approve_deal(_deal(cast), now=at(), by=BY)
    assert announce_decisions(at(3)) == 0
    Enrolment.objects.filter(pk=cast.anas.pk).update(is_test=True)
    assert announce_decisions(at()) == 0


def test_many_answers_cost_few_queries_each(cast: Cast) -> None:
    for number in range(5):
        approve_deal(_deal(cast, f"hotel{number}.example"), now=at(), by=BY)
    with CaptureQueriesContext(connection) as first:
        announce_decisions(at())
    with CaptureQueriesContext(connection) as second:
        announce_decisions(at())
    assert len(second) == 3
    assert len(first) <= 3 + 3 + 5 * 6
