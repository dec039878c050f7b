"""Reads of deals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from hanse.traffic.attribution.models import Evidence
from hanse.traffic.deals.evidence import naming
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.rules import groups_of
from hanse.traffic.resale.models import ResaleOrder


def with_states(rows: QuerySet[Deal], now: datetime) -> QuerySet[Any]:
    """Add `state` to deals: open, approved, won, declined or expired, as `rules.state_of` says."""
    resold = ResaleOrder.objects.filter(deal=OuterRef("pk"), status=ResaleOrder.Status.CONFIRMED)
    won = Q(Exists(Evidence.objects.filter(deal=OuterRef("pk"), verdict="won"))) | Q(Exists(resold))
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
    rows = Deal.objects.filter(program_id=program_id).select_related("enrolment__partner", "owner")
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


def clashes_in(program_id: UUID, now: datetime) -> list[list[Any]]:
    """Return the customers whom several partners claim at once, each as the deals that stand, the earliest first.

    A deal stands while it is open or protected. Deals meet by any name that they share. One query.
    """
    standing = Q(status=Deal.Status.OPEN) | Q(status=Deal.Status.APPROVED, protected_until__gt=now)
    rows = with_states(Deal.objects.filter(standing, program_id=program_id, is_clash=True), now)
    found = list(rows.select_related("enrolment__partner", "owner").order_by("registered_at", "id"))
    groups = groups_of([(row.customer_external_id, row.email_hash, row.company_domain) for row in found])
    claimed = [[found[place] for place in group] for group in groups]
    return [deals for deals in claimed if len({deal.enrolment_id for deal in deals}) > 1]


def protection_ends(program_id: UUID, now: datetime, days: int) -> QuerySet[Any]:
    """Return the protected deals without an order whose protection ends within some days, the nearest first."""
    rows = Deal.objects.filter(
        program_id=program_id, status=Deal.Status.APPROVED, protected_until__gt=now,
        protected_until__lte=now + timedelta(days=days),
    )  # fmt: skip
    open_ones = with_states(rows, now).filter(state="approved")
    return open_ones.select_related("enrolment__partner").order_by("protected_until", "id")


def orders_by_deal(deal_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return by deal the numbers of its orders, credited or resold, earliest first; those without one are missing.

    Two queries.
    """
    rows = Evidence.objects.filter(deal_id__in=deal_ids, verdict="won").order_by("conversion__occurred_at")
    resold = ResaleOrder.objects.filter(deal_id__in=deal_ids, status=ResaleOrder.Status.CONFIRMED)
    found: dict[UUID, dict[str, None]] = {}
    for deal_id, number in (
        *rows.values_list("deal_id", "conversion__external_id"),
        *resold.order_by("ordered_on").values_list("deal_id", "external_id"),
    ):
        if deal_id is not None:
            found.setdefault(deal_id, {})[number] = None
    return {deal_id: list(numbers) for deal_id, numbers in found.items()}
