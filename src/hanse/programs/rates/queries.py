"""Reads of rates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from fractions import Fraction

from django.db.models import Max, QuerySet

from hanse.programs.rates.models import ExchangeRate
from hanse.programs.rates.rules import EURO, Table


def rate_table(currencies: Collection[str], days: Collection[date]) -> Table:
    """Return the rates of some currencies between the first and the last of some days. One query."""
    found: dict[str, dict[date, Fraction]] = {}
    wanted = set(currencies) - {EURO}
    if wanted and days:
        rows = ExchangeRate.objects.filter(currency__in=wanted, dated_on__gte=min(days), dated_on__lte=max(days))
        for currency, day, per_euro in rows.values_list("currency", "dated_on", "per_euro"):
            found.setdefault(currency, {})[day] = Fraction(per_euro)
    return found


def rates_listed(*, currency: str = "", on: date | None = None) -> QuerySet[ExchangeRate]:
    """Return rates for a list, the latest day first."""
    rows = ExchangeRate.objects.order_by("-dated_on", "currency")
    rows = rows.filter(currency=currency) if currency else rows
    return rows.filter(dated_on=on) if on else rows


def latest_rates() -> list[ExchangeRate]:
    """Return the latest rate of every currency, by code. Two queries."""
    days = dict(ExchangeRate.objects.order_by().values_list("currency").annotate(day=Max("dated_on")))
    rows = ExchangeRate.objects.filter(dated_on__in=set(days.values())).order_by("currency")
    return [row for row in rows if days[row.currency] == row.dated_on]
