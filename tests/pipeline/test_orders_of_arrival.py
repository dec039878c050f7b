"""Every order of arrival ends alike: sale, two refunds, chargeback, won dispute, renewal (and the click)."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from hanse.insight.rollups.rebuilding import compare_rollups
from hanse.money.commissions.models import Commission
from hanse.money.ledger.verify import verify_books
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.checking import compare_refunded
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.sending import World

FACTS = ("sale", "refund", "second_refund", "chargeback", "dispute_won", "renewal")


def sender(world: World, run: str, click: str) -> dict[str, Callable[[], object]]:
    """Return a hand for each fact of one customer's story, named after the run."""
    sale, customer = f"S-{run}", {"external_id": f"c-{run}"}
    renewal = {"goal": "renewal", "external_id": f"N-{run}", "amount": 5_000, "customer": customer}
    renewal["occurred_at"] = make.at(0.5).isoformat()
    won = {"kind": "dispute_won", "reverses": f"C-{run}"}
    return {
        "sale": lambda: world.sell(sale, 10_000, make.at(-9), click=click, customer=customer),
        "refund": lambda: world.refund(f"R1-{run}", sale, 2_000, make.at(-8)),
        "second_refund": lambda: world.refund(f"R2-{run}", sale, 3_000, make.at(-7)),
        "chargeback": lambda: world.refund(f"C-{run}", sale, 10_000, make.at(-6), kind="chargeback"),
        "dispute_won": lambda: world.refund(f"D-{run}", sale, 10_000, make.at(-5), **won),
        "renewal": lambda: world.send("conversion", renewal),
    }  # fmt: skip


def outcome(run: str) -> tuple[object, ...]:
    """Return everything that facts led to, without names of the run."""
    sold = Conversion.objects.filter(customer__external_id=f"c-{run}")
    conversions = [
        (one.goal.key, one.refunded_minor, one.refunded_lines, one.is_new, list(
            Credit.objects.filter(conversion=one).values_list("enrolment__partner__name", "share_ppm")
        ), list(Commission.objects.filter(conversion=one).values_list("owed_minor", flat=True)))
        for one in sold.select_related("goal").order_by("occurred_at")
    ]  # fmt: skip
    parked = ParkedFact.objects.filter(external_id__endswith=f"-{run}", status="waiting").count()
    return (*map(repr, conversions), parked)


def the_only(outcomes: dict[str, tuple[object, ...]]) -> tuple[object, ...]:
    (single,) = set(outcomes.values())
    return single


def checked(world: World) -> None:
    """Nothing that is kept beside the rows differs from them."""
    assert (compare_rollups(), compare_refunded(), verify_books()) == ([], [], [])


def test_all_720_orders_end_alike_fact_by_fact(world: World, request: pytest.FixtureRequest) -> None:
    """On PostgreSQL every seventh of them, all with `--long`: SQLite has them all each time."""
    token = world.click(1, make.at(-10)).text
    every = 7 if request.config.getoption("postgres") and not request.config.getoption("long") else 1
    orders = {f"{place}": order for place, order in enumerate(itertools.permutations(FACTS)) if place % every == 0}
    hands = {run: sender(world, run, token) for run in orders}
    for step in range(len(FACTS)):
        for run, order in orders.items():
            hands[run][order[step]]()
        world.run()
    ended = the_only({run: outcome(run) for run in orders})
    assert ended == (
        "('sale', 5000, [5000], True, [('Ana', 1000000)], [1000])",
        "('renewal', 0, None, False, [('Ana', 1000000)], [500])",
        0,
    )
    checked(world)


@pytest.mark.parametrize("size", [1, 7, 2_000])
def test_the_orders_end_alike_however_batches_are_cut(world: World, size: int) -> None:
    token = world.click(1, make.at(-10)).text
    orders = {f"{place}": order for place, order in enumerate(itertools.permutations(FACTS)) if place % 37 == 0}
    for run, order in orders.items():
        hand = sender(world, run, token)
        for name in order:
            hand[name]()
    world.pipeline.drain(world.now, limit=size)
    the_only({run: outcome(run) for run in orders})
    checked(world)


def test_a_click_that_comes_last_of_all_is_credited_as_if_it_had_come_first(world: World) -> None:
    first = world.click(1, make.at(-10), "early").text
    world.run()
    late = world.click(1, make.at(-10), "late", record=False)
    for run, token in (("early", first), ("late", late.text)):
        for send in sender(world, run, token).values():
            send()
        world.run()
    world.record_click(late, 1, make.at(-10), "late")
    world.run()
    assert outcome("early") == outcome("late")
    checked(world)
