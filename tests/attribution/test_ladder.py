"""The evidence ladder as the pipeline climbs it: deals, owners, clicks, codes, addresses, a named partner."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.programs.programs.actions import change_policy
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.deals.actions import approve_deal, decline_deal, register_deal
from hanse.traffic.deals.models import Deal
from tests import make
from tests.sending import World

BUYER = {"external_id": "c-1", "email": "kim@orchard.example"}


def policy(world: World, **fields: Any) -> None:
    change_policy(world.cast.program, now=make.BEGINNING, by="tests", **fields)


def level(world: World, external_id: str, goal: str = "sale") -> str:
    found = Evidence.objects.filter(conversion=world.conversion(external_id, goal), verdict="won")
    return ",".join(sorted({one.kind for one in found}))


def reasons(world: World, external_id: str) -> list[tuple[str, str, str]]:
    rows = Evidence.objects.filter(conversion=world.conversion(external_id)).order_by("position")
    return list(rows.values_list("kind", "verdict", "reason"))


def deal_of(world: World, who: str = "bens", **said: Any) -> Deal:
    fields: dict[str, Any] = {"customer_email": BUYER["email"], "now": make.at(-20), "by": "ben"} | said
    return register_deal(getattr(world.cast, who), **fields)


def test_an_open_deal_beats_a_coupon_but_no_click(world: World) -> None:
    deal_of(world)
    world.sell("A-1", click=world.click(1, make.at(-2)).text, customer=BUYER)
    world.sell("A-2", at=make.at(-10), coupon="ana10", customer=BUYER)
    world.run()
    assert (world.shares("A-1"), level(world, "A-1")) == ({"Ana": 1_000_000}, "click")
    assert (world.shares("A-2"), level(world, "A-2")) == ({"Ben": 1_000_000}, "open_deal")


def test_an_approval_protects_from_the_registration_on(world: World) -> None:
    deal = deal_of(world)
    world.sell("A-1", click=world.click(1, make.at(-2)).text, customer=BUYER)
    world.run()
    approve_deal(deal, now=world.now, by="ruth")
    world.run()
    assert (world.shares("A-1"), level(world, "A-1")) == ({"Ben": 1_000_000}, "deal")
    decline_deal(deal, reason="They were ours already.", now=world.now, by="ruth")
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert ("open_deal", "excluded", "deal_declined") in reasons(world, "A-1")


@pytest.mark.parametrize("domain", ["orchard.example", "Orchard.Example", "WWW.ORCHARD.example"])
def test_an_approval_reaches_orders_since_the_registration_however_they_write_the_domain(
    world: World, domain: str
) -> None:
    deal = deal_of(world, customer_email="", company_domain="orchard.example")
    world.sell("A-1", click=world.click(1, make.at(-2)).text, metadata={"company_domain": domain})
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    approve_deal(deal, now=world.now, by="ruth")
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}


def test_a_deal_that_is_over_protects_no_more(world: World) -> None:
    deal = deal_of(world)
    approve_deal(deal, days=5, now=make.at(-20), by="ruth")
    world.sell("A-1", customer=BUYER, coupon="ana10")
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert ("deal", "excluded", "deal_expired") in reasons(world, "A-1")


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ({"customer_email": "KIM@orchard.example "}, {"customer": BUYER}),
        ({"customer_email": "", "customer_external_id": "c-1"}, {"customer": BUYER}),
        (
            {"customer_email": "", "company_domain": "https://www.orchard.example/"},
            {"metadata": {"company_domain": "Orchard.example"}},
        ),
    ],
)
def test_a_deal_names_its_customer_by_address_id_or_domain(
    world: World, said: dict[str, Any], order: dict[str, Any]
) -> None:
    deal_of(world, **said)
    world.sell("A-1", coupon="ana10", **order)
    world.run()
    assert (world.shares("A-1"), level(world, "A-1")) == ({"Ben": 1_000_000}, "open_deal")


def test_a_deal_registered_after_the_order_is_no_evidence(world: World) -> None:
    world.sell("A-1", customer=BUYER, at=make.at(-30))
    world.run()
    deal_of(world)
    world.run()
    assert world.shares("A-1") == {}


def test_the_address_joins_an_order_with_a_click_of_another_device(world: World) -> None:
    lead = {"goal": "lead", "external_id": "L-1", "amount": 0, "occurred_at": make.at(-3).isoformat()}
    world.send("conversion", lead | {"click": world.click(2, make.at(-3)).text, "customer": BUYER})
    world.sell("A-1", customer={"external_id": "shop-77", "email": BUYER["email"]})
    world.run()
    assert (world.shares("A-1"), level(world, "A-1")) == ({"Ben": 1_000_000}, "email")


def test_a_lead_that_comes_late_joins_all_the_same(world: World) -> None:
    world.sell("A-1", customer={"external_id": "shop-77", "email": BUYER["email"]})
    world.run()
    assert world.shares("A-1") == {}
    lead = {"goal": "lead", "external_id": "L-1", "amount": 0, "occurred_at": make.at(-3).isoformat()}
    world.send("conversion", lead | {"click": world.click(2, make.at(-3)).text, "customer": BUYER})
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}


@pytest.mark.parametrize("named", ["Ben", "ben ", "BEN10"])
def test_a_buyers_answer_names_a_partner_last_of_all(world: World, named: str) -> None:
    world.sell("A-1", metadata={"survey": named})
    world.sell("A-2", metadata={"survey": named}, coupon="ana10")
    world.run()
    assert (world.shares("A-1"), level(world, "A-1")) == ({"Ben": 1_000_000}, "survey")
    assert world.shares("A-2") == {"Ana": 1_000_000}


def test_a_lifetime_owner_stands_behind_a_click_and_before_a_coupon(world: World) -> None:
    policy(world, lifetime=True)
    world.sell("A-1", at=make.at(-60), coupon="ben10", customer={"external_id": "c-1"})
    world.sell("A-2", coupon="ana10", customer={"external_id": "c-1"})
    world.sell("A-3", click=world.click(1, make.at(-1)).text, customer={"external_id": "c-1"})
    world.run()
    assert [(world.shares(one), level(world, one)) for one in ("A-1", "A-2", "A-3")] == [
        ({"Ben": 1_000_000}, "coupon"), ({"Ben": 1_000_000}, "lifetime"), ({"Ana": 1_000_000}, "click"),
    ]  # fmt: skip


def test_without_the_option_an_owner_earns_from_renewals_only(world: World) -> None:
    world.sell("A-1", at=make.at(-60), coupon="ben10", customer={"external_id": "c-1"})
    world.sell("A-2", customer={"external_id": "c-1"})
    world.run()
    assert world.shares("A-2") == {}


def test_an_earlier_sale_that_comes_late_makes_another_owner_for_life(world: World) -> None:
    policy(world, lifetime=True)
    world.sell("A-2", at=make.at(-5), coupon="ben10", customer={"external_id": "c-1"})
    world.sell("A-3", customer={"external_id": "c-1"})
    world.run()
    assert world.shares("A-3") == {"Ben": 1_000_000}
    world.sell("A-1", at=make.at(-9), coupon="ana10", customer={"external_id": "c-1"})
    world.run()
    assert (world.shares("A-2"), world.shares("A-3")) == ({"Ana": 1_000_000}, {"Ana": 1_000_000})


def test_windows_of_single_kinds_and_the_order_are_stored_and_used(world: World) -> None:
    policy(world, windows={"click": 3}, order=["coupon"])
    world.sell("A-1", click=world.click(1, make.at(-4)).text)
    world.sell("A-2", click=world.click(1, make.at(-1), "v-2").text, coupon="ben10")
    world.run()
    assert reasons(world, "A-1") == [("click", "excluded", "outside_window")]
    assert world.shares("A-2") == {"Ben": 1_000_000}


def test_a_stored_half_life_decides_how_fast_clicks_fade(world: World) -> None:
    policy(world, model="time_decay", half_life_days=1)
    world.click(1, make.at(-2), "v-1")
    world.sell("A-1", click=world.click(2, make.at(-1), "v-1").text)
    world.run()
    assert world.shares("A-1") == {"Ana": 333_333, "Ben": 666_667}
