"""What cannot count, with its reason; and what counts, but waits for a person."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from hanse.kernel.errors import Invalid
from hanse.kernel.fact_types import BROWSER
from hanse.money.commissions.actions import approve_commission, release_holds
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from hanse.people.partners.models import Partner
from hanse.people.partners.payout_details import set_payout_details
from hanse.programs.programs.actions import change_policy
from hanse.traffic.attribution.checking import compare_attributions
from hanse.traffic.attribution.models import Credit, Evidence, OwnDevice
from hanse.traffic.conversions.checking import compare_refunded
from hanse.traffic.customers.lists import Listed, list_customers, read_customer_csv, unlist_customer
from hanse.traffic.customers.models import KnownCustomer
from tests import make
from tests.sending import World

BUYER = {"external_id": "c-1", "email": "kim@orchard.example"}


def policy(world: World, **fields: Any) -> None:
    change_policy(world.cast.program, now=make.BEGINNING, by="tests", **fields)


def reasons(world: World, external_id: str = "A-1") -> list[tuple[str, str]]:
    rows = Evidence.objects.filter(conversion=world.conversion(external_id)).order_by("position")
    return [(one.enrolment.partner.name if one.enrolment else "", one.reason) for one in rows]


def cases() -> list[tuple[str, str]]:
    return list(Case.objects.filter(decided_at=None).values_list("enrolment__partner__name", "reason"))


@pytest.mark.parametrize(("minutes", "stands_down"), [(29, True), (30, True), (30.1, False)])
def test_an_extension_stands_down_after_another_partners_click(world: World, minutes: float, stands_down: bool) -> None:
    Partner.objects.filter(pk=world.cast.ben.pk).update(is_extension=True)
    world.click(1, make.at(minutes=-60), "v-1")
    world.click(2, make.at(minutes=-60 + minutes), "v-1")
    world.sell("A-1", visitor="v-1")
    world.run()
    assert world.shares("A-1") == {"Ana" if stands_down else "Ben": 1_000_000}
    assert (("Ben", "stand_down") in reasons(world)) is stands_down


def test_an_extension_needs_another_partners_valid_click_of_that_visitor_to_stand_down(world: World) -> None:
    Partner.objects.filter(pk=world.cast.ben.pk).update(is_extension=True)
    world.click(1, make.at(minutes=-50), "v-1", reason="bot_declared")
    world.click(1, make.at(minutes=-50), "v-2")
    world.click(2, make.at(minutes=-45), "v-1")
    world.sell("A-1", visitor="v-1")
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}


def test_stand_down_can_be_switched_off(world: World) -> None:
    policy(world, stand_down_minutes=0)
    test_an_extension_stands_down_after_another_partners_click(world, 29, stands_down=False)


@pytest.mark.parametrize(("seconds", "held"), [(0, True), (4.9, True), (5, False)])
def test_a_click_in_the_last_seconds_keeps_its_credit_but_waits(world: World, seconds: float, held: bool) -> None:
    world.click(1, make.at(-1), "v-1")
    world.click(2, make.at(seconds=-seconds), "v-1")
    world.sell("A-1", visitor="v-1")
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}
    assert cases() == ([("Ben", "takeover")] if held else [])
    assert release_holds(make.at(90), 100) == (0 if held else 1)


def test_a_takeover_needs_another_partners_touch_and_a_code_has_no_time(world: World) -> None:
    world.click(2, make.at(-1), "v-1")
    world.click(2, make.at(seconds=-2), "v-1")
    world.sell("A-1", visitor="v-1", coupon="ana10")
    world.run()
    assert (world.shares("A-1"), cases()) == ({"Ben": 1_000_000}, [])


def test_what_a_person_lets_go_stays_let_go_and_a_refund_in_whole_closes_the_case(world: World) -> None:
    world.click(1, make.at(-1), "v-1")
    world.click(2, make.at(seconds=-2), "v-1")
    world.sell("A-1", visitor="v-1")
    world.sell("A-2", visitor="v-1")
    world.run()
    approve_commission(Commission.objects.get(conversion__external_id="A-1"), reason="Fine.", now=world.now, by="ruth")
    world.refund("R-1", "A-1", 1_000)
    world.refund("R-2", "A-2", 10_000)
    world.run()
    assert cases() == []
    assert release_holds(make.at(90), 100) == 2


def test_a_click_that_comes_late_and_wins_the_last_second_opens_the_case_late(world: World) -> None:
    token = world.click(2, make.at(seconds=-2), "v-1", record=False)
    world.click(1, make.at(-1), "v-1")
    world.sell("A-1", visitor="v-1")
    world.run()
    assert (world.shares("A-1"), cases()) == ({"Ana": 1_000_000}, [])
    world.record_click(token, 2, make.at(seconds=-2), "v-1")
    world.run()
    assert (world.shares("A-1"), cases()) == ({"Ben": 1_000_000}, [("Ben", "takeover")])


@pytest.mark.parametrize(
    ("rule", "shares", "reason"), [("block", {}, "self_referral"), ("zero", {"Ana": 1_000_000}, "coupon")]
)
def test_an_own_purchase_shows_by_device_account_and_address(
    world: World, rule: str, shares: dict[str, int], reason: str
) -> None:
    policy(world, self_referral=rule)
    OwnDevice.objects.create(partner=world.cast.ana, visitor="v-own", seen_at=make.NOON)
    pay: dict[str, Any] = {"rail": "manual", "account_name": "A", "account": "DE00 1234", "now": make.NOON, "by": "ana"}
    set_payout_details(world.cast.ana, **pay)
    set_payout_details(world.cast.ben, **pay | {"account": "de001234"})
    world.sell("A-1", coupon="ana10", visitor="v-own")
    world.sell("A-2", coupon="ana10", metadata={"payment_account": "DE001234"})
    world.sell("A-3", coupon="ana10", customer={"external_id": "c-2", "email": world.cast.ben.email})
    world.sell("A-4", coupon="ana10", customer={"external_id": "c-3", "email": world.cast.ana.email.upper()})
    world.run()
    for number in ("A-1", "A-2", "A-3", "A-4"):
        assert (world.shares(number), reasons(world, number)) == (shares, [("Ana", reason)]), number
    unpaid = set(Credit.objects.values_list("unpaid_reason", flat=True))
    assert unpaid == ({"self_referral"} if shares else set())


def test_a_household_counts_only_where_the_program_asks_for_it(world: World) -> None:
    own = {"external_id": "c-own", "email": world.cast.ana.email}
    world.sell("A-0", customer=own, at=make.at(-9), metadata={"household": "h-1"})
    world.sell("A-1", coupon="ana10", metadata={"household": "h-1"})
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    policy(world, own_signals=["household"])
    world.sell("A-2", coupon="ana10", metadata={"household": "h-1"})
    world.sell("A-3", coupon="ana10", metadata={"household": "h-2"})
    world.run()
    assert (world.shares("A-2"), world.shares("A-3")) == ({}, {"Ana": 1_000_000})


def test_who_pays_for_new_customers_only_credits_nobody_for_others_but_their_owners(world: World) -> None:
    policy(world, new_customers_only=True)
    world.sell("A-1", at=make.at(-9), coupon="ben10", customer=BUYER)
    world.sell("A-2", coupon="ana10", customer=BUYER)
    world.sell("A-3", coupon="ana10", customer={"external_id": "c-9", "is_new": False})
    world.sell("A-4", coupon="ana10")
    renewal = {"goal": "renewal", "external_id": "N-1", "amount": 500, "customer": BUYER}
    world.send("conversion", renewal | {"occurred_at": make.NOON.isoformat()})
    world.run()
    assert [world.shares(one) for one in ("A-1", "A-2", "A-3", "A-4")] == [
        {"Ben": 1_000_000}, {}, {}, {"Ana": 1_000_000},
    ]  # fmt: skip
    assert ("Ana", "existing_customer") in reasons(world, "A-2")
    assert world.shares("N-1", "renewal") == {"Ben": 1_000_000}


def test_a_list_of_customers_makes_them_existing_from_their_day_on(world: World) -> None:
    policy(world, new_customers_only=True)
    world.sell("A-1", at=make.at(-9), coupon="ana10", customer=BUYER)
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    listed = [Listed(email=" Kim@Orchard.example ", since_at=make.at(-10)), Listed(external_id="c-7")]
    list_customers(world.cast.program.pk, listed, now=world.now, by="ruth")
    world.sell("A-2", at=make.at(-8), coupon="ana10", customer={"external_id": "c-7"})
    world.sell("A-3", at=make.at(0.1), coupon="ana10", customer={"external_id": "c-7"})
    world.run()
    assert [world.shares(one) for one in ("A-1", "A-2", "A-3")] == [{}, {"Ana": 1_000_000}, {}]
    assert [world.conversion(one).is_new for one in ("A-1", "A-2", "A-3")] == [False, True, False]


def test_who_is_taken_off_the_list_is_new_again_in_earlier_orders_too(world: World) -> None:
    policy(world, new_customers_only=True)
    entries = [Listed(email="Kim@Orchard.example", since_at=make.at(-20)), Listed(external_id="c-7")]
    list_customers(world.cast.program.pk, entries, now=world.now, by="ruth")
    world.sell("A-1", at=make.at(-9), coupon="ana10", customer=BUYER)
    world.run()
    assert world.shares("A-1") == {}
    for entry in KnownCustomer.objects.all():
        unlist_customer(entry, now=world.now, by="ruth")
    world.run()
    assert (world.shares("A-1"), world.conversion("A-1").is_new) == ({"Ana": 1_000_000}, True)
    assert compare_attributions() == []
    assert compare_refunded() == []


def test_what_the_sender_says_of_a_customer_wins_over_any_list(world: World) -> None:
    list_customers(world.cast.program.pk, [Listed(external_id="c-1", since_at=make.at(-99))], now=world.now, by="ruth")
    world.sell("A-1", customer={"external_id": "c-1", "is_new": True})
    world.run()
    assert world.conversion("A-1").is_new is True


def test_a_list_keeps_no_address_and_each_customer_once(world: World) -> None:
    text = "E-Mail;Customer since\r\nKim@orchard.example;2026-01-05\r\nkim@orchard.example ;2025-01-05\r\n"
    found = read_customer_csv(text)
    assert list_customers(world.cast.program.pk, found, now=world.now, by="ruth").added == 1
    (row,) = KnownCustomer.objects.values("email_hash", "external_id", "since_at")
    assert "kim" not in str(row).lower()
    assert row["since_at"].year == 2025
    again = list_customers(world.cast.program.pk, found, now=world.now, by="ruth")
    assert (again.added, again.known) == (0, 1)


def test_what_only_a_browser_adds_to_the_shops_order_wins_but_waits(world: World) -> None:
    world.sell("A-1")
    world.run()
    _received(world, make.at(minutes=1), "A-1", source=BROWSER, click=world.click(1, make.at(-1)).text)
    world.run()
    assert (world.shares("A-1"), cases()) == ({"Ana": 1_000_000}, [("Ana", "browser_evidence")])


def test_the_shop_that_tells_after_the_browser_confirms_it(world: World) -> None:
    later = [make.at(minutes=1), make.at()]
    for order in (0, 1):  # the journal's order is not the door's: an edge may be slow
        number = f"A-{order}"
        token = world.click(1, make.at(-1), number).text
        acts = [
            partial(_received, world, later[0], number),
            partial(_received, world, later[1], number, source=BROWSER, click=token),
        ]
        for act in acts if order else reversed(acts):
            act()
            world.run()
        assert (world.shares(number), cases()) == ({"Ana": 1_000_000}, [])


def _received(world: World, at: datetime, number: str, **said: Any) -> None:
    before, world.now = world.now, at
    world.sell(number, **said)
    world.now = before


def test_the_shop_saying_the_same_partner_vouches_for_the_browser(world: World) -> None:
    world.sell("A-1", coupon="ana10")
    _received(world, make.at(minutes=1), "A-1", source=BROWSER, click=world.click(1, make.at(-1)).text)
    world.run()
    assert (world.shares("A-1"), cases()) == ({"Ana": 1_000_000}, [])


def test_the_introducer_gets_their_part_where_another_partner_closes(world: World) -> None:
    policy(world, introducer_ppm=300_000)
    world.click(1, make.at(-9), "v-1")
    world.click(2, make.at(-1), "v-1")
    world.sell("A-1", visitor="v-1")
    world.sell("A-2", visitor="v-1", at=make.at(-5))
    world.run()
    assert world.shares("A-1") == {"Ana": 300_000, "Ben": 700_000}
    assert world.shares("A-2") == {"Ana": 1_000_000}
    assert reasons(world) == [("Ana", "introducer"), ("Ben", "last_touch")]


def test_an_introducer_whom_only_a_browser_names_waits_for_a_person(world: World) -> None:
    policy(world, introducer_ppm=300_000, order=["deal", "owner", "coupon", "click"])
    world.sell("A-1", coupon="ben10")
    world.run()
    _received(world, make.at(minutes=1), "A-1", source=BROWSER, click=world.click(1, make.at(-1)).text)
    world.run()
    assert world.shares("A-1") == {"Ana": 300_000, "Ben": 700_000}
    assert cases() == [("Ana", "browser_evidence")]


def test_a_list_with_a_lone_quotation_mark_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid) as caught:
        read_customer_csv('email;since\nkim@orchard.example;2026-01-05\n"' + "a" * 200_000)
    assert [(one.pointer, one.code) for one in caught.value.problems] == [("/file", "not_csv")]
