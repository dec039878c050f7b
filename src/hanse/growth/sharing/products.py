"""The sweep of products: one is owed for every so many orders of friends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hanse.growth.sharing.models import SharingCustomer, SharingOffer
from hanse.growth.sharing.queries import brought_by
from hanse.growth.sharing.rules import products_owed
from hanse.money.benefits.actions import owe_once, withdraw_once
from hanse.money.benefits.models import Benefit

BY = "sharing"


def owe_products(now: datetime) -> int:
    """Owe the products that orders of friends have earned, each once; one whose orders were given back is owed no more,
    unless it was delivered. Returns how many changes were made."""
    changes = 0
    for offer in SharingOffer.objects.filter(paid_in=SharingOffer.PaidIn.PRODUCT).select_related("program"):
        changes += _of(offer, now)
    return changes


def _of(offer: SharingOffer, now: datetime) -> int:
    rows = SharingCustomer.objects.filter(program=offer.program).select_related("enrolment__program")
    by_enrolment = {row.enrolment_id: row for row in rows}
    brought = brought_by(list(by_enrolment))
    known: dict[UUID, list[Benefit]] = {enrolment_id: [] for enrolment_id in by_enrolment}
    for one in Benefit.objects.filter(program=offer.program, origin__startswith="sharing:").order_by("id"):
        known[one.enrolment_id].append(one)
    changes = 0
    for enrolment_id, row in by_enrolment.items():
        standing = [one for one in known[enrolment_id] if one.dropped_at is None]
        orders = brought.get(enrolment_id, (0, 0))[0]
        spent = sum(_cost(one, offer) for one in standing)
        for one in reversed([one for one in standing if one.delivered_on is None]):
            if spent > orders:
                withdraw_once(one.origin, reason="orders of friends were given back", now=now, by=BY)
                spent -= _cost(one, offer)
                changes += 1
        for number in range(products_owed(orders - spent, offer.orders_each)):
            place = len(known[enrolment_id]) + number + 1
            owe_once(
                row.enrolment, name=offer.product, worth_minor=offer.product_worth_minor,
                origin=f"sharing:{enrolment_id}:{place}:{offer.orders_each}", now=now, by=BY,
            )  # fmt: skip
            changes += 1
    return changes


def _cost(one: Benefit, offer: SharingOffer) -> int:
    """Return how many orders a product was earned with; what is offered later changes nothing of it."""
    each = one.origin.split(":")[3:]
    return int(each[0]) if each else offer.orders_each
