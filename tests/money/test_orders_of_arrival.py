"""Every order of arrival of the same facts ends with the same balances, and books always balance."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hanse.kernel.money import largest_remainder, round_half_away
from hanse.money.commissions.actions import price_conversions, release_holds
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.types import Balances
from hanse.money.ledger.verify import verify_books
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.conversions.models import Conversion
from tests import cast, make
from tests.money.books import pots, price, refund, sell

pytestmark = pytest.mark.django_db
Fact = Callable[[Conversion], object]
FACTS: tuple[Fact, ...] = (
    lambda sold: refund(sold, 2000, name="r1"),
    lambda sold: refund(sold, 3000, name="r2"),
    lambda sold: refund(sold, 10000, name="cb", kind="chargeback"),
    lambda sold: refund(sold, 10000, name="won", kind="dispute_won", reverses="cb"),
    lambda _sold: release_holds(make.at(days=31), 10),
)


@pytest.fixture
def crew() -> cast.Cast:
    return cast.build()


class Undone(Exception):
    """Ends a trial and takes it back."""


def balances_after(crew: cast.Cast, facts: Sequence[Fact], to: Enrolment, *, prove: bool) -> Balances:
    """Live through facts one by one, pricing after each; take everything back afterwards."""
    found: list[Balances] = []
    try:
        with transaction.atomic():
            sold = sell(to, 10000)
            price(sold)
            for day, fact in enumerate(facts):
                fact(sold)
                price(sold, now=make.at(days=40 + day))
            release_holds(make.at(days=60), 10)
            found.append(pots(to))
            assert not prove or verify_books() == verify_commissions() == []
            raise Undone
    except Undone:
        return found[0]


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_a_sale_two_refunds_a_chargeback_and_a_won_dispute_end_alike_in_every_order(crew: cast.Cast, step: int) -> None:
    orders = enumerate(list(itertools.permutations(FACTS))[::step])
    ends = {balances_after(crew, facts, crew.anas, prove=n % 10 == 0) for n, facts in orders}
    assert ends == {Balances("GBP", payable_minor=1000)}


def test_example_10_half_of_the_value_is_left(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 10000)
    for fact in FACTS[:4]:
        fact(sold)
    assert sold.refunded_minor == 5000


LADDER = {
    "kind": "ladder", "metric": "value", "period": "month", "mode": "retroactive",
    "steps": [{"from": 0, "rate": "4%"}, {"from": 20000, "rate": "6%"}, {"from": 40000, "rate": "8%"}],
}  # fmt: skip
CLAUSES = (
    [LADDER, {"kind": "cap", "per": "period", "period": "month", "amount": 2500}],
    [{"kind": "percent", "rate": "10%", "recurring": {"payments": 2}}, {"kind": "percent", "rate": "3%"}],
    [{"kind": "percent", "rate": "10%"}, {"kind": "milestone", "metric": "value", "at": 25000, "amount": 700}],
)


@pytest.mark.parametrize("clauses", CLAUSES)
def test_sales_and_refunds_of_a_month_end_alike_in_every_order(
    crew: cast.Cast, clauses: list[dict[str, object]]
) -> None:
    make.terms(crew.program, *clauses, enrolment=crew.anas)
    ends = set()
    for order in itertools.permutations(range(3)):
        try:
            with transaction.atomic():
                for step in order:
                    sold = sell(crew.anas, 10000 + step, at=make.at(minutes=step), customer="c", name=f"o{step}")
                    if step == 1:
                        refund(sold, 10001, name="r1")
                    price(sold)
                ends.add(pots(crew.anas))
                assert verify_books() == verify_commissions() == []
                raise Undone
        except Undone:
            continue
    assert len(ends) == 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
    refunds=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 10**9)), max_size=6),
    share=st.integers(1, 1_000_000),
    release_after=st.integers(0, 12),
)
def test_books_balance_whatever_is_sold_and_refunded(
    crew: cast.Cast, amounts: list[int], refunds: list[tuple[int, int]], share: int, release_after: int
) -> None:
    try:
        with transaction.atomic():
            sold = [sell(crew.anas, amount, share_ppm=share) for amount in amounts]
            price_conversions({one.id for one in sold}, make.at())
            for step, (index, amount) in enumerate(refunds):
                if step == release_after:
                    release_holds(make.at(days=31), 100)
                one = sold[index % len(sold)]
                refund(one, amount)
                price(one)
            left = [one.amount_minor - one.refunded_minor for one in sold]
            owed = sum(round_half_away(value * share * 200_000, 10**12) for value in left)
            now = pots(crew.anas)
            assert now.held_minor + now.payable_minor == owed
            assert verify_books() == verify_commissions() == []
            raise Undone
    except Undone:
        return


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_what_is_divided_adds_up_to_the_whole(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < max(1, sum(weights))
        for part, weight in zip(parts, weights, strict=True)
    ) or (sum(weights) == 0)
