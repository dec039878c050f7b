"""Referrals: a share of what recruits earn on conversions, for some months, following their commissions in all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hanse.money.commissions.actions import price_conversions, release_holds, reprice_since, void_commission
from hanse.money.commissions.queries import explanation_of
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.models import Transaction
from hanse.money.ledger.verify import verify_books
from hanse.money.referrals.actions import follow_recruit
from hanse.money.referrals.models import ReferralShare
from hanse.money.referrals.rules import counted_minor
from hanse.money.referrals.verify import verify_referrals
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from tests import cast, make
from tests.money.books import commission_of, pots, price, refund, sell

pytestmark = pytest.mark.django_db
TWENTY = {"kind": "percent", "rate": "20%"}
TENTH = {"kind": "referral", "rate": "10%", "months": 12}


@pytest.fixture
def crew() -> cast.Cast:
    """Ana brought Ben and has a tenth of what he earns."""
    found = cast.build()
    Partner.objects.filter(id=found.ben.id).update(recruited_by=found.ana)
    make.terms(found.program, TWENTY, TENTH, enrolment=found.anas)
    return found


def sound() -> None:
    assert verify_books() == []
    assert verify_referrals() == []
    assert verify_commissions() == []


def owed(to: Enrolment) -> int:
    sound()
    found = pots(to)
    return found.held_minor + found.payable_minor


def test_a_recruiter_has_a_tenth_of_what_the_recruit_earns_and_the_recruit_loses_nothing(crew: cast.Cast) -> None:
    price(sell(crew.bens, 7_855))
    assert (owed(crew.bens), owed(crew.anas)) == (1_571, 157)
    share = ReferralShare.objects.get()
    assert (share.base_minor, share.owed_minor, share.parts) == (1_571, 157, [[2, 100_000, 157]])


def test_it_is_held_released_and_paid_back_with_the_commission(crew: cast.Cast) -> None:
    sold = sell(crew.bens, 10_000)
    price(sold)
    assert (pots(crew.anas).held_minor, pots(crew.anas).payable_minor) == (200, 0)
    release_holds(make.at(31), 100)
    assert (pots(crew.anas).held_minor, pots(crew.anas).payable_minor) == (0, 200)
    release_holds(make.at(32), 100)
    refund(sold, 5_000)
    price(sold, now=make.at(40))
    assert (pots(crew.anas).payable_minor, owed(crew.bens)) == (100, 1_000)
    price(sold, now=make.at(41))
    void_commission(commission_of(sold, crew.bens), "a trick", make.at(50), "ruth")
    assert (owed(crew.anas), owed(crew.bens)) == (0, 0)
    assert Transaction.objects.filter(cause="referral").count() == 3


@pytest.mark.parametrize(("at", "earns"), [(datetime(2026, 12, 31, 23, tzinfo=UTC), 200),
                                           (datetime(2027, 1, 1, 0, tzinfo=UTC), 0)])  # fmt: skip
def test_it_ends_with_its_months_from_the_recruits_enrolment(crew: cast.Cast, at: datetime, earns: int) -> None:
    price(sell(crew.bens, 10_000, at=at), now=at)
    assert owed(crew.anas) == earns


def test_nothing_is_earned_on_bonuses_milestones_fees_floors_and_referrals_of_referrals(crew: cast.Cast) -> None:
    clauses: list[dict[str, Any]] = [
        TWENTY, TENTH, {"kind": "milestone", "metric": "count", "at": 1, "amount": 5_000},
        {"kind": "fee", "amount": 700, "due": "signing"},
        {"kind": "floor", "amount": 900, "period": "month", "mode": "added"},
        {"kind": "ladder", "metric": "count", "period": "year", "mode": "bonus", "steps": [{"from": 1, "amount": 40}]},
    ]  # fmt: skip
    make.terms(crew.program, *clauses, enrolment=crew.bens)
    cleo = make.enrolment(make.partner("Cleo", recruited_by=crew.ben), crew.program)
    mine, hers = sell(crew.bens, 10_000), sell(cleo, 10_000)
    price(mine, hers)
    assert commission_of(mine, crew.bens).owed_minor == 7_040
    assert owed(crew.bens) == 7_040 + 200 + 4 * 900
    assert owed(crew.anas) == 200


def test_below_nothing_counts_as_nothing() -> None:
    steps: list[dict[str, Any]] = [{"step": "bonus", "amount": 500}]
    changes: list[dict[str, Any]] = [{"step": "repriced", "of": "milestone", "amount": 70}]
    assert counted_minor(300, {"steps": steps, "changes": []}) == 0
    assert counted_minor(900, {"steps": steps, "changes": changes}) == 330


def test_only_a_recruiter_who_is_active_then_earns(crew: cast.Cast) -> None:
    make.change_status(crew.anas, "paused", make.at(-1))
    price(sell(crew.bens, 10_000))
    assert owed(crew.anas) == 0
    price(sell(crew.bens, 10_000, at=make.at(-2)))
    assert owed(crew.anas) == 200


def test_what_was_promised_when_the_recruit_came_holds_for_its_months(crew: cast.Cast) -> None:
    make.terms(crew.program, TWENTY, enrolment=crew.anas, starts_at=make.at(-5))
    price(sell(crew.bens, 10_000))
    assert owed(crew.anas) == 200


def test_a_later_promise_counts_for_earlier_recruits_too(crew: cast.Cast) -> None:
    make.terms(crew.program, TWENTY, {**TENTH, "rate": "50%"}, enrolment=crew.bens, starts_at=make.at(-5))
    cleo = make.enrolment(make.partner("Cleo", recruited_by=crew.ben), crew.program)
    price(sell(cleo, 10_000), sell(cleo, 10_000, at=make.at(-6)))
    assert owed(crew.bens) == 1_000


def test_who_recruited_may_become_known_later(crew: cast.Cast) -> None:
    Partner.objects.filter(id=crew.ben.id).update(recruited_by=None)
    sold = sell(crew.bens, 10_000)
    price(sold)
    assert owed(crew.anas) == 0
    Partner.objects.filter(id=crew.ben.id).update(recruited_by=crew.ana)
    assert follow_recruit([crew.bens.id], make.at(1)) == 1
    assert owed(crew.anas) == 200
    assert follow_recruit([crew.bens.id], make.at(2)) == 0
    Partner.objects.filter(id=crew.ben.id).update(recruited_by=None)
    follow_recruit([crew.bens.id], make.at(3))
    assert owed(crew.anas) == 0


def test_pricing_again_books_nothing_and_a_planted_fault_is_found(crew: cast.Cast) -> None:
    sold = sell(crew.bens, 10_000)
    price(sold)
    before = Transaction.objects.count()
    price_conversions({sold.id}, make.at(3))
    reprice_since(crew.program.pk, make.at(-30), make.at(3))
    assert Transaction.objects.count() == before
    ReferralShare.objects.update(owed_minor=1)
    assert {one.check for one in verify_referrals()} == {"referral", "referral books"}


def test_test_orders_earn_nobody_anything(crew: cast.Cast) -> None:
    price(sell(crew.bens, 10_000, is_test=True))
    assert owed(crew.anas) == 0
    Enrolment.objects.filter(id=crew.anas.id).update(is_test=True)
    price(sell(crew.bens, 10_000))
    assert owed(crew.anas) == 0


def test_the_receipt_tells_the_team_and_not_the_partner(crew: cast.Cast) -> None:
    sold = sell(crew.bens, 10_000)
    price(sold)
    earned = commission_of(sold, crew.bens)
    (paid,) = explanation_of(earned.id).referrals
    assert (paid.partner_name, paid.rates_ppm, paid.amount_minor) == ("Ana", (100_000,), 200)
    assert explanation_of(earned.id, for_partner=True).referrals == ()


def test_the_portal_gives_partners_with_such_terms_an_address_to_pass_on(crew: cast.Cast) -> None:
    from django.test import Client

    client = Client()
    client.force_login(crew.anas_login)
    assert f"/join/harbour?ref={crew.anas_link.slug}" in client.get("/p/terms").content.decode()
    client.force_login(crew.bens_login)
    assert "?ref=" not in client.get("/p/terms").content.decode()
