"""A draft with floors and fees, tried on the past: those who sold nothing count too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hanse.money.commissions.actions import price_conversions
from hanse.money.ledger.models import Transaction
from hanse.money.promises.models import Promise
from hanse.money.whatif.queries import what_if
from hanse.money.whatif.types import Draft
from hanse.programs.terms.rules import parse_terms
from tests import make
from tests.money.books import sell

pytestmark = pytest.mark.django_db
TWENTY = {"kind": "percent", "rate": "20%"}
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def test_a_floor_and_a_fee_show_for_everybody_and_nothing_is_booked() -> None:
    program = make.program(time_zone="UTC")
    make.terms(program, TWENTY, {"kind": "floor", "amount": 1_000, "period": "quarter", "mode": "added"})
    ana, ben = (make.enrolment(make.partner(name), program) for name in ("Ana", "Ben"))
    sold = sell(ana, 60_000, at=datetime(2026, 2, 1, tzinfo=UTC))
    price_conversions({sold.id}, datetime(2026, 2, 1, tzinfo=UTC))
    before = (Transaction.objects.count(), Promise.objects.count())
    floor = {"kind": "floor", "amount": 20_000, "period": "quarter", "mode": "greater_of"}
    clauses: list[dict[str, Any]] = [TWENTY, floor, {"kind": "fee", "amount": 50, "due": "signing"}]
    body = parse_terms({"clauses": clauses}, currency="GBP", goals=None)
    found = {one.enrolment_id: one for one in what_if(Draft(program.pk, None, None, body), SINCE, UNTIL).effects}
    assert (found[ana.pk].before_minor, found[ana.pk].after_minor) == (12_000 + 2_000, 12_000 + 8_000 + 20_000 + 50)
    assert (found[ben.pk].before_minor, found[ben.pk].after_minor) == (2_000, 40_050)
    assert (found[ana.pk].orders, found[ben.pk].orders) == (1, 0)
    assert before == (Transaction.objects.count(), Promise.objects.count())
