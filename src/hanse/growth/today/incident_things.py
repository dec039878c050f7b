"""Things to do about faults of ours: partners who do not know of one yet, partners who wait until it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hanse.growth.incidents.models import Incident
from hanse.growth.incidents.queries import sums_of
from hanse.growth.today.types import Kind, Thing
from hanse.programs.programs.models import Program

_SHOWN = 5
_MENDED_AFTER = timedelta(days=7)


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield faults that partners do not know of, and those told a week ago that are not mended. Two queries."""
    rows = list(Incident.objects.filter(program=program, mended_at=None).order_by("starts_at", "pk")[:_SHOWN])
    sums = sums_of([row.pk for row in rows]) if rows else {}
    for row in rows:
        partners, _orders, _value, commission = sums[row.pk]
        detail = {"title": row.title}
        if row.told_at is None and partners:
            yield Thing(
                f"incident:{row.pk}", Kind.INCIDENT, partners, max(0, commission), row.created_at, row.pk, (), detail
            )
        elif row.told_at is not None and row.told_at <= now - _MENDED_AFTER:
            yield Thing(
                f"incident-open:{row.pk}", Kind.INCIDENT_OPEN, partners, max(0, commission), row.told_at, row.pk, (),
                detail,
            )  # fmt: skip
