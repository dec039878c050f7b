"""Verbs of rates: keeping what was published, and letting go the orders that waited for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import new_id
from hanse.kernel.money import is_currency
from hanse.programs.rates.models import ExchangeRate
from hanse.programs.rates.reading import is_rate
from hanse.programs.rates.rules import EURO
from hanse.programs.rates.types import DailyRate, Imported
from hanse.spine.audit.actions import record_change
from hanse.spine.bulk import insert_many, update_many
from hanse.spine.parked.actions import put_off
from hanse.spine.parked.queries import needs_like

_AT_A_TIME = 20_000
Place = tuple[str, date]


def keep_rates(
    rates: Sequence[DailyRate], *, source: str, skipped: Sequence[str] = (), now: datetime, by: str
) -> Imported:
    """Keep daily rates; one that was known with another value is corrected, and the change is recorded.

    Orders whose rate is frozen stay as they are; those that wait for a rate are tried again. The same rates twice
    change nothing. Raises Invalid for the euro itself, an unknown currency or a rate that is none.
    """
    _check(rates)
    wanted = {(one.currency, one.dated_on): one.per_euro for one in rates}
    known = _known(wanted)
    new = [place for place in wanted if place not in known]
    corrected = [place for place, (_id, was) in known.items() if was != wanted[place]]
    rows = [
        {"id": new_id(), "currency": place[0], "dated_on": place[1], "per_euro": wanted[place], "source": source[:40],
         "set_at": now}
        for place in new
    ]  # fmt: skip
    for start in range(0, len(rows), _AT_A_TIME):
        insert_many(ExchangeRate, rows[start : start + _AT_A_TIME])
    update_many(
        ExchangeRate,
        [
            {"id": known[place][0], "per_euro": wanted[place], "source": source[:40], "set_at": now}
            for place in corrected
        ],
    )
    for place in corrected:
        record_change(
            actor=by, verb="correct_rate", subject_kind="rate", subject_id=f"{place[0]} {place[1]}",
            before={"per_euro": known[place][1]}, after={"per_euro": wanted[place]}, now=now,
        )  # fmt: skip
    if new:
        record_change(
            actor=by, verb="keep_rates", subject_kind="rates", subject_id=source[:40], before={},
            after={"rates": len(new), "first": min(day for _code, day in new), "last": max(day for _code, day in new)},
            now=now,
        )  # fmt: skip
    if new or corrected:
        put_off(needs_like("rate:"), now)
    return Imported(len(new), len(corrected), len(known) - len(corrected), tuple(sorted(skipped)))


def _check(rates: Sequence[DailyRate]) -> None:
    problems = []
    for place, one in enumerate(rates):
        if one.currency == EURO:
            problems.append(Problem(f"/{place}/currency", _("One euro is always one euro."), "not_an_option"))
        elif not is_currency(one.currency):
            problems.append(Problem(f"/{place}/currency", _("This is no currency of ISO 4217."), "bad_currency"))
        if not is_rate(one.per_euro):
            problems.append(Problem(f"/{place}/rate", _("A rate is a decimal above 0, like “1.0834”."), "bad_rate"))
    if problems:
        raise Invalid(problems)


def _known(wanted: Mapping[Place, str]) -> dict[Place, tuple[UUID, str]]:
    """Return those of the rates that are kept already, with their ids."""
    if not wanted:
        return {}
    days = [day for _code, day in wanted]
    rows = ExchangeRate.objects.filter(
        currency__in={code for code, _day in wanted}, dated_on__gte=min(days), dated_on__lte=max(days)
    )
    return {
        (code, day): (id, per_euro)
        for id, code, day, per_euro in rows.values_list("id", "currency", "dated_on", "per_euro").iterator()
        if (code, day) in wanted
    }
