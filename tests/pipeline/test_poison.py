"""A fact that breaks its step is set aside alone; everything else goes on."""

from __future__ import annotations

import pytest

from hanse.kernel.errors import Refused
from hanse.runtime.pipeline import STEPS, Batch, Pipeline
from hanse.spine.parked.actions import retry_fact
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.sending import World


def choke(batch: Batch) -> None:
    """Fail on every fact whose number begins with X."""
    if any(one.fact.external_id.startswith("X") for one in batch.current):
        raise ValueError("this one is bad")


@pytest.fixture
def choking(world: World) -> Pipeline:
    """A pipeline that cannot take X facts."""
    return Pipeline(world.journal, (*STEPS[:3], choke, *STEPS[3:]))


def test_one_bad_fact_among_many_is_set_aside_with_its_error(world: World, choking: Pipeline) -> None:
    for number in ("A-1", "A-2", "X-1", "A-3", "A-4", "A-5", "A-6"):
        world.sell(number, coupon="ANA10")
    result = choking.drain(world.now)
    assert (result.facts, result.conversions, result.set_aside) == (7, 6, 1)
    parked = ParkedFact.objects.get()
    assert (parked.status, parked.external_id, parked.detail["error"]) == (
        "failed",
        "X-1",
        "ValueError: this one is bad",
    )


def test_a_bad_fact_inside_a_request_of_many_is_found(world: World, choking: Pipeline) -> None:
    objects = [
        {"goal": "sale", "external_id": f"{'X' if place == 41 else 'A'}-{place}", "amount": 100} for place in range(100)
    ]
    world.send("conversion", *objects)
    result = choking.drain(world.now)
    assert (result.conversions, result.set_aside) == (99, 1)
    assert ParkedFact.objects.get().index == 41


def test_a_fact_that_was_set_aside_can_be_tried_again(world: World, choking: Pipeline) -> None:
    world.sell("X-1", coupon="ANA10")
    choking.drain(world.now)
    retry_fact(ParkedFact.objects.get(), now=world.now, by="ruth@harbour.example")
    world.run()
    assert world.shares("X-1") == {"Ana": 1_000_000}
    assert ParkedFact.objects.get().status == "resolved"


def test_a_fact_that_fails_again_is_set_aside_again(world: World, choking: Pipeline) -> None:
    world.sell("X-1")
    choking.drain(world.now)
    retry_fact(ParkedFact.objects.get(), now=world.now, by="ruth@harbour.example")
    assert choking.drain(world.now).set_aside == 1
    assert ParkedFact.objects.get().status == "failed"


def test_a_bad_fact_that_waited_does_not_take_its_sale_with_it(world: World, choking: Pipeline) -> None:
    world.refund("X-9", "A-1", 100)
    Pipeline(world.journal).drain(world.now)
    world.sell("A-1")
    choking.drain(world.now)
    assert Conversion.objects.get().external_id == "A-1"
    parked = ParkedFact.objects.get()
    assert (parked.status, parked.external_id) == ("failed", "X-9")


def test_a_record_that_cannot_be_read_is_kept_and_can_only_be_dismissed(world: World) -> None:
    world.journal.append([b"nonsense", b'F{"source": 1}', b"C\x1f"])
    world.sell("A-1")
    result = world.run()
    assert (result.conversions, result.set_aside) == (1, 3)
    record = ParkedFact.objects.order_by("sequence")[0]
    assert (record.status, record.reason, record.body["raw"]) == ("failed", "unreadable", "nonsense")
    with pytest.raises(Refused):
        retry_fact(record, now=world.now, by="ruth@harbour.example")


def test_an_order_that_cannot_be_decided_again_does_not_keep_a_new_coupon_from_the_others(world: World) -> None:
    for number in ("A-1", "A-2", "X-3", "A-4"):
        world.sell(number, coupon="LATER")
    world.run()
    make.coupon(world.cast.bens, "LATER", created_at=make.at(minutes=1))
    bad = world.conversion("X-3").id

    def choke_on_one(batch: Batch) -> None:
        if bad in batch.late_credit:
            raise ValueError("this one is bad")

    Pipeline(world.journal, (choke_on_one, *STEPS)).run_once(make.at(minutes=2))
    assert [world.shares(number) for number in ("A-1", "A-2", "X-3", "A-4")] == [
        {"Ben": 1_000_000}, {"Ben": 1_000_000}, {}, {"Ben": 1_000_000},
    ]  # fmt: skip
