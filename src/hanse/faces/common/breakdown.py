"""A breakdown as a page shows it: groups with names, measured against the days before, a chart, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.breakdown_names import Named, dimension_name, names_of
from hanse.faces.common.charts import Chart, Series, Unit, bars
from hanse.faces.common.periods import Period, period
from hanse.faces.common.reader import Reader
from hanse.faces.common.tables import UrlState
from hanse.insight.breakdown.people import people_by_group
from hanse.insight.breakdown.queries import breakdown, dimensions
from hanse.insight.breakdown.rules import shielded
from hanse.insight.breakdown.types import Breakdown, First, Group, Numbers, Scope
from hanse.kernel.clock import local_day
from hanse.kernel.money import decimal_text
from hanse.programs.programs.models import Program

MEASURES = ("value", "clicks", "conversions", "commission")
SHOWN, BARS = 50, 8
_PLACE = {"clicks": 0, "conversions": 1, "value": 2, "commission": 3}


@dataclass(frozen=True, slots=True)
class Row:
    """One group as a line of the table. `share` and `change` are of the measure chosen."""

    name: str
    note: str
    href: str
    now: Numbers
    before: Numbers
    share: Decimal | None
    change: Decimal | None
    is_hidden: bool
    is_named: bool


@dataclass(frozen=True, slots=True)
class BreakdownPage:
    """Everything that `components/breakdown.html` writes."""

    by: str
    by_name: str
    choices: Sequence[tuple[str, str]]
    measure: str
    measures: Sequence[tuple[str, str, bool]]
    period: Period
    rows: Sequence[Row]
    more: int
    whole: Numbers
    before: Numbers
    chart: Chart | None
    export: str
    has_hidden: bool
    kept: Sequence[tuple[str, str]]

    @property
    def form(self) -> Sequence[tuple[str, str]]:
        """What the form of the dates keeps."""
        return [("by", self.by), ("measure", self.measure)]


def breakdown_page(
    state: UrlState, scope: Scope, program: Program, reader: Reader, *, for_partner: bool = False
) -> BreakdownPage:
    """Read the URL's `by`, `measure` and period and return the page. With `for_partner` small groups are left out."""
    chosen, measure, found = _read(state, scope, program, reader, for_partner=for_partner, count=SHOWN)
    choices = dimensions(scope, chosen.span)
    groups = _ordered(found.groups, measure)
    names = names_of(scope, found.by, groups[:SHOWN], reader, for_partner=for_partner)
    rows = [_row(one, names, found, measure) for one in groups[:SHOWN]]
    kept = [(name, state.text(name)) for name in ("period", "from", "until", "measure") if state.text(name)]
    return BreakdownPage(
        by=found.by, by_name=dimension_name(found.by),
        choices=[(name, dimension_name(name)) for name in dict.fromkeys([*choices, found.by])], measure=measure,
        measures=[(measure_name(key), state.link(measure=key), key == measure) for key in MEASURES], period=chosen,
        rows=rows, more=max(0, len(groups) - SHOWN) + found.left_out, whole=found.now, before=found.before,
        chart=_chart(rows, found, measure, program, reader), export=state.link(format="csv"),
        has_hidden=any(row.is_hidden for row in rows), kept=kept,
    )  # fmt: skip


def breakdown_lines(
    state: UrlState, scope: Scope, program: Program, reader: Reader, *, for_partner: bool = False
) -> tuple[str, Sequence[str], Iterator[Sequence[object]]]:
    """Return the name, head and lines of the same breakdown as a file: every group, none cut off."""
    _chosen, measure, found = _read(state, scope, program, reader, for_partner=for_partner)
    groups = _ordered(found.groups, measure)
    names = names_of(scope, found.by, groups, reader, for_partner=for_partner)
    columns = [_("Clicks"), _("Conversions"), _("Value"), _("Commission")]
    head = [dimension_name(found.by), *columns, *(_("%(column)s before") % {"column": name} for name in columns)]
    lines = (
        [names[one.key, one.kind].name, *_cells(one.now, program, one.is_hidden),
         *_cells(one.before, program, one.is_hidden), program.currency]
        for one in groups
    )  # fmt: skip
    name = f"by-{found.by.replace(':', '-')}-{found.span.first}-{found.span.last}"
    return name, [*head, _("Currency")], lines


def measure_name(measure: str) -> str:
    """Return a measure in the reader's words."""
    words = {
        "value": _("Value"), "clicks": _("Clicks"), "conversions": _("Conversions"), "commission": _("Commission"),
    }  # fmt: skip
    return words[measure]


def _read(
    state: UrlState, scope: Scope, program: Program, reader: Reader, *, for_partner: bool, count: int | None = None
) -> tuple[Period, str, Breakdown]:
    today = local_day(reader.now, program.time_zone)
    chosen = period(state, today, reader)
    asked = state.text("by") or "country"
    measure = state.choice("measure", MEASURES, "value")
    first = First(count, _PLACE[measure]) if count and not for_partner else None  # small groups are found among all
    try:
        found = breakdown(scope, asked, chosen.span, first)
    except ValueError:
        found = breakdown(scope, "country", chosen.span, first)
    if for_partner:
        people = people_by_group(scope, found.by, chosen.span, program.time_zone)
        before = people_by_group(scope, found.by, chosen.span.before(), program.time_zone)
        found = shielded(found, people, before)
    return chosen, measure, found


def _ordered(groups: Sequence[Group], measure: str) -> list[Group]:
    place = _PLACE[measure]
    return sorted(groups, key=lambda one: (one.kind != "value", -one.now[place], -one.before[place], one.key))


def _row(one: Group, names: Mapping[tuple[str, str], Named], found: Breakdown, measure: str) -> Row:
    place, named = _PLACE[measure], names[one.key, one.kind]
    return Row(
        name=named.name, note=named.note, href=named.href, now=one.now, before=one.before,
        share=fmt.ratio(one.now[place], found.now[place]) if one.now[place] else None,
        change=fmt.ratio(one.now[place] - one.before[place], one.before[place]), is_hidden=one.is_hidden,
        is_named=one.kind == "value",
    )  # fmt: skip


def _chart(rows: Sequence[Row], found: Breakdown, measure: str, program: Program, reader: Reader) -> Chart | None:
    place = _PLACE[measure]
    shown = [row for row in rows if not row.is_hidden and (row.now[place] > 0 or row.before[place] > 0)][:BARS]
    if not shown:
        return None
    unit = Unit(program.currency if measure in ("value", "commission") else "")
    labels = [row.name for row in shown]
    title = _("%(measure)s by %(dimension)s") % {
        "measure": measure_name(measure), "dimension": dimension_name(found.by).lower(),
    }  # fmt: skip
    language = reader.language
    now = Series(fmt.day_range(found.span.first, found.span.last, language), labels, [row.now[place] for row in shown])
    before = found.span.before()
    then = Series(fmt.day_range(before.first, before.last, language), labels, [row.before[place] for row in shown])
    first = shown[0]
    caption = _("%(name)s comes first with %(amount)s.") % {
        "name": first.name, "amount": unit.cell(first.now[place], reader).text,
    }  # fmt: skip
    return bars(
        reader, unit, now, then, name=f"{measure}-by-{found.by.replace(':', '-')}", title=title,
        summary=f"{title}. {caption}", caption=caption, size="l", axis=dimension_name(found.by),
    )  # fmt: skip


def _cells(numbers: Numbers, program: Program, is_hidden: bool) -> list[object]:
    if is_hidden:
        return [numbers.clicks, "", "", ""]
    amounts = (numbers.value_minor, numbers.commission_minor)
    money = (Decimal(decimal_text(amount, program.currency)) for amount in amounts)
    return [numbers.clicks, numbers.conversions, *money]
