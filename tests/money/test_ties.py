"""Ties: a sale and a move, or new terms, at the very same moment come out alike in every order, and in a replay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from hanse.kernel.errors import Refused
from hanse.money.commissions.actions import move_to_tier
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.verify import verify_books
from hanse.money.publishing.actions import publish_terms
from hanse.programs.enrolments.models import TierChange
from hanse.programs.tiers.models import Tier
from hanse.runtime.verify import replay
from tests import cast, make
from tests.money.books import commission_of, price, sell

pytestmark = pytest.mark.django_db
FORTY = {"kind": "percent", "rate": "40%"}
FIVE = {"kind": "percent", "rate": "5%"}
TICK = timedelta(microseconds=1)


@pytest.fixture
def crew() -> cast.Cast:
    found = cast.build()
    make.terms(found.program, FORTY, tier=tier(found, "power"))
    make.terms(found.program, FIVE, tier=tier(found, "casual"))
    TierChange.objects.create(enrolment=found.anas, tier=tier(found, "new"), at=make.BEGINNING)
    return found


def tier(crew: cast.Cast, key: str) -> Tier:
    return Tier.objects.get(program=crew.program, key=key)


@pytest.mark.parametrize("sale_first", [True, False])
@pytest.mark.parametrize(("key", "late", "owed"), [("power", True, 4_000), ("power", False, 2_000),
                                                   ("casual", True, 500)])  # fmt: skip
def test_a_sale_at_the_moment_of_a_move_goes_by_the_new_tier(
    crew: cast.Cast, sale_first: bool, key: str, late: bool, owed: int
) -> None:
    def sale() -> None:
        price(sell(crew.anas, 10_000, at=make.at() if late else make.at() - TICK, name="A"))

    def move() -> None:
        move_to_tier(crew.anas, tier(crew, key), now=make.at(), by="ruth")

    for act in (sale, move) if sale_first else (move, sale):
        act()
    found = Commission.objects.get()
    assert found.owed_minor == owed
    assert verify_commissions() == []
    assert verify_books() == []


def test_an_order_dated_ahead_is_priced_again_when_a_move_comes(crew: cast.Cast) -> None:
    ahead = sell(crew.anas, 10_000, at=make.at(0, hours=1))
    price(ahead)
    move_to_tier(crew.anas, tier(crew, "power"), now=make.at(0, minutes=30), by="ruth")
    assert commission_of(ahead, crew.anas).owed_minor == 4_000
    move_to_tier(crew.anas, tier(crew, "power"), now=make.at(0, minutes=40), by="ruth")
    proofs, derived = replay(lambda _name: None)
    assert (derived["commissions"], [one.name for one in proofs if one.findings]) == (1, [])


def test_a_move_that_begins_in_the_past_may_only_help(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 10_000, at=make.at(-2))
    price(sold)
    with pytest.raises(Refused) as caught:
        move_to_tier(crew.anas, tier(crew, "casual"), at=make.at(-3), now=make.at(), by="ruth")
    assert caught.value.code == "would_earn_less"


def test_a_move_into_the_past_that_helps_pays_the_difference(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 10_000, at=make.at(-2))
    price(sold)
    move_to_tier(crew.anas, tier(crew, "power"), at=make.at(-3), now=make.at(), by="ruth")
    assert commission_of(sold, crew.anas).owed_minor == 4_000
    assert verify_commissions() == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_sale_at_the_moment_when_terms_begin_goes_by_them(crew: cast.Cast, order: tuple[int, int]) -> None:
    sold = sell(crew.anas, 10_000)
    acts: list[Callable[[], object]] = [
        lambda: price(sold),
        lambda: publish_terms(
            program=crew.program, body={"clauses": [FORTY]}, starts_at=make.at(), now=make.at(), by="ruth"
        ),
    ]
    for place in order:
        acts[place]()
    assert commission_of(sold, crew.anas).owed_minor == 4_000
    assert verify_commissions() == []


def test_two_goals_with_one_number_at_one_moment_fill_a_cap_alike_in_every_order(crew: cast.Cast) -> None:
    half, cap = {"kind": "percent", "rate": "50%"}, {"kind": "cap", "per": "period", "period": "life", "amount": 10_000}
    make.terms(crew.program, half, cap)
    sale, lead = sell(crew.anas, 15_000, name="A"), sell(crew.anas, 17_000, name="A", goal="lead")

    def owed() -> list[int]:
        return [commission_of(sold, crew.anas).owed_minor for sold in (sale, lead)]

    for order in ((sale,), (lead,), (sale,), (sale, lead)):
        price(*order)
    found = owed()
    for order in ((lead,), (lead, sale), (sale,)):
        price(*order)
        assert owed() == found == [1_500, 8_500]
    assert verify_commissions() == []
