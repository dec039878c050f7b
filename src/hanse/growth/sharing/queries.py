"""Reads of sharing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from hanse.growth.sharing.models import SharingCustomer, SharingOffer
from hanse.growth.sharing.types import Sharing
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.traffic.links.queries import link_address


def sharing_offer(program_id: UUID) -> SharingOffer | None:
    """Return what a program offers its customers, if it ever said."""
    return SharingOffer.objects.select_related("program", "tier").filter(program_id=program_id).first()


def open_offer(slug: str) -> SharingOffer | None:
    """Return the offer of the program of this slug, where customers may take it up."""
    offers = SharingOffer.objects.select_related("program", "tier").filter(is_open=True)
    return offers.filter(program__slug=slug, program__archived_at=None).first()


def sharing_terms(program: Program, tier_id: UUID | None, at: datetime) -> Terms | None:
    """Return the terms by which a customer would earn: those of the tier, else the program's, in force at a moment."""
    in_force = Terms.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), program=program, starts_at__lte=at)
    meant = in_force.filter(Q(tier_id=tier_id) | Q(tier=None), enrolment=None).select_related("program")
    return meant.order_by(F("tier_id").asc(nulls_last=True), "-starts_at", "-number").first()


def customers_of(program_id: UUID) -> QuerySet[SharingCustomer]:
    """Return a program's customers who share, the latest first."""
    rows = SharingCustomer.objects.filter(program_id=program_id)
    return rows.select_related("enrolment__partner", "enrolment__tier", "link", "coupon").order_by("-joined_at", "-id")


def brought_by(enrolment_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return the orders that friends made, as far as they were not given back whole, and the commission owed on them.

    What a partner sold before they took the offer up does not count. One query.
    """
    rows = Commission.objects.filter(enrolment_id__in=enrolment_ids, voided_at=None, conversion__is_test=False)
    sharing = SharingCustomer.objects.filter(enrolment_id=OuterRef("enrolment_id"))
    rows = rows.filter(occurred_at__gte=Subquery(sharing.values("joined_at")[:1]))
    kept = rows.exclude(conversion__refunded_minor__gte=F("conversion__amount_minor"))
    sums = (
        kept.values("enrolment_id")
        .order_by()
        .annotate(orders=Count("conversion", distinct=True), sum=Sum("owed_minor"))
    )
    return {row["enrolment_id"]: (row["orders"], row["sum"] or 0) for row in sums}


def sharing_of(row: SharingCustomer, *, is_new: bool) -> Sharing:
    """Return what a customer has to share, as a value."""
    partner = row.enrolment.partner
    return Sharing(
        text_id("prt", partner.pk), partner.email, link_address(row.link) if row.link else "",
        row.coupon.code if row.coupon else "", is_new,
    )  # fmt: skip
