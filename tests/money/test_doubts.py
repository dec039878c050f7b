"""Credits in doubt: the commission waits for a person, and only as long as there is a doubt and something to pay."""

from __future__ import annotations

from typing import get_args

import pytest

from hanse.money.commissions.actions import release_holds, void_commission
from hanse.money.commissions.listing import ListState, commissions_in, list_state, totals_of
from hanse.money.commissions.models import Commission
from hanse.money.holds.actions import release_case
from hanse.money.holds.models import Case
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.models import Conversion
from tests import cast, make
from tests.money.books import commission_of, pots, price, refund, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew() -> cast.Cast:
    return cast.build()


def doubted(crew: cast.Cast, reason: str = "takeover", share_ppm: int = 250_000) -> Conversion:
    sold = sell(crew.anas, 10_000, share_ppm=share_ppm)
    Credit.objects.filter(conversion=sold).update(hold_reason=reason)
    price(sold)
    return sold


def cases() -> list[tuple[str, str]]:
    return list(Case.objects.order_by("opened_at", "id").values_list("reason", "decision"))


@pytest.mark.parametrize("reason", ["takeover", "browser_evidence"])
def test_a_doubt_opens_one_case_however_often_it_is_priced(crew: cast.Cast, reason: str) -> None:
    sold = doubted(crew, reason)
    price(sold, now=make.at(1))
    assert cases() == [(reason, "")]
    assert (Case.objects.get().commission, Case.objects.get().detail) == (
        commission_of(sold, crew.anas),
        {"share_ppm": 250_000},
    )
    release_holds(make.at(31), 100)
    assert (pots(crew.anas).held_minor, pots(crew.anas).payable_minor) == (500, 0)


def test_a_doubt_that_is_gone_closes_its_case_and_a_new_one_opens_another(crew: cast.Cast) -> None:
    sold = doubted(crew)
    Credit.objects.update(hold_reason="")
    price(sold, now=make.at(1))
    assert cases() == [("takeover", "obsolete")]
    Credit.objects.update(hold_reason="browser_evidence")
    price(sold, now=make.at(2))
    assert cases() == [("takeover", "obsolete"), ("browser_evidence", "")]


def test_nothing_left_to_pay_needs_nobody_to_look(crew: cast.Cast) -> None:
    sold = doubted(crew)
    refund(sold, 10_000)
    price(sold, now=make.at(1))
    assert cases() == [("takeover", "obsolete")]


def test_what_a_person_let_go_stays_so_when_it_is_priced_anew(crew: cast.Cast) -> None:
    sold = doubted(crew)
    release_case(Case.objects.get(), reason="I asked both.", now=make.at(1), by="ruth")
    refund(sold, 1_000)
    price(sold, now=make.at(2))
    assert cases() == [("takeover", "approved")]
    release_holds(make.at(31), 100)
    assert pots(crew.anas).payable_minor == 450


def test_credits_without_a_doubt_open_nothing(crew: cast.Cast) -> None:
    price(sell(crew.anas))
    assert cases() == []


def test_a_list_of_commissions_is_found_by_state_partner_order_and_time(crew: cast.Cast) -> None:
    kept, held = doubted(crew), sell(crew.bens, 5_000, name="SHOP-7", at=make.at(-3))
    back = sell(crew.bens, 2_000, name="SHOP-8", at=make.at(-9))
    refund(back, 2_000)
    price(held, back)
    program, found = crew.program.pk, {}
    for state in get_args(ListState)[1:]:
        rows = commissions_in(program, state=state)
        found[state] = {row.conversion.external_id for row in rows}
        assert {list_state(row) for row in rows} <= {state}
    empty: set[str] = set()
    assert found == {
        "held": {"SHOP-7"}, "kept": {kept.external_id}, "taken_back": {"SHOP-8"},
        "payable": empty, "paid": empty, "voided": empty,
    }  # fmt: skip
    assert commissions_in(program, enrolment_id=crew.bens.pk).count() == 2
    assert commissions_in(program, search="shop-8").get().conversion == back
    assert commissions_in(program, since=make.at(-4)).count() == 2
    sums = totals_of(commissions_in(program, enrolment_id=crew.bens.pk))
    assert (sums.number, sums.earned_minor, sums.owed_minor) == (2, 1_400, 1_000)
    assert totals_of(commissions_in(program, search="none")).earned_minor == 0
    release_holds(make.at(40), 100)
    assert [list_state(row) for row in commissions_in(program, state="payable")] == ["payable"]


def test_a_voided_and_a_paid_commission_are_listed_as_such(crew: cast.Cast) -> None:
    lost, paid = sell(crew.anas, name="A-1"), sell(crew.bens, name="A-2")
    price(lost, paid)
    void_commission(commission_of(lost, crew.anas), reason="Bought back.", now=make.at(1), by="ruth")
    release_holds(make.at(31), 100)
    Commission.objects.filter(conversion=paid).update(paid_at=make.at(32))
    expected: tuple[tuple[ListState, Conversion], ...] = (("voided", lost), ("paid", paid))
    for state, order in expected:
        row = commissions_in(crew.program.pk, state=state).get()
        assert (row.conversion, list_state(row)) == (order, state)
