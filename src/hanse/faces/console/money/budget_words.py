"""Budgets in words: plans by name, what counts against them, the bar with its mark, the curve of a quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hanse.faces.common import format as fmt
from hanse.faces.common.charts import Chart, Series, Unit, trend
from hanse.faces.common.reader import Reader
from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.budgets.rules import state_of
from hanse.growth.budgets.types import Promised, Standing, State, Sums
from hanse.kernel.clock import add_months
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

_WIDE = 400
_TONES: Mapping[State, str] = {"fine": "", "near": "ochre", "over": "brick", "will_be_over": "ochre"}


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One plan and how it stands."""

    id: str
    name: str
    type: str
    tier: str
    planned_minor: int
    note: str
    written: str
    sums: Sums
    state: State

    @property
    def left_minor(self) -> int:
        """What is not spent or promised yet; below zero when it is exceeded."""
        return self.planned_minor - self.sums.used_minor

    @property
    def state_word(self) -> str:
        """How it stands, in a word or two."""
        return state_words(self.state)

    @property
    def tone(self) -> str:
        """The colour of the word."""
        return _TONES[self.state]

    @property
    def bar(self) -> SafeString:
        """The plan as a bar."""
        return budget_bar(self.sums, self.planned_minor)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One type, or one tier, of the quarter, planned or not."""

    name: str
    sums: Sums


def plan_rows(plans: Sequence[Budget], sums: Mapping[UUID, Sums], types: Mapping[str, str]) -> list[BudgetRow]:
    """Return plans by name: the program's first, then types, tiers, and what mixes the two."""
    rows = []
    for one in plans:
        name = place_words(one.partner_type, one.tier.name if one.tier else "", types)
        found = sums[one.pk]
        rows.append(BudgetRow(
            text_id("bud", one.pk), name, one.partner_type, one.tier.key if one.tier else "", one.amount_minor,
            one.note, decimal_text(one.amount_minor, one.currency), found, state_of(one.amount_minor, found),
        ))  # fmt: skip
    return sorted(rows, key=lambda row: (bool(row.type or row.tier), bool(row.tier), bool(row.type and row.tier)))


def place_words(type: str, tier: str, types: Mapping[str, str]) -> str:
    """Name what a plan is for."""
    kind = types.get(type, type)
    if kind and tier:
        return _("%(type)s in %(tier)s") % {"type": kind, "tier": tier}
    return kind or tier or _("The whole program")


def part_rows(found: Standing, types: Mapping[str, str], tiers: Sequence[Tier]) -> tuple[list[PartRow], list[PartRow]]:
    """Return the quarter by type and by tier; each adds up to the whole, with a line for what is nobody's yet."""
    by_type: dict[str, Sums] = {}
    by_tier: dict[str, Sums] = {}
    for (kind, tier), sums in found.cells.items():
        by_type[kind] = by_type.get(kind, Sums()).plus(sums)
        by_tier[tier] = by_tier.get(tier, Sums()).plus(sums)
    nobody, names = _("Nobody in particular"), {one.key: one.name for one in tiers}
    kinds = [key for key in (*types, *sorted(by_type.keys() - types.keys() - {""}), "") if key in by_type]
    steps = [key for key in (*names, *sorted(by_tier.keys() - names.keys() - {""}), "") if key in by_tier]
    return (
        [PartRow(types.get(key, key) or nobody, by_type[key]) for key in kinds],
        [PartRow(names.get(key, key) or nobody, by_tier[key]) for key in steps],
    )


def promised_rows(promised: Sequence[Promised]) -> list[tuple[str, int, int]]:
    """Return what is promised by where it comes from: words, how many, how much; the largest first."""
    sums: dict[str, tuple[int, int]] = {}
    for one in promised:
        count, minor = sums.get(one.source, (0, 0))
        sums[one.source] = (count + 1, minor + one.amount_minor)
    rows = [(source_words(source), count, minor) for source, (count, minor) in sums.items()]
    return sorted(rows, key=lambda row: -row[2])


def source_words(source: str) -> str:
    """Say where a promise comes from."""
    return {
        "floor": _("Floors to come"),
        "top_up": _("Topping up to floors"),
        "advance": _("Advances that sales have not paid back"),
        "fee": _("Fees to come"),
        "proposal": _("Our proposals without an answer"),
        "deliverable": _("Open deliverables"),
        "prize": _("Prizes of challenges"),
        "joint": _("Joint projects, our share"),
        "benefit": _("Benefits to deliver"),
    }.get(source) or source


def state_words(state: State) -> str:
    """Say how a plan stands."""
    return {
        "fine": pgettext("budget", "Within plan"),
        "near": _("Over 80%"),
        "over": _("Beyond the plan"),
        "will_be_over": _("Expected beyond"),
    }[state]


def kind_words(kind: str) -> str:
    """Say what was offered."""
    return {
        "terms": _("New terms"),
        "proposal": _("Proposal"),
        "challenge": _("Challenge"),
        "deliverable": _("Deliverable"),
        "joint": _("Joint project"),
    }.get(kind) or kind


def overrun_words(row: Overrun, types: Mapping[str, str], tiers: Mapping[str, str]) -> str:
    """Name the budgets that an offer exceeds."""
    places = [
        f"{place_words(one['type'], tiers.get(one['tier'], one['tier']), types)} {one['quarter']}" for one in row.found
    ]
    return ", ".join(places)


def budget_bar(sums: Sums, planned_minor: int) -> SafeString:
    """Draw what is accrued, given in kind, promised and still expected beside each other, with a mark at the plan."""
    parts = [
        ("c1", sums.accrued_minor), ("casual", sums.in_kind_minor), ("cmp", sums.committed_minor),
        ("hold", max(0, sums.expected_minor - sums.used_minor)),
    ]  # fmt: skip
    whole = max(planned_minor, sum(max(0, minor) for _fill, minor in parts), 1)
    rects, left = [], 0
    for fill, minor in parts:
        width = _WIDE * max(0, minor) // whole
        if width:
            rects.append((fill, left, width))
        left += width
    mark = min(_WIDE - 2, max(0, _WIDE * planned_minor // whole - 1))
    return format_html(
        '<svg class="budget-bar" viewBox="0 0 {} 14" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="2" width="{}" height="10"/>{}<rect class="mark" x="{}" width="2" height="14"/></svg>',
        _WIDE, _WIDE, format_html_join("", '<rect class="fill-{}" x="{}" y="2" width="{}" height="10"/>', rects), mark,
    )  # fmt: skip


def quarter_words(first: date, reader: Reader) -> str:
    """Name a quarter by its days: 1 Oct – 31 Dec 2026."""
    return fmt.day_range(first, add_months(first, 3) - timedelta(days=1), reader.language)


def curve(
    program: Program, found: Standing, weeks: Sequence[tuple[date, int]], planned_minor: int | None, reader: Reader
) -> Chart:
    """Draw what the quarter has cost week by week, beside an even way to the plan; without one, to what is expected."""
    ends, last = [], add_months(found.first, 3) - timedelta(days=1)
    day = found.first
    while day <= last:
        ends.append(min(day + timedelta(days=6), last))
        day += timedelta(days=7)
    aim = planned_minor if planned_minor is not None else found.whole.expected_minor
    days = (last - found.first).days + 1
    even = [aim * ((end - found.first).days + 1) // days for end in ends]
    labels = [fmt.plain_day(end, reader.language) for end in ends]
    name = _("Evenly to the plan") if planned_minor is not None else _("Evenly to what is expected")
    spent = weeks[-1][1] if weeks else 0
    words: dict[str, Any] = {
        "spent": fmt.money(spent, program.currency, reader.language),
        "aim": fmt.money(aim, program.currency, reader.language),
    }
    summary = _("%(spent)s accrued so far on the way to %(aim)s at the quarter’s end.") % words
    return trend(
        reader, Unit(program.currency), Series(_("Accrued"), labels[: len(weeks)], [minor for _day, minor in weeks]),
        Series(name, labels, even), name="budget", title=_("The quarter, week by week"), summary=summary,
        caption=_("By the day things occurred; the last point is today."), size="m",
    )  # fmt: skip
