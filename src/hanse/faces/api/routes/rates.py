"""Exchange rates: what currencies were worth, against the euro, day by day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker, refuse_restricted
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.programs.rates import actions
from hanse.programs.rates.models import ExchangeRate
from hanse.programs.rates.queries import rates_listed
from hanse.programs.rates.types import DailyRate

router = Router(tags=["Rates"])


class RateOut(Output):
    """One euro was worth `rate` units of the currency on that day; a decimal, as it was published."""

    currency: str
    date: str
    rate: str
    source: str
    set_at: Instant


class RatePage(Page):
    """A page of rates."""

    data: list[RateOut]


class RateIn(Input):
    """One daily rate: units of the currency for one euro, as a text, so that no digit is lost."""

    currency: Annotated[Text, Field(max_length=3)]
    date: Annotated[Text, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    rate: Annotated[Text, Field(max_length=30)]


class RatesIn(Input):
    """Rates to keep; those that are known are corrected."""

    rates: Annotated[list[RateIn], Field(min_length=1, max_length=5_000)]


class KeptOut(Output):
    """How many rates are new, were corrected, and were known just so."""

    new: int
    corrected: int
    known: int


@router.get("/rates", auth=READ, response=RatePage)
def list_rates(request: HttpRequest, currency: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> RatePage:
    """List rates, those that were kept last first."""
    page, following = take_page(rates_listed(currency=currency.upper()), cursor, limit)
    return RatePage(data=[_shown(row) for row in page], next_cursor=following)


@router.post("/rates", auth=WRITE, response=KeptOut)
def keep_rates(request: HttpRequest, body: RatesIn) -> KeptOut:
    """Keep daily rates. Orders that waited for one are counted then, at their own time; frozen rates stay.

    Rates concern all programs: a key that is restricted to one may not change them.
    """
    refuse_restricted(asker(request))
    try:
        rates = [DailyRate(one.currency.upper(), _day(one.date, at), one.rate) for at, one in enumerate(body.rates)]
        done = actions.keep_rates(rates, source="api", now=clock.now(), by=actor(request))
    except Invalid as error:
        within = [Problem(f"/rates{one.pointer}", one.message, one.code) for one in error.problems]
        raise Invalid(within) from None
    return KeptOut(new=done.new, corrected=done.corrected, known=done.known)


def _day(text: str, place: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem(f"/{place}/date", _("This is no day of the calendar."), "bad_time")]) from None


def _shown(row: ExchangeRate) -> RateOut:
    return RateOut(
        currency=row.currency, date=row.dated_on.isoformat(), rate=row.per_euro, source=row.source, set_at=row.set_at
    )
