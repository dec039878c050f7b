"""Reads of health."""

from __future__ import annotations

from hanse.growth.health.models import Health
from hanse.growth.health.types import Point


def points_of(health: Health) -> list[Point]:
    """Return the points that a stored score is made of."""
    return [Point(area, key, points, of, numbers) for area, key, points, of, numbers in health.points]
