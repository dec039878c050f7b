"""What resources are used for, down to sales: those who took one, in their 30 days after against the 30 before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from hanse.growth.resources.models import ResourceUse
from hanse.growth.resources.types import TAKEN, Sold, Usage
from hanse.insight.rollups.models import EnrolmentDay

_COLUMNS = {"clicks": "clicks", "sales": "conversions", "value": "value_minor"}


@dataclass(frozen=True, slots=True)
class TierUse:
    """How partners of one tier use the library: how many there are, and how many took something."""

    key: str
    partners: int
    taken: int


def usage_of(resource_ids: Collection[UUID], today: date) -> dict[UUID, Usage]:
    """Return what became of some resources, as of a local day. Two queries, however much they are used.

    Who downloaded and copied counts once, from the first time. It says what came after, not what it was due to.
    """
    acts: dict[UUID, dict[str, int]] = defaultdict(dict)
    counted = ResourceUse.objects.filter(resource_id__in=resource_ids, enrolment__is_test=False)
    for resource_id, act, n in counted.values_list("resource_id", "act").annotate(n=Count("pk")):
        acts[resource_id][act] = n
    taken: dict[UUID, set[UUID]] = defaultdict(set)
    sums: dict[UUID, list[tuple[Sold, Sold]]] = defaultdict(list)
    rows = _with_sales(counted.filter(act__in=TAKEN)).order_by("first_at", "pk")
    for row in rows.values("resource_id", "enrolment_id", "after_on", *_NAMES):
        if row["enrolment_id"] not in taken[row["resource_id"]]:
            taken[row["resource_id"]].add(row["enrolment_id"])
            if row["after_on"] < today:
                sums[row["resource_id"]].append((_sold(row, "before"), _sold(row, "after")))
    return {
        one: Usage(
            shown=acts[one].get("shown", 0), opened=acts[one].get("opened", 0), taken=len(taken[one]),
            whole=len(sums[one]), before=sum((before for before, _after in sums[one]), Sold()),
            after=sum((after for _before, after in sums[one]), Sold()),
        )
        for one in resource_ids
    }  # fmt: skip


def takers_of(resource_id: UUID) -> QuerySet[ResourceUse, dict[str, Any]]:
    """Return who took a resource, the latest first, with their clicks and sales before and after."""
    rows = ResourceUse.objects.filter(resource_id=resource_id, act__in=TAKEN, enrolment__is_test=False)
    named = _with_sales(rows).annotate(
        partner=F("enrolment__partner__name"), partner_id=F("enrolment__partner_id"), number=F("version__number")
    )  # fmt: skip
    found: QuerySet[ResourceUse, dict[str, Any]] = named.order_by("-last_at").values(
        "partner", "partner_id", "number", "act", "times", "first_at", "last_at", "after_on", *_NAMES
    )
    return found


def use_by_tier(tiers: Sequence[tuple[str, int]], program_id: UUID, since: datetime) -> list[TierUse]:
    """Return how many partners of each tier (key and how many there are) took something since a moment. One query."""
    rows = ResourceUse.objects.filter(
        resource__program_id=program_id, act__in=TAKEN, last_at__gte=since, enrolment__is_test=False
    )
    found = dict(rows.values_list("enrolment__tier__key").annotate(n=Count("enrolment_id", distinct=True)))
    return [TierUse(key, partners, found.get(key, 0)) for key, partners in tiers]


def _with_sales(rows: QuerySet[ResourceUse]) -> QuerySet[ResourceUse]:
    spans = {"before": ("before_on", "used_on"), "after": ("used_on", "after_on")}
    sums = {}
    for span, (first, end) in spans.items():
        days = EnrolmentDay.objects.filter(
            enrolment_id=OuterRef("enrolment_id"), day__gte=OuterRef(first), day__lt=OuterRef(end)
        )
        for name, column in _COLUMNS.items():
            total = days.order_by().values("enrolment_id").annotate(total=Sum(column)).values("total")
            sums[f"{span}_{name}"] = Coalesce(Subquery(total, output_field=IntegerField()), 0)
    return rows.annotate(**sums)


_NAMES = tuple(f"{span}_{name}" for span in ("before", "after") for name in _COLUMNS)


def _sold(row: dict[str, Any], span: str) -> Sold:
    return Sold(row[f"{span}_clicks"], row[f"{span}_sales"], row[f"{span}_value"])
