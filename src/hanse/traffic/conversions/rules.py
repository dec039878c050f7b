"""How a conversion's columns follow from one fact, and from a later revision of it."""

from __future__ import annotations

from uuid import UUID

from hanse.kernel.fact_types import ConversionFact, LineFact
from hanse.kernel.tokens import ClickCore
from hanse.spine.intake.types import Arrival
from hanse.spine.web_addresses import ascii_host
from hanse.traffic.conversions.types import Row, SoldLine

# What an amendment replaces.
_CLICK = ("click_id", "click_link_number", "click_touched_at")
_FILLED = (
    "customer_id", "sent_is_new", "country", "bad_click", "visitor", "coupon_code", "partner_hint", "checkout_host",
)  # fmt: skip
CHECKOUT = "checkout_host"  # the name in an order's metadata under which a shop tells on which host it was paid
_REPLACED = ("amount_minor", "currency", "lines", "metadata", "is_test", "content_hash", *_CLICK, *_FILLED)


def columns_of(arrival: Arrival, fact: ConversionFact, core: ClickCore | None, customer_id: UUID | None) -> Row:
    """Return what a fact says as columns of a conversion, without identity, goal and anything derived."""
    customer = fact.customer
    return {
        "program_id": arrival.program_id,
        "external_id": fact.external_id,
        "occurred_at": fact.occurred_at,
        "received_at": arrival.received_at,
        "source": arrival.source,
        "content_hash": arrival.content_hash,
        "amount_minor": fact.amount_minor,
        "currency": fact.currency,
        "lines": stored_lines(fact.lines),
        "customer_id": customer_id,
        "sent_is_new": customer.is_new if customer else None,
        "country": customer.country if customer else "",
        "click_id": core.core_hex if core else "",
        "click_link_number": core.link_number if core else None,
        "click_touched_at": core.at if core else None,
        "bad_click": "" if core else (fact.click or "")[:100],
        "visitor": (fact.visitor or "")[:100],
        "coupon_code": (fact.coupon or "").strip().upper()[:100],
        "partner_hint": (fact.partner or "")[:200],
        "checkout_host": checkout_host(fact),
        "metadata": dict(fact.metadata),
        "is_test": fact.is_test,
    }


def amended(known: Row, said: Row, *, is_dated: bool) -> Row:
    """Return the columns that a later revision changes: whatever it says otherwise."""
    names = (*_REPLACED, "occurred_at") if is_dated else _REPLACED
    return {name: said[name] for name in names if said[name] != known[name]}


def checkout_host(fact: ConversionFact) -> str:
    """Return the host of the page on which a conversion happened: as its source names it, else the page that told."""
    named = fact.metadata.get(CHECKOUT)
    return ((ascii_host(named) if isinstance(named, str) else "") or fact.page_host)[:253]


def stored_lines(lines: tuple[LineFact, ...] | None) -> list[list[str | int]] | None:
    """Return lines as the column holds them: [sku, category, quantity, amount_minor]."""
    return None if lines is None else [[one.sku, one.category, one.quantity, one.amount_minor] for one in lines]


def sold_lines(stored: list[list[str | int]]) -> tuple[SoldLine, ...]:
    """Return the lines of a column."""
    return tuple(map(SoldLine._make, stored))


def unnamed(stored: list[list[str | int]]) -> bool:
    """Say whether these are the lines of an order that came without any."""
    return len(stored) == 1 and not stored[0][0] and not stored[0][1] and stored[0][2] == 1
