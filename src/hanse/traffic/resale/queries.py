"""Reads of resale: whose an order's number is, orders and their sums, whose contact an agency is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from hanse.traffic.resale.models import CustomerContact, ResaleLine, ResaleOrder

_CONFIRMED = ResaleOrder.Status.CONFIRMED
OrderKey = tuple[UUID, str]  # program, number


def sellers_of(keys: Collection[OrderKey]) -> dict[OrderKey, UUID]:
    """Return who resold which of these orders: nobody else earns from them. One query."""
    if not keys:
        return {}
    rows = ResaleOrder.objects.filter(
        status=_CONFIRMED, program_id__in={key[0] for key in keys}, external_id__in={key[1] for key in keys}
    )
    found = rows.values_list("program_id", "external_id", "enrolment_id")
    return {(program_id, number): who for program_id, number, who in found if (program_id, number) in keys}


def numbers_changed_since(since: datetime) -> dict[UUID, set[str]]:
    """Return, by program, the numbers of orders that were confirmed or cancelled since a moment. One query."""
    found: dict[UUID, set[str]] = {}
    rows = ResaleOrder.objects.filter(changed_at__gte=since).exclude(status=ResaleOrder.Status.REPORTED)
    for program_id, number in rows.values_list("program_id", "external_id"):
        found.setdefault(program_id, set()).add(number)
    return found


def orders_in(program_id: UUID) -> QuerySet[ResaleOrder]:
    """Return a program's resale orders with their sellers, the newest first."""
    rows = ResaleOrder.objects.filter(program_id=program_id).select_related("enrolment__partner", "deal")
    return rows.order_by("-ordered_on", "-id")


def order_numbered(program_id: UUID, number: str) -> ResaleOrder | None:
    """Return the confirmed resale order under a number."""
    return orders_in(program_id).filter(status=_CONFIRMED, external_id=number).first()


def reported_orders(program_id: UUID) -> QuerySet[ResaleOrder]:
    """Return the orders that partners reported and nobody confirmed yet, the oldest first."""
    return orders_in(program_id).filter(status=ResaleOrder.Status.REPORTED).order_by("recorded_at", "id")


def lines_of(order_ids: Collection[UUID]) -> QuerySet[ResaleLine]:
    """Return the lines of orders with the price lists they were priced by."""
    rows = ResaleLine.objects.filter(order_id__in=list(order_ids)).select_related("version__price_list")
    return rows.order_by("order_id", "position")


def resale_sums(rows: QuerySet[ResaleOrder]) -> dict[str, int]:
    """Return how many of some orders are confirmed, what they sold for at list price, and what margin stayed."""
    confirmed = rows.filter(status=_CONFIRMED).order_by()
    found = confirmed.aggregate(orders=Count("pk"), listed=Sum("list_minor"), paid=Sum("partner_minor"))
    orders, listed, paid = (found[name] or 0 for name in ("orders", "listed", "paid"))
    return {"orders": orders, "list_minor": listed, "partner_minor": paid, "margin_minor": listed - paid}


def contacts_in(program_id: UUID) -> QuerySet[CustomerContact]:
    """Return the customers whom agencies look after, the newest first."""
    rows = CustomerContact.objects.filter(program_id=program_id).select_related("enrolment__partner")
    return rows.order_by("until_on", "-since_on", "-id")


def contact_of(
    program_id: UUID, day: date, *, external_id: str = "", email_hash: str = "", company_domain: str = ""
) -> CustomerContact | None:
    """Return which agency is a customer's contact on a day, by any name of the customer that is known. One query."""
    named = Q()
    for field, value in (
        ("customer_external_id", external_id), ("email_hash", email_hash), ("company_domain", company_domain),
    ):  # fmt: skip
        named |= Q(**{field: value}) if value else Q()
    if not named:
        return None
    holds = Q(until_on=None) | Q(until_on__gte=day)
    return contacts_in(program_id).filter(named, holds, since_on__lte=day).first()
