"""Pricing conversions: each difference between what is owed and what is booked becomes a posting, dated now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from hanse.kernel.ids import new_id
from hanse.money.commissions.causes import Cause, causes_of
from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.models import Commission
from hanse.money.commissions.neighbours import Neighbourhood, neighbourhood, touched_credits
from hanse.money.commissions.rules import booking, move, price_credits
from hanse.money.commissions.types import CommissionChange, EarnerRecord
from hanse.money.holds.actions import watch_ceilings
from hanse.money.holds.browser import watch_browser_sales
from hanse.money.holds.doubts import watch_doubts
from hanse.money.holds.first import shorten_first_holds
from hanse.money.ledger.actions import lock_chain, post_many
from hanse.money.ledger.types import Posting, PotKind
from hanse.money.pricing.types import Credited, Priced
from hanse.money.promises.settling import Settlement, settlement_of
from hanse.money.referrals.actions import follow_commissions
from hanse.spine.bulk import insert_many, update_many
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.conversions.types import Watch, watch_nothing

Row = dict[str, Any]
Place = tuple[UUID, UUID]  # conversion, enrolment
_COLUMNS = (
    "id", "program_id", "enrolment_id", "conversion_id", "terms_id", "share_ppm", "value_minor", "earned_minor",
    "owed_minor", "currency", "explanation", "revision", "occurred_at", "held_until", "usual_until",
    "approved_at", "voided_at",
)  # fmt: skip
_PRICED = (
    "terms_id", "share_ppm", "value_minor", "earned_minor", "owed_minor", "explanation", "occurred_at", "held_until",
    "usual_until",
)  # fmt: skip
_AT_A_TIME = 2_000


def price_conversions(
    conversion_ids: Collection[UUID], now: datetime, watch: Watch = watch_nothing
) -> list[CommissionChange]:
    """Price conversions that are new or have changed, with all others whose price depends on them.

    New credits accrue; a commission whose result differs posts the difference, dated now and naming its cause,
    against what is held while it is held and against what is payable after that; a credit that has gone owes nothing.
    Voided commissions stay at nothing. Running it again changes nothing. `watch` hears of conversions before their
    commissions change. A fixed number of queries.
    """
    lock_chain()
    wanted, known, earners = _gather(conversion_ids)
    changes = _write(wanted, known, earners, now, watch)
    asked = set(conversion_ids)
    rows = [row for row in wanted if row["conversion_id"] in asked]
    follow_commissions({row["id"] for row in rows} | {one.commission_id for one in changes}, earners.keys(), now)
    watch_doubts(rows, now)
    return changes


def reprice_since(
    program_id: UUID, since: datetime, now: datetime, watch: Watch = watch_nothing
) -> list[CommissionChange]:
    """Price all conversions of a program that occurred at or after a moment, after terms that start in the past."""
    changes: list[CommissionChange] = []
    for ids in _since(program_id, since):
        changes += price_conversions(ids, now, watch)
    return changes


def losers_since(program_id: UUID, since: datetime) -> list[str]:
    """Name the orders since a moment whose partners would be owed less if everything were priced again now."""
    lost = []
    for ids in _since(program_id, since):
        wanted, known, _earners = _gather(ids)
        for row in wanted:
            before = known.get((row["conversion_id"], row["enrolment_id"]))
            if before is not None and before["voided_at"] is None and row["owed_minor"] < before["owed_minor"]:
                lost.append(row["conversion_id"])
    return list(Conversion.objects.filter(id__in=lost).order_by("occurred_at").values_list("external_id", flat=True))


def _since(program_id: UUID, since: datetime) -> Iterator[set[UUID]]:
    ids = Conversion.objects.filter(program_id=program_id, occurred_at__gte=since).order_by("id")
    rest = iter(list(ids.values_list("id", flat=True)))
    while part := set(islice(rest, _AT_A_TIME)):
        yield part


def _gather(conversion_ids: Collection[UUID]) -> tuple[list[Row], dict[Place, Row], dict[UUID, EarnerRecord]]:
    """Return each commission that depends on these conversions as it should be, as it is stored, and who earns it."""
    known = _known(conversion_id__in=set(conversion_ids))
    credits = touched_credits(conversion_ids)
    touched: defaultdict[UUID, set[UUID]] = defaultdict(set)
    dated: defaultdict[UUID, set[datetime]] = defaultdict(set)
    for enrolment_id, shares in credits.items():
        touched[enrolment_id] |= shares.keys()
    for (conversion_id, enrolment_id), row in known.items():
        touched[enrolment_id].add(conversion_id)
        dated[enrolment_id].add(row["occurred_at"])
    if not touched:
        return [], known, {}
    earners = earner_records(touched)
    around = neighbourhood(touched, credits, earners, dated)
    since = {enrolment_id: _first(ids, enrolment_id, around, known) for enrolment_id, ids in touched.items()}
    wider = {
        one for enrolment_id, shares in around.credits.items() for one in shares
        if around.sold[one].occurred_at >= since[enrolment_id]
    } - set(conversion_ids)  # fmt: skip
    if wider:
        known |= _known(conversion_id__in=wider, enrolment_id__in=set(touched))
    return list(_wanted_rows(around, earners, known, touched, since)), known, earners


def _first(ids: Collection[UUID], enrolment_id: UUID, around: Neighbourhood, known: dict[Place, Row]) -> datetime:
    """Return when the earliest of some conversions occurs, or was thought to: nothing before it can change."""
    moments = [around.sold[one].occurred_at for one in ids if one in around.sold]
    moments += [known[one, enrolment_id]["occurred_at"] for one in ids if (one, enrolment_id) in known]
    return min(moments)


def _known(**where: Any) -> dict[Place, Row]:
    """Return commissions, locked until we are done."""
    rows = Commission.objects.filter(**where).order_by("id").select_for_update().values(*_COLUMNS)
    return {(row["conversion_id"], row["enrolment_id"]): dict(row) for row in rows}


def _wanted_rows(
    around: Neighbourhood, earners: dict[UUID, EarnerRecord], known: dict[Place, Row],
    touched: dict[UUID, set[UUID]], since: dict[UUID, datetime],
) -> Iterable[Row]:  # fmt: skip
    """Yield each commission that may change as it should be now."""
    for enrolment_id, record in earners.items():
        priced = price_credits(record, around.credits[enrolment_id], around.sold, since=since[enrolment_id])
        for credited, result in priced.values():
            yield _row(record, credited, result, known.get((credited.conversion.id, enrolment_id)))
        for conversion_id in touched[enrolment_id] - priced.keys():
            row = known[conversion_id, enrolment_id]
            gone = {"steps": [{"step": "none", "reason": "no_credit", "amount": 0}], "changes": []}
            yield {**row, "share_ppm": 0, "earned_minor": 0, "owed_minor": 0, "explanation": gone}


def _row(record: EarnerRecord, credited: Credited, result: Priced, known: Row | None) -> Row:
    sold = credited.conversion
    row = {
        "id": new_id(), "program_id": record.program.id, "enrolment_id": record.id, "conversion_id": sold.id,
        "revision": 0, "approved_at": None, "voided_at": None, "currency": sold.currency,
    } if known is None else known  # fmt: skip
    return {
        **row, "terms_id": credited.terms.id if credited.terms else None, "share_ppm": credited.share_ppm,
        "value_minor": sold.amount_minor, "earned_minor": result.earned_minor, "owed_minor": result.owed_minor,
        "explanation": dict(result.explanation), "occurred_at": sold.occurred_at,
        "held_until": sold.occurred_at + _hold(record, known), "usual_until": None,
    }  # fmt: skip


def _hold(record: EarnerRecord, known: Row | None) -> timedelta:
    """Return how long a commission is held: as long as when it was first priced, whatever the program says today."""
    if known is None:
        return timedelta(days=record.program.hold_days)
    held: timedelta = (known["usual_until"] or known["held_until"]) - known["occurred_at"]
    return held


def _write(
    wanted: list[Row], known: dict[Place, Row], earners: dict[UUID, EarnerRecord], now: datetime, watch: Watch
) -> list[CommissionChange]:
    shorten_first_holds(wanted, known)
    new = [row for row in wanted if (row["conversion_id"], row["enrolment_id"]) not in known]
    changed = []
    for row in wanted:
        before = known.get((row["conversion_id"], row["enrolment_id"]))
        if before is None or before["voided_at"] is not None:
            continue
        if before["approved_at"] is not None:
            row["held_until"], row["usual_until"] = before["held_until"], before["usual_until"]
        if any(row[name] != before[name] for name in _PRICED):
            changed.append({**row, "revision": before["revision"] + 1})
    watch({row["conversion_id"] for row in changed})
    causes = causes_of(new, changed, known)
    _store(new, changed, now)
    settlement = settlement_of(earners if new or changed else {}, now)
    post_many([posting for row in (*new, *changed) for posting in _postings(row, known, causes, settlement)], now)
    settlement.book()
    ceilings = {one: record.program.approval_ceiling_minor for one, record in earners.items()}
    watch_ceilings([*new, *changed], ceilings, now)
    watch_browser_sales([*new, *changed], now)
    return [_change(row, known) for row in (*new, *changed)]


def _store(new: list[Row], changed: list[Row], now: datetime) -> None:
    insert_many(Commission, [{**row, "accrued_at": now, "revision": int(_taken_back(row) != 0)} for row in new])
    update_many(Commission, [{name: row[name] for name in ("id", "revision", *_PRICED)} for row in changed])


def _taken_back(row: Row) -> int:
    """Return what refunds took from a new commission before it was first priced: shown as earned, then taken back."""
    came_back = any(step["step"] == "refund" for step in row["explanation"]["changes"])
    return min(0, int(row["owed_minor"]) - int(row["earned_minor"])) if came_back else 0


def _postings(
    row: Row, known: dict[Place, Row], causes: dict[UUID, Cause], settlement: Settlement
) -> Iterable[Posting]:
    before = known.get((row["conversion_id"], row["enrolment_id"]))
    key = (row["program_id"], row["enrolment_id"], row["id"], row["currency"])
    cause = causes.get(row["id"], Cause("reprice", row["occurred_at"], ""))
    back = _taken_back(row) if before is None else row["owed_minor"] - before["owed_minor"]
    if before is None and (accrued := row["owed_minor"] - back):
        yield move(
            f"accrue:{row['id']}", "accrual", row["occurred_at"], commission=key, pots=("program_cost", "held"),
            amount_minor=accrued,
        )  # fmt: skip
    if back:
        pot: PotKind = "payable" if row["approved_at"] is not None else "held"
        paid_back = settlement.take_shift(row["id"])
        yield booking(
            f"reprice:{row['id']}:{row['revision'] or 1}", cause.kind, cause.occurred_at, commission=key,
            changes={pot: back - paid_back, "advance": paid_back}, note=cause.note,
        )  # fmt: skip


def _change(row: Row, known: dict[Place, Row]) -> CommissionChange:
    before = known.get((row["conversion_id"], row["enrolment_id"]))
    return CommissionChange(
        row["id"], row["conversion_id"], row["enrolment_id"], row["program_id"], row["occurred_at"], row["currency"],
        before["owed_minor"] if before else 0, row["owed_minor"],
    )  # fmt: skip
