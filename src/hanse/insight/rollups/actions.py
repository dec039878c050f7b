"""Keeping the pre-added numbers true as facts come in: by differences, in the pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from hanse.insight.rollups.credited import recount, zones
from hanse.insight.rollups.deriving import cells_by_conversion, cells_of_clicks
from hanse.insight.rollups.keeping import add_slices
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.marks import move_marks
from hanse.insight.rollups.queries import LEDGER_PLACE
from hanse.insight.rollups.rules import add_up
from hanse.insight.rollups.slicing import add_click
from hanse.insight.rollups.types import Cells, Slices
from hanse.kernel.clock import local_day
from hanse.money.commissions.models import Commission
from hanse.money.ledger.models import Entry, Transaction
from hanse.spine.positions import actions as positions
from hanse.spine.positions.queries import place_of
from hanse.spine.positions.types import Place
from hanse.traffic.clicks.types import RecordedClick

_BOOKED = {"program_cost": ("commission_minor", -1), "held": ("held_minor", 1)}


def add_clicks(clicks: Collection[RecordedClick]) -> None:
    """Count clicks that were recorded just now."""
    places, slices = zones(), Slices()
    add_cells(cells_of_clicks(clicks, places))
    for click in clicks:
        if click.program_id in places:
            add_click(slices, click, places[click.program_id])
    add_slices(slices)


def add_conversions(before: dict[UUID, Cells], changed_ids: Collection[UUID]) -> None:
    """Add what conversions add now, less what they added before they changed (nothing for new ones)."""
    cells = add_up(cells_by_conversion(changed_ids).values())
    add_cells(add_up((before[id_] for id_ in changed_ids if id_ in before), sign=-1, into=cells))


def add_credits(conversion_ids: Collection[UUID], fresh: Collection[UUID] = ()) -> None:
    """Bring the rollups by link and dimension up to the credits and commissions of conversions.

    It compares with what was counted, so it may be asked for too many; `fresh` ones are known to be new.
    """
    slices = recount(conversion_ids, fresh)
    if slices.sales:
        add_slices(slices)


def add_commissions(now: datetime) -> set[UUID]:
    """Add what the ledger booked on commissions since the last time, on the days their conversions occurred.

    Returns the conversions whose commission moved.
    """
    place, _ = place_of(LEDGER_PLACE)
    last = Transaction.objects.aggregate(last=Max("number"))["last"] or 0
    if last == place.sequence:
        return set()
    positions.begin(LEDGER_PLACE, "ledger", now)
    if not positions.move(LEDGER_PLACE, place, Place(last), now):
        return set()
    return _add_booked(place.sequence, last)


def _add_booked(after: int, until: int) -> set[UUID]:
    entries = Entry.objects.filter(
        transaction_id__gt=after, transaction_id__lte=until, commission_id__isnull=False, account__kind__in=_BOOKED
    )
    sums: dict[UUID, Counter[str]] = {}
    for commission_id, kind, minor in entries.values_list("commission_id", "account__kind", "amount_minor"):
        if commission_id is not None:
            name, sign = _BOOKED[kind]
            sums.setdefault(commission_id, Counter())[name] += sign * minor
    moved = {commission_id: numbers for commission_id, numbers in sums.items() if any(numbers.values())}
    cells: Cells = {}
    touched: set[UUID] = set()
    for id_, program_id, enrolment_id, conversion_id, at, zone in Commission.objects.filter(
        id__in=moved, conversion__is_test=False
    ).values_list("id", "program_id", "enrolment_id", "conversion_id", "occurred_at", "program__time_zone"):
        mine = cells.setdefault((program_id, enrolment_id, local_day(at, zone)), Counter())
        for name, minor in moved[id_].items():
            mine[name] += minor
        touched.add(conversion_id)
    add_cells(cells)
    return touched


def add_cells(cells: Cells) -> int:
    """Add the numbers of cells to every rollup of enrolments; return how many of their days were touched."""
    days, *_rest = [level.add(cells) for level in LEVELS]
    move_marks(cells)
    return days
