"""Whatever happens in whatever order, a tiny model of what is owed and the books agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hanse.kernel.money import round_half_away
from hanse.money.commissions.actions import release_holds, void_commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import (
    approve_run,
    cancel_run,
    draft_run,
    fail_payout,
    open_run,
    return_payout,
    settle_payout,
)
from hanse.money.payouts.models import Payout, PayoutLine, PayoutRun
from hanse.money.payouts.verify import verify_payouts
from hanse.programs.terms.models import Terms
from hanse.traffic.conversions.models import Conversion
from tests import cast, make
from tests.money.books import commission_of, pots, price, refund, sell
from tests.money.test_payouts import ready

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Program(RuleBasedStateMachine):
    """One partner, rates that change, sales, refunds, holds, voids and payouts that may fail or come back."""

    def __init__(self) -> None:
        super().__init__()
        self.trial = transaction.atomic()
        self.trial.__enter__()
        self.now, self.sold, self.rates, self.voided = make.at(), list[Conversion](), list[int](), set[int]()
        self.rate = 20

    @initialize()
    def begin(self) -> None:
        self.crew = cast.build()
        ready(self.crew.anas, self.crew)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.trial.__exit__(None, None, None)

    @rule(rate=st.integers(0, 60), days=st.integers(0, 20))
    def change_rate(self, rate: int, days: int) -> None:
        self.now += timedelta(days=days, seconds=1)
        self.rate = rate
        make.terms(
            self.crew.program, {"kind": "percent", "rate": f"{rate}%"}, starts_at=self.now, enrolment=self.crew.anas
        )

    @rule(amount=st.integers(0, 100_000))
    def buy(self, amount: int) -> None:
        self.now += timedelta(seconds=1)
        self.sold.append(sell(self.crew.anas, amount, at=self.now))
        self.rates.append(self.rate)
        price(self.sold[-1], now=self.now)

    @precondition(lambda self: self.sold)
    @rule(index=st.integers(0, 99), amount=st.integers(1, 100_000), days=st.integers(0, 40))
    def take_back(self, index: int, amount: int, days: int) -> None:
        self.now += timedelta(days=days)
        one = self.sold[index % len(self.sold)]
        refund(one, amount, at=self.now)
        price(one, now=self.now)

    @precondition(lambda self: self.sold)
    @rule(index=st.integers(0, 99))
    def void(self, index: int) -> None:
        index %= len(self.sold)
        if index not in self.voided:
            void_commission(commission_of(self.sold[index], self.crew.anas), "Fraud.", self.now, "ruth")
            self.voided.add(index)

    @rule(days=st.integers(0, 40), limit=st.integers(1, 3))
    def release(self, days: int, limit: int) -> None:
        self.now += timedelta(days=days)
        release_holds(self.now, limit)

    @rule(end=st.sampled_from(["settle", "fail", "return", "cancel", "wait"]))
    def pay(self, end: str) -> None:
        run = draft_run(self.crew.program, "csv", as_of=self.now, now=self.now, by="ruth")
        if end == "cancel":
            return cancel_run(run, now=self.now, by="ruth")
        approve_run(run, now=self.now, by="ruth")
        open_run(run, now=self.now, by="ruth")
        if end == "wait":
            return None
        for payout in Payout.objects.filter(run=run, state="in_transit"):
            if end == "fail":
                fail_payout(payout, "Closed.", now=self.now, by="ruth")
                continue
            settle_payout(payout, "B", now=self.now, by="ruth")
            if end == "return":
                return_payout(payout, "Back.", now=self.now, by="ruth")
        return None

    @rule()
    def read_back_what_waits(self) -> None:
        for payout in Payout.objects.filter(state="in_transit"):
            settle_payout(payout, "late", now=self.now, by="ruth")

    def owed(self) -> int:
        return sum(
            round_half_away((one.amount_minor - one.refunded_minor) * rate, 100)
            for index, (one, rate) in enumerate(zip(self.sold, self.rates, strict=True))
            if index not in self.voided
        )

    @invariant()
    def the_pots_hold_what_is_owed(self) -> None:
        now = pots(self.crew.anas)
        assert now.held_minor + now.payable_minor + now.in_transit_minor + now.paid_minor == self.owed()
        assert now.in_transit_minor >= 0
        assert now.paid_minor >= 0

    @invariant()
    def no_line_is_paid_twice(self) -> None:
        living = list(PayoutLine.objects.filter(released_at=None).values_list("entry_id", flat=True))
        assert len(living) == len(set(living))

    @invariant()
    def the_books_prove_themselves(self) -> None:
        assert verify_books() == verify_commissions() == verify_payouts() == []
        assert Terms.objects.exists()
        assert not PayoutRun.objects.filter(state="opened").exclude(payouts__state="in_transit").exists()


def test_the_life_of_a_program_agrees_with_a_tiny_model() -> None:
    options: dict[str, Any] = {"max_examples": 12, "stateful_step_count": 18, "deadline": None}
    run_state_machine_as_test(Program, settings=settings(**options, suppress_health_check=list(HealthCheck)))
