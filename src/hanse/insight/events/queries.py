"""Reads of events."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from hanse.insight.events.models import PartnerEvent


def last_events(enrolment_ids: Collection[UUID], until: datetime) -> dict[UUID, dict[str, datetime]]:
    """Return when each kind of event last happened to enrolments, until a moment. One query."""
    rows = PartnerEvent.objects.filter(enrolment_id__in=list(enrolment_ids), occurred_at__lte=until).order_by()
    found: dict[UUID, dict[str, datetime]] = {}
    for who, kind, at in (
        rows.values("enrolment_id", "kind").annotate(at=Max("occurred_at")).values_list("enrolment_id", "kind", "at")
    ):
        found.setdefault(who, {})[kind] = at
    return found
