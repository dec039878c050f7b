"""Keeping the pre-added numbers true as facts come in: by differences, in the pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max

from hanse.insight.rollups.booked import Booked, booked_between, booked_up_to
from hanse.insight.rollups.credited import Owed, conversions_of_clicks, recount, zones
from hanse.insight.rollups.deriving import Standing, cells_of_clicks, standings
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
    booked, counted_until = _booked(now)
    ids = {*touched, *conversions_of_clicks(clicks)}
    commissions = _commissions_of(ids, booked)
    ids |= {one.conversion_id for one in commissions}
    if not ids:
        return
    standing = standings(ids)
    cells = add_up(standing[id_].cells() for id_ in touched if id_ in standing)
    add_up((before[id_] for id_ in touched if id_ in before), sign=-1, into=cells)
    owed: Owed = {}
    for one in commissions:
        if one.conversion_id in standing:
            moved = booked.get(one.id, Counter())
            day = local_day(one.occurred_at, standing[one.conversion_id].zone)
            add_up([{(one.program_id, one.enrolment_id, day): moved}] if moved else [], into=cells)
            if one.owed_minor:
                owed.setdefault(one.conversion_id, {})[one.enrolment_id] = one.owed_minor
    add_up(_to_other_days(before, commissions, standing, counted_until), into=cells)
    add_cells(cells)
    add_slices(recount(standing, owed, ids.difference(fresh)))


def settle_ledger(now: datetime) -> None:
    """Add what the ledger booked on commissions since the last time, on the days their conversions occurred."""
    add_conversions({}, (), (), (), now)


def _to_other_days(
    before: dict[UUID, Cells], commissions: Collection[_Commission], standing: Mapping[UUID, Standing], until: int
) -> list[Cells]:
    """Return what takes commissions that were counted already off the day of their orders, and onto the day to which
    these were amended; an order that turned out to be a test has none."""
    days: dict[_Commission, tuple[date, date | None]] = {}
    for one in commissions:
        found = standing.get(one.conversion_id)
        new = local_day(one.occurred_at, found.zone) if found is not None else None
        for _program_id, enrolment_id, old in before.get(one.conversion_id, ()):
            if enrolment_id == one.enrolment_id and old != new:
                days[one] = (old, new)
    counted = booked_up_to(until, [one.id for one in days]) if days else {}
    cells = list[Cells]()
    for one, (old, new) in days.items():
        numbers = counted.get(one.id, Counter())
        off = Counter({name: -minor for name, minor in numbers.items()})
        cells.append({(one.program_id, one.enrolment_id, old): off})
        cells += [{(one.program_id, one.enrolment_id, new): numbers}] if new is not None else []
    return cells


def _booked(now: datetime) -> tuple[Booked, int]:
    """Return what was booked on commissions since the last time, and stand behind it; and how far it was counted."""
    place, _ = place_of(LEDGER_PLACE)
    last = Transaction.objects.aggregate(last=Max("number"))["last"] or 0
    if last == place.sequence:
        return {}, place.sequence
    positions.begin(LEDGER_PLACE, "ledger", now)
    if not positions.move(LEDGER_PLACE, place, Place(last), now):
        return {}, place.sequence
    return booked_between(place.sequence, last), place.sequence


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
