"""Bounties: booked once, paid out like everything else, taken back by a second booking."""

from __future__ import annotations

import pytest

from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import new_id
from hanse.money.bounties.actions import pay_bounty, take_bounty_back
from hanse.money.ledger.models import Transaction
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import draft_run
from hanse.money.payouts.models import Payout
from hanse.money.payouts.statements import statement
from hanse.money.payouts.verify import verify_payouts
from tests.cast import Cast, build
from tests.console.conftest import pay_to
from tests.make import at
from tests.money.books import pots

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return build()


def test_a_bounty_is_payable_at_once_and_booked_once(cast: Cast) -> None:
    entry = new_id()
    numbers = {pay_bounty(cast.anas, 5000, entry_id=entry, name="Ten in May", now=at(n), by="olga") for n in range(3)}
    assert len(numbers) == 1
    assert pots(cast.anas).payable_minor == 5000
    assert verify_books() == []


def test_what_is_taken_back_is_a_second_booking_and_may_go_below_zero(cast: Cast) -> None:
    entry = new_id()
    with pytest.raises(Refused):
        take_bounty_back(cast.anas, 5000, entry_id=entry, reason="Bought clicks", now=at(), by="olga")
    pay_bounty(cast.anas, 5000, entry_id=entry, name="Ten in May", now=at(), by="olga")
    with pytest.raises(Invalid):
        take_bounty_back(cast.anas, 5000, entry_id=entry, reason=" ", now=at(1), by="olga")
    for day in (1, 2):
        take_bounty_back(cast.anas, 5000, entry_id=entry, reason="Bought clicks", now=at(day), by="olga")
    assert pots(cast.anas).payable_minor == 0
    assert Transaction.objects.count() == 2


def test_nothing_below_one_and_nobody_who_has_not_joined(cast: Cast) -> None:
    for amount in (0, -1, 10**19):
        with pytest.raises(Invalid):
            pay_bounty(cast.anas, amount, entry_id=new_id(), name="x", now=at(), by="olga")
    cast.bens.status = "pending"
    with pytest.raises(Refused):
        pay_bounty(cast.bens, 1, entry_id=new_id(), name="x", now=at(), by="olga")


def test_a_bounty_goes_out_with_the_next_run_and_stands_on_the_statement(cast: Cast) -> None:
    pay_to(cast.anas, cast)
    pay_bounty(cast.anas, 50_000, entry_id=new_id(), name="Ten in May", now=at(), by="olga")
    draft_run(cast.program, "csv", as_of=at(1), now=at(1), by="olga")
    assert Payout.objects.get().amount_minor == 50_000
    assert verify_payouts() == []
    rows = statement(cast.anas, at(-1), at(1)).rows
    assert [(row.cause, row.note) for row in rows] == [("bounty", "Ten in May")]
