"""Invents who sent whom: clicks before real orders, codes on them, and the many clicks that led to nothing.

Everything comes from one seed and the order numbers, so that every installation shows the same story.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hanse.bridges.files.types import FileFact
from hanse.runtime.demo.cast import DemoPartner

SEED = "harbour & pine"
CUSTOMERS_OF_PARTNERS = 0.56
ORDERS_AFTER_A_TOUCH = 0.66
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit"
BROWSERS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari",
    f"{_MAC}/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
)
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
)
_ONLY_LOOKED = {"WINDOW": (60, 33, 130)}  # days ago from, until, and how many clicks without a sale
_INVALID = (("bot_declared", 0.055), ("duplicate", 0.03), ("prefetch", 0.01), ("datacentre", 0.006), ("head", 0.004))


@dataclass(frozen=True, slots=True)
class InventedClick:
    """A click to be: whose link, when, by which browser, valid or with a named reason."""

    partner: DemoPartner
    at: datetime
    visitor: str
    agent: str
    country: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """What a real order is made to carry: a click (by its place in the list), a code, or both."""

    click: InventedClick | None
    code: str | None


class Inventor:
    """Draws from the seed; asked twice about the same order it says the same."""

    def __init__(self, partners: Sequence[DemoPartner], ends_at: datetime) -> None:
        self._partners, self._ends_at = partners, ends_at
        self._sellers = [partner for partner in partners if partner.weight]

    def touch(self, order: FileFact, at: datetime) -> tuple[Touch, list[InventedClick]]:
        """Return what an order carries and all clicks made before it, oldest first."""
        body = order.body
        customer = body.get("customer")
        country = str(customer.get("country", "")) if isinstance(customer, Mapping) else ""
        draw = random.Random(f"{SEED}/{body['external_id']}")  # noqa: S311 (a story, not a secret)
        partner = self._partner_of(str(customer["external_id"]) if isinstance(customer, Mapping) else "", at)
        if partner is None or draw.random() > ORDERS_AFTER_A_TOUCH:
            return Touch(None, None), []
        visitor, browser = f"{draw.getrandbits(96):024x}", draw.choice(BROWSERS)
        if draw.random() < 0.17:
            return Touch(None, partner.code), []
        clicks = []
        if draw.random() < 0.14 and (other := self._other(draw, partner, at)):
            clicks.append(InventedClick(other, at - _days(draw, 2, 25), visitor, browser, country))
        clicks += [
            InventedClick(partner, at - _days(draw, 0.5, 12), visitor, browser, country)
            for _ in range(draw.choice((0, 0, 1, 2)))
        ]
        last = InventedClick(partner, at - timedelta(minutes=draw.uniform(1.5, 240)), visitor, browser, country)
        clicks = [click for click in clicks if click.at >= click.partner.joined_at(self._ends_at)]
        code = partner.code if draw.random() < 0.12 else None
        return Touch(last, code), [*sorted(clicks, key=lambda click: click.at), last]

    def idle_clicks(self, partner: DemoPartner, sales: int) -> list[InventedClick]:
        """Return the clicks that led to nothing: many for those who sell, a few or none for those who do not."""
        draw = random.Random(f"{SEED}/idle/{partner.code}")  # noqa: S311
        joined_at = partner.joined_at(self._ends_at)
        span = (partner.falls_silent_at(self._ends_at) - joined_at).total_seconds()
        if partner.weight:
            count = sales * draw.randint(3, 6) + draw.randint(10, 60)
        else:
            count = draw.choice((0, 0, 3, 8, 21, 45))
        clicks = []
        for _ in range(count if span > 0 else 0):
            at = joined_at + timedelta(seconds=span * draw.random())
            reason = _reason(draw)
            agent = draw.choice(BOTS if reason == "bot_declared" else BROWSERS)
            country = partner.country if draw.random() < 0.6 else draw.choice(("GB", "GB", "DE", "FR", "US"))
            visitor = "" if reason == "bot_declared" else f"{draw.getrandbits(96):024x}"
            clicks.append(InventedClick(partner, at, visitor, agent, country, reason))
        return [*clicks, *self._only_looked(partner)]

    def _only_looked(self, partner: DemoPartner) -> list[InventedClick]:
        """Return the clicks of readers who came in numbers and never bought, until they stopped coming."""
        first, last, count = _ONLY_LOOKED.get(partner.code, (0, 0, 0))
        draw = random.Random(f"{SEED}/looked/{partner.code}")  # noqa: S311
        clicks = []
        for _ in range(count):
            at, visitor = self._ends_at - _days(draw, last, first), f"{draw.getrandbits(96):024x}"
            clicks.append(InventedClick(partner, at, visitor, draw.choice(BROWSERS), partner.country))
        return clicks

    def _partner_of(self, customer: str, at: datetime) -> DemoPartner | None:
        """A customer belongs to one partner's readers for good, if to any; before she joined nobody sent him."""
        draw = random.Random(f"{SEED}/customer/{customer}")  # noqa: S311
        if not customer or draw.random() > CUSTOMERS_OF_PARTNERS:
            return None
        partner = draw.choices(self._sellers, [seller.weight for seller in self._sellers])[0]
        return partner if self._around(partner, at) else None

    def _other(self, draw: random.Random, partner: DemoPartner, at: datetime) -> DemoPartner | None:
        others = [other for other in self._sellers if other is not partner and self._around(other, at)]
        return draw.choices(others, [other.weight for other in others])[0] if others else None

    def _around(self, partner: DemoPartner, at: datetime) -> bool:
        return partner.joined_at(self._ends_at) + timedelta(days=2) <= at < partner.falls_silent_at(self._ends_at)


def _days(draw: random.Random, least: float, most: float) -> timedelta:
    return timedelta(days=draw.uniform(least, most))


def _reason(draw: random.Random) -> str:
    left = draw.random()
    for reason, share in _INVALID:
        left -= share
        if left < 0:
            return reason
    return ""
