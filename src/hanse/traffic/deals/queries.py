"""Reads of deals."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When

from hanse.traffic.attribution.models import Evidence
from hanse.traffic.deals.evidence import naming
from hanse.traffic.deals.models import Deal


def with_states(rows: QuerySet[Deal], now: datetime) -> QuerySet[Any]:
    """Add `state` to deals: open, approved, won, declined or expired, as `rules.state_of` says."""
    won = Exists(Evidence.objects.filter(deal=OuterRef("pk"), verdict="won"))
    state = Case(
        When(status="declined", then=Value("declined")),
        When(won, then=Value("won")),
        When(status="approved", protected_until__lte=now, then=Value("expired")),
        default=F("status"),
        output_field=CharField(),
    )
    return rows.annotate(state=state)


def deals_of_program(program_id: UUID, now: datetime) -> QuerySet[Any]:
    """Return a program's deals with partner and state, the newest first."""
    rows = Deal.objects.filter(program_id=program_id).select_related("enrolment__partner")
    return with_states(rows, now).order_by("-registered_at", "-id")


def open_deal_count(program_id: UUID) -> int:
    """Return how many deals of a program wait for an answer."""
    return Deal.objects.filter(program_id=program_id, status=Deal.Status.OPEN).count()


def rivals_of(deal: Deal) -> list[Deal]:
    """Return the other partners' deals with the same customer that are not declined, the earliest first."""
    named = naming([(deal.program_id, deal.customer_external_id, deal.email_hash, deal.company_domain)])
    if named is None:
        return []
    rows = Deal.objects.filter(named).exclude(enrolment_id=deal.enrolment_id).exclude(status=Deal.Status.DECLINED)
    return list(rows.order_by("registered_at", "id"))


def orders_of(deal_id: UUID) -> list[str]:
    """Return the numbers of the orders that were credited through a deal, the earliest first."""
    rows = Evidence.objects.filter(deal_id=deal_id, verdict="won").order_by("conversion__occurred_at")
    return list(rows.values_list("conversion__external_id", flat=True))
