"""Reads about one enrolment."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from hanse.insight.partner.types import Brought, MonthOfCommission
from hanse.kernel.clock import add_months, day_starts_at
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from hanse.traffic.attribution.models import Credit

MONTHS = 12


def commission_by_month(enrolment_id: UUID, zone: str, today: date) -> list[MonthOfCommission]:
    """Return the last twelve months of a program, this one included, by the month in which the sale occurred."""
    first = add_months(today.replace(day=1), 1 - MONTHS)
    rows = (
        Commission.objects.filter(
            enrolment_id=enrolment_id, occurred_at__gte=day_starts_at(first, zone), voided_at=None,
            conversion__is_test=False,
        )
        .annotate(month=TruncMonth("occurred_at", tzinfo=ZoneInfo(zone)))
        .values("month")
        .annotate(
            approved=Sum("owed_minor", filter=Q(approved_at__isnull=False)),
            held=Sum("owed_minor", filter=Q(approved_at=None)),
        )
        .values_list("month", "approved", "held")
    )  # fmt: skip
    by_month = {month.date(): (approved or 0, held or 0) for month, approved, held in rows}
    months = [add_months(first, offset) for offset in range(MONTHS)]
    return [MonthOfCommission(month, *by_month.get(month, (0, 0))) for month in months]


def brought(enrolment_id: UUID, since: datetime) -> tuple[dict[int, Brought], dict[str, Brought]]:
    """Return the credited sales since a moment by link number, and by code in capitals, whichever evidence won."""
    rows = (
        Credit.objects.filter(enrolment_id=enrolment_id, occurred_at__gte=since, conversion__is_test=False)
        .order_by()
        .values("link_number", "conversion__coupon_code")
        .annotate(sales=Count("id"), value=Sum("conversion__amount_minor"))
    )
    by_link: dict[int, Brought] = {}
    by_code: dict[str, Brought] = {}
    for row in rows:
        part = Brought(row["sales"], row["value"] or 0)
        if row["link_number"] is not None:
            by_link[row["link_number"]] = by_link.get(row["link_number"], Brought()) + part
        if row["conversion__coupon_code"]:
            code = row["conversion__coupon_code"].upper()
            by_code[code] = by_code.get(code, Brought()) + part
    return by_link, by_code


def cases_of(enrolment_id: UUID) -> list[Case]:
    """Return an enrolment's cases with their commissions, the newest first."""
    rows = Case.objects.filter(enrolment_id=enrolment_id).select_related("commission")
    return list(rows.order_by("-opened_at")[:500])
