"""Reads of partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from hanse.people.partners.models import Partner, PartnerType, PayoutDetails


def partner_types() -> list[PartnerType]:
    """Return the types of partners in their order."""
    return list(PartnerType.objects.order_by("position", "slug"))


def type_counts() -> Counter[str]:
    """Return how many partners are of each type, those archived too."""
    return Counter(slug for types in Partner.objects.values_list("types", flat=True) for slug in types)


def partner_by_email(email: str) -> Partner | None:
    """Return the partner with an address, however it is capitalised."""
    return Partner.objects.filter(email=email.strip().lower()).first()


def search_partners(text: str) -> QuerySet[Partner]:
    """Return partners whose name, company, contact or address holds a text; all of them for an empty one."""
    partners = Partner.objects.filter(archived_at=None).order_by("name", "id")
    for word in text.split():
        found = Q(name__icontains=word) | Q(company__icontains=word) | Q(contact_name__icontains=word)
        partners = partners.filter(found | Q(email__icontains=word))
    return partners


def payout_details(partner_ids: Iterable[UUID]) -> dict[UUID, PayoutDetails]:
    """Return how partners want to be paid; those who have not said are missing."""
    return {details.partner_id: details for details in PayoutDetails.objects.filter(partner_id__in=list(partner_ids))}
