"""Early facts wait for what they need, and nothing is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hanse.kernel.errors import Refused
from hanse.kernel.facts import FactDefaults, FactEnvelope, encode_envelope, parse_conversion
from hanse.money.holds.models import Case
from hanse.programs.offers.actions import change_offer
from hanse.programs.programs.models import Goal
from hanse.programs.rates.actions import keep_rates
from hanse.programs.rates.types import DailyRate
from hanse.spine.parked.actions import dismiss_fact, retry_fact
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.conversions.checking import compare_refunded
from hanse.traffic.conversions.models import Conversion, Refund
from tests import make
from tests.sending import World


def parked(world: World) -> list[tuple[str, str, str]]:
    """Return (status, reason, outside id) of all parked facts, in their order."""
    return list(ParkedFact.objects.order_by("sequence", "index").values_list("status", "reason", "external_id"))


def test_a_refund_before_its_sale_waits_and_resolves(world: World) -> None:
    world.refund("R-1", "A-1", 2_000)
    world.run()
    assert parked(world) == [("waiting", "waits_for_conversion", "R-1")]
    world.sell("A-1")
    world.run()
    assert parked(world) == [("resolved", "waits_for_conversion", "R-1")]
    assert world.conversion("A-1").refunded_minor == 2_000


def test_a_won_dispute_waits_for_its_chargeback_even_when_the_sale_is_late_too(world: World) -> None:
    world.refund("D-1", "A-1", 0, kind="dispute_won", reverses="C-1")
    world.run()
    world.sell("A-1")
    world.run()
    assert parked(world) == [("waiting", "waits_for_chargeback", "D-1")]
    world.refund("C-1", "A-1", 10_000, kind="chargeback")
    world.run()
    assert parked(world)[0][0] == "resolved"
    assert world.conversion("A-1").refunded_minor == 0


def test_a_renewal_of_an_unknown_customer_waits_seven_days_then_stands_on_its_own(world: World) -> None:
    body = {
        "goal": "renewal",
        "external_id": "N-1",
        "amount": 5_000,
        "coupon": "BEN10",
        "customer": {"external_id": "c-9"},
    }
    world.send("conversion", body)
    world.run()
    assert parked(world) == [("waiting", "waits_for_customer", "N-1")]
    world.run(make.at(7, seconds=-1))
    assert not Conversion.objects.exists()
    world.run(make.at(7))
    assert world.shares("N-1", "renewal") == {"Ben": 1_000_000}
    assert parked(world)[0][0] == "resolved"


def test_a_renewal_belongs_to_who_brought_the_customer(world: World) -> None:
    customer = {"external_id": "c-1"}
    world.sell("A-1", coupon="ANA10", customer=customer, at=make.at(-40))
    world.send(
        "conversion",
        {"goal": "renewal", "external_id": "N-1", "amount": 5_000, "customer": customer, "coupon": "BEN10"},
    )
    world.run()
    assert world.shares("N-1", "renewal") == {"Ana": 1_000_000}


def test_a_renewal_finds_another_owner_when_the_first_sale_is_refunded_in_full(world: World) -> None:
    customer = {"external_id": "c-1"}
    world.sell("A-1", coupon="ANA10", customer=customer, at=make.at(-40))
    world.sell("A-2", coupon="BEN10", customer=customer, at=make.at(-30))
    world.send("conversion", {"goal": "renewal", "external_id": "N-1", "amount": 5_000, "customer": customer})
    world.run()
    assert world.shares("N-1", "renewal") == {"Ana": 1_000_000}
    world.refund("R-1", "A-1", 10_000)
    world.run()
    assert world.shares("N-1", "renewal") == {"Ben": 1_000_000}


def test_an_order_in_another_currency_is_parked_not_guessed(world: World) -> None:
    world.sell("A-1", currency="EUR")
    world.run()
    assert parked(world) == [("waiting", "no_rate", "A-1")]
    assert not Conversion.objects.exists()


def test_a_refund_of_a_number_that_two_goals_share_needs_its_goal(world: World) -> None:
    world.sell("A-1")
    world.send("conversion", {"goal": "lead", "external_id": "A-1", "amount": 0}, source="crm")
    world.refund("R-1", "A-1", 1_000)
    world.refund("R-2", "A-1", 1_000, goal="sale")
    world.run()
    assert parked(world) == [("waiting", "goal_needed", "R-1")]
    assert world.conversion("A-1").refunded_minor == 1_000


def test_an_unknown_goal_waits_until_the_program_has_it(world: World) -> None:
    Goal.objects.filter(key="signup").delete()
    world.send("conversion", {"goal": "signup", "external_id": "U-1", "amount": 0})
    world.run()
    assert parked(world) == [("waiting", "unknown_goal", "U-1")]
    Goal.objects.create(program=world.cast.program, key="signup", name="Signup")
    world.run()
    assert parked(world)[0][0] == "resolved"


def test_a_person_takes_the_second_of_two_contradicting_facts(world: World) -> None:
    world.sell("A-1", 10_000, coupon="ANA10")
    world.sell("A-1", 9_000, coupon="ANA10")
    world.run()
    assert parked(world) == [("conflict", "content_differs", "A-1")]
    assert world.conversion("A-1").amount_minor == 10_000
    retry_fact(ParkedFact.objects.get(), now=world.now, by="ruth@harbour.example")
    world.run()
    assert world.conversion("A-1").amount_minor == 9_000
    assert parked(world)[0][0] == "resolved"


def test_a_dismissed_fact_keeps_its_row_and_cannot_be_dismissed_twice(world: World) -> None:
    world.refund("R-1", "A-1", 2_000)
    world.run()
    fact = ParkedFact.objects.get()
    dismiss_fact(fact, reason="test data", now=world.now, by="ruth@harbour.example")
    assert fact.detail["dismissed_because"] == "test data"
    with pytest.raises(Refused):
        dismiss_fact(fact, reason="again", now=world.now, by="ruth@harbour.example")
    world.sell("A-1")
    world.run()
    assert not Refund.objects.exists()


def tell(world: World, external_id: str, host: str, **fields: object) -> None:
    """Let a page tell of a sale with a click, as the snippet's door writes it down."""
    token = world.click(world.cast.anas_link.number, make.at(hours=-1))
    body = {"goal": "sale", "external_id": external_id, "amount": 10_000, "click": token.text, **fields}
    fact = replace(parse_conversion(body, FactDefaults("GBP", make.NOON, make.EMAIL_KEY)), page_host=host)
    envelope = FactEnvelope("browser", world.cast.program.id, "conversion", make.NOON, False, (fact,))
    world.journal.append([encode_envelope(envelope)])


def test_what_a_page_on_an_unlisted_host_told_waits_until_the_host_is_listed_and_then_gives_the_order_its_click(
    world: World,
) -> None:
    tell(world, "A-1", "pay.shop.example")
    world.sell("A-1")
    world.run()
    assert parked(world) == [("waiting", "unlisted_host", "A-1")]
    assert (world.conversion("A-1").click_id, world.shares("A-1")) == ("", {})
    retry_fact(ParkedFact.objects.get(), now=make.NOON, by="ruth")
    world.run()
    assert parked(world) == [("waiting", "unlisted_host", "A-1")]
    change_offer(world.cast.offer, allowed_hosts=["shop.example", "pay.shop.example"], now=make.NOON, by="ruth")
    world.run()
    assert parked(world) == [("resolved", "unlisted_host", "A-1")]
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert world.conversion("A-1").checkout_host == "pay.shop.example"
    assert not Case.objects.exists()


def test_the_same_telling_ends_alike_whichever_came_first_and_listed_pages_do_not_wait(world: World) -> None:
    tell(world, "A-1", "shop.example")
    world.sell("A-2", metadata={"checkout_host": "Pay.Shop.example"})
    world.run()
    assert not ParkedFact.objects.exists()
    assert (world.conversion("A-1").checkout_host, world.conversion("A-2").checkout_host) == (
        "shop.example", "pay.shop.example",
    )  # fmt: skip


def test_an_edit_that_waited_with_its_order_amends_it_when_both_are_let_go(world: World) -> None:
    Goal.objects.filter(key="signup").delete()
    for revision, amount in ((0, 5_000), (1, 7_000)):
        world.send("conversion", {"goal": "signup", "external_id": "U-1", "amount": amount, "revision": revision})
        world.run()
    assert [status for status, *_ in parked(world)] == ["waiting", "waiting"]
    Goal.objects.create(program=world.cast.program, key="signup", name="Signup")
    world.run()
    assert [status for status, *_ in parked(world)] == ["dismissed", "resolved"]
    assert world.conversion("U-1", "signup").amount_minor == 7_000


def test_an_edit_that_waited_alone_amends_its_order_when_it_is_let_go(world: World) -> None:
    world.sell("A-1", 10_000)
    world.run()
    world.sell("A-1", 9_000, currency="EUR", revision=1)
    world.run()
    assert parked(world) == [("waiting", "no_rate", "A-1")]
    day = make.NOON.date() - timedelta(days=1)
    keep_rates([DailyRate("GBP", day, "0.5")], source="tests", now=world.now, by="ruth")
    world.run()
    assert parked(world) == [("resolved", "no_rate", "A-1")]
    assert world.conversion("A-1").amount_minor == 4_500


def test_a_waiting_order_that_was_edited_since_does_not_contradict_its_own_edit(world: World) -> None:
    world.sell("A-1", 10_000, currency="EUR")
    world.run()
    world.sell("A-1", 9_000, revision=1)
    world.run()
    assert world.conversion("A-1").amount_minor == 9_000
    retry_fact(ParkedFact.objects.get(), now=world.now, by="ruth@harbour.example")
    world.run()
    assert parked(world) == [("dismissed", "replaced_by_a_later_revision", "A-1")]
    assert world.conversion("A-1").amount_minor == 9_000


def test_a_person_takes_the_second_of_two_contradicting_refunds(world: World) -> None:
    world.sell("A-1", 10_000, coupon="ANA10")
    world.refund("R-1", "A-1", 1_000)
    world.refund("R-1", "A-1", 4_000)
    world.run()
    assert parked(world) == [("conflict", "content_differs", "R-1")]
    retry_fact(ParkedFact.objects.get(), now=world.now, by="ruth@harbour.example")
    world.run()
    assert parked(world)[0][0] == "resolved"
    assert world.conversion("A-1").refunded_minor == 4_000
    assert compare_refunded() == []


def test_a_renewal_whose_goal_came_late_still_waits_for_its_customer(world: World) -> None:
    Goal.objects.filter(key="renewal").delete()
    customer = {"external_id": "c-9"}
    body = {"goal": "renewal", "external_id": "N-1", "amount": 5_000, "coupon": "BEN10", "customer": customer}
    world.send("conversion", body)
    world.run()
    Goal.objects.create(program=world.cast.program, key="renewal", name="Renewal", is_recurring=True)
    world.run()
    assert parked(world) == [("waiting", "waits_for_customer", "N-1")]
    world.run(make.at(7))
    assert world.shares("N-1", "renewal") == {"Ben": 1_000_000}
