"""Deriving the cells from the rows: for a few conversions after a batch, or for everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from hanse.insight.rollups.rules import add_up, cells_of_conversion
from hanse.insight.rollups.types import Cells
from hanse.kernel.clock import day_starts_at, local_day
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Attribution, Credit
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.retention import clicks_complete_since
from hanse.traffic.clicks.types import RecordedClick
from hanse.traffic.conversions.models import Conversion

_CHUNK = 5_000


def cells_by_conversion(conversion_ids: Collection[UUID]) -> dict[UUID, Cells]:
    """Return what each of the conversions adds, as the rows are now. Three queries. Tests add nothing."""
    if not conversion_ids:
        return {}
    levels = dict(Attribution.objects.filter(conversion_id__in=conversion_ids).values_list("conversion_id", "level"))
    shares: dict[UUID, list[tuple[UUID, int]]] = {}
    credits_ = Credit.objects.filter(conversion_id__in=conversion_ids).order_by("-share_ppm", "enrolment_id")
    for id_, enrolment_id, share_ppm in credits_.values_list("conversion_id", "enrolment_id", "share_ppm"):
        shares.setdefault(id_, []).append((enrolment_id, share_ppm))
    rows = Conversion.objects.filter(id__in=conversion_ids, is_test=False).values_list(
        "id", "program_id", "program__time_zone", "occurred_at", "amount_minor", "refunded_minor", "is_new"
    )
    return {
        id_: cells_of_conversion(
            program_id, local_day(at, zone), value_minor=minor, refunded_minor=refunded, is_new=bool(is_new),
            by_click=levels.get(id_) == "click", shares=shares.get(id_, []),
        )
        for id_, program_id, zone, at, minor, refunded, is_new in rows
    }  # fmt: skip


def cells_of_clicks(clicks: Collection[RecordedClick]) -> Cells:
    """Return what clicks add; one on an unknown link belongs to no program and adds nothing."""
    zones = dict(Program.objects.filter(id__in={click.program_id for click in clicks}).values_list("id", "time_zone"))
    cells: Cells = {}
    for click in clicks:
        if click.program_id in zones:
            day = local_day(click.occurred_at, zones[click.program_id])
            counter = cells.setdefault((click.program_id, click.enrolment_id, day), Counter())
            counter["clicks" if click.is_valid else "invalid_clicks"] += 1
    return cells


def all_cells() -> Cells:
    """Return every cell as the rows have it now, program by program."""
    cells: Cells = {}
    for program_id, zone in Program.objects.values_list("id", "time_zone"):
        _count_clicks(cells, program_id, ZoneInfo(zone))
        _sum_commissions(cells, program_id, ZoneInfo(zone))
        for ids in _conversion_ids(program_id):
            add_up(cells_by_conversion(ids).values(), into=cells)
    return {key: counters for key, counters in cells.items() if any(counters.values())}


def _count_clicks(cells: Cells, program_id: UUID, zone: ZoneInfo) -> None:
    """Count the clicks of every day whose clicks are all there."""
    rows_kept = Click.objects.filter(program_id=program_id)
    if (since := clicks_complete_since()) is not None:
        day = local_day(since, zone.key) + timedelta(days=1)
        rows_kept = rows_kept.filter(occurred_at__gte=day_starts_at(day, zone.key))
    days = rows_kept.annotate(day=TruncDate("occurred_at", tzinfo=zone))
    rows = days.values("enrolment_id", "day").annotate(all=Count("id"), valid=Count("id", filter=Q(reason="")))
    for row in rows.order_by():
        counter = cells.setdefault((program_id, row["enrolment_id"], row["day"]), Counter())
        counter["clicks"] += row["valid"]
        counter["invalid_clicks"] += row["all"] - row["valid"]


def _sum_commissions(cells: Cells, program_id: UUID, zone: ZoneInfo) -> None:
    days = Commission.objects.filter(program_id=program_id, conversion__is_test=False).annotate(
        day=TruncDate("occurred_at", tzinfo=zone)
    )
    for row in days.values("enrolment_id", "day").annotate(owed=Sum("owed_minor")).order_by():
        cells.setdefault((program_id, row["enrolment_id"], row["day"]), Counter())["commission_minor"] += row["owed"]


def _conversion_ids(program_id: UUID) -> Iterator[list[UUID]]:
    last = UUID(int=0)
    rows = Conversion.objects.filter(program_id=program_id).order_by("id")
    while ids := list(rows.filter(id__gt=last).values_list("id", flat=True)[:_CHUNK]):
        yield ids
        last = ids[-1]
