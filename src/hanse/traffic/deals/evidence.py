"""Deals as evidence: which of them name a conversion's customer."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.types import CustomerKey, RegisteredDeal

_COLUMNS = ("id", "enrolment_id", "status", "registered_at", "protected_until")
_NAMES = ("customer_external_id", "email_hash", "company_domain")


class DealEvidence:
    """All deals that could name the customers of a batch of conversions, read in one query."""

    def __init__(self, keys: Collection[CustomerKey]) -> None:
        self._found: dict[tuple[UUID, str, str], list[RegisteredDeal]] = {}
        named = naming(keys)
        if named is None:
            return
        rows = Deal.objects.filter(named).order_by("registered_at", "id")
        for program_id, outside, email_hash, domain, *deal in rows.values_list("program_id", *_NAMES, *_COLUMNS):
            for name, value in zip(_NAMES, (outside, email_hash, domain), strict=True):
                if value:
                    self._found.setdefault((program_id, name, value), []).append(RegisteredDeal(*deal))

    def of(self, key: CustomerKey) -> list[RegisteredDeal]:
        """Return the deals that name a customer by any of what is known of them, the earliest first."""
        program_id, *values = key
        found: dict[UUID, RegisteredDeal] = {}
        for name, value in zip(_NAMES, values, strict=True):
            for deal in self._found.get((program_id, name, value), ()) if value else ():
                found.setdefault(deal.id, deal)
        return sorted(found.values(), key=lambda deal: (deal.registered_at, deal.id))


def naming(keys: Collection[CustomerKey]) -> Q | None:
    """Return the condition under which a deal names one of these customers, or None where nobody is known."""
    values = [{key[place] for key in keys} - {""} for place in (1, 2, 3)]
    if not any(values):
        return None
    named = Q()
    for name, known in zip(_NAMES, values, strict=True):
        if known:
            named |= Q(**{f"{name}__in": known})
    return named & Q(program_id__in={key[0] for key in keys})
