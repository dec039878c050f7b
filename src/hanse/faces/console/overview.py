"""Overview: the key figures of a period, what they are made of, and who moved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page
from hanse.faces.common.breakdown_names import dimension_name
from hanse.faces.common.charts import Chart, Series, Unit, trend
from hanse.faces.common.links import href
from hanse.faces.common.page import console, needs_program
from hanse.faces.common.periods import Period, period
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import UrlState, csv_file, wants_csv
from hanse.faces.console.overview_rows import mover_rows, partner_export, step_rows, tier_rows
from hanse.insight.overview import queries
from hanse.insight.overview.enrolments import enrolments_by_id
from hanse.insight.overview.types import Figures, Overview, Span
from hanse.kernel.clock import local_day
from hanse.kernel.money import decimal_text
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

MEASURES = ("value", "commission", "sales", "clicks")
MOST_POINTS = 120  # more days than these are a comb and no line: they are added up to weeks


@console_page()
@needs_program
def overview(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show the period's figures, or hand them out as CSV (by day, or by partner with `rows=partners`)."""
    now = reader()
    today = local_day(now.now, program.time_zone)
    state = UrlState(request.GET)
    chosen = period(state, today, now)
    if wants_csv(request):
        return _csv(program, chosen.span, state.choice("rows", ("days", "partners"), "days"))
    measure = state.choice("measure", MEASURES, "value")
    figures = queries.overview(program, chosen.span, today)
    return console(
        request, "console/overview.html", "overview", _context(program, now, state, chosen, measure, figures)
    )


def _context(
    program: Program, now: Reader, state: UrlState, chosen: Period, measure: str, figures: Overview
) -> Mapping[str, object]:
    ids = {mover.enrolment_id for mover in figures.movers}
    if figures.concentration.largest_id:
        ids.add(figures.concentration.largest_id)
    partners = enrolments_by_id(ids)
    change = fmt.ratio(figures.now.value_minor - figures.before.value_minor, figures.before.value_minor)
    weeks = queries.weekly_values(program.id, [mover.enrolment_id for mover in figures.movers], figures.span.last)
    tiers = tiers_of(program.id)
    moved = mover_rows(figures.movers, partners, {tier.id: tier for tier in tiers}, weeks)
    return {
        "program": program,
        "period": chosen,
        "figures": figures,
        "change": change,
        "fall": abs(change) if change is not None else None,
        "commission_change": fmt.ratio(
            figures.now.commission_minor - figures.before.commission_minor, figures.before.commission_minor
        ),
        "rate_change": _less(figures.now, figures.before),
        "active_change": figures.active - figures.active_before,
        "chart": _chart(program, now, chosen.span, measure),
        "measures": [(_measure_name(key), state.link(measure=key), key == measure) for key in MEASURES],
        "measure_title": _measure_title(measure, is_weekly=chosen.span.days > MOST_POINTS),
        "largest": partners.get(figures.concentration.largest_id or UUID(int=0)),
        "tiers": tier_rows(tiers, figures),
        "tier_parts": [(row.fill, row.figures.value_minor) for row in tier_rows(tiers, figures)],
        "movers": moved,
        "rose": next((row for row in moved if row.mover.change_minor > 0), None),
        "fell": next((row for row in moved if row.mover.change_minor < 0), None),
        "steps": step_rows(figures.funnel),
        "joined": figures.funnel[0].partners,
        "breakdowns": _breakdowns(state, measure),
        "export_days": state.link(format="csv"),
        "export_partners": state.link(format="csv", rows="partners"),
    }


def _breakdowns(state: UrlState, measure: str) -> list[tuple[str, str]]:
    path, asked = href("console:overview_by"), "conversions" if measure == "sales" else measure
    shown = ("country", "device", "referrer", "initiative", "link", "tier", "type")
    return [(dimension_name(by), f"{path}{state.link(by=by, measure=asked)}") for by in shown]


def _less(now: Figures, before: Figures) -> Decimal | None:
    if now.effective_rate is None or before.effective_rate is None:
        return None
    return now.effective_rate - before.effective_rate


def _chart(program: Program, now: Reader, span: Span, measure: str) -> Chart:
    unit = Unit(program.currency if measure in ("value", "commission") else "")
    step = 7 if span.days > MOST_POINTS else 1
    this, before = (
        Series(
            fmt.day_range(part.first, part.last, now.language),
            [fmt.day_range(first, last, now.language) if step > 1 else fmt.plain_day(first, now.language)
             for first, last in _points(part, step)],
            _summed([_value(one, measure) for one in queries.figures_by_day(program.id, part)], step),
        )
        for part in (span, span.before())
    )  # fmt: skip
    caption = _caption(now, unit, span, this, before, is_weekly=step > 1)
    title = _measure_title(measure, is_weekly=step > 1)
    return trend(
        now, unit, this, before, name=f"{measure}-by-{'week' if step > 1 else 'day'}", title=title,
        summary=f"{title}. {caption}", caption=caption, size="xl", mark_best=True,
    )  # fmt: skip


def _points(span: Span, step: int) -> list[tuple[date, date]]:
    """Return the first and last day of each point; the last one is whole, the first one what is left."""
    days = list(span.each())
    ends = range(len(days), 0, -step)
    return [(days[max(end - step, 0)], days[end - 1]) for end in reversed(ends)]


def _summed(values: Sequence[int], step: int) -> list[int]:
    return [sum(values[max(end - step, 0) : end]) for end in reversed(range(len(values), 0, -step))]


def _caption(now: Reader, unit: Unit, span: Span, this: Series, before: Series, *, is_weekly: bool) -> str:
    best = max(range(len(this.values)), key=lambda i: this.values[i])
    if not this.values[best]:
        return _("Nothing in these days.")
    above = sum(1 for one, other in zip(this.values, before.values, strict=True) if one > other)
    names = {
        "day": this.labels[best], "value": unit.cell(this.values[best], now).text, "above": above, "days": span.days,
        "points": len(this.values),
    }  # fmt: skip
    if is_weekly:
        return (
            _("Best week %(day)s, %(value)s. %(above)d of %(points)d weeks were above the week %(days)d days earlier.")
            % names
        )
    return (
        _("Best day %(day)s, %(value)s. %(above)d of %(days)d days were above the day %(days)d days earlier.") % names
    )


def _value(figures: Figures, measure: str) -> int:
    return {
        "value": figures.value_minor,
        "commission": figures.commission_minor,
        "sales": figures.sales,
        "clicks": figures.clicks,
    }[measure]


def _measure_name(measure: str) -> str:
    return {"value": _("Value"), "commission": _("Commission"), "sales": _("Sales"), "clicks": _("Clicks")}[measure]


def _measure_title(measure: str, *, is_weekly: bool) -> str:
    by_week = {
        "value": _("Value by week"),
        "commission": _("Commission by week"),
        "sales": _("Sales by week"),
        "clicks": _("Clicks by week"),
    }
    by_day = {
        "value": _("Value by day"),
        "commission": _("Commission by day"),
        "sales": _("Sales by day"),
        "clicks": _("Clicks by day"),
    }
    return (by_week if is_weekly else by_day)[measure]


def _csv(program: Program, span: Span, rows: str) -> HttpResponseBase:
    head = [_("Value"), _("Refunded"), _("Commission"), _("Sales"), _("New customers"), _("Clicks"), _("Currency")]
    name = f"overview-{span.first}-{span.last}"
    if rows == "partners":
        lines = partner_export(program, span)
        full = [_("Partner"), _("E-mail"), *head]
        return csv_file(f"{name}-partners", full, ([*who, *_cells(one, program)] for who, one in lines))
    days = zip(span.each(), queries.figures_by_day(program.id, span), strict=True)
    return csv_file(name, [_("Day"), *head], ([day.isoformat(), *_cells(one, program)] for day, one in days))


def _cells(one: Figures, program: Program) -> list[object]:
    amounts = (one.value_minor, one.refunded_minor, one.commission_minor)
    money: list[object] = [Decimal(decimal_text(amount, program.currency)) for amount in amounts]
    return [*money, one.sales, one.new_customers, one.clicks, program.currency]
