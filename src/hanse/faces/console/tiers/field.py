"""Who is where and why, who is about to move, the rule, and the same rule on the past months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page, may
from hanse.faces.common.charts import Chart
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.common.tier_charts import Dot, colour_of, field_chart, sizes_chart
from hanse.faces.console.tiers.frame import tiers_page
from hanse.faces.console.tiers.words import NearWords, RuleWords
from hanse.growth.tiers.backtest import Backtest, backtest
from hanse.growth.tiers.models import TierStanding
from hanse.growth.tiers.near import MOST, Near, Why, about_to_move
from hanse.growth.tiers.queries import last_sweep, locks_in, standings_in
from hanse.growth.tiers.types import TierRules
from hanse.growth.tiers.versions import rules_on
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tiers_of

DOTS = 400  # of a larger field the first and some of the rest are drawn
KEPT_SECONDS = 3600


@console_page()
@needs_program
@require_GET
def tiers(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the field, who is about to move and the rule."""
    now = reader()
    version, rules = rules_on(program, local_day(now.now, program.time_zone))
    rows, by_key = list(standings_in(program.pk)), {tier.key: tier for tier in tiers_of(program.pk)}
    names = names_of(rules, by_key)
    near = about_to_move(program, rules, now.now) if rows else []
    words = RuleWords(program, rules, names)
    context = {
        "rows": rows, "version": version, "rules": rules, "lines": words.lines(by_key), "movement": words.movement(),
        "near": [NearWords(program, rules, names, now).line(one) for one in near[:MOST]], "more": len(near) - MOST,
        "lede": _lede(program, rows, rules, near, names, now), "may_act": may(request), "sweep": last_sweep(program.pk),
        "chart": _chart(program, rows, rules, names, now) if any(row.value_minor > 0 for row in rows) else None,
        "legend": _legend(rows, rules, names), "none": _without_sale(rows, names),
        "locks": list(locks_in(program.pk, local_day(now.now, program.time_zone))),
    }  # fmt: skip
    return tiers_page(request, program, "console/tiers/field.html", "field", context)


def names_of(rules: TierRules, by_key: Mapping[str, Tier]) -> dict[str, str]:
    """Return the tiers of the rules by key, the highest first, and after them those that are there besides."""
    found = {rule.key: by_key[rule.key].name if rule.key in by_key else rule.key for rule in rules.tiers}
    return found | {key: tier.name for key, tier in by_key.items() if key not in found}


def _lede(
    program: Program, rows: Sequence[TierStanding], rules: TierRules, near: Sequence[Near], names: Mapping[str, str],
    now: Reader,
) -> Mapping[str, object]:  # fmt: skip
    """Return the numbers of the first sentence."""
    top = rules.tiers[0].key
    whole = sum(row.value_minor for row in rows)
    in_top = [row for row in rows if row.tier == top]
    share = fmt.ratio(sum(row.value_minor for row in in_top), whole)
    counts = Counter(one.why for one in near)
    first = next((one for one in near if one.why is Why.RISES), None)
    return {
        "partners": len(rows), "top": len(in_top), "share": share, "days": rules.window_days,
        "rises": counts[Why.RISES], "to": names.get(first.tier, "") if first else "", "waits": counts[Why.WAITS],
        "new_ends": counts[Why.NEW_ENDS], "warned": counts[Why.WARNED],
    }  # fmt: skip


def _legend(rows: Sequence[TierStanding], rules: TierRules, names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    sold, keys = Counter(row.tier for row in rows if row.value_minor > 0), list(names)
    return [(colour_of(key, keys).removeprefix("t-"), names[key], sold[key]) for key in names if sold[key]]


def _without_sale(rows: Sequence[TierStanding], names: Mapping[str, str]) -> list[tuple[str, int]]:
    none = Counter(row.tier for row in rows if row.value_minor <= 0)
    return [(name, none[key]) for key, name in names.items() if none[key]]


def _chart(
    program: Program, rows: Sequence[TierStanding], rules: TierRules, names: Mapping[str, str], now: Reader
) -> Chart:
    sold = [row for row in rows if row.value_minor > 0]
    drawn = sold if len(sold) <= DOTS else [*sold[: DOTS // 2], *sold[DOTS // 2 :: max(1, len(sold) * 2 // DOTS)]]
    borders = _borders(sold, rules)
    close = {row.pk: row.value_minor < at for _key, at in borders for row in _beside(sold, at)}
    close = close if len(sold) <= DOTS else {}
    dots = [
        Dot(row.enrolment.partner.name, row.rank, row.tier, row.value_minor,
            row.enrolment.partner.name if row.rank == 1 or row.pk in close else "", close.get(row.pk, False))
        for row in drawn
    ]  # fmt: skip
    days = ngettext("%(n)d day", "%(n)d days", rules.window_days) % {"n": rules.window_days}
    axis = _("Value in the last %(days)s (each step to the right is ten times more)") % {"days": days}
    return field_chart(now, program.currency, dots, borders, names, _("The field"), axis)


def _borders(sold: Sequence[TierStanding], rules: TierRules) -> list[tuple[str, int]]:
    """Return the value at which each tier begins today, the lowest first: between the last inside and the next."""
    found: list[tuple[str, int]] = []
    for rule in reversed(rules.tiers):
        inside = [place for place, row in enumerate(sold) if row.given == rule.key]
        if inside:
            last = sold[inside[-1]]
            following = sold[inside[-1] + 1] if inside[-1] + 1 < len(sold) else None
            begins = (last.value_minor + following.value_minor) // 2 if following else 0
            if not found or begins >= found[-1][1]:
                found.append((rule.key, begins))
    return found


def _beside(sold: Sequence[TierStanding], at: int) -> list[TierStanding]:
    above = [row for row in sold if row.value_minor >= at]
    return [*above[-1:], *sold[len(above) : len(above) + 1]] if at else []


@console_page()
@needs_program
@require_GET
def past(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the rule in force on the past months: a part of the page that comes after it."""
    now = reader()
    version, rules = rules_on(program, local_day(now.now, program.time_zone))
    key = f"tiers-past:{program.pk}:{version.pk if version else 0}:{local_day(now.now, program.time_zone)}"
    found: Backtest | None = cache.get(key)
    if found is None:
        found = backtest(program, rules, now.now)
        cache.set(key, found, KEPT_SECONDS)
    names = names_of(rules, {tier.key: tier for tier in tiers_of(program.pk)})
    return render(request, "console/tiers/past.html", past_context(program, found, names, now))


def past_context(program: Program, found: Backtest, names: Mapping[str, str], now: Reader) -> dict[str, object]:
    """Return what the template of a backtest needs."""
    labels = [fmt.plain_day(on, now.language) for on in found.dates]
    first, last = (found.sizes[0], found.sizes[-1]) if found.sizes else ({}, {})
    grew = max(names, key=lambda key: last.get(key, 0) - first.get(key, 0), default="")
    change = last.get(grew, 0) - first.get(grew, 0) if grew else 0
    caption = ngettext(
        "What grew most is %(name)s: one more than at first.", "What grew most is %(name)s: %(n)d more than at first.",
        change,
    ) % {"name": names.get(grew, ""), "n": change} if change > 0 else _("No tier has grown.")  # fmt: skip
    title = _("The same rule on the past months")
    summary = _("Sizes of the tiers at %(n)d dates. %(caption)s") % {"n": len(labels), "caption": caption}
    return {
        "program": program, "found": found, "labels": labels,
        "chart": sizes_chart(now, labels, found.sizes, names, title=title, summary=summary, caption=caption),
        "size_legend": [
            (colour_of(key, list(names)).removeprefix("t-"), name) for key, name in names.items()
            if any(one.get(key) for one in found.sizes)
        ],
        "spans": [(fmt.plain_day(span.until, now.language), span) for span in found.spans],
        "grew_top": found.grew_top, "grew_rest": found.grew_rest, "top": next(iter(names.values()), ""),
    }  # fmt: skip


@console_page()
@needs_program
@require_GET
def everybody(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List everybody in the field with rank, numbers and why, filtered by tier, as a table and as a file."""
    state = UrlState(request.GET)
    by_key = {tier.key: tier for tier in tiers_of(program.pk)}
    tier, text = state.choice("tier", tuple(by_key)), state.text("q")
    rows = standings_in(program.pk)
    rows = rows.filter(tier=tier) if tier else rows
    rows = rows.filter(enrolment__partner__name__icontains=text) if text else rows
    rows = rows.filter(is_strategic=True) if state.choice("track", ("strategic",)) else rows
    table = Table(state, rows, _columns(program), "rank", page_size=50)
    if wants_csv(request):
        return export("tiers", table)
    context = {
        "table": table, "tiers": list(by_key.values()), "tier": tier, "by_key": by_key, "may_act": may(request),
        "track": state.text("track"), "q": text, "lines": [_line(row, by_key) for row in table.page_rows],
    }  # fmt: skip
    return tiers_page(request, program, "console/tiers/everybody.html", "field", context)


def _line(row: TierStanding, by_key: Mapping[str, Tier]) -> tuple[TierStanding, str, Tier | None, Tier | None]:
    return row, partner_href(row.enrolment.partner_id), by_key.get(row.tier), by_key.get(row.given)


def _columns(program: Program) -> list[Column[TierStanding]]:
    return [
        Column("rank", _("Place"), ("rank",), lambda row: row.rank, is_number=True),
        Column("name", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("tier", _("Tier"), ("enrolment__tier__position", "rank"), lambda row: row.tier),
        Column("given", _("By the numbers"), (), lambda row: row.given),
        Column("value", _("Value"), ("value_minor",), lambda row: row.value_minor, is_number=True),
        Column("sales", _("Sales"), ("conversions",), lambda row: row.conversions, is_number=True),
        Column("since", _("Since"), ("since",), lambda row: row.since.isoformat() if row.since else "", is_number=True),
        Column("below", _("Below exit"), ("below_exit",), lambda row: row.below_exit, is_number=True),
    ]
