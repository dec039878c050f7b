"""From a click to a credited conversion."""

from __future__ import annotations

from hanse.insight.rollups.rebuilding import compare_rollups
from hanse.money.commissions.models import Commission
from hanse.traffic.clicks.models import Click
from tests import make
from tests.sending import World


def test_a_click_becomes_an_order_that_pays_a_commission(world: World) -> None:
    token = world.click(1, make.at(-2))
    world.sell("A-1", 7_800, click=token.text, customer={"external_id": "c-1"})
    result = world.run()
    assert (result.clicks, result.conversions, result.parked) == (1, 1, 0)
    assert Click.objects.get().reason == ""
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert world.conversion("A-1").is_new is True
    assert Commission.objects.get().owed_minor == 1_560
    assert compare_rollups() == []


def test_running_again_does_nothing(world: World) -> None:
    world.sell("A-1", coupon="ana10")
    assert world.run().facts == 1
    assert world.run().facts == 0
    assert world.shares("A-1") == {"Ana": 1_000_000}
