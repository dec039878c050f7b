"""Clicks for a list: found by partner, link, reason and time, and counted by reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from hanse.traffic.clicks.models import Click

VALID = "valid"


@dataclass(frozen=True, slots=True)
class ClickFilter:
    """Which clicks: of a program since a moment, of one enrolment or link, for one reason (`valid`: none)."""

    program_id: UUID
    since: datetime
    enrolment_id: UUID | None = None
    link_number: int | None = None
    reason: str = ""


def clicks_in(which: ClickFilter) -> QuerySet[Click]:
    """Return the clicks of a filter."""
    clicks = _without_reason(which)
    if which.reason:
        clicks = clicks.filter(reason="" if which.reason == VALID else which.reason)
    return clicks


def clicks_by_reason(which: ClickFilter) -> dict[str, int]:
    """Return how many clicks there are for each reason ("" are the valid ones), whatever reason is asked for."""
    rows = _without_reason(which).order_by().values("reason").annotate(number=Count("id"))
    return {row["reason"]: row["number"] for row in rows}


def _without_reason(which: ClickFilter) -> QuerySet[Click]:
    clicks = Click.objects.filter(program_id=which.program_id, occurred_at__gte=which.since)
    if which.enrolment_id:
        clicks = clicks.filter(enrolment_id=which.enrolment_id)
    if which.link_number is not None:
        clicks = clicks.filter(link_number=which.link_number)
    return clicks
