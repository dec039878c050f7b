"""What a visitor's browser says waits: for a person, or for a source with a key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hanse.growth.today.money_things import things
from hanse.growth.today.types import Kind
from hanse.kernel.fact_types import BROWSER
from hanse.money.commissions.actions import approve_commission, release_holds
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from tests import make
from tests.sending import World

LATER = make.at(60)


def buy(world: World, *, source: str = BROWSER, external_id: str = "A-1", **more: Any) -> None:
    world.sell(external_id, 10_000, coupon="ana10", source=source, **more)
    world.run()


def open_reasons() -> list[str]:
    return list(Case.objects.filter(decided_at=None).values_list("reason", flat=True))


def test_a_browsers_sale_is_held_beyond_its_hold(world: World) -> None:
    buy(world)
    assert open_reasons() == ["from_browser"]
    assert release_holds(LATER, 100) == 0


def test_a_person_approves_it_once_and_for_all(world: World) -> None:
    buy(world)
    approve_commission(Commission.objects.get(), reason="Seen in the shop.", now=world.now, by="ruth")
    world.refund("R-1", "A-1", 1_000)
    world.run()
    assert open_reasons() == []
    assert release_holds(LATER, 100) == 1


@pytest.mark.parametrize("together", [True, False])
def test_the_shop_telling_the_same_order_closes_the_case_by_itself(world: World, together: bool) -> None:
    if together:
        world.sell("A-1", 10_000, coupon="ana10", source=BROWSER)
    else:
        buy(world)
    buy(world, source="shop")
    assert open_reasons() == []
    assert world.conversion("A-1").source == "shop"
    assert release_holds(LATER, 100) == 1


def test_a_browser_that_comes_after_the_shop_holds_nothing_up(world: World) -> None:
    buy(world, source="shop")
    buy(world)
    assert Case.objects.count() == 0
    assert world.conversion("A-1").source == "shop"


def test_what_came_back_in_whole_waits_no_longer_and_waits_again_when_it_earns_again(world: World) -> None:
    buy(world)
    world.refund("B-1", "A-1", 10_000, kind="chargeback")
    world.run()
    assert open_reasons() == []
    world.refund("W-1", "A-1", 0, kind="dispute_won", reverses="B-1")
    world.run()
    assert open_reasons() == ["from_browser"]


def test_a_shops_word_for_another_order_changes_nothing(world: World) -> None:
    buy(world)
    buy(world, source="shop", external_id="A-2")
    assert open_reasons() == ["from_browser"]


def test_today_and_holds_say_what_it_waits_for(world: World) -> None:
    buy(world)
    (thing,) = [one for one in things(world.cast.program, world.now) if one.kind == Kind.CASE]
    assert (thing.detail["reason"], thing.amount_minor) == ("from_browser", 2_000)
    client = Client()
    client.force_login(world.cast.ruth)
    for path in ("/console/", "/console/money/cases"):
        page = client.get(path, follow=True).content.decode()
        assert "browser alone" in page, path


def test_a_late_click_that_credits_another_partner_is_held_too(world: World) -> None:
    token = world.click(2, make.at(-1), "v-9", record=False)
    world.sell("A-1", 10_000, make.at(), coupon="ana10", visitor="v-9", source=BROWSER)
    world.run()
    world.record_click(token, 2, make.at(-1), "v-9")
    world.run(world.now + timedelta(minutes=5))
    assert world.shares("A-1") == {"Ben": 1_000_000}
    held = Case.objects.filter(decided_at=None).values_list("enrolment__partner__name", flat=True)
    assert list(held) == ["Ben"]
