"""Reading clicks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.types import RecordedClick

_COLUMNS = ("id", "link_number", "program_id", "enrolment_id", "occurred_at", "visitor", "reason")


def clicks_by_id(ids: Collection[str]) -> dict[str, RecordedClick]:
    """Return the clicks that have a row."""
    if not ids:
        return {}
    return {click.id: click for click in _recorded(Click.objects.filter(id__in=ids).values_list(*_COLUMNS))}


def valid_clicks_of(visitors: Collection[str], since: datetime, until: datetime) -> dict[str, list[RecordedClick]]:
    """Return each visitor's valid clicks between two moments (both included), oldest first."""
    clicks: dict[str, list[RecordedClick]] = {visitor: [] for visitor in visitors}
    if visitors:
        rows = Click.objects.filter(visitor__in=visitors, reason="", occurred_at__range=(since, until))
        for click in _recorded(rows.exclude(visitor="").order_by("occurred_at", "id").values_list(*_COLUMNS)):
            clicks[click.visitor].append(click)
    return clicks


def ids_of_visitors(visitors: Collection[str]) -> list[str]:
    """Return the ids of all valid clicks of these visitors."""
    if not visitors:
        return []
    return list(Click.objects.filter(visitor__in=visitors, reason="").exclude(visitor="").values_list("id", flat=True))


def _recorded(rows: Iterable[Any]) -> Iterable[RecordedClick]:
    return (RecordedClick(*row) for row in rows)
