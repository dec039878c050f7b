"""An enrolment's numbers at a moment, as values."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Figures:
    """What an enrolment brought by a local day of its program, that day included.

    `…_7d` is the last seven days, and so on. Clicks are valid ones; values are left after refunds, in minor units;
    `refunds_90d` counts refunds and chargebacks that came in those days. Days since something are None where it never
    was; `sales_total` and `value_total_minor` are of all time.
    """

    clicks_7d: int = 0
    clicks_30d: int = 0
    clicks_90d: int = 0
    conversions_30d: int = 0
    conversions_90d: int = 0
    conversions_180d: int = 0
    value_30d_minor: int = 0
    value_90d_minor: int = 0
    value_180d_minor: int = 0
    new_customers_90d: int = 0
    refunds_90d: int = 0
    days_since_click: int | None = None
    days_since_sale: int | None = None
    days_enrolled: int = 0
    sales_total: int = 0
    value_total_minor: int = 0


NAMES = tuple(field.name for field in fields(Figures))
