"""Keeping the pre-added numbers true: by differences in the pipeline, or anew from the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from hanse.insight.rollups.deriving import all_cells, cells_by_conversion, cells_of_clicks
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.queries import LEDGER_PLACE, forgotten_clicks
from hanse.insight.rollups.rules import add_up
from hanse.insight.rollups.types import Cells
from hanse.kernel.clock import local_day
from hanse.money.commissions.models import Commission
from hanse.money.ledger.models import Entry, Transaction
from hanse.spine.positions import actions as positions
from hanse.spine.positions.queries import place_of
from hanse.spine.positions.types import Place
from hanse.traffic.clicks.types import RecordedClick


def add_clicks(clicks: Collection[RecordedClick]) -> None:
    """Count clicks that were recorded just now."""
    add_cells(cells_of_clicks(clicks))


def add_conversions(before: dict[UUID, Cells], changed_ids: Collection[UUID]) -> None:
    """Add what conversions add now, less what they added before they changed (nothing for new ones)."""
    cells = add_up(cells_by_conversion(changed_ids).values())
    add_cells(add_up((before[id_] for id_ in changed_ids if id_ in before), sign=-1, into=cells))


def add_commissions(now: datetime) -> None:
    """Add what the ledger booked on commissions since the last time, on the days their conversions occurred."""
    place, _ = place_of(LEDGER_PLACE)
    last = Transaction.objects.aggregate(last=Max("number"))["last"] or 0
    if last == place.sequence:
        return
    positions.begin(LEDGER_PLACE, "ledger", now)
    if not positions.move(LEDGER_PLACE, place, Place(last), now):
        return
    add_cells(_booked_between(place.sequence, last))


def rebuild_rollups(now: datetime) -> int:
    """Throw all pre-added numbers away and add them up anew; returns how many days were written.

    Clicks of days whose rows were forgotten are kept as they stood.
    """
    last = Transaction.objects.aggregate(last=Max("number"))["last"] or 0
    positions.begin(LEDGER_PLACE, "ledger", now)
    positions.move(LEDGER_PLACE, place_of(LEDGER_PLACE)[0], Place(last), now)
    cells = add_up([forgotten_clicks()], into=all_cells())
    for level in LEVELS:
        level.model._default_manager.all().delete()
    return add_cells(cells)


def _booked_between(after: int, until: int) -> Cells:
    entries = Entry.objects.filter(
        transaction_id__gt=after, transaction_id__lte=until, commission_id__isnull=False, account__kind="program_cost"
    )
    sums: Counter[UUID] = Counter()
    for commission_id, minor in entries.values_list("commission_id", "amount_minor"):
        if commission_id is not None:
            sums[commission_id] -= minor
    moved = {commission_id: minor for commission_id, minor in sums.items() if minor}
    cells: Cells = {}
    for id_, program_id, enrolment_id, at, zone in Commission.objects.filter(
        id__in=moved, conversion__is_test=False
    ).values_list("id", "program_id", "enrolment_id", "occurred_at", "program__time_zone"):
        cells.setdefault((program_id, enrolment_id, local_day(at, zone)), Counter())["commission_minor"] += moved[id_]
    return cells


def add_cells(cells: Cells) -> int:
    """Add the numbers of cells to every rollup; return how many days of enrolments were touched."""
    days, *_rest = [level.add(cells) for level in LEVELS]
    return days
