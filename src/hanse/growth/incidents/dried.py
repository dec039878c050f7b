"""What links that lead nowhere, or sell nothing any more, would have brought: their clicks at their usual rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from hanse.growth.incidents.rules import Brought
from hanse.insight.rollups.facets import LINK
from hanse.insight.rollups.models import SliceDay
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

USUAL_DAYS = 90
_SUMS = ("clicks", "conversions", "value_minor", "commission_minor")


def missing_at(
    program: Program, numbers: Collection[int] | None, since: datetime, now: datetime
) -> dict[UUID, Brought]:
    """Return whom the links (None: all of the program) belong to, and what is missing since a moment. Two queries.

    Everybody with one of the links is there, also with nothing missing. Days count whole: what a link sold on its first
    broken day is taken off.
    """
    first, today = local_day(since, program.time_zone), local_day(now, program.time_zone)
    links = Link.objects.filter(enrolment__program=program)
    links = links if numbers is None else links.filter(number__in=list(numbers))
    owners = dict(links.values_list("number", "enrolment_id"))
    days = SliceDay.objects.filter(program_id=program.pk, dimension=LINK, day__gte=first - timedelta(days=USUAL_DAYS))
    days = days.filter(day__lte=today)
    if numbers is not None:
        days = days.filter(value__in=[str(number) for number in owners])
    sums = {
        f"{name}_{part}": Sum(name, filter=span, default=0)
        for name in _SUMS for part, span in (("before", Q(day__lt=first)), ("now", Q(day__gte=first)))
    }  # fmt: skip
    found: dict[UUID, Brought] = defaultdict(Brought) if numbers is None else dict.fromkeys(owners.values(), Brought())
    rows: Any = days.order_by().values("value").annotate(**sums)
    for row in rows:
        who = owners.get(int(row["value"]))
        if who is not None:
            found[who] = _plus(found.get(who, Brought()), _missing(row))
    return {who: each for who, each in found.items() if numbers is not None or each.orders}


def _missing(row: dict[str, int]) -> Brought:
    """Return what the clicks of now would have brought at the rate of before, less what they did bring."""
    clicks, before = int(row["clicks_now"]), int(row["clicks_before"])
    if not clicks or not before:
        return Brought(clicks=clicks)
    lost = [
        max(0, (int(row[f"{name}_before"]) * clicks * 2 + before) // (2 * before) - int(row[f"{name}_now"]))
        for name in _SUMS[1:]
    ]
    return Brought(clicks, *(lost if lost[0] else (0, 0, 0)))


def _plus(one: Brought, other: Brought) -> Brought:
    return Brought(
        one.clicks + other.clicks, one.orders + other.orders, one.value_minor + other.value_minor,
        one.commission_minor + other.commission_minor,
    )  # fmt: skip
