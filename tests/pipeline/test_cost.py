"""A batch costs a fixed number of queries, whatever it holds."""

from __future__ import annotations

from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.sending import World


def mixed(world: World, prefix: str, count: int) -> None:
    """Send clicks, sales by token, coupon and visitor, refunds, repetitions and facts that wait."""
    for place in range(count):
        at = make.at(-1, minutes=place)
        token = world.click(1 + place % 2, make.at(-3), f"v-{prefix}-{place}")
        customer = {"external_id": f"c-{prefix}-{place // 2}"}
        world.sell(f"{prefix}{place}", 5_000, at, click=token.text, customer=customer)
        world.sell(f"{prefix}C{place}", 5_000, at, coupon="ANA10", visitor=f"v-{prefix}-{place}")
        world.refund(f"{prefix}R{place}", f"{prefix}{place}", 1_000)
        world.refund(f"{prefix}E{place}", f"{prefix}none{place}", 1_000)
        world.sell(f"{prefix}{place}", 5_000, at, click=token.text, customer=customer)
        world.send(
            "conversion", {"goal": "renewal", "external_id": f"{prefix}N{place}", "amount": 900, "customer": customer}
        )


def queries_of(world: World, prefix: str, count: int) -> int:
    mixed(world, prefix, count)
    captures = [CaptureQueriesContext(connections[alias]) for alias in connections]
    for capture in captures:
        capture.__enter__()
    world.run()
    for capture in captures:
        capture.__exit__(None, None, None)
    return sum(len(capture) for capture in captures)


def test_a_batch_ten_times_as_large_costs_as_many_queries(world: World) -> None:
    queries_of(world, "warm", 2)
    small, large = queries_of(world, "small", 4), queries_of(world, "large", 40)
    assert large <= small + 2
    assert large < 130
