"""Orders that lost their click: whom it touched, what is found after the repair, and what is never found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hanse.growth.incidents.actions import mend_incident, tell_touched
from hanse.growth.incidents.kept import waiting_hosts
from hanse.growth.incidents.models import Incident
from hanse.growth.sends.models import Send
from hanse.growth.watch.actions import keep_faults
from hanse.growth.watch.finding import lost_by_share
from hanse.growth.watch.mending import dismiss_host, repair, repair_of
from hanse.growth.watch.models import CheckoutDay
from hanse.insight.rollups.models import ProgramDay
from hanse.kernel.clock import local_day
from hanse.kernel.facts import FactDefaults, FactEnvelope, encode_envelope, parse_conversion
from hanse.kernel.ids import new_id
from hanse.programs.offers.actions import change_offer
from hanse.programs.programs.models import Program
from hanse.programs.rates.models import ExchangeRate
from hanse.runtime import watch
from hanse.runtime.watch import close_repaired, watch_over, watch_program
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.cast import Cast
from tests.growth.watch.conftest import PAY, TODAY, checkout, lose, sold, tell, the_incident
from tests.sending import World

SHOP = "shop.example"


def lose_at(world: World, *hours: float, name: str = "A") -> None:
    """Let orders of the new checkout come at some hours, told by the shop's server and by the page."""
    for number, hour in enumerate(hours):
        tell(world, f"{name}-{number}", world.cast.anas_link, make.at(hours=hour))
        world.sell(f"{name}-{number}", at=make.at(hours=hour))
    world.run(make.at(hours=max(hours)))


def open_ones() -> list[Incident]:
    return list(Incident.objects.filter(closed_at=None))


def test_an_order_that_its_page_told_three_times_is_one(world: World) -> None:
    for minute in range(3):
        tell(world, "ONE", world.cast.anas_link, make.at(hours=-2, minutes=minute))
    world.sell("ONE", at=make.at(hours=-2))
    world.run()
    assert waiting_hosts(world.cast.program.pk) == {PAY: 1}
    assert watch_program(world.cast.program, make.NOON).opened == 0


def test_orders_of_an_unknown_host_are_no_second_fault_beside_the_checkout_that_explains_them(world: World) -> None:
    for back in range(4, 94):
        checkout(world.cast, "", back, 20, 8)
    for number in range(40):
        at = make.at(-1 - number % 2, minutes=number)
        tell(world, f"A-{number}", world.cast.anas_link, at)
        world.sell(f"A-{number}", at=at)
    world.run()
    ProgramDay.objects.filter(program_id=world.cast.program.pk).delete()
    watch_program(world.cast.program, make.NOON)
    assert [row.about["host"] for row in open_ones()] == [PAY]


def test_a_host_that_is_listed_already_opens_nothing(world: World) -> None:
    lose(world, 4)
    change_offer(world.cast.offer, allowed_hosts=[SHOP, PAY], now=make.NOON, by="ruth")
    watch_program(world.cast.program, make.NOON)  # before the pipeline's next turn
    assert not open_ones()


def test_a_host_that_is_taken_off_the_list_while_it_is_mended_gets_its_button_back(world: World) -> None:
    lose(world, 4)
    watch_program(world.cast.program, make.NOON)
    repair(the_incident(), now=make.NOON, by="ruth")
    world.cast.offer.refresh_from_db()
    change_offer(world.cast.offer, allowed_hosts=[SHOP], now=make.at(minutes=1), by="ruth")
    world.run(make.at(hours=1))
    assert close_repaired(make.at(hours=1)) == 0
    watch_program(world.cast.program, make.at(hours=2))
    assert (the_incident().ends_at, repair_of(the_incident())) == (None, "add_host")


def test_what_a_person_mended_opens_again_by_orders_from_after_it_alone(world: World) -> None:
    lose_at(world, -4, -3, -2, -1)
    watch_program(world.cast.program, make.NOON)
    mend_incident(the_incident(), "The page is switched off.", now=make.at(hours=1), by="ruth")
    watch_program(world.cast.program, make.at(5))
    assert not open_ones(), "the orders of then still wait, and were told of"
    lose_at(world, 2, 3, 4, name="B")
    watch_program(world.cast.program, make.at(hours=5))
    again = open_ones()[0]
    assert (again.starts_at, again.evidence["orders"], again.touched.get().orders) == (make.at(hours=2), 3, 3)
    watch_program(world.cast.program, make.at(hours=7))
    assert [row.starts_at for row in open_ones()] == [make.at(hours=2)]


def test_who_was_told_of_orders_that_turn_out_to_be_nobodys_alone_hears_of_it(world: World) -> None:
    for week in (1, 2, 3, 4):
        for number in range(8):
            token = world.click(world.cast.bens_link.number, make.at(-7 * week, hours=-3 + number / 4), f"b{number}")
            world.sell(f"B-{week}-{number}", at=make.at(-7 * week, hours=-2 + number / 4), click=token.text)
    lose_at(world, -4, -3, -2, -1)
    watch_program(world.cast.program, make.NOON)
    assert tell_touched(the_incident(), now=make.NOON, by="ruth") == 1
    dismiss_host(world.cast.program, PAY, now=make.at(minutes=30), by="ruth")
    watch_program(world.cast.program, make.at(hours=1))
    assert the_incident().closed_as == "healed"
    assert Send.objects.get(key__endswith=":mended").enrolment_id == world.cast.anas.pk


def test_foreign_orders_at_an_unlisted_host_are_added_in_the_programs_currency(world: World) -> None:
    day = TODAY - timedelta(days=1)
    for currency, rate in (("GBP", "0.85"), ("JPY", "170")):
        ExchangeRate.objects.create(
            id=new_id(make.NOON), currency=currency, dated_on=day, per_euro=rate, source="t", set_at=make.at(-1)
        )
    for number in range(3):
        at = make.at(hours=-3 + number)
        token = world.click(world.cast.anas_link.number, at - timedelta(minutes=10), f"v{number}")
        body = {
            "goal": "sale", "external_id": f"J-{number}", "amount": 10_000, "currency": "JPY", "click": token.text,
        }  # fmt: skip
        fact = replace(parse_conversion(body, FactDefaults("GBP", at, make.EMAIL_KEY)), page_host=PAY)
        told = FactEnvelope("browser", world.cast.program.id, "conversion", at, False, (fact,))
        world.journal.append([encode_envelope(told)])
        world.sell(f"J-{number}", 10_000, at=at, currency="JPY")
    world.run()
    assert Conversion.objects.get(external_id="J-0").amount_minor == 5_000, "10,000 yen are 50 pounds"
    watch_program(world.cast.program, make.NOON)
    assert (the_incident().evidence["value_minor"], the_incident().touched.get().value_minor) == (15_000, 15_000)


def test_days_are_counted_anew_once_their_orders_have_their_clicks_again(world: World) -> None:
    for back in range(1, 91):
        checkout(world.cast, "", back, 8, 3)
    for day in range(9):
        world.now = make.at(day)
        for number in range(8):
            at = make.at(day, hours=-8 + number)
            tell(world, f"A-{day}-{number}", world.cast.anas_link, at)
            world.sell(f"A-{day}-{number}", at=at)
        world.run(make.at(day))
        watch_program(world.cast.program, make.at(day))
    assert CheckoutDay.objects.filter(day__gte=TODAY, tokens=0).exists()
    repair(the_incident(), now=make.at(8, hours=1), by="ruth")
    world.run(make.at(8, hours=2))
    assert close_repaired(make.at(8, hours=2)) == 1
    days = CheckoutDay.objects.filter(day__gte=TODAY).values_list("orders", "tokens")
    assert sum(orders for orders, _tokens in days) == 72
    assert all(orders == tokens for orders, tokens in days)
    ProgramDay.objects.all().delete()
    watch_program(world.cast.program, make.at(9))
    assert not open_ones()


def test_found_is_what_is_left_after_refunds(world: World) -> None:
    lose_at(world, -3, -2, -1)
    world.refund("R-0", "A-0", 10_000, make.at(minutes=5))
    assert found_for_ana(world) == (2, 20_000, 4_000)


def test_found_are_the_goals_that_were_told_and_no_others_of_the_same_order(world: World) -> None:
    lose_at(world, -3, -2, -1)
    for number, hour in enumerate((-3, -2, -1)):
        token = world.click(world.cast.anas_link.number, make.at(-1, hours=hour), f"l{number}")
        world.send("conversion", {
            "goal": "lead", "external_id": f"A-{number}", "amount": 0, "click": token.text,
            "occurred_at": make.at(hours=hour - 20).isoformat(),
        })  # fmt: skip
    assert found_for_ana(world) == (3, 30_000, 6_000)


def found_for_ana(world: World) -> tuple[int, int, int]:
    """Mend the one fault by its button; return orders, value and commission that were found."""
    world.run(make.at(minutes=10))
    watch_program(world.cast.program, make.NOON)
    repair(the_incident(), now=make.at(hours=1), by="ruth")
    world.run(make.at(hours=2))
    assert close_repaired(make.at(hours=2)) == 1
    one = the_incident().touched.get()
    assert one.enrolment_id == world.cast.anas.pk
    assert the_incident().evidence["found_orders"] == one.orders
    return one.orders, one.value_minor, one.commission_minor


def test_lost_tokens_touch_nobody_who_only_had_fewer_clicks(world: World) -> None:
    for week in (1, 2, 3, 4):
        for number in range(12):
            world.click(world.cast.anas_link.number, make.at(-7 * week - 1, hours=number / 4), f"a{week}-{number}")
    world.run()
    lose_tokens(world.cast)
    assert not the_incident().touched.exists()


def lose_tokens(cast: Cast) -> None:
    """Let the shop's own checkout lose its tokens for three days, and have it found."""
    ProgramDay.objects.all().delete()
    for back in range(1, 94):
        checkout(cast, SHOP, back, 20, 8 if back > 3 else 0)
    keep_faults(cast.program, lost_by_share(cast.program, TODAY), ["token_lost"], make.NOON)


def test_whole_days_after_the_mending_alone_find_a_checkout_again(cast: Cast) -> None:
    lose_tokens(cast)
    mend_incident(the_incident(), "The snippet is back.", now=make.at(hours=1), by="ruth")
    assert local_day(make.at(hours=1), "Europe/London") == TODAY
    for ahead, tokens in ((0, 0), (1, 0)):
        checkout(cast, SHOP, -ahead, 60, tokens)
        found = lost_by_share(cast.program, TODAY + timedelta(days=ahead + 1))
        assert [local_day(one.since, "Europe/London") for one in found] == [TODAY + timedelta(days=1)][:ahead]


def test_a_checkout_heals_by_no_fewer_orders_than_it_is_found_by(cast: Cast) -> None:
    for back in range(2, 98):
        checkout(cast, SHOP, back, 30 if back > 7 else 10, 10 if back > 7 else 0)
    checkout(cast, SHOP, 1, 9, 3)
    checkout(cast, SHOP, 0, 0, 0)
    found = lost_by_share(cast.program, TODAY)
    assert len(found) == 1
    keep_faults(cast.program, found, ["token_lost"], make.NOON)
    keep_faults(cast.program, [], ["token_lost"], make.at(minutes=10))  # as the look of every ten minutes does
    assert the_incident().closed_as == ""


def test_days_before_a_link_was_mended_open_it_no_more_alone_or_with_all(cast: Cast) -> None:
    for back in range(1, 91):
        sold(cast, cast.anas_link, back, 60, 3 if back > 10 else 0)
        sold(cast, cast.bens_link, back, 60, 3)
    watch_program(cast.program, make.NOON)
    mend_incident(the_incident(), "The page sells again.", now=make.at(hours=1), by="ruth")
    for ahead in range(15):
        sold(cast, cast.anas_link, -ahead, 60, 0)
        sold(cast, cast.bens_link, -ahead, 60, 3)
        watch_program(cast.program, make.at(ahead, hours=2))
    assert not open_ones()
    watch_program(cast.program, make.at(15))
    assert [(row.fault_key, local_day(row.starts_at, "Europe/London")) for row in open_ones()] == [
        (f"sales:{cast.anas_link.number}", TODAY)
    ], "two whole weeks without a sale say it"


def test_links_that_were_mended_with_all_are_not_found_one_by_one(cast: Cast) -> None:
    for back in range(1, 91):
        sold(cast, cast.anas_link, back, 60, 3 if back > 10 else 0)
        sold(cast, cast.bens_link, back, 60, 3 if back > 10 else 0)
    watch_program(cast.program, make.NOON)
    assert the_incident().fault_key == "sales:all"
    mend_incident(the_incident(), "The shop is open again.", now=make.at(hours=1), by="ruth")
    watch_program(cast.program, make.at(1))
    assert not open_ones()


def test_a_program_whose_look_fails_keeps_no_other_from_its_own(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make.program("other")
    seen: list[Any] = []

    def look(program: Program, *_told: Any, **_named: Any) -> watch.Watched:
        seen.append(program.pk)
        if len(seen) == 1:
            raise ValueError("a page that nobody can read")
        return watch.Watched(1, 1)

    monkeypatch.setattr(watch, "watch_program", look)
    assert watch_over(make.NOON) == 1
    assert set(seen) == {cast.program.pk, other.pk}
