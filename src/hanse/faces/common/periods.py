"""Which days a page is about: a named period or two dates in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import Reader
from hanse.faces.common.tables import UrlState
from hanse.insight.overview.types import Span
from hanse.kernel.clock import add_months, first_day_of

MAX_DAYS = 731


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the period menu."""

    name: str
    link: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The days shown, how they are called, and the other periods to choose."""

    span: Span
    title: str
    name: str
    choices: Sequence[Choice]


def period(state: UrlState, today: date, reader: Reader) -> Period:
    """Read `?from=…&until=…` or `?period=…`; without either the 30 full days up to yesterday."""
    spans = _named(today)
    key = state.choice("period", spans, "30d")
    dates = _dates(state, today)
    if dates:
        key = ""
    span = dates or spans[key]
    names = _names()
    choices = [Choice(names[name], state.link(period=name, **{"from": "", "until": ""}), name == key) for name in spans]
    days = ngettext("%(n)d day", "%(n)d days", span.days) % {"n": span.days}
    return Period(span, fmt.day_range(span.first, span.last, reader.language), days, choices)


def _named(today: date) -> dict[str, Span]:
    yesterday = today - timedelta(days=1)
    month, quarter, year = first_day_of(today, "month"), first_day_of(today, "quarter"), first_day_of(today, "year")
    return {
        "7d": Span(today - timedelta(days=7), yesterday),
        "30d": Span(today - timedelta(days=30), yesterday),
        "90d": Span(today - timedelta(days=90), yesterday),
        "month": Span(month, today),
        "last_month": Span(add_months(month, -1), month - timedelta(days=1)),
        "quarter": Span(quarter, today),
        "year": Span(year, today),
        "12m": Span(add_months(today, -12), yesterday),
    }


def _names() -> dict[str, str]:
    return {
        "7d": _("Last 7 days"),
        "30d": _("Last 30 days"),
        "90d": _("Last 90 days"),
        "month": _("This month"),
        "last_month": _("Last month"),
        "quarter": _("This quarter"),
        "year": _("This year"),
        "12m": _("Last 12 months"),
    }


def _dates(state: UrlState, today: date) -> Span | None:
    try:
        first, last = date.fromisoformat(state.text("from")), date.fromisoformat(state.text("until"))
    except ValueError:
        return None
    if first > last:
        first, last = last, first
    last = min(last, today)
    return Span(max(first, last - timedelta(days=MAX_DAYS - 1)), last) if first <= last else None
