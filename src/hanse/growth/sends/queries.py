"""Reads of sends."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.sends.models import Send


def send_by_id(send_id: UUID) -> Send | None:
    """Return a send with its partner and program, or None."""
    return Send.objects.filter(pk=send_id).select_related("partner", "program").first()


def letters_of(enrolment_id: UUID) -> QuerySet[Send]:
    """Return every letter for an enrolment, also those that wait or did not go, the latest first; no holdouts."""
    rows = Send.objects.filter(enrolment=enrolment_id).exclude(state=Send.State.HELD_OUT)
    return rows.select_related("version__template").order_by("-planned_at", "-pk")


def letters_to(enrolment_ids: Iterable[UUID]) -> QuerySet[Send]:
    """Return what was written to enrolments, the latest first; what was held out or dropped is not."""
    rows = Send.objects.filter(enrolment__in=list(enrolment_ids), letter_id__isnull=False)
    return rows.select_related("version__template").order_by("-queued_at", "-pk")
