"""Conversions for a list: found by order, customer, code or goal, with who was credited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.models import Conversion, Refund

Credited = Literal["all", "credited", "nobody", "refunded", "test"]


@dataclass(frozen=True, slots=True)
class ConversionTotals:
    """What a list of conversions adds up to."""

    number: int
    amount_minor: int
    refunded_minor: int


def conversions_in(
    program_id: UUID, *, since: datetime | None = None, goal: str = "", search: str = "", which: Credited = "all"
) -> QuerySet[Conversion]:
    """Return a program's conversions with goal and customer. `search` is an order, a customer or a code."""
    rows = Conversion.objects.filter(program_id=program_id).select_related("goal", "customer")
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if goal:
        rows = rows.filter(goal__key=goal)
    if search:
        rows = rows.filter(
            Q(external_id__istartswith=search) | Q(coupon_code__iexact=search) | Q(customer__external_id__iexact=search)
        )
    credited = Exists(Credit.objects.filter(conversion=OuterRef("pk")))
    kept = {
        "credited": Q(credited), "nobody": Q(~credited), "refunded": Q(refunded_minor__gt=0), "test": Q(is_test=True),
    }.get(which)  # fmt: skip
    return rows.filter(kept) if kept is not None else rows


def totals_of(rows: QuerySet[Conversion]) -> ConversionTotals:
    """Return how many conversions a list has and what they add up to, in one query."""
    sums = rows.order_by().aggregate(number=Count("id"), sold=Sum("amount_minor"), back=Sum("refunded_minor"))
    return ConversionTotals(sums["number"], sums["sold"] or 0, sums["back"] or 0)


def credits_with_partners(conversion_ids: Collection[UUID]) -> dict[UUID, list[Credit]]:
    """Return the credits of conversions with their partners, the largest first, in one query."""
    found: defaultdict[UUID, list[Credit]] = defaultdict(list)
    if conversion_ids:
        rows = Credit.objects.filter(conversion_id__in=conversion_ids).select_related("enrolment__partner")
        for credit in rows.order_by("-share_ppm", "id"):
            found[credit.conversion_id].append(credit)
    return dict(found)


def refunds_of(conversion_id: UUID) -> list[Refund]:
    """Return what was taken back from a conversion, in time."""
    return list(Refund.objects.filter(conversion_id=conversion_id).order_by("occurred_at", "external_id"))


def known_versions(program_id: UUID, external_ids: Collection[str]) -> dict[tuple[str, str], Conversion | Refund]:
    """Return what is stored under outside ids, by (kind, outside id): the first version of facts that contradict it."""
    if not external_ids:
        return {}
    conversions = Conversion.objects.filter(program_id=program_id, external_id__in=external_ids)
    refunds = Refund.objects.filter(program_id=program_id, external_id__in=external_ids)
    known: dict[tuple[str, str], Conversion | Refund] = {}
    known |= {("conversion", row.external_id): row for row in conversions.select_related("goal", "customer")}
    known |= {("refund", row.external_id): row for row in refunds.select_related("conversion")}
    return known
