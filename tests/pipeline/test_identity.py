"""One fact is one fact: repetitions, contradictions, amendments, two sources of one order."""

from __future__ import annotations

from datetime import timedelta

from hanse.spine.intake.models import ReceivedFact
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion, Refund
from tests import make
from tests.sending import World


def test_the_same_fact_ten_times_is_one(world: World) -> None:
    for _ in range(5):
        world.sell("A-1", coupon="ANA10")
        world.refund("R-1", "A-1", 500)
    first = world.run()
    for _ in range(5):
        world.sell("A-1", coupon="ANA10")
        world.refund("R-1", "A-1", 500)
    second = world.run()
    assert (first.repeated, second.repeated) == (8, 10)
    assert (Conversion.objects.count(), Refund.objects.count(), ReceivedFact.objects.count()) == (1, 1, 2)
    assert world.conversion("A-1").refunded_minor == 500


def test_a_lead_and_a_sale_of_one_sender_may_bear_the_same_number(world: World) -> None:
    world.send(
        "conversion",
        {"goal": "lead", "external_id": "42", "amount": 0},
        {"goal": "sale", "external_id": "42", "amount": 500},
    )
    world.run()
    assert (world.conversion("42", "lead").amount_minor, world.conversion("42", "sale").amount_minor) == (0, 500)
    assert ParkedFact.objects.count() == 0


def test_other_content_is_a_conflict_that_is_parked_once_with_both_hashes(world: World) -> None:
    world.sell("A-1", 10_000)
    world.run()
    for _ in range(3):
        world.sell("A-1", 12_000)
        world.run()
    parked = ParkedFact.objects.get()
    assert (parked.status, parked.reason) == ("conflict", "content_differs")
    first, second = parked.detail["first_hash"], parked.detail["second_hash"]
    assert first == ReceivedFact.objects.get().content_hash != second
    assert world.conversion("A-1").amount_minor == 10_000


def test_a_higher_revision_amends_and_a_lower_one_that_comes_late_changes_nothing(world: World) -> None:
    world.sell("A-1", 12_000, revision=1, coupon="ANA10")
    world.run()
    world.sell("A-1", 10_000, coupon="ANA10")
    world.run()
    assert world.conversion("A-1").amount_minor == 12_000
    world.sell("A-1", 8_000, revision=2, coupon="BEN10")
    world.run()
    assert world.conversion("A-1").amount_minor == 8_000
    assert world.shares("A-1") == {"Ben": 1_000_000}
    assert not ParkedFact.objects.exists()


def test_revisions_in_one_batch_leave_the_last(world: World) -> None:
    world.sell("A-1", 10_000)
    world.sell("A-1", 12_000, revision=1)
    world.run()
    assert world.conversion("A-1").amount_minor == 12_000


def test_snippet_and_webhook_of_one_order_meet_in_either_order(world: World) -> None:
    token = world.click(1, make.at(-1)).text
    lines = [{"sku": "tea", "category": "gifts", "quantity": 2, "amount": 7_800}]
    for number, turned in (("A-1", False), ("A-2", True)):
        sends = [
            lambda number=number: world.sell(number, 7_800, click=token, visitor="v1", source="browser"),
            lambda number=number: world.sell(
                number, 7_800, lines=lines, customer={"external_id": "c-1", "country": "PL"}, source="shop"
            ),
        ]
        for send in reversed(sends) if turned else sends:
            send()
            world.run()
    one, two = world.conversion("A-1"), world.conversion("A-2")
    for name in (
        "amount_minor",
        "lines",
        "customer_id",
        "country",
        "click_id",
        "visitor",
        "coupon_code",
        "occurred_at",
    ):
        assert getattr(one, name) == getattr(two, name), name
    assert one.lines == [["tea", "gifts", 2, 7_800]]
    assert world.shares("A-1") == world.shares("A-2") == {"Ana": 1_000_000}


def test_a_second_source_with_another_amount_is_a_conflict(world: World) -> None:
    world.sell("A-1", 10_000, source="shop")
    world.sell("A-1", 9_999, source="browser")
    world.run()
    parked = ParkedFact.objects.get()
    assert (parked.reason, parked.detail["first_amount"], parked.detail["second_amount"]) == (
        "amount_differs",
        10_000,
        9_999,
    )


def test_the_same_number_for_two_goals_is_two_conversions(world: World) -> None:
    world.send("conversion", {"goal": "lead", "external_id": "X-1", "amount": 0, "occurred_at": make.NOON.isoformat()})
    world.sell("X-1", source="shop-2")
    world.run()
    assert Conversion.objects.filter(external_id="X-1").count() == 2


def test_a_click_recorded_twice_is_one(world: World) -> None:
    token = world.click(1, make.at(-1))
    world.record_click(token, 1, make.at(-1))
    world.run()
    world.record_click(token, 1, make.at(-1))
    assert world.run().clicks == 0
    assert Click.objects.count() == 1


def test_a_click_on_an_unknown_link_keeps_a_row_with_its_reason(world: World) -> None:
    world.click(77, make.at(-1))
    world.run()
    assert Click.objects.get().reason == "unknown_link"


def test_a_time_the_sender_gave_beats_one_that_the_door_filled_in(world: World) -> None:
    world.send("conversion", {"goal": "sale", "external_id": "A-1", "amount": 100}, source="browser")
    world.run()
    world.sell("A-1", 100, make.at(-3), source="shop")
    world.run()
    assert world.conversion("A-1").occurred_at == make.NOON - timedelta(days=3)
