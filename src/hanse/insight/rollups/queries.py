"""Where the rollups stand, and which days they cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, Min

from hanse.insight.rollups.facets import LINK
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMonth, ProgramDay, SliceDay, SliceMonth
from hanse.kernel.clock import local_day
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion

LEDGER_PLACE = "rollups:ledger"


@dataclass(frozen=True, slots=True)
class Reach:
    """What one program has facts or numbers of: its days, and the dimensions that are stored."""

    program_id: UUID
    zone: str
    first: date
    last: date
    dimensions: frozenset[str]


def reaches() -> Iterator[Reach]:
    """Yield, for each program that has anything, from when until when."""
    for program_id, zone in Program.objects.order_by("id").values_list("id", "time_zone"):
        days = [*_days_of_facts(program_id, zone), *_days_of_numbers(program_id)]
        if days:
            yield Reach(program_id, zone, min(days), max(days), dimensions_of(program_id))


def dimensions_of(program_id: UUID) -> frozenset[str]:
    """Return the dimensions that a program's numbers are told apart by, links left out."""
    rows = SliceMonth.objects.filter(program_id=program_id).order_by().values_list("dimension", flat=True).distinct()
    days = SliceDay.objects.filter(program_id=program_id).order_by().values_list("dimension", flat=True).distinct()
    return frozenset((*rows, *days)) - {LINK}


def _days_of_facts(program_id: UUID, zone: str) -> Iterator[date]:
    for model in (Click, Conversion, Commission):
        rows = model._default_manager.filter(program_id=program_id)
        ends = rows.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
        yield from (local_day(at, zone) for at in ends.values() if at is not None)


def _days_of_numbers(program_id: UUID) -> Iterator[date]:
    for model, column in ((EnrolmentDay, "day"), (ProgramDay, "day"), (SliceDay, "day"), (EnrolmentMonth, "month"),
                          (SliceMonth, "month")):  # fmt: skip
        rows = model._default_manager.filter(program_id=program_id)
        for day in rows.aggregate(first=Min(column), last=Max(column)).values():
            if day is not None:
                yield day
