"""Rules of incidents: which weeks to compare with, what is missing, what a right rate would have paid. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WEEKS: Final = 4
_WHOLE: Final = 1_000_000 * 1_000_000


@dataclass(frozen=True, slots=True)
class Brought:
    """What one enrolment brought in a span of time."""

    clicks: int = 0
    orders: int = 0
    value_minor: int = 0
    commission_minor: int = 0


def usual_spans(starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """Return four spans of the same length and weekdays before a fault; they never reach into it."""
    step = timedelta(weeks=max(1, -(-(ends_at - starts_at) // timedelta(weeks=1))))
    return [(starts_at - step * number, ends_at - step * number) for number in range(1, WEEKS + 1)]


def missing(usual: Brought, found: Brought) -> Brought:
    """Return what is missing against a usual span (`usual` is the sum of all four); never less than nothing."""
    return Brought(
        _less(usual.clicks, found.clicks), _less(usual.orders, found.orders),
        _less(usual.value_minor, found.value_minor), _less(usual.commission_minor, found.commission_minor),
    )  # fmt: skip


def _less(usual: int, found: int) -> int:
    return max(0, (usual + WEEKS // 2) // WEEKS - found)


def right_minor(value_minor: int, share_ppm: int, rate_ppm: int) -> int:
    """Return what a rate pays for a share of a value, rounded half away from zero."""
    product = value_minor * share_ppm * rate_ppm
    amount = (abs(product) + _WHOLE // 2) // _WHOLE
    return amount if product >= 0 else -amount
