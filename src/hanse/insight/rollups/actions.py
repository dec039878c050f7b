"""Keeping the pre-added numbers true as facts come in: by differences, in the pipeline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max

from hanse.insight.rollups.booked import Booked, booked_between
from hanse.insight.rollups.credited import Owed, conversions_of_clicks, recount, zones
from hanse.insight.rollups.deriving import cells_of_clicks, standings
from hanse.insight.rollups.keeping import add_slices
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.marks import move_marks
from hanse.insight.rollups.queries import LEDGER_PLACE
from hanse.insight.rollups.rules import add_up
from hanse.insight.rollups.slicing import add_click
from hanse.insight.rollups.types import Cells, Slices
from hanse.kernel.clock import local_day
from hanse.money.commissions.models import Commission
from hanse.money.ledger.models import Transaction
from hanse.spine.positions import actions as positions
from hanse.spine.positions.queries import place_of
from hanse.spine.positions.types import Place
from hanse.traffic.clicks.types import RecordedClick


def add_clicks(clicks: Collection[RecordedClick]) -> None:
    """Count clicks that were recorded just now."""
    places, slices = zones(), Slices()
    add_cells(cells_of_clicks(clicks, places))
    for click in clicks:
        if click.program_id in places:
            add_click(slices, click, places[click.program_id])
    add_slices(slices)


def add_conversions(
    before: dict[UUID, Cells], touched: Collection[UUID], clicks: Collection[RecordedClick], fresh: Collection[UUID],
    now: datetime,
) -> None:  # fmt: skip
    """Add what conversions add now, less what they added before, and what the ledger booked since the last time.

    `touched` are new (those are `fresh` too) or changed, with what they added `before`; clicks that came just now may
    be what conversions that came first were won by.
    """
    booked = _booked(now)
    ids = {*touched, *conversions_of_clicks(clicks)}
    commissions = _commissions_of(ids, booked)
    ids |= {one.conversion_id for one in commissions}
    if not ids:
        return
    standing = standings(ids)
    cells = add_up(standing[id_].cells() for id_ in touched if id_ in standing)
    add_up((before[id_] for id_ in touched if id_ in before), sign=-1, into=cells)
    owed: Owed = {}
    # what an order earned is taken back when it turns out to be a test: it stands no more, but its days have the money
    places = zones() if any(one.conversion_id not in standing for one in commissions) else {}
    for one in commissions:
        stands = standing.get(one.conversion_id)
        if one.id in booked:
            day = local_day(one.occurred_at, stands.zone if stands else places[one.program_id])
            add_up([{(one.program_id, one.enrolment_id, day): booked[one.id]}], into=cells)
        if stands and one.owed_minor:
            owed.setdefault(one.conversion_id, {})[one.enrolment_id] = one.owed_minor
    add_cells(cells)
    add_slices(recount(standing, owed, ids.difference(fresh)))


def settle_ledger(now: datetime) -> None:
    """Add what the ledger booked on commissions since the last time, on the days their conversions occurred."""
    add_conversions({}, (), (), (), now)


def _booked(now: datetime) -> Booked:
    """Return what was booked on commissions since the last time, and stand behind it."""
    place, _ = place_of(LEDGER_PLACE)
    last = Transaction.objects.aggregate(last=Max("number"))["last"] or 0
    if last == place.sequence:
        return {}
    positions.begin(LEDGER_PLACE, "ledger", now)
    if not positions.move(LEDGER_PLACE, place, Place(last), now):
        return {}
    return booked_between(place.sequence, last)


class _Commission(NamedTuple):
    id: UUID
    program_id: UUID
    enrolment_id: UUID
    conversion_id: UUID
    occurred_at: datetime
    owed_minor: int


def _commissions_of(conversion_ids: Collection[UUID], booked: Collection[UUID]) -> list[_Commission]:
    """Return the commissions of conversions, and of those whose commissions were booked on. One query, or three."""
    rows = Commission.objects.values_list(*_Commission._fields)
    found = [_Commission(*row) for row in rows.filter(conversion_id__in=conversion_ids)] if conversion_ids else []
    if others := set(booked) - {one.id for one in found}:
        more = list(Commission.objects.filter(id__in=others).values_list("conversion_id", flat=True))
        found += [_Commission(*row) for row in rows.filter(conversion_id__in=more)]
    return found


def add_cells(cells: Cells) -> int:
    """Add the numbers of cells to every rollup of enrolments; return how many of their days were touched."""
    in_order = dict(sorted(cells.items(), key=lambda cell: (cell[0][0].int, cell[0][1].int, cell[0][2])))
    days, *_rest = [level.add(in_order) for level in LEVELS]
    move_marks(cells)
    return days
