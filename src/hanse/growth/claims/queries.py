"""Reads of claims."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.claims.models import Claim
from hanse.traffic.conversions.models import Conversion


def open_claims(program_id: UUID) -> QuerySet[Claim]:
    """Return a program's claims that wait for an answer, the one promised first on top."""
    waiting = Claim.objects.filter(program_id=program_id, status=Claim.Status.OPEN)
    return waiting.select_related("enrolment__partner").order_by("promised_on", "made_at", "id")


def answered_claims(program_id: UUID) -> QuerySet[Claim]:
    """Return a program's answered claims, the latest first."""
    done = Claim.objects.filter(program_id=program_id).exclude(status=Claim.Status.OPEN)
    return done.select_related("enrolment__partner").order_by("-answered_at", "-id")


def claimed_conversion(claim: Claim) -> Conversion | None:
    """Return the order that a claim is about, or None where no order with its number is known."""
    rows = Conversion.objects.filter(program_id=claim.program_id, external_id=claim.external_id)
    return rows.order_by("goal__is_recurring", "goal__position").first()
