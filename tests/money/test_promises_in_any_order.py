"""Floors and advances end with the same balances, whatever order facts, holds' ends and closings come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hanse.money.commissions.actions import price_conversions, release_holds
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.types import Balances
from hanse.money.ledger.verify import verify_books
from hanse.money.promises.verify import verify_promises
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.money.books import close_periods, pots, refund, sell

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
Sale = tuple[int, int, int]  # day, amount, what comes back


class Undone(Exception):
    """Ends a trial and takes it back."""


class Trial:
    """One life of an enrolment: sales and refunds arrive one by one, sweeps run in between."""

    def __init__(self, to: Enrolment, sales: list[Sale]) -> None:
        self.to, self.sales = to, sales
        self.sold: dict[int, Conversion] = {}
        self.early: set[int] = set()

    def act(self, what: str, number: int, now: datetime) -> None:
        """Let one thing happen. A refund that comes before its sale waits for it."""
        if what == "close":
            close_periods(now)
        elif what == "release":
            release_holds(now, 2)
        elif what == "refund" and number not in self.sold:
            self.early.add(number)
        else:
            self._arrive(what, number)
            price_conversions({self.sold[number].id}, now)

    def _arrive(self, what: str, number: int) -> None:
        day, amount, back = self.sales[number]
        if what == "sell":
            self.sold[number] = sell(self.to, amount, at=START + timedelta(days=day), name=f"o{number}")
        if what == "refund" or number in self.early:
            refund(self.sold[number], back, name=f"r{number}")


def lived(to: Enrolment, sales: list[Sale], acts: list[tuple[str, int]], moments: list[int]) -> Balances:
    """Live through acts at rising moments, then settle what is left; everything is taken back afterwards."""
    found: list[Balances] = []
    trial = Trial(to, sales)
    try:
        with transaction.atomic():
            for (what, number), days in zip(acts, sorted(moments), strict=True):
                trial.act(what, number, START + timedelta(days=days))
            release_holds(END, 1000)
            close_periods(END)
            found.append(pots(to))
            assert verify_books() == verify_commissions() == verify_promises() == []
            raise Undone
    except Undone:
        return found[0]


MODES = st.sampled_from(["added", "greater_of", "recoupable"])
FLOOR = st.fixed_dictionaries({
    "kind": st.just("floor"), "mode": MODES, "carry": st.booleans(), "period": st.sampled_from(["month", "quarter"]),
    "amount": st.integers(1, 30_000),
})  # fmt: skip
SALES = st.lists(st.tuples(st.integers(0, 220), st.integers(0, 60_000), st.integers(1, 60_000)), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(floors=st.lists(FLOOR, min_size=1, max_size=2), sales=SALES, data=st.data())
def test_any_order_ends_alike(floors: list[dict[str, Any]], sales: list[Sale], data: st.DataObject) -> None:
    try:
        with transaction.atomic():
            program = make.program(time_zone="Europe/London", hold_days=20)
            make.terms(program, {"kind": "percent", "rate": "20%"}, *floors)
            ana = make.enrolment(make.partner(), program, enrolled_at=START + timedelta(days=9))
            facts = [(what, number) for number in range(len(sales)) for what in ("sell", "refund")]
            ends = set()
            for _trial in range(3):
                sweeps = data.draw(st.lists(st.sampled_from([("close", 0), ("release", 0)]), max_size=6))
                acts = data.draw(st.permutations([*facts, *sweeps]))
                moments = data.draw(st.lists(st.integers(0, 243), min_size=len(acts), max_size=len(acts)))
                ends.add(lived(ana, sales, acts, moments))
            assert len(ends) == 1
            raise Undone
    except Undone:
        return
