"""How a conversion's columns follow from its facts: the first, the enriching, the amending."""

from __future__ import annotations

from uuid import UUID

from hanse.kernel.fact_types import BROWSER, ConversionFact, LineFact
from hanse.kernel.tokens import ClickCore
from hanse.spine.intake.types import Arrival
from hanse.traffic.conversions.types import Row, SoldLine

# What an amendment replaces and a second source may fill in where the first left it empty.
_CLICK = ("click_id", "click_link_number", "click_touched_at")
_FILLED = ("customer_id", "sent_is_new", "country", "bad_click", "visitor", "coupon_code", "partner_hint")
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
        "metadata": dict(fact.metadata),
        "is_test": fact.is_test,
    }


def enriched(known: Row, said: Row, *, is_dated: bool) -> Row | None:
    """Return the columns that a second source changes, or None when it contradicts the first in amount or currency.

    Empty columns are filled, never overwritten; a real list of lines replaces the one line that stands for "none
    given"; a time the sender gave beats one the door filled in, and the earlier of two given times counts. A source
    with a key vouches for what a browser said first.
    """
    if (known["amount_minor"], known["currency"]) != (said["amount_minor"], said["currency"]):
        return None
    changes: Row = {name: said[name] for name in _FILLED if said[name] not in ("", None) and known[name] in ("", None)}
    if known["source"] == BROWSER:
        changes |= {"source": said["source"]} if said["source"] != BROWSER else {}
    if said["click_id"] and not known["click_id"]:
        changes |= {name: said[name] for name in _CLICK}
    if unnamed(known["lines"]) and not unnamed(said["lines"]):
        changes["lines"] = said["lines"]
    if further := {key: value for key, value in said["metadata"].items() if key not in known["metadata"]}:
        changes["metadata"] = {**known["metadata"], **further}
    return changes | _time_change(known, said, is_dated=is_dated)


def amended(known: Row, said: Row, *, is_dated: bool) -> Row:
    """Return the columns that a later revision changes: whatever it says otherwise."""
    names = (*_REPLACED, "occurred_at") if is_dated else _REPLACED
    return {name: said[name] for name in names if said[name] != known[name]}


def _time_change(known: Row, said: Row, *, is_dated: bool) -> Row:
    known_is_dated = known["occurred_at"] != known["received_at"]
    if is_dated and (not known_is_dated or said["occurred_at"] < known["occurred_at"]):
        return {} if said["occurred_at"] == known["occurred_at"] else {"occurred_at": said["occurred_at"]}
    if not is_dated and not known_is_dated and said["occurred_at"] < known["occurred_at"]:
        return {"occurred_at": said["occurred_at"], "received_at": said["received_at"]}
    return {}


def stored_lines(lines: tuple[LineFact, ...] | None) -> list[list[str | int]] | None:
    """Return lines as the column holds them: [sku, category, quantity, amount_minor]."""
    return None if lines is None else [[one.sku, one.category, one.quantity, one.amount_minor] for one in lines]


def sold_lines(stored: list[list[str | int]]) -> tuple[SoldLine, ...]:
    """Return the lines of a column."""
    return tuple(map(SoldLine._make, stored))


def unnamed(stored: list[list[str | int]]) -> bool:
    """Say whether these are the lines of an order that came without any."""
    return len(stored) == 1 and not stored[0][0] and not stored[0][1] and stored[0][2] == 1
