"""What-if answers to the cent what the books would say: history tried under the terms it had changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.money.commissions.actions import price_conversions, void_commission
from hanse.money.commissions.models import Commission
from hanse.money.whatif import portions
from hanse.money.whatif.queries import what_if
from hanse.money.whatif.types import Draft, WhatIf
from hanse.programs.programs.models import Program
from hanse.programs.terms.rules import parse_terms
from tests import make
from tests.money.books import refund, sell

pytestmark = pytest.mark.django_db
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
EVERYTHING: list[dict[str, Any]] = [
    {"kind": "percent", "rate": "12.5%", "goal": "sale",
     "when": {"field": "line.category", "op": "in", "value": ["books"]}},
    {"kind": "fixed", "amount": 35, "per": "unit", "when": {"field": "line.category", "op": "eq", "value": "toys"}},
    {"kind": "ladder", "metric": "value", "period": "month", "mode": "retroactive",
     "steps": [{"from": 0, "rate": "4%"}, {"from": 9_000, "rate": "7%"}]},
    {"kind": "multiplier", "factor": "1.5", "when": {"field": "order.amount", "op": "gte", "value": 7_000}},
    {"kind": "ladder", "metric": "count", "period": "quarter", "mode": "bonus", "steps": [{"from": 3, "amount": 900}]},
    {"kind": "milestone", "metric": "count", "at": 4, "amount": 5_000},
    {"kind": "cap", "per": "period", "period": "month", "amount": 4_000},
    {"kind": "floor", "amount": 2_000, "period": "month", "mode": "greater_of"},
]  # fmt: skip


def history(partners: int) -> Program:
    """Sell through some partners, with refunds; everything is priced and booked."""
    program = make.program(time_zone="UTC")
    make.terms(program, *EVERYTHING)
    for number in range(partners):
        enrolment = make.enrolment(make.partner(f"P{number}"), program)
        for order in range(6):
            at = SINCE + timedelta(days=11 * order + number)
            lines = [(f"s{order}", ("books", "toys", "tea")[order % 3], order + 1, 1_990 + 777 * order),
                     ("x", "tea", 1, 1_000 + 31 * number)]  # fmt: skip
            minor = sum(line[3] for line in lines)
            sold = sell(enrolment, minor, at=at, lines=lines)
            if order in (1, 2):
                refund(sold, 500)
            price_conversions({sold.id}, at)
    return program


def tried(program: Program, *clauses: dict[str, Any], **more: Any) -> WhatIf:
    body = parse_terms({"clauses": list(clauses)}, currency="GBP", goals=None)
    return what_if(Draft(program.pk, None, None, body), SINCE, UNTIL, **more)


def test_the_terms_that_were_in_force_cost_what_they_cost() -> None:
    program = history(3)
    found = tried(program, *EVERYTHING)
    assert found.orders == 18
    assert [(one.before_minor, one.change_minor) for one in found.effects if one.change_minor] == []
    assert found.before_minor > Commission.objects.count()


def test_portions_of_any_size_answer_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    program = history(3)
    ten = {"kind": "percent", "rate": "10%"}
    whole = tried(program, ten)
    monkeypatch.setattr(portions, "AT_ONCE", 5)
    assert tried(program, ten) == whole


def test_what_was_voided_counts_on_neither_side() -> None:
    program = history(1)
    row = Commission.objects.order_by("occurred_at")[0]
    before = tried(program, {"kind": "percent", "rate": "10%"})
    void_commission(row, reason="fraud", now=UNTIL, by="ruth")
    after = tried(program, {"kind": "percent", "rate": "10%"})
    assert after.orders == before.orders - 1


def test_the_number_of_queries_does_not_grow_with_orders_and_partners() -> None:
    program = history(2)
    with CaptureQueriesContext(connection) as few:
        tried(program, {"kind": "percent", "rate": "10%"})
    for number in range(2, 8):
        enrolment = make.enrolment(make.partner(f"P{number}"), program)
        price_conversions({sell(enrolment, 5_000, at=SINCE).id}, SINCE)
    with CaptureQueriesContext(connection) as many:
        tried(program, {"kind": "percent", "rate": "10%"})
    assert len(many) == len(few)
