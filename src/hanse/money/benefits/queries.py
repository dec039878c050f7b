"""Reads of benefits: what is owed, what is overdue, what was delivered and its estimated worth."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from hanse.money.benefits.models import Benefit


def benefits_of(enrolment_ids: Collection[UUID]) -> QuerySet[Benefit]:
    """Return what is or was owed to enrolments, the newest period first; what dropped out is left out."""
    rows = Benefit.objects.filter(enrolment_id__in=list(enrolment_ids), dropped_at=None)
    return rows.order_by("-starts_at", "name", "id")


def benefits_in(program_id: UUID) -> QuerySet[Benefit]:
    """Return what is or was owed in a program, with the partners."""
    return Benefit.objects.filter(program_id=program_id, dropped_at=None).select_related("enrolment__partner")


def overdue(program_id: UUID, now: datetime) -> QuerySet[Benefit]:
    """Return what was not delivered in its period, the oldest first."""
    return benefits_in(program_id).filter(delivered_on=None, ends_at__lte=now).order_by("ends_at", "id")


def benefit_sums(program_id: UUID, now: datetime) -> dict[str, int]:
    """Return for a program how many are owed and overdue, what is owed is worth, and what was delivered."""
    is_open = Q(delivered_on=None)
    late = is_open & Q(ends_at__lte=now)
    found = benefits_in(program_id).aggregate(
        owed=Count("pk", filter=is_open), late=Count("pk", filter=late),
        owed_minor=Sum("worth_minor", filter=is_open), delivered_minor=Sum("delivered_worth_minor"),
    )  # fmt: skip
    return {name: value or 0 for name, value in found.items()}
