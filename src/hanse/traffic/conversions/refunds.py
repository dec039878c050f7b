"""Recording refunds, chargebacks and won disputes, and keeping what they take back in all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.kernel.fact_types import RefundFact
from hanse.kernel.ids import new_id
from hanse.spine.bulk import insert_many, update_many
from hanse.spine.intake.types import Arrival
from hanse.spine.parked.rules import chargeback_key, conversion_key
from hanse.spine.parked.types import Parking
from hanse.traffic.conversions.foreign import FOLDED, refunded_of
from hanse.traffic.conversions.models import Conversion, Refund
from hanse.traffic.conversions.queries import taken_of
from hanse.traffic.conversions.rules import stored_lines
from hanse.traffic.conversions.types import Recorded, Row, Watch, watch_nothing

Target = tuple[UUID, str, tuple[str, str]]  # id, goal, currencies: the program's and the order's own
RefundKey = tuple[UUID, str]


def record_refunds(arrivals: Sequence[Arrival], now: datetime, watch: Watch = watch_nothing) -> Recorded:
    """Store what takes value back from conversions, and fold all of it anew.

    Parks what comes before its conversion or (a won dispute) its chargeback, names one of several goals' conversions
    only by a shared id, is in neither the order's currency nor the program's, or has other content than the same refund
    that came before, unless a person took it in that one's place.
    """
    recorded = Recorded()
    targets = _targets(arrivals)
    known = _known_refunds(arrivals)
    new: dict[RefundKey, Row] = {}
    taken: dict[UUID, Row] = {}
    touched: set[UUID] = set()
    for one in sorted(arrivals, key=lambda one: fact_of(one).kind == "dispute_won"):
        target = _target(one, targets, recorded)
        if target is None:
            continue
        key = (one.program_id, one.fact.external_id)
        row = known.get(key)
        said = _row(one, target[0])
        differs = row is not None and _content(row) != _content(said)
        if differs and not one.amends:
            detail = {"first_hash": known[key]["content_hash"], "second_hash": one.content_hash}
            recorded.parkings.append(Parking(one, "conflict", "refund_differs", detail=detail))
            continue
        if (row is None or differs) and _waits_for_chargeback(one, target[0], known, recorded):
            continue
        if row is None:
            new[key] = known[key] = said
        elif differs:
            touched.add(row["conversion_id"])
            row.update({**said, "id": row["id"]})
            if key not in new:
                taken[row["id"]] = row
        recorded.stood_for[one.key] = target[0]
        if one.parked_id:
            recorded.released.append(one.parked_id)
    insert_many(Refund, list(new.values()))
    update_many(Refund, list(taken.values()))
    touched |= {row["conversion_id"] for row in (*new.values(), *taken.values())}
    recorded.changed, recorded.turned = refold(touched, watch)
    return recorded


def refold(conversion_ids: Collection[UUID], watch: Watch = watch_nothing) -> tuple[set[UUID], set[UUID]]:
    """Fold all refunds of conversions anew. Returns the ids that changed, and those of them that became fully refunded
    or are so no longer."""
    if not conversion_ids:
        return set(), set()
    taken = taken_of(conversion_ids)
    changes: list[Row] = []
    turned: set[UUID] = set()
    for row in Conversion.objects.filter(id__in=conversion_ids).values(
        *FOLDED, "amount_minor", "refunded_minor", "refunded_lines"
    ):
        value = refunded_of(dict(row), taken[row["id"]])
        lines = list(value.line_amounts) if value.amount_minor else None
        if (value.amount_minor, lines) != (row["refunded_minor"], row["refunded_lines"]):
            changes.append({"id": row["id"], "refunded_minor": value.amount_minor, "refunded_lines": lines})
            if row["amount_minor"] in (value.amount_minor, row["refunded_minor"]):
                turned.add(row["id"])
    changed = {change["id"] for change in changes}
    watch(changed)
    update_many(Conversion, changes)
    return changed, turned


def fact_of(arrival: Arrival) -> RefundFact:
    """Return the refund that an arrival brings. Raises TypeError for another kind of fact."""
    if not isinstance(arrival.fact, RefundFact):
        raise TypeError(f"a {arrival.kind} came where a refund belongs")
    return arrival.fact


def _targets(arrivals: Sequence[Arrival]) -> dict[RefundKey, list[Target]]:
    targets: dict[RefundKey, list[Target]] = {}
    if arrivals:
        rows = Conversion.objects.filter(
            program_id__in={one.program_id for one in arrivals},
            external_id__in={fact_of(one).conversion for one in arrivals},
        ).values_list("program_id", "external_id", "id", "goal__key", "currency", "original_currency")
        for program_id, external_id, id_, goal, currency, original in rows:
            targets.setdefault((program_id, external_id), []).append((id_, goal, (currency, original)))
    return targets


def _target(one: Arrival, targets: dict[RefundKey, list[Target]], recorded: Recorded) -> Target | None:
    fact = fact_of(one)
    found = targets.get((one.program_id, fact.conversion), [])
    named = [target for target in found if fact.goal in (None, target[1])]
    detail: dict[str, Any] = {"conversion": fact.conversion}
    if len(named) > 1:
        detail["goals"] = sorted(target[1] for target in named)
        recorded.parkings.append(Parking(one, "waiting", "goal_needed", detail=detail))
    elif not named:
        need = conversion_key(one.program_id, fact.conversion)
        recorded.parkings.append(Parking(one, "waiting", "waits_for_conversion", need, detail=detail))
    elif fact.currency not in named[0][2]:
        detail |= {"currency": fact.currency, "order_currency": named[0][2][1] or named[0][2][0]}
        recorded.parkings.append(Parking(one, "waiting", "refund_currency", detail=detail))
    else:
        return named[0]
    return None


def _known_refunds(arrivals: Sequence[Arrival]) -> dict[RefundKey, Row]:
    """Return the refunds of the batch that are stored already, and the chargebacks that won disputes reverse."""
    if not arrivals:
        return {}
    named = {one.fact.external_id for one in arrivals} | {fact_of(one).reverses or "" for one in arrivals}
    rows = Refund.objects.filter(program_id__in={one.program_id for one in arrivals}, external_id__in=named).values(
        "id",
        "program_id",
        "external_id",
        "conversion_id",
        "kind",
        "reverses",
        "amount_minor",
        "currency",
        "content_hash",
    )
    return {(row["program_id"], row["external_id"]): dict(row) for row in rows}


def _waits_for_chargeback(one: Arrival, conversion_id: UUID, known: dict[RefundKey, Row], recorded: Recorded) -> bool:
    fact = fact_of(one)
    if fact.kind != "dispute_won":
        return False
    reversed_row = known.get((one.program_id, fact.reverses or ""), {"kind": "", "conversion_id": None})
    if (reversed_row["kind"], reversed_row["conversion_id"]) == ("chargeback", conversion_id):
        return False
    need, detail = chargeback_key(one.program_id, fact.reverses or ""), {"chargeback": fact.reverses}
    recorded.parkings.append(Parking(one, "waiting", "waits_for_chargeback", need, detail=detail))
    return True


def _content(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("conversion_id", "kind", "reverses", "amount_minor", "currency"))


def _row(one: Arrival, conversion_id: UUID) -> Row:
    fact = fact_of(one)
    return {
        "id": new_id(), "conversion_id": conversion_id, "program_id": one.program_id, "external_id": fact.external_id,
        "kind": fact.kind, "reverses": fact.reverses or "", "occurred_at": fact.occurred_at,
        "received_at": one.received_at, "source": one.source, "content_hash": one.content_hash,
        "amount_minor": fact.amount_minor, "currency": fact.currency, "lines": stored_lines(fact.lines),
    }  # fmt: skip
