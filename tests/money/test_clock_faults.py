"""A clock that jumps a day, nights in which clocks change: no hold ends early, nothing is paid twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.models import Commission
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import approve_run, draft_run, open_run, settle_payout
from hanse.money.payouts.models import Payout, PayoutLine
from hanse.money.promises.models import Promise
from hanse.money.promises.verify import verify_promises
from tests import cast, make
from tests.money.books import close_periods, pots, price, refund, sell
from tests.money.test_payouts import ready

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def crew() -> cast.Cast:
    found = cast.build()
    ready(found.anas, found)
    return found


@pytest.mark.parametrize(
    "sold_at",
    [
        datetime(2026, 3, 28, 23, 30, tzinfo=UTC),  # the night to 29 March has 23 hours in London
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # that to 25 October 25; 01:30 comes twice
        datetime(2026, 2, 27, 1, 30, tzinfo=UTC),  # thirty days later the clock changes
    ],
)
def test_a_hold_is_thirty_days_of_twenty_four_hours_whatever_the_clocks_do(crew: cast.Cast, sold_at: datetime) -> None:
    price(sell(crew.anas, 10_000, at=sold_at), now=sold_at)
    assert release_holds(sold_at + 30 * DAY - TICK, 10) == 0
    assert release_holds(sold_at + 30 * DAY, 10) == 1


def test_a_clock_that_falls_back_a_day_releases_nothing_early_and_nothing_twice(crew: cast.Cast) -> None:
    price(sell(crew.anas, 10_000))
    due = make.at(30)
    assert release_holds(due - DAY, 10) == 0
    assert release_holds(due, 10) == 1
    assert release_holds(due - DAY, 10) == 0
    assert release_holds(due + DAY, 10) == 0
    assert pots(crew.anas).payable_minor == 2_000
    assert verify_books() == []


def pay(crew: cast.Cast, now: datetime) -> int:
    """Draft, approve and open a run at a moment; return how much it pays."""
    run = draft_run(crew.program, "csv", as_of=now, now=now, by="a@x.example")
    if run is None or not Payout.objects.filter(run=run).exists():
        return 0
    approve_run(run, now=now, by="b@x.example")
    open_run(run, now=now, by="b@x.example")
    return sum(Payout.objects.filter(run=run).exclude(opened_at=None).values_list("amount_minor", flat=True))


@pytest.mark.parametrize("jump", [-DAY, DAY, timedelta(0)])
def test_nothing_is_paid_twice_when_the_clock_jumps_between_runs(crew: cast.Cast, jump: timedelta) -> None:
    sold = sell(crew.anas, 100_000)
    price(sold)
    moment = make.at(31)
    release_holds(moment, 10)
    assert pay(crew, moment) == 20_000
    for payout in Payout.objects.all():
        settle_payout(payout, "ref", now=moment + jump, by="b@x.example")
    assert pay(crew, moment + jump) == 0
    refund(sold, 50_000)
    price(sold, now=moment + jump)
    assert pots(crew.anas).payable_minor == -10_000
    entries = list(PayoutLine.objects.values_list("entry_id", flat=True))
    assert len(entries) == len(set(entries))
    assert verify_books() == []


def test_a_month_closes_once_and_stays_closed_for_a_clock_that_falls_back(crew: cast.Cast) -> None:
    make.terms(
        crew.program, {"kind": "percent", "rate": "20%"},
        {"kind": "floor", "amount": 3_100, "period": "month", "mode": "added"}, enrolment=crew.anas,
    )  # fmt: skip
    march = datetime(2026, 3, 31, 23, 0, tzinfo=UTC)  # midnight in London: summer time has begun
    close_periods(march - TICK)
    assert Promise.objects.count() == 2
    close_periods(march)
    close_periods(march - DAY)
    close_periods(march + DAY)
    assert Promise.objects.count() == 3
    assert pots(crew.anas).payable_minor == 9_300
    assert verify_promises() == verify_books() == []


def test_what_is_decided_ahead_of_time_is_not_decided_again(crew: cast.Cast) -> None:
    price(sell(crew.anas, 10_000, at=make.at(1)), now=make.at())  # a shop whose clock is a day ahead
    assert Commission.objects.get().held_until == make.at(31)
    assert release_holds(make.at(30), 10) == 0
    assert release_holds(make.at(31), 10) == 1
