"""Reads about one enrolment: from rollups and sums of the ledger alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Sum

from hanse.insight.partner.types import Brought, KnownCase, MonthOfCommission
from hanse.insight.rollups.facets import COUPON, WHOLE
from hanse.insight.rollups.models import EnrolmentMonth, LinkDay, SaleDay
from hanse.kernel.clock import add_months
from hanse.money.holds.models import Case
from hanse.money.ledger.models import Entry

MONTHS = 12
_CASE = (
    "commission_id", "reason", "opened_at", "decided_at", "decision", "decided_by", "decision_reason",
)  # fmt: skip


def commission_by_month(enrolment_id: UUID, today: date) -> list[MonthOfCommission]:
    """Return the last twelve months of a program, this one included, by the month in which the sale occurred."""
    first = add_months(today.replace(day=1), 1 - MONTHS)
    rows = EnrolmentMonth.objects.filter(enrolment_id=enrolment_id, month__gte=first)
    by_month = {
        month: (minor - held, held)
        for month, minor, held in rows.values_list("month", "commission_minor", "held_minor")
    }
    months = [add_months(first, offset) for offset in range(MONTHS)]
    return [MonthOfCommission(month, *by_month.get(month, (0, 0))) for month in months]


def brought(enrolment_id: UUID, since: date) -> tuple[dict[int, Brought], dict[str, Brought]]:
    """Return the credited sales since a local day by link number, and by code in capitals, whichever evidence won."""
    rows = SaleDay.objects.filter(enrolment_id=enrolment_id, dimension__in=(WHOLE, COUPON), day__gte=since).order_by()
    sums = rows.values("dimension", "link_number", "value").annotate(sales=Sum("conversions"), sold=Sum("value_minor"))
    by_link: dict[int, Brought] = {}
    by_code: dict[str, Brought] = {}
    for dimension, link, code, sales, sold in sums.values_list("dimension", "link_number", "value", "sales", "sold"):
        part = Brought(sales, sold)
        if dimension == COUPON:
            by_code[code] = by_code.get(code, Brought()) + part
        elif link:
            by_link[link] = by_link.get(link, Brought()) + part
    return by_link, by_code


def clicks_since(link_numbers: list[int], since: date) -> dict[int, int]:
    """Return the valid clicks of links since a local day; links without any are left out. One query."""
    rows = LinkDay.objects.filter(link_number__in=link_numbers, dimension=WHOLE, day__gte=since, value=WHOLE)
    return dict(rows.order_by().values("link_number").annotate(n=Sum("clicks")).values_list("link_number", "n"))


def cases_of(enrolment_id: UUID) -> list[KnownCase]:
    """Return an enrolment's cases with what the ledger has on their commissions, the newest first. Two queries."""
    rows = list(Case.objects.filter(enrolment_id=enrolment_id).order_by("-opened_at").values_list(*_CASE)[:500])
    costs = Entry.objects.filter(
        commission_id__in={row[0] for row in rows if row[0]}, account__kind="program_cost"
    ).order_by()
    booked = dict(costs.values("commission_id").annotate(n=Sum("amount_minor")).values_list("commission_id", "n"))
    return [
        KnownCase(reason, opened_at, decided_at, decision, by, why, -booked.get(key, 0))
        for key, reason, opened_at, decided_at, decision, by, why in rows
    ]
