"""Deriving the cells from the rows, for some conversions or clicks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from hanse.insight.rollups.rules import cells_of_conversion
from hanse.insight.rollups.types import Cells
from hanse.kernel.clock import local_day
from hanse.traffic.attribution.models import Attribution, Credit
from hanse.traffic.clicks.types import RecordedClick
from hanse.traffic.conversions.models import Conversion


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


def cells_of_clicks(clicks: Collection[RecordedClick], zones: Mapping[UUID, str]) -> Cells:
    """Return what clicks add; one on an unknown link belongs to no program and adds nothing."""
    cells: Cells = {}
    for click in clicks:
        if click.program_id in zones:
            day = local_day(click.occurred_at, zones[click.program_id])
            counter = cells.setdefault((click.program_id, click.enrolment_id, day), Counter())
            counter["clicks" if click.is_valid else "invalid_clicks"] += 1
    return cells
