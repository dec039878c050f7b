"""What an enrolment's earlier conversions mean for the next one: as sold for conditions, as left for totals."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from hanse.kernel.clock import local_day
from hanse.money.pricing.types import Credited, Earner

PPM_PPM = 1_000_000


class History:
    """Facts about the conversions before the present one; none of them changes by a refund."""

    __slots__ = ("_zone", "conversions", "first_days", "value_micro")

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self.conversions = 0
        self.value_micro = 0
        self.first_days: dict[UUID, date] = {}

    def day_of(self, credited: Credited) -> date:
        """Return the program's local day of a conversion."""
        return local_day(credited.conversion.occurred_at, self._zone)

    def first_day(self, credited: Credited) -> date:
        """Return the day of this customer's first credited conversion; without a customer, this one's."""
        day = self.day_of(credited)
        customer_id = credited.conversion.customer_id
        return day if customer_id is None else self.first_days.setdefault(customer_id, day)

    def remember(self, credited: Credited) -> None:
        """Let the present conversion be an earlier one from now on."""
        customer_id = credited.conversion.customer_id
        if customer_id is not None and customer_id not in self.first_days:
            self.first_days[customer_id] = self.day_of(credited)
        self.conversions += 1
        self.value_micro += credited.conversion.amount_minor * credited.share_ppm


class SpanTotal:
    """What one ladder has seen in one period. Values are exact, in millionths of a minor unit."""

    __slots__ = ("booked_minor", "count", "value_micro", "weighted")

    def __init__(self) -> None:
        self.value_micro = 0
        self.count = 0
        self.weighted = Fraction(0)
        self.booked_minor = 0


class Totals:
    """Running sums of one pass over an enrolment's credits, by whatever key a clause needs."""

    __slots__ = ("paid_counts", "paid_minor", "payments", "reached", "spans")

    def __init__(self) -> None:
        self.spans: defaultdict[Any, SpanTotal] = defaultdict(SpanTotal)
        self.paid_minor: defaultdict[Any, int] = defaultdict(int)
        self.paid_counts: defaultdict[Any, int] = defaultdict(int)
        self.payments: defaultdict[Any, int] = defaultdict(int)
        self.reached: set[tuple[str, int]] = set()


def months_between(first: date, day: date) -> int:
    """Return how many whole months lie between two days."""
    months = (day.year - first.year) * 12 + day.month - first.month
    from hanse.kernel.clock import add_months

    return months if add_months(first, months) <= day else months - 1


def order_fields(credited: Credited, earner: Earner, history: History) -> dict[str, object]:
    """Return the condition fields of a whole conversion; what is not known is left out."""
    sold = credited.conversion
    fields: dict[str, object] = {f"metadata.{name}": value for name, value in sold.metadata.items()}
    fields |= {
        "goal": sold.goal,
        "order.amount": sold.amount_minor,
        "order.currency": sold.original_currency or sold.currency,
        "order.coupon": sold.coupon_code or None,
        "customer.country": sold.country or None,
        "customer.is_new": sold.is_new,
        "partner.types": earner.types,
        "partner.country": earner.country or None,
        "enrolment.tier": credited.tier or None,
        "enrolment.conversions": history.conversions,
        "enrolment.value": history.value_micro // PPM_PPM,
    }
    if sold.customer_id is not None:
        fields["customer.months"] = months_between(history.first_day(credited), history.day_of(credited))
    return fields
