"""Budget: what a quarter may cost, what it costs already, what is promised of it, and where it is heading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page, may
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import UrlState, csv_file, wants_csv
from hanse.faces.console.acts import APPROVE
from hanse.faces.console.money import budget_words as words
from hanse.faces.console.money.budget_words import BudgetRow
from hanse.faces.console.money.frame import money_page
from hanse.growth.budgets import rules
from hanse.growth.budgets.models import Overrun
from hanse.growth.budgets.queries import (
    budgets_of,
    costs_by_week,
    overruns_of,
    planned,
    quarters_planned,
    standing,
    sums_of,
    when_over,
)
from hanse.growth.budgets.types import Standing
from hanse.kernel import clock
from hanse.kernel.clock import add_months
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.money.accruals.queries import is_closed, months_with_bookings
from hanse.people.partners.queries import partner_types
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

MONTHS_SHOWN = 6
OVERRUNS_SHOWN = 12
COLUMNS = ("plan", "type", "tier", "quarter", "currency", "planned", "accrued", "in_kind", "committed", "left",
           "expected", "paid")  # fmt: skip


@console_page(write_roles=APPROVE)
@needs_program
def budget(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show a quarter's plans and how they stand."""
    now, state = clock.now(), UrlState(request.GET)
    current = rules.quarter_at(now, program.time_zone)
    first = _quarter(state.text("quarter"), current)
    found, plans = standing(program, first, now), list(budgets_of(program, first))
    types = {one.slug: one.name for one in partner_types()}
    tiers = list(Tier.objects.filter(program=program).order_by("position"))
    sums = sums_of(planned(plans), found)
    rows = words.plan_rows(plans, sums, types)
    if wants_csv(request):
        return csv_file(f"budget-{program.slug}-{rules.quarter_text(first)}", COLUMNS, _cells(rows, first, program))
    whole = next((row for row in rows if not row.type and not row.tier), None)
    aim = whole.planned_minor if whole else None
    by_type, by_tier = words.part_rows(found, types, tiers)
    context: dict[str, Any] = {
        "found": found, "rows": rows, "whole": whole, "sums": found.whole, "by_type": by_type, "by_tier": by_tier,
        "promised": words.promised_rows(found.promised), "quarter": rules.quarter_text(first),
        "quarter_days": words.quarter_words(first, reader()), "quarters": _quarters(program, first, current),
        "chart": words.curve(program, found, costs_by_week(program, found, now), aim, reader()),
        "trouble": [row for row in rows if row.state != "fine"], "too_much": _too_much(plans, types, tiers, program),
        "is_current": first == current, "is_over": found.period.closed(now), "passed": _passed(found, now),
        "types": types, "tiers": tiers, "may_plan": may(request, APPROVE), "when_over": when_over(program.pk),
        "overruns": _overruns(program, types, tiers), "months": _months(program, now),
        "apart_minor": found.booked_minor - found.whole.accrued_minor,
        "export": f"{reverse('console:budget')}?quarter={rules.quarter_text(first)}&format=csv",
    }  # fmt: skip
    return money_page(request, program, "console/money/budget.html", "budget", context)


def _quarter(text: str, current: date) -> date:
    try:
        return rules.quarter_of(text) if text else current
    except Invalid:
        return current


def _quarters(program: Program, shown: date, current: date) -> list[tuple[str, bool]]:
    """Return the quarters to choose from: those with plans, this one, the one before and the next ones."""
    near = {current, add_months(current, -3), add_months(current, 3), add_months(current, 6), shown}
    found = sorted({*near, *quarters_planned(program)}, reverse=True)
    return [(rules.quarter_text(one), one == shown) for one in found]


def _passed(found: Standing, now: datetime) -> int:
    """Return how much of the quarter is over, in percent."""
    whole = found.period.ends_at - found.period.starts_at
    return max(0, min(100, int((now - found.period.starts_at) * 100 // whole)))


def _too_much(plans: Sequence[Any], types: dict[str, str], tiers: Sequence[Tier], program: Program) -> list[str]:
    """Say where parts are planned for more than the whole."""
    names = {one.key: one.name for one in tiers} | types
    language, said = reader().language, []
    for part, of, more in rules.parts_beyond(planned(plans)):
        amount = fmt.money(more, program.currency, language)
        place = names.get(of, of) or _("the program")
        text = _("%(place)s: the plans by type are %(amount)s more than the whole.")
        if part == "tier":
            text = _("%(place)s: the plans by tier are %(amount)s more than the whole.")
        said.append(text % {"place": place, "amount": amount})
    return said


def _overruns(program: Program, types: dict[str, str], tiers: Sequence[Tier]) -> list[tuple[Overrun, str, str, str]]:
    names = {one.key: one.name for one in tiers}
    rows = overruns_of(program)[:OVERRUNS_SHOWN]
    return [
        (row, text_id("ovr", row.pk), words.kind_words(row.kind), words.overrun_words(row, types, names))
        for row in rows
    ]


def _months(program: Program, now: datetime) -> list[tuple[str, str, bool]]:
    """Return the latest months: as addresses name them, in words, and whether they are closed."""
    language = reader().language
    found = months_with_bookings(program, now)[:MONTHS_SHOWN]
    return [
        (f"{month:%Y-%m}", fmt.month(month, language, year=True), is_closed(program, month, now)) for month in found
    ]


def _cells(rows: Sequence[BudgetRow], first: date, program: Program) -> list[tuple[str, ...]]:
    quarter, currency = rules.quarter_text(first), program.currency
    return [
        (
            row.name, row.type, row.tier, quarter, currency,
            *(decimal_text(minor, currency) for minor in (
                row.planned_minor, row.sums.accrued_minor, row.sums.in_kind_minor, row.sums.committed_minor,
                row.left_minor, row.sums.expected_minor, row.sums.paid_minor,
            )),
        )
        for row in rows
    ]  # fmt: skip
