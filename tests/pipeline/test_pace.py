"""How much a batch takes on: enough to be quick, little enough to let pages in."""

from __future__ import annotations

import pytest

from hanse.runtime.pipeline import Pipeline
from hanse.runtime.pipeline.lead import HOLD_SECONDS, LARGEST, SMALLEST
from hanse.runtime.pipeline.reading import ReadAhead
from hanse.spine.positions.types import Place
from tests.sending import World


@pytest.mark.parametrize(
    ("facts", "seconds", "limit"),
    [(200, HOLD_SECONDS, 200), (200, 0.05, 301), (200, 0.8, 100), (100, 5.0, 100), (200, 0.0, 301)],
)
def test_the_next_batch_is_sized_by_how_long_the_last_one_held_the_lock(
    world: World, facts: int, seconds: float, limit: int
) -> None:
    pipeline = Pipeline(world.journal)
    pipeline._adapt(facts, seconds)
    assert pipeline._limit == limit


def test_the_size_stays_within_bounds(world: World) -> None:
    pipeline = Pipeline(world.journal)
    for _ in range(50):
        pipeline._adapt(1_000, 100.0)
    assert pipeline._limit == SMALLEST
    for _ in range(50):
        pipeline._adapt(1_000, 0.001)
    assert pipeline._limit == LARGEST


def test_a_large_request_is_taken_in_parts_and_nothing_is_read_twice(world: World) -> None:
    world.send("conversion", *({"goal": "sale", "external_id": f"A-{place}", "amount": 1} for place in range(25)))
    world.sell("B-1")
    ahead, place, seen = ReadAhead(world.journal), Place(), list[str]()
    while units := ahead.units(place, 10):
        seen += [unit.item.fact.external_id for unit in units]  # type: ignore[union-attr]
        place = units[-1].place
        ahead.done(place)
    assert seen == [*(f"A-{number}" for number in range(25)), "B-1"]
    again = ReadAhead(world.journal).units(Place(0, 20), 10)
    assert [unit.item.fact.external_id for unit in again] == [*(f"A-{number}" for number in range(20, 25)), "B-1"]  # type: ignore[union-attr]


def test_run_once_takes_one_batch_and_drain_takes_all(world: World) -> None:
    world.send("conversion", *({"goal": "sale", "external_id": f"A-{place}", "amount": 1} for place in range(250)))
    assert world.pipeline.run_once(world.now).facts == 200
    assert world.pipeline.drain(world.now).facts == 50
    assert world.pipeline.run_once(world.now).facts == 0
