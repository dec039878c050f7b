"""Reads of health."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.growth.health.models import Health
from hanse.growth.health.types import Point


def health_of(enrolment_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the scores (0–100) of enrolments; who was not scored yet is left out. One query."""
    rows = Health.objects.filter(enrolment_id__in=list(enrolment_ids))
    return dict(rows.values_list("enrolment_id", "score"))


def points_of(health: Health) -> list[Point]:
    """Return the points that a stored score is made of."""
    return [Point(area, key, points, of, numbers) for area, key, points, of, numbers in health.points]
