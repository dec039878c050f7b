"""Reading decisions and their evidence."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.traffic.attribution.models import Attribution, Credit, Evidence
from hanse.traffic.attribution.types import CreditShare


def credits_of(conversion_ids: Collection[UUID]) -> dict[UUID, list[CreditShare]]:
    """Return the shares of conversions, largest first; a conversion that nobody was credited with has an empty list."""
    shares: dict[UUID, list[CreditShare]] = {conversion_id: [] for conversion_id in conversion_ids}
    if shares:
        rows = Credit.objects.filter(conversion_id__in=shares).order_by("-share_ppm", "enrolment_id")
        for row in rows.values_list("conversion_id", "enrolment_id", "share_ppm", "occurred_at", "unpaid_reason"):
            shares[row[0]].append(CreditShare(*row))
    return shares


def evidence_of(conversion_id: UUID) -> list[Evidence]:
    """Return everything that could have earned credit for a conversion, in the order it was judged."""
    rows = Evidence.objects.filter(conversion_id=conversion_id).order_by("position")
    return list(rows.select_related("enrolment__partner", "coupon"))


def attribution_of(conversion_id: UUID) -> Attribution | None:
    """Return the recorded decision for a conversion, with its policy version."""
    return Attribution.objects.filter(conversion_id=conversion_id).select_related("policy").first()


def frozen_among(conversion_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the conversions whose attribution may no longer change."""
    if not conversion_ids:
        return set()
    rows = Attribution.objects.filter(conversion_id__in=conversion_ids).exclude(frozen_at=None)
    return set(rows.values_list("conversion_id", flat=True))
