"""The shop tries a new checkout on a host that nobody put on the list: some orders lose the click that led to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from hanse.bridges.files.types import FileFact
from hanse.growth.claims.actions import claim_sale
from hanse.growth.incidents.kept import kept_tellings
from hanse.growth.watch.destinations import Seen, keep_checks
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.facts import FactDefaults, FactEnvelope, encode_envelope, parse_conversion
from hanse.kernel.signing import derive
from hanse.programs.models import Program
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.invention import InventedClick, Inventor
from hanse.runtime.demo.people import Stage
from hanse.runtime.watch import watch_program

SHOP, PAY = "harbourandpine.example", "pay.harbourandpine.example"
ORDERS, PARTNERS, OTHERS = 14, 9, 9  # with a click, whose clicks, and without one
ASKS = "UYUT"
_NOTE = "A friend of mine bought through my link on that day, and I cannot find the order."
_WEDNESDAY, _LEAST_DAYS = 2, 3
_HURRY = 9  # they buy nine times as fast as others: at once, from the page that offers the new checkout


@dataclass(frozen=True, slots=True)
class NewCheckout:
    """Which orders went through the new checkout, by their number."""

    orders: frozenset[str] = frozenset()

    def host(self, external_id: str) -> str:
        """Return the host on which an order was paid."""
        return PAY if external_id in self.orders else SHOP

    def hurried(self, external_id: str, at: datetime, click: InventedClick) -> InventedClick:
        """Return the click of an order: those through the new checkout came minutes before."""
        return replace(click, at=at - (at - click.at) / _HURRY) if external_id in self.orders else click


def choose_orders(told: Sequence[tuple[FileFact, datetime]], inventor: Inventor, calendar: DemoCalendar) -> NewCheckout:
    """Choose the orders since a Wednesday that the new checkout took: small ones first, with a click of nine partners,
    and some without."""
    begun = _wednesday(calendar)
    clicked: list[tuple[int, str, str]] = []
    without: list[str] = []
    first = ""
    for fact, at in told:
        if fact.kind != "conversion" or at < begun:
            continue
        (touch, _clicks), order = inventor.touch(fact, at), str(fact.body["external_id"])
        if touch.click is None and touch.code is None:
            without.append(order)
        elif touch.click is not None and touch.code is None:
            clicked.append((_amount(fact.body), order, touch.click.partner.code))
            first = first or order
    clicked.sort(key=lambda one: (one[1] != first, one))  # the very first order says since when
    of_partner = {code: order for _minor, order, code in reversed(clicked)}
    partners = list(dict.fromkeys(code for _minor, _order, code in clicked))[:PARTNERS]
    chosen = {of_partner[code] for code in partners}
    more = [order for _minor, order, code in clicked if code in partners and order not in chosen]
    return NewCheckout(frozenset([*chosen, *more[: ORDERS - len(chosen)], *_spread(without, OTHERS)]))


def telling_record(body: dict[str, Any], at: datetime, program: Program, master_key: bytes) -> bytes:
    """Return the journal record of what the new checkout's page told: refused by the door, and kept."""
    told: dict[str, Any] = {name: body[name] for name in ("goal", "external_id", "currency", "click") if name in body}
    told["amount"] = _amount(body)
    defaults = FactDefaults(program.currency, at, derive(master_key, "email-hash"))
    fact = replace(parse_conversion(told, defaults), page_host=PAY)
    return encode_envelope(FactEnvelope("browser", program.id, "conversion", at, False, (fact,)))


def find_the_fault(stage: Stage, calendar: DemoCalendar) -> None:
    """Let one of the partners ask about an order of hers, and watch find the faults by itself."""
    now = calendar.ends_at
    lost = [one for one in kept_tellings(stage.program.pk, PAY) if one.enrolment_id is not None]
    first = stage.enrolments[ASKS].pk
    with transaction.atomic():
        for one in sorted(lost, key=lambda one: (one.enrolment_id != first, one.external_id))[:1]:
            asks = next(each for each in stage.enrolments.values() if each.pk == one.enrolment_id)
            claim_sale(
                asks, external_id=one.external_id, note=_NOTE, now=now - timedelta(hours=15),
                by=asks.partner.email,
            )  # fmt: skip
        keep_checks(_pages(stage), now - timedelta(hours=3))
    watch_program(stage.program, now)


def _pages(stage: Stage) -> list[Seen]:
    """Return what a look at the shop's pages would have seen: the demo itself calls nobody."""
    front = f"https://{SHOP}/"
    return [
        Seen(front, "", 200, front, "Harbour & Pine Gifts"),
        Seen(f"{front}autumn-lanterns", "status_404", 404, f"{front}autumn-lanterns", "Page not found"),
    ]


def _amount(body: Mapping[str, Any]) -> int:
    amount = body.get("amount")
    return int(amount) if amount is not None else sum(int(line["amount"]) for line in body["lines"])


def _wednesday(calendar: DemoCalendar) -> datetime:
    """Return the morning of the last Wednesday that lies some days back."""
    day = local_day(calendar.ends_at, calendar.zone) - timedelta(days=_LEAST_DAYS)
    day -= timedelta(days=(day.weekday() - _WEDNESDAY) % 7)
    return day_starts_at(day, calendar.zone) + timedelta(hours=7)


def _spread(orders: Sequence[str], count: int) -> list[str]:
    """Return some of many, evenly over their time."""
    if count <= 0 or not orders:
        return []
    step = max(1.0, len(orders) / count)
    return [orders[int(place * step)] for place in range(min(count, len(orders)))]
