"""Onboarding in numbers: the funnel, times to the first win with who still waits counted rightly, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.numbers import format_decimal
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page
from hanse.faces.common.charts import Chart, Series, Unit, trend
from hanse.faces.common.links import href
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import UrlState, csv_file, wants_csv
from hanse.faces.console.onboarding.frame import onboarding_page
from hanse.growth.onboarding.report import BY, report_of
from hanse.growth.onboarding.types import ENGAGED_CLICKS, FIRST_MONTH_DAYS, Group, Reached, Report
from hanse.growth.onboarding.words import reached_title
from hanse.insight.survival.types import Curve, Part, Ratio
from hanse.kernel.clock import local_day
from hanse.people.partners.queries import partner_types
from hanse.programs.programs.models import Program

PERIODS = {"3m": 90, "12m": 365, "24m": 730}
_CHART_DAYS = 120
_FIRSTS = ("click", "engaged", "referral", "sale", "payout")
_HEAD = ("group", "joined", "still_new", "link", "copied", "click", "sale", "payout", "median_days_to_sale",
         "first_month_wins", "first_month_of")  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the funnel as it is shown."""

    name: str
    partners: int
    lost: int
    of_before: float | None
    is_worst: bool


@dataclass(frozen=True, slots=True)
class TimeRow:
    """How long it takes to one first."""

    name: str
    curve: Curve
    month: float
    interval: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One cohort, type or source as it is shown."""

    name: str
    group: Group
    click: float | None
    sale: float | None
    worst: str


@console_page()
@needs_program
@require_GET
def numbers(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show onboarding in numbers, or hand the groups out as CSV."""
    now, state = reader(), UrlState(request.GET)
    today = local_day(now.now, program.time_zone)
    by, asked = state.choice("by", BY, "cohort"), state.choice("period", PERIODS, "12m")
    report = report_of(program.pk, today, today - timedelta(days=PERIODS[asked] - 1), by)
    if wants_csv(request):
        return csv_file(f"onboarding-by-{by}", _HEAD, _lines(report))
    names = group_names(by, report.groups, now)
    context = {
        "engaged_clicks": ENGAGED_CLICKS, "report": report, "steps": step_rows(report.steps),
        "times": [_time_row(key, report, now) for key in _FIRSTS if key in report.times],
        "beside": [(reached_title(key), count, _share(count, report.joined)) for key, count in report.beside.items()],
        "groups": [_group_row(names[one.key], one) for one in _shown(report)], "by": by,
        "by_links": [(name, state.link(by=key), key == by) for key, name in _by_names().items()],
        "periods": [(name, state.link(period=key), key == asked) for key, name in _period_names().items()],
        "chart": _chart(now, report) if report.times["click"].n else None, "export_link": state.link(format="csv"),
        "kept": _kept(report, now), "first_month": part_words(report.first_month, now),
        "people_href": href("console:onboarding_people"), "period_name": _period_names()[asked],
    }  # fmt: skip
    return onboarding_page(request, program, "numbers", "numbers", context)


def step_rows(steps: Sequence[Reached]) -> list[StepRow]:
    """Return the funnel's rows; the step where most are lost is marked."""
    worst = max(steps, key=lambda step: step.lost, default=None)
    before: int | None = None
    rows = []
    for step in steps:
        of_before = _share(step.partners, before) if before is not None else None
        is_worst = step is worst and step.lost > 0
        rows.append(StepRow(reached_title(step.key), step.partners, step.lost, of_before, is_worst))
        before = step.partners
    return rows


def part_words(part: Part, now: Reader) -> str:
    """Write a share with its interval and n: `31% (22% to 42%, n = 84)`."""
    if part.share is None:
        return _("nobody yet")
    said = {
        "share": fmt.percent(part.share, now.language, places=0), "n": fmt.number(part.of, now.language),
        "low": fmt.percent(part.low, now.language, places=0), "high": fmt.percent(part.high, now.language, places=0),
    }  # fmt: skip
    return _("%(share)s (%(low)s to %(high)s, n = %(n)s)") % said


def median_words(curve: Curve, now: Reader) -> str:
    """Write the interval of a median: `9 to 21 days`, open where nobody can say."""
    low, high = curve.median_low, curve.median_high
    if curve.median is None:
        return ""
    said = {"low": fmt.number(low or 0, now.language), "high": fmt.number(high or 0, now.language)}
    return (_("%(low)s to %(high)s days") if high is not None else _("%(low)s days or more")) % said


def group_names(by: str, groups: Sequence[Group], now: Reader) -> dict[str, str]:
    """Return what each group is called."""
    if by == "cohort":
        return {one.key: fmt.month(date.fromisoformat(f"{one.key}-01"), now.language, year=True) for one in groups}
    if by == "source":
        return {one.key: one.key or _("not known") for one in groups}
    known = {kind.slug: kind.name for kind in partner_types()}
    return {one.key: known.get(one.key, _("no type") if one.key == "none" else one.key) for one in groups}


def _shown(report: Report) -> Sequence[Group]:
    return list(reversed(report.groups)) if report.by == "cohort" else report.groups


def _time_row(key: str, report: Report, now: Reader) -> TimeRow:
    curve = report.times[key]
    return TimeRow(reached_title(key), curve, curve.share_by(FIRST_MONTH_DAYS), median_words(curve, now))


def _group_row(name: str, one: Group) -> GroupRow:
    by_key = {step.key: step.partners for step in one.steps}
    worst = reached_title(one.worst.key) if one.worst else ""
    return GroupRow(name, one, _share(by_key["click"], one.joined), _share(by_key["sale"], one.joined), worst)


def _share(count: int, whole: int) -> float | None:
    return count / whole if whole else None


def _kept(report: Report, now: Reader) -> dict[str, Any]:
    found = report.retention
    times = found.ratio
    return {
        "with_win": part_words(found.with_win, now), "without": part_words(found.without, now),
        "n": found.with_win.of + found.without.of, "has_both": bool(found.with_win.of and found.without.of),
        "times": _decimal(times.times, now) if times else "",
        "interval": _range(times, now) if times else "",
        "is_sure": bool(times and times.low > 1), "is_less": bool(times and times.high < 1),
    }  # fmt: skip


def _range(times: Ratio, now: Reader) -> str:
    return _("%(low)s to %(high)s times") % {"low": _decimal(times.low, now), "high": _decimal(times.high, now)}


def _decimal(value: float, now: Reader) -> str:
    return str(format_decimal(round(value, 1), locale=fmt.locale_of(now.language)))


def _chart(now: Reader, report: Report) -> Chart:
    days = min(_CHART_DAYS, max(report.times["click"].last_day, 1))
    labels = [str(day) for day in range(days + 1)]
    lines = [
        Series(reached_title(key), labels, [round(100 * report.times[key].share_by(day)) for day in range(days + 1)])
        for key in ("click", "sale")
    ]
    summary = _("After 30 days %(click)s %% had a first click and %(sale)s %% a first sale.") % {
        "click": round(100 * report.times["click"].share_by(FIRST_MONTH_DAYS)),
        "sale": round(100 * report.times["sale"].share_by(FIRST_MONTH_DAYS)),
    }  # fmt: skip
    return trend(
        now, Unit(), *lines, name="days-to-first", title=_("Share in % by days after joining"), summary=summary,
        caption=_("Kaplan–Meier: who has not got there yet counts as still waiting, who left as waiting until then."),
    )  # fmt: skip


def _lines(report: Report) -> Iterator[Sequence[object]]:
    for one in report.groups:
        counts = [step.partners for step in one.steps[1:]]
        yield (
            one.key,
            one.joined,
            one.fresh,
            *counts,
            one.until_sale.median,
            one.first_month.count,
            one.first_month.of,
        )


def _by_names() -> dict[str, str]:
    return {"cohort": _("Cohort"), "type": _("Type"), "source": _("Source")}


def _period_names() -> dict[str, str]:
    return {"3m": _("3 months"), "12m": _("12 months"), "24m": _("24 months")}
