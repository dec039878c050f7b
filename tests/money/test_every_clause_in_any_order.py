"""A sale, two refunds, a chargeback, its won dispute and a renewal end alike in every order, whatever the clauses.

Through the journal and the pipeline, so that what comes too early waits, also with orders in another currency.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from hanse.journal.sqlite import SqliteJournal
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.models import Entry
from hanse.money.ledger.verify import verify_books
from hanse.money.promises.verify import verify_promises
from hanse.money.referrals.verify import verify_referrals
from hanse.people.partners.models import Partner
from hanse.programs.rates.actions import keep_rates
from hanse.programs.rates.types import DailyRate
from tests import cast, make
from tests.money.books import close_periods
from tests.sending import World

pytestmark = pytest.mark.django_db
TEN = {"kind": "percent", "rate": "10%"}
STEPS = [{"from": 0, "rate": "4%"}, {"from": 4_000, "rate": "6%"}, {"from": 12_000, "rate": "8%"}]
TERMS: dict[str, list[dict[str, Any]]] = {
    "percent": [TEN],
    "fixed": [{"kind": "fixed", "amount": 999, "per": "conversion"}],
    "unit": [{"kind": "fixed", "amount": 70, "per": "unit"}],
    "recurring": [{**TEN, "recurring": {"months": 1}}, {"kind": "percent", "rate": "1%", "recurring": {"payments": 1}}],
    "marginal": [{"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": STEPS}],
    "retroactive": [{"kind": "ladder", "metric": "value", "period": "year", "mode": "retroactive", "steps": STEPS}],
    "bonus": [TEN, {"kind": "ladder", "metric": "count", "period": "quarter", "mode": "bonus",
                    "steps": [{"from": 1, "amount": 50}, {"from": 2, "amount": 70}]}],
    "multiplier": [TEN, {"kind": "multiplier", "factor": "1.5",
                         "when": {"field": "customer.is_new", "op": "eq", "value": True}}],
    "milestone": [TEN, {"kind": "milestone", "metric": "value", "at": 6_000, "amount": 500}],
    "caps": [TEN, {"kind": "cap", "per": "conversion", "amount": 700},
             {"kind": "cap", "per": "customer", "amount": 900},
             {"kind": "cap", "per": "period", "period": "life", "count": 1}],
    "floors": [TEN, {"kind": "floor", "amount": 1_500, "period": "month", "mode": "greater_of"},
               {"kind": "floor", "amount": 300, "period": "quarter", "mode": "added"}],
    "advance": [TEN, {"kind": "floor", "amount": 2_000, "period": "month", "mode": "recoupable", "carry": True}],
}  # fmt: skip
BUYER = {"external_id": "u"}


def acts(world: World, currency: str) -> list[Callable[[], object]]:
    lines = [{"sku": "a", "quantity": 2, "amount": 7_001}, {"sku": "b", "quantity": 3, "amount": 2_999}]
    renewal = {
        "goal": "renewal", "external_id": "N-1", "amount": 5_000, "customer": BUYER, "currency": currency,
        "occurred_at": make.at(-1).isoformat(),
    }  # fmt: skip
    of: dict[str, Any] = {"currency": currency}
    return [
        lambda: world.sell("A-1", at=make.at(-30), lines=lines, customer=BUYER, coupon="BEN10", **of),
        lambda: world.refund("R-1", "A-1", 2_001, **of),
        lambda: world.refund("R-2", "A-1", 1_000, lines=[{"sku": "b", "quantity": 1, "amount": 1_000}], **of),
        lambda: world.refund("C-1", "A-1", 10_000, kind="chargeback", **of),
        lambda: world.refund("D-1", "A-1", 10_000, kind="dispute_won", reverses="C-1", **of),
        lambda: world.send("conversion", renewal),
    ]


def end_of(world: World, does: list[Callable[[], object]], order: tuple[int, ...]) -> tuple[Any, ...]:
    for step, place in enumerate(order):
        does[place]()
        world.run(make.at(0, minutes=step))
    close_periods(make.at(30))
    assert verify_books() == verify_commissions() == verify_promises() == verify_referrals() == []
    sums: dict[tuple[str, str], int] = {}
    for name, pot, minor in Entry.objects.values_list(
        "account__enrolment__partner__name", "account__kind", "amount_minor"
    ):
        sums[str(name), pot] = sums.get((str(name), pot), 0) + minor
    rows = Commission.objects.order_by("conversion__external_id")
    return tuple(rows.values_list("earned_minor", "owed_minor")), tuple(sorted((k, v) for k, v in sums.items() if v))


@pytest.mark.parametrize("currency", ["GBP", "USD"])
@pytest.mark.parametrize("kind", TERMS)
def test_every_order_of_facts_ends_alike(
    db: None, tmp_path: Path, kind: str, currency: str, request: pytest.FixtureRequest
) -> None:
    every = list(itertools.permutations(range(6)))
    chosen = every if request.config.getoption("--long") else every[:: 181 if currency == "GBP" else 359]
    ends = set()
    for number, order in enumerate(chosen):
        with transaction.atomic():
            world = World(cast.build(), SqliteJournal(tmp_path / f"{number}.sqlite3"))
            Partner.objects.filter(id=world.cast.ben.id).update(recruited_by=world.cast.ana)
            make.terms(world.cast.program, *TERMS[kind], enrolment=world.cast.bens)
            make.terms(
                world.cast.program, TEN, {"kind": "referral", "rate": "33%", "months": 24}, enrolment=world.cast.anas
            )
            day: date = make.at(-35).date()
            rates = [
                DailyRate(c, day + timedelta(days=n), r) for n in range(36) for c, r in (("USD", "1.1"), ("GBP", "0.9"))
            ]
            keep_rates(rates, source="tests", now=make.at(-30), by="tests")
            ends.add(end_of(world, acts(world, currency), order))
            world.journal.close()
            transaction.set_rollback(True)
    assert len(ends) == 1
