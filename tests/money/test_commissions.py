"""From credits to commissions: accrued, re-priced, released, decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from hanse.kernel.errors import Conflict, Invalid, Refused
from hanse.money.commissions.actions import (
    adjust,
    approve_commission,
    hold_commission,
    price_conversions,
    release_holds,
    void_commission,
)
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.holds.actions import release_case
from hanse.money.holds.models import Case
from hanse.money.ledger.models import Transaction
from hanse.money.ledger.verify import verify_books
from hanse.programs.enrolments.models import TierChange
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.models import AuditEntry
from hanse.traffic.attribution.models import Credit
from tests import cast, make
from tests.money.books import commission_of, credit, pots, price, refund, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew() -> cast.Cast:
    return cast.build()


def causes() -> list[str]:
    return list(Transaction.objects.order_by("number").values_list("cause", flat=True))


def test_a_credit_accrues_and_is_held(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 7800)
    price(sold)
    earned = commission_of(sold, crew.anas)
    assert (earned.earned_minor, earned.owed_minor, earned.terms) == (1560, 1560, crew.terms)
    assert earned.held_until == sold.occurred_at + timedelta(days=30)
    assert (pots(crew.anas).held_minor, pots(crew.anas).payable_minor) == (1560, 0)
    assert earned.explanation["steps"] == [
        {
            "step": "percent", "line": 0, "clause": 1, "value": 7800, "share_ppm": 1_000_000, "factors": [],
            "rate_ppm": 200_000, "amount": 1560,
        }
    ]  # fmt: skip


def test_pricing_again_changes_nothing(crew: cast.Cast) -> None:
    sold = [sell(crew.anas), sell(crew.bens, 5000)]
    price(*sold)
    before = list(Commission.objects.order_by("id").values())
    assert price_conversions({one.id for one in sold}, make.at(days=1)) == []
    assert list(Commission.objects.order_by("id").values()) == before
    assert causes() == ["accrual", "accrual"]


def test_a_refund_in_hold_takes_back_what_is_held_and_names_itself(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 7800)
    price(sold)
    refund(sold, 1950, name="RF-1", at=make.at(days=3))
    price(sold, now=make.at(days=4))
    assert commission_of(sold, crew.anas).owed_minor == 1170
    assert pots(crew.anas).held_minor == 1170
    last = Transaction.objects.get(number=2)
    assert (last.cause, last.note, last.occurred_at, last.posted_at) == (
        "refund", "RF-1", make.at(days=3), make.at(days=4)
    )  # fmt: skip
    assert verify_books() == []


def test_a_sale_that_is_refunded_before_it_is_priced_shows_both_steps(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 7800)
    refund(sold, 7800)
    price(sold)
    assert causes() == ["accrual", "refund"]
    assert pots(crew.anas).held_minor == 0
    refund(sold, 100)
    price(sold)
    assert len(causes()) == 2


def test_holds_end_once_and_only_when_they_are_over(crew: cast.Cast) -> None:
    early, late = sell(crew.anas, 1000), sell(crew.anas, 2000, at=make.at(days=1))
    price(early, late)
    assert release_holds(make.at(days=30) - timedelta(microseconds=1), 10) == 0
    assert release_holds(make.at(days=30), 10) == 1
    assert release_holds(make.at(days=30), 10) == 0
    assert (pots(crew.anas).held_minor, pots(crew.anas).payable_minor) == (400, 200)
    assert commission_of(early, crew.anas).approved_at == make.at(days=30)


def test_holds_are_released_in_bounded_batches(crew: cast.Cast) -> None:
    price(*[sell(crew.anas, 1000) for _ in range(5)])
    assert [release_holds(make.at(days=40), 2) for _ in range(4)] == [2, 2, 1, 0]
    assert pots(crew.anas).payable_minor == 1000


def test_a_refund_after_the_hold_is_taken_from_what_is_payable(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 7800)
    price(sold)
    release_holds(make.at(days=31), 10)
    refund(sold, 7800)
    price(sold, now=make.at(days=32))
    assert (pots(crew.anas).held_minor, pots(crew.anas).payable_minor) == (0, 0)


def test_a_credit_that_moves_to_another_partner_moves_the_money(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 5000)
    price(sold)
    Credit.objects.all().delete()
    credit(sold, crew.bens)
    price(sold)
    assert (pots(crew.anas).held_minor, pots(crew.bens).held_minor) == (0, 1000)
    gone = commission_of(sold, crew.anas)
    assert (gone.owed_minor, gone.explanation["steps"][0]["reason"]) == (0, "no_credit")
    assert causes() == ["accrual", "accrual", "attribution"]


def test_split_credits_are_each_priced_alone(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 999, share_ppm=333_334)
    credit(sold, crew.bens, 666_666)
    price(sold)
    assert (pots(crew.anas).held_minor, pots(crew.bens).held_minor) == (67, 133)


def test_an_earlier_sale_that_comes_late_moves_the_months_of_a_renewal(crew: cast.Cast) -> None:
    clause = {"kind": "percent", "rate": "10%", "recurring": {"months": 1}}
    make.terms(crew.program, clause, enrolment=crew.anas)
    renewal = sell(crew.anas, 1000, goal="renewal", customer="c1", at=make.at(days=40))
    price(renewal)
    assert pots(crew.anas).held_minor == 100
    first = sell(crew.anas, 1000, customer="c1", at=make.at())
    price(first)
    assert commission_of(renewal, crew.anas).owed_minor == 0
    assert pots(crew.anas).held_minor == 100
    assert "reprice" in causes()


def test_ladders_price_the_whole_month_again(crew: cast.Cast) -> None:
    steps = [{"from": 0, "rate": "4%"}, {"from": 20000, "rate": "6%"}, {"from": 40000, "rate": "8%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "retroactive", "steps": steps}
    make.terms(crew.program, ladder, enrolment=crew.anas)
    sales = [sell(crew.anas, 10000, at=make.at(minutes=n)) for n in range(5)]
    for one in reversed(sales):
        price(one)
    assert pots(crew.anas).held_minor == 4000
    refund(sales[1], 10000)
    price(sales[1])
    assert pots(crew.anas).held_minor == 2400


def test_the_tier_at_the_conversion_chooses_the_terms(crew: cast.Cast) -> None:
    from hanse.programs.enrolments.models import TierChange
    from hanse.programs.tiers.models import Tier

    power = Tier.objects.get(program=crew.program, key="power")
    make.terms(crew.program, {"kind": "percent", "rate": "30%"}, tier=power)
    TierChange.objects.create(enrolment=crew.anas, tier=crew.anas.tier, at=make.BEGINNING)
    TierChange.objects.create(enrolment=crew.anas, tier=power, at=make.at())
    before, after = sell(crew.anas, 1000, at=make.at(days=-1)), sell(crew.anas, 1000, at=make.at(days=1))
    price(before, after)
    assert [commission_of(one, crew.anas).owed_minor for one in (before, after)] == [200, 300]


def test_amounts_above_the_ceiling_wait_for_a_person(crew: cast.Cast) -> None:
    Program.objects.filter(pk=crew.program.pk).update(approval_ceiling_minor=1000)
    big, small = sell(crew.anas, 7800), sell(crew.anas, 5000)
    price(big, small)
    case = Case.objects.get()
    assert (case.commission_id, case.detail) == (
        commission_of(big, crew.anas).id, {"amount_minor": 1560, "ceiling_minor": 1000}
    )  # fmt: skip
    assert release_holds(make.at(days=31), 10) == 1
    release_case(case, reason="A good customer.", now=make.at(days=32), by="ruth")
    price(big)
    assert release_holds(make.at(days=32), 10) == 1
    assert pots(crew.anas).payable_minor == 2560


def test_a_case_closes_by_itself_when_a_refund_brings_the_amount_down(crew: cast.Cast) -> None:
    Program.objects.filter(pk=crew.program.pk).update(approval_ceiling_minor=1000)
    big = sell(crew.anas, 7800)
    price(big)
    refund(big, 7000)
    price(big)
    assert Case.objects.get().decision == "obsolete"


def test_a_person_holds_approves_and_voids_with_a_reason(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 1000)
    price(sold)
    earned = commission_of(sold, crew.anas)
    with pytest.raises(Invalid):
        hold_commission(earned, " ", make.at(), "ruth")
    hold_commission(earned, "Looks like her own order.", make.at(), "ruth")
    assert release_holds(make.at(days=31), 10) == 0
    approve_commission(earned, reason="She explained.", now=make.at(days=32), by="ruth")
    assert pots(crew.anas).payable_minor == 200
    void_commission(earned, "It was her own order.", make.at(days=33), "ruth")
    assert pots(crew.anas).payable_minor == 0
    refund(sold, 100)
    price(sold)
    assert (earned.owed_minor, pots(crew.anas).payable_minor) == (0, 0)
    with pytest.raises(Refused):
        void_commission(earned, "Again.", make.at(), "ruth")


def test_adjustments_need_a_reason_and_are_payable_at_once(crew: cast.Cast) -> None:
    adjust(crew.anas, -250, "Paid twice in March.", make.at(), "ruth")
    assert pots(crew.anas).payable_minor == -250
    with pytest.raises(Invalid):
        adjust(crew.anas, 0, "Nothing", make.at(), "ruth")


def test_a_form_of_an_adjustment_that_is_sent_again_a_second_later_is_the_same_adjustment(crew: cast.Cast) -> None:
    form = uuid4()
    first = adjust(crew.anas, 500, "Agreed.", make.at(), "ruth", id=form)
    assert adjust(crew.anas, 500, "Agreed.", make.at(seconds=1), "ruth", id=form) == first
    assert pots(crew.anas).payable_minor == 500
    assert AuditEntry.objects.filter(verb="adjust").count() == 1
    with pytest.raises(Conflict):
        adjust(crew.anas, 600, "Agreed.", make.at(seconds=2), "ruth", id=form)


def test_test_orders_are_explained_but_owe_nothing(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 1000, is_test=True)
    price(sold)
    earned = commission_of(sold, crew.anas)
    assert (earned.earned_minor, earned.owed_minor) == (200, 0)
    assert causes() == []


def test_pricing_costs_a_fixed_number_of_queries(
    crew: cast.Cast, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    make.terms(crew.program, {"kind": "percent", "rate": "10%", "recurring": {"months": 12}}, enrolment=crew.bens)
    for size in (2, 60):
        sold = [sell(crew.anas, customer=f"a{n}") for n in range(size)] + [
            sell(crew.bens, customer="b") for n in range(size)
        ]
        with django_assert_max_num_queries(25 if connection.vendor == "sqlite" else 27):  # PostgreSQL is asked to lock
            price(*sold)


HALF = {"kind": "percent", "rate": "50%"}
MONTH_CAP = {"kind": "cap", "per": "period", "period": "month", "amount": 10_000}


def test_a_cap_of_the_first_terms_inside_a_month_counts_what_was_priced_before_the_terms_changed(
    crew: cast.Cast,
) -> None:
    Terms.objects.all().delete()
    make.terms(crew.program, HALF, MONTH_CAP, starts_at=make.at(-5))
    make.terms(crew.program, HALF, starts_at=make.at(-1))
    for days in (-4, 0):
        price(sell(crew.anas, 15_000, at=make.at(days)))
    assert list(Commission.objects.order_by("occurred_at").values_list("owed_minor", flat=True)) == [7_500, 2_500]
    assert verify_commissions() == []


def test_a_batch_from_before_and_after_a_tier_move_fills_the_cap_of_the_new_tier(crew: cast.Cast) -> None:
    tiers = {key: Tier.objects.get(program=crew.program, key=key) for key in ("new", "power")}
    make.terms(crew.program, HALF, MONTH_CAP, tier=tiers["power"])
    TierChange.objects.create(enrolment=crew.anas, tier=tiers["new"], at=make.BEGINNING)
    TierChange.objects.create(enrolment=crew.anas, tier=tiers["power"], at=make.at(-20))
    before, one, two = (sell(crew.anas, 15_000, at=make.at(days)) for days in (-25, -4, 0))
    price(before, one)
    refund(before, 500)
    price(before, two)
    assert [commission_of(sold, crew.anas).owed_minor for sold in (one, two)] == [7_500, 2_500]
    assert verify_commissions() == []
