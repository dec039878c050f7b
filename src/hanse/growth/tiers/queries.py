"""Reads of tiers: standings, decisions, what waits, who is about to move, who is on the strategic track."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from hanse.growth.tiers.models import TierDecision, TierLock, TierReview, TierStanding, TierSweep
from hanse.programs.enrolments.models import Enrolment

MOVES = (TierDecision.Kind.UP, TierDecision.Kind.DOWN, TierDecision.Kind.MOVED, TierDecision.Kind.LEFT_NEW)


def standings_in(program_id: UUID) -> QuerySet[TierStanding]:
    """Return the standings of those in the field now, by rank, with partner and tier."""
    rows = TierStanding.objects.filter(program_id=program_id, enrolment__status=Enrolment.Status.ACTIVE)
    rows = rows.filter(enrolment__is_test=False)
    return rows.select_related("enrolment__partner", "enrolment__tier").order_by("rank", "pk")


def standings_of(enrolment_ids: Collection[UUID]) -> dict[UUID, TierStanding]:
    """Return where enrolments stood at their last evaluation, with the rules it went by. One query."""
    return {row.pk: row for row in TierStanding.objects.filter(pk__in=enrolment_ids).select_related("rules")}


def strategic_track_of(program_id: UUID) -> set[UUID]:
    """Return the enrolments on the strategic track since the last evaluation: never in a holdout. One query."""
    return set(standings_in(program_id).filter(is_strategic=True).values_list("pk", flat=True))


def decisions_in(program_id: UUID) -> QuerySet[TierDecision]:
    """Return every decision of a program, the latest first, with the partner."""
    rows = TierDecision.objects.filter(program_id=program_id).select_related("enrolment__partner", "rules")
    return rows.order_by("-at", "-pk")


def decisions_of(enrolment_id: UUID) -> QuerySet[TierDecision]:
    """Return an enrolment's decisions, the latest first."""
    return TierDecision.objects.filter(enrolment_id=enrolment_id).order_by("-at", "-pk")


def reviews_waiting(program_id: UUID) -> QuerySet[TierReview]:
    """Return the moves that wait for a person, the oldest first."""
    rows = TierReview.objects.filter(program_id=program_id, verdict=TierReview.Verdict.OPEN)
    return rows.select_related("enrolment__partner", "enrolment__program").order_by("asked_at", "pk")


def held_on(on: date) -> Q:
    """Return the condition for locks that hold on a local day: not let go, and their last day not over."""
    return Q(released_at=None) & (Q(until=None) | Q(until__gte=on))


def locks_in(program_id: UUID, on: date) -> QuerySet[TierLock]:
    """Return the locks that hold on a local day, the latest first."""
    rows = TierLock.objects.filter(held_on(on), enrolment__program_id=program_id)
    return rows.select_related("enrolment__partner", "tier").order_by("-locked_at")


def lock_of(enrolment_id: UUID, on: date) -> TierLock | None:
    """Return the lock that holds an enrolment on a local day, if any."""
    return TierLock.objects.filter(held_on(on), enrolment_id=enrolment_id).select_related("tier").first()


def last_sweep(program_id: UUID) -> TierSweep | None:
    """Return the last evaluation."""
    return TierSweep.objects.filter(program_id=program_id).order_by("-on").first()


def swept_before(program_id: UUID, on: date) -> bool:
    """Say whether a local day's evaluation is done."""
    return TierSweep.objects.filter(program_id=program_id, on=on).exclude(finished_at=None).exists()
