"""Reads of care: treatments, promises with their scores, what is owed and what is overdue."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.care.models import PromiseDue, TierPromise, TierTreatment, UpcomingDay
from hanse.growth.care.rules import SCORED_DAYS, Score, score


def treatments_of(program_id: UUID) -> dict[UUID, TierTreatment]:
    """Return what each tier gets, by tier. One query."""
    rows = TierTreatment.objects.filter(tier__program_id=program_id).select_related("contact", "tier")
    return {row.tier_id: row for row in rows}


def treatment_of(tier_id: UUID) -> TierTreatment | None:
    """Return what a tier gets."""
    return TierTreatment.objects.filter(pk=tier_id).select_related("contact").first()


def promises_of(program_id: UUID) -> QuerySet[TierPromise]:
    """Return what we promise now, by tier from the highest."""
    rows = TierPromise.objects.filter(tier__program_id=program_id, ended_at=None).select_related("tier")
    return rows.order_by("tier__position", "kind", "created_at")


def scores_of(program_id: UUID, now: datetime, days: int = SCORED_DAYS) -> dict[UUID, Score]:
    """Return how each promise was kept in the last days, by promise. One query."""
    rows = PromiseDue.objects.filter(promise__tier__program_id=program_id, dropped_at=None)
    dues: defaultdict[UUID, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for promise_id, due_at, kept_at in rows.values_list("promise_id", "due_at", "kept_at"):
        dues[promise_id].append((due_at, kept_at))
    return {promise_id: score(own, now, days) for promise_id, own in dues.items()}


def score_with(enrolment_id: UUID, now: datetime, days: int = SCORED_DAYS) -> Score:
    """Return how our promises to one partner were kept. One query."""
    rows = PromiseDue.objects.filter(enrolment_id=enrolment_id, dropped_at=None)
    return score(rows.values_list("due_at", "kept_at"), now, days)


def word_with(enrolment_id: UUID, now: datetime, days: int = SCORED_DAYS) -> tuple[Score, list[PromiseDue]]:
    """Return how our promises to one partner were kept, and what we owe them, the most urgent first. One query."""
    rows = PromiseDue.objects.filter(enrolment_id=enrolment_id, dropped_at=None).select_related("promise__tier")
    dues = list(rows.order_by("due_at", "pk"))
    return score(((due.due_at, due.kept_at) for due in dues), now, days), [due for due in dues if due.kept_at is None]


def owed_in(program_id: UUID) -> QuerySet[PromiseDue]:
    """Return what we still owe a program's partners, the most urgent first."""
    rows = PromiseDue.objects.filter(promise__tier__program_id=program_id, kept_at=None, dropped_at=None)
    return rows.select_related("promise__tier", "enrolment__partner").order_by("due_at", "pk")


def overdue_in(program_id: UUID, now: datetime) -> QuerySet[PromiseDue]:
    """Return the promises that we broke so far, the oldest first."""
    return owed_in(program_id).filter(due_at__lte=now)


def days_ahead(program_id: UUID, today: object) -> QuerySet[UpcomingDay]:
    """Return the days that upper tiers hear of early, the next first."""
    return UpcomingDay.objects.filter(program_id=program_id, on__gte=today).order_by("on", "pk")
