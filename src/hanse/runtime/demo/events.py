"""The year as one stream: real orders and returns with what was invented around them, in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hanse.bridges.files.types import FileFact
from hanse.kernel.facts import ClickFact
from hanse.kernel.tokens import ClickTokens, Token
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.cast import DemoPartner
from hanse.runtime.demo.checkout import PAY, NewCheckout, choose_orders
from hanse.runtime.demo.invention import InventedClick, Inventor
from hanse.runtime.demo.kits import kit_tag
from hanse.runtime.demo.pieces import channel_of_medium, piece_tag
from hanse.traffic.conversions.rules import CHECKOUT

_EDGE_OF_THE_STORY = 15  # no edge of an installation takes the last number: the story's ids never meet a real click's


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: a click or a fact of the order file (moved to the demo's year).

    `told` is what the page of the new checkout told of an order, click and all.
    """

    at: datetime
    click: ClickFact | None = None
    fact: FileFact | None = None
    told: Mapping[str, Any] | None = None


class Storyteller:
    """Turns the file's facts into events. `link_number` tells which link a partner's clicks go through."""

    def __init__(
        self,
        calendar: DemoCalendar,
        partners: list[DemoPartner],
        tokens: ClickTokens,
        link_number: Callable[[DemoPartner], int],
    ) -> None:
        self._calendar, self._partners, self._tokens, self._link_number = calendar, partners, tokens, link_number
        self._inventor = Inventor(partners, calendar.ends_at)
        self._minted = 0
        self._checkout = NewCheckout()

    def events(self, facts: Iterator[FileFact]) -> list[Event]:
        """Return the whole year in order of time; what would lie after yesterday falls away."""
        events: list[Event] = []
        sales: Counter[str] = Counter()
        dated = [(fact, self._calendar.moved(fact.occurred_at)) for fact in facts]
        told = [(fact, at) for fact, at in dated if at < self._calendar.ends_at]
        self._checkout = choose_orders(told, self._inventor, self._calendar)
        orders = {fact.body["external_id"] for fact, _ in told if fact.kind == "conversion"}
        for fact, at in told:
            if fact.kind == "refund" and fact.body["conversion"] not in orders:
                continue  # its sale lies before the file's first day, or after yesterday
            events += self._order_events(fact, at, sales) if fact.kind == "conversion" else [_moved(fact, at, {})]
        for partner in self._partners:
            for click in self._inventor.idle_clicks(partner, sales[partner.code]):
                events.append(Event(click.at, click=self._click_fact(click, self._mint(click))))
        events.sort(key=lambda event: event.at)
        return events

    def _order_events(self, fact: FileFact, at: datetime, sales: Counter[str]) -> list[Event]:
        touch, clicks = self._inventor.touch(fact, at)
        order, events = str(fact.body["external_id"]), list[Event]()
        host = self._checkout.host(order)
        extra: dict[str, Any] = {"metadata": {CHECKOUT: host}} | ({"coupon": touch.code} if touch.code else {})
        for click in clicks:
            is_last = click is touch.click
            moved = self._checkout.hurried(order, at, click) if is_last else click
            token = self._mint(moved)
            events.append(Event(moved.at, click=self._click_fact(moved, token)))
            if is_last:
                extra["click"] = token.text
                sales[click.partner.code] += 1
        if host == PAY and "click" in extra:
            page = dict(fact.body) | {"click": extra.pop("click")}
            return [*events, Event(at, told=page), _moved(fact, at, extra)]
        return [*events, _moved(fact, at, extra)]

    def _mint(self, click: InventedClick) -> Token:
        self._minted += 1
        return self._tokens.mint(
            self._link_number(click.partner), click.at, _EDGE_OF_THE_STORY, self._minted % (1 << 14)
        )

    def _click_fact(self, click: InventedClick, token: Token) -> ClickFact:
        return ClickFact(
            core_hex=token.core_hex,
            link_number=self._link_number(click.partner),
            occurred_at=click.at,
            visitor=click.visitor,
            country=click.country,
            network="datacentre" if click.reason == "datacentre" else "",
            agent=click.agent,
            referrer=self._referrer(click),
            reason=click.reason,
            subs={
                **piece_tag(click.partner, click.at, self._calendar.ends_at, self._minted),
                **kit_tag(click.partner.code, click.at, self._calendar.ends_at, self._minted),
            },
        )

    def _referrer(self, click: InventedClick) -> str:
        if not click.visitor:
            return ""
        return channel_of_medium(click.partner.medium)[1] or f"{click.partner.slug}.example"


def _moved(fact: FileFact, at: datetime, extra: Mapping[str, Any]) -> Event:
    body = {**fact.body, **extra, "occurred_at": at.isoformat()}
    return Event(at, fact=FileFact(fact.sequence, fact.kind, at, body))
