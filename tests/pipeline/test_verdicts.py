"""What a sender who waits is told."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.kernel.ids import parse_id
from hanse.runtime.pipeline import STEPS, Batch, Pipeline
from hanse.spine.intake.actions import sweep_verdicts
from hanse.spine.intake.models import Verdict
from hanse.spine.intake.types import Arrival
from tests import make
from tests.sending import World


def told(sequence: int, index: int = 0) -> tuple[int, dict[str, Any]]:
    row = Verdict.objects.get(sequence=sequence, index=index)
    return row.http_status, row.body


def test_a_credited_order_names_its_commissions(world: World) -> None:
    sequence = world.sell("A-1", 7_800, coupon="ANA10", wait=True)
    world.run()
    status, body = told(sequence)
    assert (status, body["status"], body["external_id"]) == (200, "credited", "A-1")
    assert parse_id("cnv", body["conversion"]) == world.conversion("A-1").id
    (commission,) = body["commissions"]
    assert (commission["amount"], commission["currency"]) == (1_560, "GBP")
    assert parse_id("prt", commission["partner"]) == world.cast.ana.id


def test_an_order_without_a_partner_is_recorded_and_a_refund_too(world: World) -> None:
    order, refund = world.sell("A-1", wait=True), world.refund("R-1", "A-1", 100, wait=True)
    world.run()
    assert [told(order)[1]["status"], told(refund)[1]["status"]] == ["recorded", "recorded"]
    assert told(refund)[1]["conversion"] == told(order)[1]["conversion"]


def test_a_repetition_gets_the_first_answer(world: World) -> None:
    first = world.sell("A-1", coupon="ANA10", wait=True)
    world.run()
    again = world.sell("A-1", coupon="ANA10", wait=True)
    world.run()
    assert told(first) == told(again)


def test_a_repetition_of_an_order_that_nobody_waited_for_is_answered_too(world: World) -> None:
    world.sell("A-1", coupon="ANA10")
    world.run()
    again = world.sell("A-1", coupon="ANA10", wait=True)
    world.run()
    assert told(again)[1]["status"] == "credited"


def test_a_conflict_is_409_with_both_hashes_every_time(world: World) -> None:
    world.sell("A-1", 10_000)
    for _ in range(2):
        sequence = world.sell("A-1", 9_000, wait=True)
        world.run()
        status, body = told(sequence)
        assert (status, body["status"]) == (409, "conflict")
        assert body["first_hash"] != body["second_hash"]


def test_a_parked_refund_says_why_and_later_what_became_of_it(world: World) -> None:
    sequence = world.refund("R-1", "A-1", 100, wait=True)
    world.run()
    assert told(sequence)[1] | {"id": ""} == {
        "id": "", "external_id": "R-1", "status": "parked", "conversion": None, "commissions": [],
        "reason": "waits_for_conversion",
    }  # fmt: skip
    world.sell("A-1")
    world.run()
    again = world.refund("R-1", "A-1", 100, wait=True)
    world.run()
    assert told(again)[1]["status"] == "recorded"


def test_each_fact_of_a_batch_has_its_own_verdict(world: World) -> None:
    objects = [{"goal": "sale", "external_id": f"A-{place}", "amount": 100} for place in range(3)]
    sequence = world.send("conversion", *objects, wait=True)
    world.run()
    assert [told(sequence, place)[1]["external_id"] for place in range(3)] == ["A-0", "A-1", "A-2"]


def test_a_fact_that_fails_is_said_to_be_set_aside(world: World) -> None:
    def choke(_batch: Batch) -> None:
        raise ValueError("bad")

    sequence = world.sell("A-1", wait=True)
    Pipeline(world.journal, (*STEPS[:2], choke)).drain(world.now)
    assert told(sequence)[1]["status"] == "set_aside"


def test_verdicts_are_swept_after_an_hour(world: World) -> None:
    world.sell("A-1", wait=True)
    world.run()
    assert sweep_verdicts(make.at(minutes=59)) == 0
    assert sweep_verdicts(make.at(minutes=61)) == 1


def test_hundreds_of_facts_sent_again_by_one_who_waits_do_not_hold_the_batch_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = [{"goal": "lead", "external_id": f"L-{number}", "amount": 0} for number in range(300)]
    world.send("conversion", *objects, wait=True)
    world.run()
    compared, really = list[int](), Arrival.__eq__

    def compare(one: Arrival, other: object) -> bool:
        compared.append(1)
        return really(one, other)

    monkeypatch.setattr(Arrival, "__eq__", compare)
    last = world.send("conversion", *objects, wait=True)
    world.run()
    assert Verdict.objects.filter(sequence=last, http_status=200).count() == 300
    assert len(compared) <= 10 * 300
