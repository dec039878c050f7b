"""Adding clicks and credited sales up by link, hour, day and part. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from hanse.insight.rollups.facets import REASON, WHOLE, facets_of_click, hour_of
from hanse.insight.rollups.types import SOLD, CreditedSale, Part, Slices
from hanse.kernel.clock import local_day
from hanse.traffic.clicks.types import RecordedClick

_WHOLE: Part = (WHOLE, WHOLE)
_HOURLY = ("conversions", "value_minor", "refunded_minor", "commission_minor")


def add_click(slices: Slices, click: RecordedClick, zone: str, count: int = 1) -> None:
    """Add clicks that are alike."""
    link, valid = click.link_number, not click.reason
    slices.programs[link] = click.program_id
    slices.hours[link, hour_of(click.occurred_at)]["clicks" if valid else "invalid_clicks"] += count
    parts = slices.clicks[link, local_day(click.occurred_at, zone)]
    if not valid:
        parts[REASON, click.reason] += count
        return
    parts[_WHOLE] += count
    facets = facets_of_click(click.country, click.device, click.referrer_host, click.variant, click.subs)
    for part in facets.items():
        parts[part] += count


def add_sales(slices: Slices, sales: Iterable[CreditedSale], zones: Mapping[UUID, str], sign: int = 1) -> None:
    """Add (or with sign −1 take away) what credited sales bring."""
    for sale in sales:
        numbers = {name: sign * number for name, number in zip(SOLD, sale.numbers, strict=True) if number}
        day = local_day(sale.occurred_at, zones[sale.program_id])
        key = (sale.program_id, sale.enrolment_id, sale.link_number, day)
        parts = slices.sales.setdefault(key, {})
        for part in (_WHOLE, *sale.facets.items()):
            _add(parts.setdefault(part, Counter()), numbers)
        if sale.link_number:
            slices.programs[sale.link_number] = sale.program_id
            _add(
                slices.hours[sale.link_number, hour_of(sale.occurred_at)],
                {name: numbers[name] for name in _HOURLY if name in numbers},
            )


def _add(sums: Counter[str], numbers: Mapping[str, int]) -> None:
    for name, number in numbers.items():
        sums[name] += number
