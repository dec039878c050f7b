"""What conversions add as the rows are now, read once for every rollup."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from hanse.insight.rollups.rules import cells_of_conversion
from hanse.insight.rollups.types import Cells
from hanse.kernel.clock import local_day
from hanse.traffic.attribution.models import Attribution, Credit
from hanse.traffic.clicks.types import RecordedClick
from hanse.traffic.conversions.models import Conversion

_COLUMNS = (
    "id", "program_id", "program__time_zone", "occurred_at", "amount_minor", "refunded_minor", "is_new", "customer_id",
    "country", "coupon_code",
)  # fmt: skip


class Share(NamedTuple):
    """One enrolment's share of a conversion, and the touch that won it (link 0: none)."""

    enrolment_id: UUID
    share_ppm: int
    click_id: str
    link_number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One conversion with whom it is credited to, in the order in which its value is divided."""

    id: UUID
    program_id: UUID
    zone: str
    occurred_at: datetime
    value_minor: int
    refunded_minor: int
    is_new: bool | None
    customer_id: UUID | None
    country: str
    coupon_code: str
    shares: tuple[Share, ...]
    by_click: bool

    def cells(self) -> Cells:
        """Return what it adds to the days of enrolments, commission left out."""
        return cells_of_conversion(
            self.program_id, local_day(self.occurred_at, self.zone), value_minor=self.value_minor,
            refunded_minor=self.refunded_minor, is_new=bool(self.is_new), by_click=self.by_click,
            shares=[(share.enrolment_id, share.share_ppm) for share in self.shares],
        )  # fmt: skip


def standings(conversion_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return conversions with their credits, as the rows are now. Three queries. Tests are left out."""
    if not conversion_ids:
        return {}
    levels = dict(Attribution.objects.filter(conversion_id__in=conversion_ids).values_list("conversion_id", "level"))
    shares: dict[UUID, list[Share]] = {}
    credits_ = Credit.objects.filter(conversion_id__in=conversion_ids).order_by("-share_ppm", "enrolment_id")
    for id_, enrolment_id, ppm, click_id, link in credits_.values_list(
        "conversion_id", "enrolment_id", "share_ppm", "click_id", "link_number"
    ):
        shares.setdefault(id_, []).append(Share(enrolment_id, ppm, click_id, link or 0))
    rows = Conversion.objects.filter(id__in=conversion_ids, is_test=False).values_list(*_COLUMNS)
    return {row[0]: _standing(row, tuple(shares.get(row[0], ())), levels.get(row[0]) == "click") for row in rows}


def _standing(row: Sequence[Any], shares: tuple[Share, ...], by_click: bool) -> Standing:
    return Standing(*(*row, shares, by_click))


def cells_by_conversion(conversion_ids: Collection[UUID]) -> dict[UUID, Cells]:
    """Return what each of the conversions adds to the days of enrolments, as the rows are now. Three queries."""
    return {id_: one.cells() for id_, one in standings(conversion_ids).items()}


def cells_of_clicks(clicks: Collection[RecordedClick], zones: Mapping[UUID, str]) -> Cells:
    """Return what clicks add; one on an unknown link belongs to no program and adds nothing."""
    cells: Cells = defaultdict(Counter)
    for click in clicks:
        if click.program_id in zones:
            day = local_day(click.occurred_at, zones[click.program_id])
            cells[click.program_id, click.enrolment_id, day]["clicks" if click.is_valid else "invalid_clicks"] += 1
    return dict(cells)
