"""A first payout up to an amount: held for fewer days, with the date that was told kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.kernel.errors import Invalid
from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.models import Commission
from hanse.money.holds.actions import open_case
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.models import Payout, PayoutRules, PayoutRun
from hanse.money.payouts.schedule import set_payout_rules
from hanse.programs.programs.models import Program
from tests import cast, make
from tests.money.books import commission_of, pots, price, refund, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew() -> cast.Cast:
    made = cast.build()
    PayoutRules.objects.create(program=made.program, first_payout_up_to_minor=2000, first_hold_days=7)
    return made


def days(commission: Commission) -> tuple[int, int | None]:
    commission.refresh_from_db()
    usual = commission.usual_until
    return (
        (commission.held_until - commission.occurred_at).days,
        (usual - commission.occurred_at).days if usual else None,
    )


def test_first_earnings_are_held_for_fewer_days_until_the_amount_is_reached(crew: cast.Cast) -> None:
    first, second, third = (sell(crew.anas, amount) for amount in (5000, 6000, 100))
    price(first)
    price(second)
    price(third)
    assert days(commission_of(first, crew.anas)) == (7, 30)
    assert days(commission_of(second, crew.anas)) == (30, None)  # 10.00 and 12.00 are more than 20.00
    assert days(commission_of(third, crew.anas)) == (7, 30)  # and 10.20 are not
    assert release_holds(first.occurred_at + timedelta(days=7), 10) == 2
    assert (pots(crew.anas).payable_minor, pots(crew.anas).held_minor) == (1020, 1200)
    assert verify_books() == []


def test_several_at_once_are_taken_in_the_order_they_occurred(crew: cast.Cast) -> None:
    late, early = sell(crew.anas, 6000, at=make.at(1)), sell(crew.anas, 6000, at=make.at(0))
    price(late, early, now=make.at(2))
    assert days(commission_of(early, crew.anas)) == (7, 30)
    assert days(commission_of(late, crew.anas)) == (30, None)


def test_a_refund_keeps_the_date_and_growing_past_the_amount_does_not(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 5000)
    price(sold)
    refund(sold, 2500)
    price(sold)
    earned = commission_of(sold, crew.anas)
    assert (earned.owed_minor, days(earned)) == (500, (7, 30))
    sold.lines, sold.amount_minor = [["", "", 1, 900_000]], 900_000
    sold.save()
    price(sold)
    assert days(earned) == (30, None)
    assert release_holds(sold.occurred_at + timedelta(days=29), 10) == 0


def test_the_date_that_was_told_is_kept_when_the_rule_or_the_hold_changes(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 5000)
    price(sold)
    Program.objects.update(hold_days=60)
    PayoutRules.objects.update(first_hold_days=None)
    refund(sold, 1000)
    price(sold)
    assert days(commission_of(sold, crew.anas)) == (7, 30)
    new = sell(crew.anas, 100)
    price(new)
    assert days(commission_of(new, crew.anas)) == (60, None)


def test_who_was_paid_before_has_the_usual_hold(crew: cast.Cast) -> None:
    run = PayoutRun.objects.create(
        program=crew.program, number="R-1", currency="GBP", rail="csv", state="opened", as_of=make.NOON,
        drafted_at=make.NOON,
    )  # fmt: skip
    paid = Payout.objects.create(
        run=run, partner=crew.ana, enrolment=crew.anas, amount_minor=1, currency="GBP", state="in_transit"
    )
    first, other = sell(crew.anas, 100), sell(crew.bens, 100)
    price(first, other)
    assert days(commission_of(first, crew.anas)) == (30, None)
    assert days(commission_of(other, crew.bens)) == (7, 30)
    Payout.objects.filter(pk=paid.pk).update(state="failed")
    again = sell(crew.anas, 100)
    price(again)
    assert days(commission_of(again, crew.anas)) == (7, 30)


def test_a_case_still_keeps_what_a_shorter_hold_would_release(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 100)
    price(sold)
    open_case(crew.anas, commission_of(sold, crew.anas), "person", {}, now=make.NOON, by="ruth")
    assert release_holds(make.at(60), 10) == 0


def test_a_longer_first_hold_than_the_usual_one_changes_nothing(crew: cast.Cast) -> None:
    PayoutRules.objects.update(first_hold_days=90)
    sold = sell(crew.anas, 100)
    price(sold)
    assert days(commission_of(sold, crew.anas)) == (30, None)


def test_the_rule_needs_its_amount(crew: cast.Cast) -> None:
    said = {"schedule": "off", "schedule_day": 1, "rail": "csv", "now": make.NOON, "by": "ruth"}
    with pytest.raises(Invalid) as refusal:
        set_payout_rules(crew.program, **said, first_payout_up_to_minor=None, first_hold_days=7)  # type: ignore[arg-type]
    assert [problem.pointer for problem in refusal.value.problems] == ["/first_payout_up_to_minor"]
    with pytest.raises(Invalid):
        set_payout_rules(crew.program, **said, first_payout_up_to_minor=5, first_hold_days=-1)  # type: ignore[arg-type]
    row = set_payout_rules(crew.program, **said, first_payout_up_to_minor=2500, first_hold_days=3)  # type: ignore[arg-type]
    assert (row.first_payout_up_to_minor, row.first_hold_days) == (2500, 3)
