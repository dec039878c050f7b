"""A shop whose checkout, pages and links break: what tests of watch share."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hanse.growth.incidents.models import Incident
from hanse.growth.watch.destinations import note_destination
from hanse.growth.watch.models import CheckoutDay
from hanse.insight.rollups.models import SliceDay
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.clock import local_day
from hanse.kernel.facts import FactDefaults, FactEnvelope, encode_envelope, parse_conversion
from hanse.traffic.links.models import Link
from tests import cast as casting
from tests import make
from tests.cast import Cast
from tests.sending import World

PAY = "pay.shop.example"
TODAY = local_day(make.NOON, "Europe/London")


@pytest.fixture
def cast(db: None) -> Cast:
    return casting.build()


@pytest.fixture
def world(cast: Cast, journal: SqliteJournal) -> World:
    return World(cast, journal)


def tell(world: World, external_id: str, link: Link, at: datetime, host: str = PAY, amount: int = 10_000) -> None:
    """Let a page of a host tell of a sale ten minutes after a click, as the snippet's door writes it down."""
    token = world.click(link.number, at - timedelta(minutes=10), f"v-{external_id}")
    body = {"goal": "sale", "external_id": external_id, "amount": amount, "click": token.text}
    fact = parse_conversion(body, FactDefaults("GBP", at, make.EMAIL_KEY))
    told = FactEnvelope("browser", world.cast.program.id, "conversion", at, False, (replace(fact, page_host=host),))
    world.journal.append([encode_envelope(told)])


def lose(world: World, count: int, host: str = PAY) -> None:
    """Let orders of a new checkout arrive without their click, two for Ana to one for Ben."""
    for number in range(count):
        at = make.at(hours=-count + number)
        tell(world, f"A-{number}", world.cast.bens_link if number % 3 == 2 else world.cast.anas_link, at, host)
        world.sell(f"A-{number}", at=at)
    world.run()


def the_incident(**columns: Any) -> Incident:
    return Incident.objects.select_related("program", "notice").get(**columns)


def checkout(cast: Cast, host: str, day_back: int, orders: int, tokens: int) -> None:
    CheckoutDay.objects.create(
        program=cast.program, host=host, day=TODAY - timedelta(days=day_back), orders=orders, tokens=tokens
    )


def sold(cast: Cast, link: Link, day_back: int, clicks: int, sales: int) -> None:
    """Write a link's day as the rollups have it."""
    SliceDay.objects.create(
        program_id=cast.program.pk, dimension="link", day=TODAY - timedelta(days=day_back), value=str(link.number),
        clicks=clicks, conversions=sales, click_conversions=sales, value_minor=sales * 1_000,
        commission_minor=sales * 200,
    )  # fmt: skip


def fail(url: str, *hours: float, reason: str = "status_404") -> None:
    """Let a page fail at each of some looks."""
    for hour in hours:
        note_destination(url, reason=reason, now=make.at(hours=hour))
