"""Rules replayed over the past: one pass or day by day alike, no flapping inside the bands, cost by tier."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.tiers.backtest import backtest
from hanse.growth.tiers.history import History
from hanse.growth.tiers.models import TierDecision, TierStanding
from hanse.growth.tiers.replay import Day, Move, flapping, replay
from hanse.growth.tiers.rules import DEFAULT, evaluate, in_rank, next_state, places_of
from hanse.growth.tiers.sweeping import sweep
from hanse.growth.tiers.types import Share, Standing
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel.clock import day_starts_at, local_day
from hanse.programs.tiers.models import Tier
from tests import make
from tests.growth.test_tier_sweep import Field, shop
from tests.money import books

__all__ = ["shop"]
START = datetime(2026, 1, 1, tzinfo=UTC)
LENGTH = 60


def days_of(
    sales: list[tuple[int, int, int]], size: int, window: int = 30
) -> list[tuple[date, datetime, list[Standing]]]:
    """Return the field of each day: `sales` are (who, day, value); numbers count over a window of days."""
    found = []
    for day in range(LENGTH):
        field = []
        for who in range(size):
            own = [value for one, at, value in sales if one == who and day - window < at <= day]
            field.append(Standing(f"p{who}", START - timedelta(days=who), sum(own), len(own)))
        at = START + timedelta(days=day)
        found.append((at.date(), at, field))
    return found


SALES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, LENGTH - 1), st.sampled_from([10, 20, 20, 50])), max_size=60
)
RULES = replace(DEFAULT, stay_days=10, window_days=30)


@settings(max_examples=60, deadline=None)
@given(SALES, st.lists(st.integers(1, LENGTH - 1), max_size=4))
def test_cut_into_pieces_anywhere_it_ends_as_in_one_pass(sales: list[tuple[int, int, int]], cuts: list[int]) -> None:
    days = days_of(sales, 12)
    whole = list(replay(days, RULES))
    pieces: list[Day] = []
    for first, last in zip([0, *sorted(cuts)], [*sorted(cuts), LENGTH], strict=True):
        pieces += replay(days[first:last], RULES, pieces[-1].states if pieces else None)
    assert pieces == whole


@settings(max_examples=60, deadline=None)
@given(SALES, st.permutations(range(12)))
def test_the_order_of_the_field_decides_nothing(sales: list[tuple[int, int, int]], order: list[int]) -> None:
    days = days_of(sales, 12)
    mixed = [(on, at, [field[place] for place in order]) for on, at, field in days]
    assert [day.moves for day in replay(mixed, RULES)] == [day.moves for day in replay(days, RULES)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(1, 1_000), min_size=30, max_size=30), min_size=2, max_size=12))
def test_who_stays_inside_the_band_never_moves_down(numbers: list[list[int]]) -> None:
    """However ranks wander: nobody leaves a share's tier on a day on which they are inside its exit."""
    days = [
        ((START + timedelta(days=day)).date(), START + timedelta(days=day),
         [Standing(f"p{who:02}", START, value, 1) for who, value in enumerate(values)])
        for day, values in enumerate(numbers)
    ]  # fmt: skip
    rules = replace(DEFAULT, stay_days=0)
    exits = {"power": places_of(Share(120_000), 30), "growth": places_of(Share(360_000), 30)}
    for day, (_on, _at, field) in zip(replay(days, rules), days, strict=True):
        rank = {one.id: place for place, one in enumerate(in_rank(field, "value"), 1)}
        for move in day.moves:
            if move.moved == "down" and move.before in exits:
                assert rank[move.id] > exits[move.before]


def test_two_partners_around_a_border_do_not_flap() -> None:
    """Ten partners; the first and the second change places every day: both are inside power's exit of two places."""
    days = []
    for day in range(60):
        at = START + timedelta(days=day)
        field = [
            Standing(f"p{who}", START, 1_000 - who * 10 + (25 if who == 1 and day % 2 else 0), 1) for who in range(10)
        ]
        days.append((at.date(), at, field))
    moves = [move for day in replay(days, replace(DEFAULT, stay_days=0)) for move in day.moves]
    assert [(move.id, move.moved) for move in moves if move.on > START.date()] == [("p1", "up")]
    assert flapping(moves) == 0


def test_a_move_back_within_ninety_days_is_flapping() -> None:
    def move(days: int, before: str, after: str) -> Move:
        return Move("a", START.date() + timedelta(days=days), START, before, after, "up")

    assert flapping([move(0, "casual", "growth"), move(80, "growth", "casual")]) == 1
    assert flapping([move(0, "casual", "growth"), move(91, "growth", "casual")]) == 0


@pytest.mark.django_db
def test_a_season_swept_day_by_day_equals_one_replay(shop: Field) -> None:
    """The daily verb, with its standings kept in between, decides as the replay of the same days in one pass."""
    for day in range(1, 40, 3):
        shop.sell("abcdefghij"[day % 10], 4_000 + day * 700, make.at(day, hours=1))
    zone = shop.program.time_zone
    first = local_day(make.at(0), zone)
    rebuild_rollups(make.at(45))
    rules = replace(DEFAULT, stay_days=10, window_days=30)
    from tests.growth.test_tier_sweep import publish

    publish(shop, {"stay_days": 10, "window_days": 30, "tiers": _default_tiers()}, day_starts_at(first, zone))
    for day in range(40):
        at = day_starts_at(first + timedelta(days=day), zone)
        sweep(shop.program, at, now=at)
    begun = {str(one.pk): one for one in shop.people.values()}
    history = History(shop.program, rules, first, first + timedelta(days=39))
    states = {
        id: Standing(id, one.enrolled_at, 0, 0, "new", one.enrolled_at) for id, one in begun.items()
    }  # fmt: skip
    last = list(replay(history.days(), rules, states))[-1]
    kept = {str(row.pk): (row.tier, row.below_exit) for row in TierStanding.objects.all()}
    assert kept == {id: (state.tier, state.below_exit) for id, state in last.states.items()}
    assert TierDecision.objects.filter(kind__in=("up", "down")).count() > 8


def _default_tiers() -> list[dict[str, Any]]:
    from hanse.growth.tiers.reading import rules_json

    tiers: list[dict[str, Any]] = rules_json(DEFAULT)["tiers"]
    return tiers


@pytest.mark.django_db
def test_a_backtest_tells_sizes_moves_and_cost(shop: Field) -> None:
    power = Tier.objects.get(program=shop.program, key="power")
    make.terms(shop.program, {"kind": "percent", "rate": "30%", "goal": "sale"}, tier=power)
    shop.sell("a", 100_000, make.at(-10))
    rebuild_rollups(make.at(0))
    found = backtest(shop.program, DEFAULT, make.at(0))
    assert found.dates[-1] == local_day(make.at(0), shop.program.time_zone)
    assert sum(found.sizes[-1].values()) == 10
    assert found.sizes[-1]["power"] == 1
    assert found.placed[str(shop.people["a"].pk)] == "power"
    assert found.rose > 0
    # a is first from the day after the sales on: 30 % instead of 10 % of 1,000.00 is 200.00 more
    assert found.cost_minor == 20_000
    assert (found.every_days, found.flaps) == (1, 0)


@pytest.mark.django_db
def test_the_cost_is_the_difference_that_live_pricing_makes(shop: Field) -> None:
    power = Tier.objects.get(program=shop.program, key="power")
    make.terms(shop.program, {"kind": "percent", "rate": "30%", "goal": "sale"}, tier=power)
    sold = shop.sell("a", 50_000, make.at(-5))
    books.refund(sold, 20_000, at=make.at(-4), name="R-9")
    rebuild_rollups(make.at(0))
    assert backtest(shop.program, DEFAULT, make.at(0)).cost_minor == 6_000


@pytest.mark.django_db
def test_a_program_without_sales_has_an_empty_backtest() -> None:
    made = make.program("empty")
    found = backtest(made, DEFAULT, make.at(0))
    assert (found.rose, found.fell, found.flaps, found.cost_minor) == (0, 0, 0, 0)


def test_evaluations_are_deterministic() -> None:
    field = [Standing(f"p{place % 7}{place}", START, place % 5 * 100, place % 3) for place in range(200)]
    first = evaluate(field, DEFAULT, START)
    assert first == evaluate(list(reversed(field)), DEFAULT, START)
    assert next_state(field[0], first[0], START) == next_state(field[0], first[0], START)
