"""One conversion told by several sources: what each said is kept, and the row merges it alike in any order of arrival.

Sources with a key come before a browser, which anybody can be; among them the lower name comes first. Each column is
what the first source says that says anything. A sale's amount is one: a differing one contradicts, except that a
source with a key stands over a browser that told another amount first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.kernel.fact_types import BROWSER, ConversionFact
from hanse.kernel.facts import as_object
from hanse.spine.intake.types import Arrival
from hanse.traffic.conversions.rules import unnamed
from hanse.traffic.conversions.types import Row

Telling = dict[str, Any]
_CLICK = ("click_id", "click_link_number", "click_touched_at")
_SINGLE = (
    "customer_id", "sent_is_new", "country", "bad_click", "visitor", "coupon_code", "partner_hint", "checkout_host",
)  # fmt: skip
_OF_CHIEF = ("source", "content_hash", "amount_minor", "currency", "is_test")
_KEPT = (*_OF_CHIEF, *_SINGLE, *_CLICK, "lines", "metadata", "occurred_at", "received_at")
_NAMES = {"click_id": "click", "visitor": "visitor", "coupon_code": "coupon", "partner_hint": "partner"}
_MOMENTS = ("occurred_at", "received_at", "click_touched_at")


def first_tellings(arrival: Arrival, fact: ConversionFact, said: Row) -> dict[str, Any] | None:
    """Return what is kept of a conversion's first telling: nothing, unless a browser told it."""
    return _state([_telling(said, arrival, fact)]) if arrival.source == BROWSER else None


def contradicts(row: Row, said: Row) -> bool:
    """Say whether a source tells another amount than the one that stands; a key stands over a browser."""
    same = (row["amount_minor"], row["currency"]) == (said["amount_minor"], said["currency"])
    return not same and not (row["source"] == BROWSER and said["source"] != BROWSER)


def merged_with(row: Row, said: Row, arrival: Arrival, fact: ConversionFact) -> tuple[Row, list[Telling]]:
    """Return the columns that another source's word changes, and the browsers' tellings that it outdoes: those of
    another amount, which a person has to see. Call it where nothing `contradicts`."""
    others = [one for one in tellings_of(row) if one["source"] != said["source"]]
    outdone = [one for one in others if not _same_amount(one, said)]
    told = [one for one in others if _same_amount(one, said)] + [_telling(said, arrival, fact)]
    return _differing(row, told), outdone


def amended_with(row: Row, said: Row, arrival: Arrival, fact: ConversionFact) -> Row:
    """Return the columns that a later revision changes where several sources told: its source's word is replaced, and
    the amount is the amended one for all."""
    others = [one for one in tellings_of(row) if one["source"] != said["source"]]
    for one in others:
        if not _same_amount(one, said):
            one.update(amount_minor=said["amount_minor"], currency=said["currency"], lines=said["lines"])
    return _differing(row, [*others, _telling(said, arrival, fact)])


def tellings_of(row: Row) -> list[Telling]:
    """Return what each source said; a row without tellings is its only source's word."""
    if row.get("tellings"):
        return [_read(one) for one in row["tellings"]["sources"]]
    return [{**{name: row[name] for name in _KEPT}, "is_dated": row["occurred_at"] != row["received_at"]}]


def arrival_of(telling: Telling, like: Arrival, fact: ConversionFact) -> Arrival:
    """Return a browser's telling as it arrived, so that it can be parked."""
    return Arrival(
        fact=fact, kind="conversion", source=telling["source"], program_id=like.program_id,
        content_hash=telling["content_hash"], sequence=telling["sequence"], index=telling["index"],
        received_at=telling["received_at"],
    )  # fmt: skip


def _differing(row: Row, told: Sequence[Telling]) -> Row:
    merged = _merged(told)
    changes = {name: value for name, value in merged.items() if value != row[name]}
    state = _state(told)
    if state != row.get("tellings") and (len(told) > 1 or row.get("tellings")):
        changes["tellings"] = state
    return changes


def _merged(told: Sequence[Telling]) -> Row:
    ranked = _ranked(told)
    row: Row = {name: ranked[0][name] for name in _OF_CHIEF}
    row |= {name: _first(ranked, name) for name in _SINGLE}
    clicked = next((one for one in ranked if one["click_id"]), ranked[0])
    row |= {name: clicked[name] for name in _CLICK}
    named = next((one for one in ranked if not unnamed(one["lines"])), ranked[0])
    row["lines"] = named["lines"]
    metadata: dict[str, Any] = {}
    for one in reversed(ranked):
        metadata |= one["metadata"]
    row["metadata"] = {key: metadata[key] for key in sorted(metadata)}
    row["occurred_at"] = _occurred_at(ranked)
    row["received_at"] = min(one["received_at"] for one in ranked)
    return row


def _state(told: Sequence[Telling]) -> dict[str, Any] | None:
    """Return the tellings as the column holds them: with what rests on a browser alone, and codes that did not stand.

    A single source with a key needs none.
    """
    ranked = _ranked(told)
    if len(ranked) == 1 and ranked[0]["source"] != BROWSER:
        return None
    has_key = ranked[0]["source"] != BROWSER
    keyed = [one for one in ranked if one["source"] != BROWSER]
    merged = _merged(ranked)
    browsers = _browsers_words(ranked, keyed, merged) if has_key else []
    codes = dict.fromkeys(one["coupon_code"] for one in ranked if one["coupon_code"])
    return {
        "sources": [_written(one) for one in ranked], "browsers": browsers,
        "other_coupons": [code for code in codes if code != merged["coupon_code"]],
    }  # fmt: skip


def _browsers_words(ranked: Sequence[Telling], keyed: Sequence[Telling], merged: Row) -> list[str]:
    """Name what rests on a browser that told after a source with a key had: anybody can add to an order whose number
    they have seen. A source with a key that tells after the browser confirms what it said."""
    known_at = min(one["received_at"] for one in keyed)
    late = any(one["received_at"] > known_at for one in ranked if one["source"] == BROWSER)
    return [word for name, word in _NAMES.items() if late and merged[name] and not any(one[name] for one in keyed)]


def _ranked(told: Sequence[Telling]) -> list[Telling]:
    return sorted(told, key=lambda one: (one["source"] == BROWSER, one["source"]))


def _first(ranked: Sequence[Telling], name: str) -> Any:
    return next((one[name] for one in ranked if one[name] not in ("", None)), ranked[0][name])


def _occurred_at(ranked: Sequence[Telling]) -> datetime:
    """Return when it happened: the earliest moment that a source with a key gave; else the earliest that anybody with a
    right to say so noticed it; a browser's own date counts only where no source has a key."""
    keyed = [one for one in ranked if one["source"] != BROWSER]
    dated = [one for one in keyed if one["is_dated"]]
    noticed = [one for one in ranked if not one["is_dated"] or one in keyed] if keyed else []
    of_browser = [one for one in ranked if one["is_dated"]] or list(ranked)
    found: datetime = min(one["occurred_at"] for one in dated or noticed or of_browser)
    return found


def _same_amount(one: Telling, said: Row) -> bool:
    return bool((one["amount_minor"], one["currency"]) == (said["amount_minor"], said["currency"]))


def _telling(said: Row, arrival: Arrival, fact: ConversionFact) -> Telling:
    told = {name: said[name] for name in _KEPT} | {"is_dated": fact.dated}
    if arrival.source == BROWSER:
        told |= {"body": as_object(fact), "sequence": arrival.sequence, "index": arrival.index}
    return told


def _written(one: Telling) -> dict[str, Any]:
    moments = {name: one[name].isoformat() if one[name] else None for name in _MOMENTS}
    return {**one, **moments, "customer_id": str(one["customer_id"]) if one["customer_id"] else None}


def _read(one: dict[str, Any]) -> Telling:
    moments = {name: datetime.fromisoformat(one[name]) if one[name] else None for name in _MOMENTS}
    return {
        "checkout_host": "",
        **one,
        **moments,
        "customer_id": UUID(one["customer_id"]) if one["customer_id"] else None,
    }
