"""Orders in other currencies: converted once at a rate that is frozen, refunded by it, parked while there is none."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.money.commissions.queries import explanation_of
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.verify import verify_books
from hanse.programs.rates.actions import keep_rates
from hanse.programs.rates.types import DailyRate
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.conversions.checking import compare_refunded
from hanse.traffic.conversions.models import Conversion
from tests import cast, make
from tests.sending import World

DAY = make.NOON.date() - timedelta(days=1)


@pytest.fixture
def world(db: None, journal: SqliteJournal) -> World:
    return World(cast.build(), journal)


def rate(currency: str = "USD", per_euro: str = "1.25", day: date = DAY) -> None:
    keep_rates([DailyRate(currency, day, per_euro)], source="tests", now=make.NOON, by="ruth")


def buy(world: World, name: str = "A-1", amount: int = 10_000, **fields: Any) -> None:
    world.sell(name, amount, **{"currency": "USD", "coupon": "ANA10", **fields})


def state() -> list[tuple[Any, ...]]:
    """Return what is owed and why, without ids and times of arrival."""
    found = Commission.objects.order_by("conversion__external_id").values_list(
        "conversion__external_id", "value_minor", "owed_minor", "currency", "conversion__refunded_minor",
        "conversion__rate", "conversion__rate_on",
    )  # fmt: skip
    assert verify_commissions() == []
    assert verify_books() == []
    assert compare_refunded() == []
    return list(found)


def test_an_order_in_dollars_is_paid_in_pounds_at_the_rate_of_the_day_before(world: World) -> None:
    rate("USD", "1.25")
    rate("GBP", "0.85")
    buy(world)
    world.run()
    assert state() == [("A-1", 6_800, 1_360, "GBP", 0, "17/25", DAY)]
    order = Conversion.objects.get()
    assert (order.original_minor, order.original_currency, order.currency) == (10_000, "USD", "GBP")


def test_lines_are_converted_so_that_they_add_up(world: World) -> None:
    rate("USD", "1.25")
    rate("GBP", "0.85")
    lines = [{"sku": name, "quantity": 1, "amount": amount} for name, amount in (("a", 333), ("b", 333), ("c", 335))]
    buy(world, amount=1_001, lines=lines)
    world.run()
    order = Conversion.objects.get()
    assert [line[3] for line in order.lines] == [227, 226, 228]
    assert order.amount_minor == 681  # 680.68, rounded once


def test_without_a_rate_an_order_waits_and_is_priced_at_its_own_time_when_it_comes(world: World) -> None:
    make.terms(world.cast.program, {"kind": "percent", "rate": "50%"}, starts_at=make.at(0, hours=1))
    buy(world)
    world.refund("R-1", "A-1", 5_000, currency="USD")
    world.run()
    assert list(ParkedFact.objects.order_by("sequence").values_list("reason", "status")) == [
        ("no_rate", "waiting"), ("waits_for_conversion", "waiting"),
    ]  # fmt: skip
    rate("USD", "1.25", DAY - timedelta(days=7))
    rate("GBP", "0.85")
    world.run(make.at(2))
    assert not Conversion.objects.exists()
    rate("USD", "1.25")
    world.run(make.at(3))
    assert state() == [("A-1", 6_800, 680, "GBP", 3_400, "17/25", DAY)]  # 20 %: the terms of its own time
    assert not ParkedFact.objects.filter(status="waiting").exists()


def test_a_corrected_rate_changes_no_order_that_has_one(world: World) -> None:
    rate("USD", "1.25")
    rate("GBP", "0.85")
    buy(world)
    world.run()
    before = state()
    rate("USD", "2.5")
    world.refund("R-1", "A-1", 2_500, currency="USD")
    world.run(make.at(1))
    assert [(row[1], row[4], row[5]) for row in state()] == [(before[0][1], 1_700, "17/25")]
    buy(world, "A-2")
    world.run(make.at(1))
    assert state()[1][5] == "17/50"


def test_refunds_in_parts_come_to_the_whole_and_in_pounds_go_by_the_orders_rate(world: World) -> None:
    rate("USD", "1.25")
    rate("GBP", "0.85")
    for name in ("A-1", "A-2", "A-3"):
        buy(world, name, 1_001)
    for number, amount in enumerate((333, 334, 334)):
        world.refund(f"R-{number}", "A-1", amount, currency="USD")
    world.refund("P-1", "A-2", 681, currency="GBP")
    world.refund("P-2", "A-3", 340, currency="GBP")
    world.refund("P-3", "A-3", 340, currency="JPY")
    world.run()
    assert [(row[0], row[2], row[4]) for row in state()] == [("A-1", 0, 681), ("A-2", 0, 681), ("A-3", 68, 340)]
    assert ParkedFact.objects.get(status="waiting").reason == "refund_currency"


def test_two_sources_are_compared_by_what_was_paid(world: World) -> None:
    rate("USD", "1.25")
    rate("GBP", "0.85")
    buy(world)
    buy(world, source="stripe")
    buy(world, source="other", amount=10_001)
    world.run()
    assert Conversion.objects.count() == 1
    (conflict,) = ParkedFact.objects.filter(status="conflict")
    assert (conflict.reason, conflict.detail["first_amount"], conflict.detail["currency"]) == (
        "amount_differs", 10_000, "USD",
    )  # fmt: skip
    buy(world, source="pounds", amount=6_800, currency="GBP")
    world.run()
    assert ParkedFact.objects.filter(status="conflict").count() == 2


def test_an_edit_of_the_amount_keeps_the_rate_and_one_of_the_day_takes_that_days(world: World) -> None:
    rate("USD", "1.25")
    rate("GBP", "0.85")
    rate("USD", "1", DAY - timedelta(days=10))
    rate("GBP", "0.5", DAY - timedelta(days=10))
    buy(world)
    world.run()
    rate("USD", "2.5")
    buy(world, amount=20_000, revision=1)
    world.run()
    assert state()[0][1:3] == (13_600, 2_720)
    buy(world, amount=20_000, revision=2, at=make.at(-9))
    world.run()
    assert state()[0][1:3] == (10_000, 2_000)


def test_yen_have_no_digits(world: World) -> None:
    rate("JPY", "170")
    rate("GBP", "0.85")
    buy(world, amount=10_000, currency="JPY")
    world.run()
    assert state()[0][1:3] == (5_000, 1_000)


def test_terms_test_the_orders_own_currency_and_the_programs_amount(world: World) -> None:
    rate("USD", "1.25")
    rate("GBP", "0.85")
    when = {"all": [{"field": "order.currency", "op": "eq", "value": "USD"},
                    {"field": "order.amount", "op": "eq", "value": 6_800}]}  # fmt: skip
    make.terms(world.cast.program, {"kind": "percent", "rate": "50%", "when": when}, starts_at=make.at(-1))
    buy(world)
    world.run()
    assert state()[0][2] == 3_400


def test_every_order_of_rates_sales_and_refunds_ends_alike(db: None, tmp_path: Any) -> None:
    from django.db import transaction

    ends = set()

    def acts(world: World) -> list[Any]:
        return [
            lambda: rate("USD", "1.25"), lambda: rate("GBP", "0.85"), lambda: buy(world, amount=1_001),
            lambda: world.refund("R-1", "A-1", 333, currency="USD"),
            lambda: world.refund("R-2", "A-1", 100, currency="GBP"),
        ]  # fmt: skip

    for number, order in enumerate(itertools.permutations(range(5))):
        if number % 5:
            continue
        with transaction.atomic():
            journal = SqliteJournal(tmp_path / f"{number}.sqlite3")
            world = World(cast.build(), journal)
            does = acts(world)
            for step, place in enumerate(order):
                does[place]()
                world.run(make.at(0, minutes=step + 1))
            ends.add(tuple(state()))
            journal.close()
            transaction.set_rollback(True)
    assert len(ends) == 1
    assert next(iter(ends))[0][2:5] == (71, "GBP", 326)


def test_the_receipt_shows_what_was_paid_at_which_rate(world: World) -> None:
    from django.test import Client

    rate("USD", "1.25")
    rate("GBP", "0.85")
    buy(world)
    buy(world, "A-2", currency="GBP")
    world.run()
    foreign, domestic = Commission.objects.order_by("conversion__external_id")
    paid = explanation_of(foreign.id).order.original
    assert paid is not None
    assert (paid.amount_minor, paid.currency, paid.rate, paid.rate_on) == (10_000, "USD", "0.68", DAY)
    assert explanation_of(domestic.id).order.original is None
    client = Client()
    client.force_login(world.cast.ruth)
    page = client.get(f"/console/money/commissions/{text_id('com', foreign.id)}").content.decode()
    assert "1 USD = 0.68 GBP" in page
    assert "100.00" in page
