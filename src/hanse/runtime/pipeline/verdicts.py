"""What is told to a sender who waits: what became of the fact, and what it earned whom."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from hanse.kernel.facts import fact_id
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.runtime.pipeline.batch import Batch
from hanse.spine.intake.types import Arrival, FactKey
from hanse.traffic.conversions.models import Conversion, Refund

Told = tuple[Arrival, int, dict[str, Any]]


def verdicts_of(batch: Batch) -> list[Told]:
    """Return (fact, HTTP status, body) for every fact of the batch whose sender waits.

    A repetition gets the answer of the first time, unless that was "parked": then what has become of it since.
    """
    waiting = [one for one in batch.arrivals if one.wait]
    if not waiting:
        return []
    parked = {(one.arrival.sequence, one.arrival.index): one for one in batch.parkings}
    repeated = {id(one) for one in batch.repeated}  # the very objects: to compare facts by content takes long
    again = [one for one in waiting if id(one) in repeated]
    stood_for = {**_stood_for(again), **batch.stood_for}
    earned = _commissions({stood_for[one.key] for one in waiting if one.key in stood_for})
    told: list[Told] = []
    for one in waiting:
        parking = parked.get((one.sequence, one.index))
        known = batch.known.get(one.key)
        body = _head(one)
        if parking is not None and parking.status == "conflict":
            told.append((one, 409, {**body, **parking.detail, "status": "conflict", "reason": parking.reason}))
        elif parking is not None:
            told.append((one, 200, {**body, "status": "parked", "reason": parking.reason}))
        elif id(one) in repeated and known and known.verdict and known.verdict.get("status") != "parked":
            told.append((one, 200, dict(known.verdict)))
        elif one.key in stood_for:
            told.append((one, 200, body | _outcome(one, stood_for[one.key], earned)))
        elif known and known.content_hash != one.content_hash and id(one) not in repeated:
            hashes = {"first_hash": known.content_hash, "second_hash": one.content_hash}
            told.append((one, 409, {**body, **hashes, "status": "conflict", "reason": "content_differs"}))
        else:
            told.append((one, 200, body | {"status": "parked"}))
    return told


def verdict_of_failure(arrival: Arrival, error: str) -> dict[str, Any]:
    """Return the body for a fact that was set aside because applying it failed."""
    return _head(arrival) | {"status": "set_aside", "reason": error}


def _head(one: Arrival) -> dict[str, Any]:
    return {
        "id": fact_id(*one.key),
        "external_id": one.fact.external_id, "status": "recorded", "conversion": None, "commissions": [], "reason": "",
    }  # fmt: skip


def _outcome(one: Arrival, conversion_id: UUID, earned: dict[UUID, list[dict[str, Any]]]) -> dict[str, Any]:
    commissions = earned.get(conversion_id, [])
    credited = one.kind == "conversion" and commissions
    return {
        "status": "credited" if credited else "recorded",
        "conversion": text_id("cnv", conversion_id),
        "commissions": commissions,
    }


def _commissions(conversion_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    earned: dict[UUID, list[dict[str, Any]]] = {}
    if conversion_ids:
        rows = Commission.objects.filter(conversion_id__in=conversion_ids, voided_at=None).order_by("id")
        for id_, conversion_id, partner_id, owed, currency in rows.values_list(
            "id", "conversion_id", "enrolment__partner_id", "owed_minor", "currency"
        ):
            one = {"id": text_id("com", id_), "partner": text_id("prt", partner_id), "amount": owed}
            earned.setdefault(conversion_id, []).append({**one, "currency": currency})
    return earned


def _stood_for(again: Collection[Arrival]) -> dict[FactKey, UUID]:
    """Find the conversions that repeated facts belong to, as they are now."""
    if not again:
        return {}
    programs, outside = {one.program_id for one in again}, {one.fact.external_id for one in again}
    sold = Conversion.objects.filter(program_id__in=programs, external_id__in=outside)
    sales = {(*key, goal): id_ for *key, goal, id_ in sold.values_list("program_id", "external_id", "goal__key", "id")}
    taken = Refund.objects.filter(program_id__in=programs, external_id__in=outside)
    refunds = {tuple(key): id_ for *key, id_ in taken.values_list("program_id", "external_id", "conversion_id")}
    found = {}
    for one in again:
        key = (one.program_id, one.fact.external_id)
        id_ = sales.get((*key, one.fact.goal)) if one.kind == "conversion" else refunds.get(key)
        if id_ is not None:
            found[one.key] = id_
    return found
