"""Today: what to do next, most valuable first, beside the month so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.charts import Chart, Series, Unit, trend
from hanse.faces.common.page import console, needs_program, tell
from hanse.faces.common.reader import Reader, reader
from hanse.faces.console.today_cards import Fold, theme_name
from hanse.faces.console.today_words import Words
from hanse.faces.console.verbs import done_words
from hanse.growth.today import actions, queries, rail, rules
from hanse.growth.today.types import Theme, Thing
from hanse.insight.overview.queries import active_count, enrolled_count, figures_by_day
from hanse.insight.overview.rules import total
from hanse.insight.overview.types import Figures, Span
from hanse.kernel.clock import add_months, day_starts_at, local_day
from hanse.programs.programs.models import Program

_SNOOZE_DAYS = {"tomorrow": 1, "week": 7, "month": 30}


@console_page()
@needs_program
def today(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the ranked list, the month so far, what is near and what was done today."""
    now = reader()
    todo = queries.to_do(program, now.now)
    agenda = rules.agenda(todo.things)
    words = Words(program, now)
    midnight = day_starts_at(now.today, str(now.zone))
    context = {
        "program": program,
        "cards": [words.card(thing) for thing in agenda.now],
        "folds": [_fold(theme, things, words, request) for theme, things in agenda.later.items()],
        "later_count": agenda.later_count,
        "snoozed": [words.card(thing) for thing in todo.snoozed],
        "todo": todo,
        "minutes": rules.minutes(agenda.now),
        "month": _month(program, now),
        "coming": rail.coming_up(program, now.now),
        "done": [done_words(done) for done in rail.done_since(midnight)],
        "today": fmt.long_day(now.today, now.language, weekday=True, year=False),
        "may_act": may(request),
    }
    return console(request, "console/today.html", "today", context)


@console_page()
@require_POST
@writes
@needs_program
def snooze(request: HttpRequest, program: Program) -> HttpResponse:
    """Put one thing off until tomorrow morning, for a week or a month."""
    days = _SNOOZE_DAYS.get(request.POST.get("until", ""), 1)
    now = reader()
    until = day_starts_at(now.today + timedelta(days=days), str(now.zone)) + timedelta(hours=6)
    key = request.POST.get("key", "")[:120]
    if not key:
        raise Http404
    actions.snooze(program, key, until=until, now=now.now, by=actor(request))
    text = ngettext("Put off until tomorrow", "Put off for %(days)d days", days) % {"days": days}
    tell(request, text, undo=f"{reverse('console:wake')}?key={key}")
    theme = request.POST.get("open", "")
    where = f"?open={theme}#later-{theme}" if theme in set(Theme) else ""
    return HttpResponseRedirect(reverse("console:today") + where)


@console_page()
@require_POST
@writes
@needs_program
def wake(request: HttpRequest, program: Program) -> HttpResponse:
    """Bring one thing (or, without a key, everything) back that was put off."""
    count = actions.wake(program, request.GET.get("key", "") or request.POST.get("key", ""))
    tell(request, ngettext("Back on the list", "%(n)d things are back on the list", count) % {"n": count})
    return HttpResponseRedirect(reverse("console:today"))


def _fold(theme: Theme, things: Sequence[Thing], words: Words, request: HttpRequest) -> Fold:
    """Write what can wait of one theme; it stays open while its things are put off one by one."""
    is_open = request.GET.get("open") == theme
    return Fold(theme, theme_name(theme), [words.card(thing) for thing in things], rules.minutes(things), is_open)


def _month(program: Program, now: Reader) -> dict[str, object]:
    day = local_day(now.now, program.time_zone)
    first = day.replace(day=1)
    before_first = add_months(first, -1)
    before_last = min(add_months(day, -1), first - timedelta(days=1))
    this, before = Span(first, day), Span(before_first, before_last)
    figures, figures_before = figures_by_day(program.id, this), figures_by_day(program.id, before)
    whole, whole_before = total(figures), total(figures_before)
    return {
        "name": fmt.month(first, now.language),
        "figures": whole,
        "before": whole_before,
        "before_range": fmt.day_range(before.first, before.last, now.language, this_year=day.year),
        "change": fmt.ratio(whole.value_minor - whole_before.value_minor, whole_before.value_minor),
        "active": active_count(program.id, day),
        "partners": enrolled_count(program.id),
        "chart": _chart(program, now, this, before, figures, figures_before),
    }


def _chart(
    program: Program, now: Reader, this: Span, before: Span, figures: list[Figures], figures_before: list[Figures]
) -> Chart:
    name, name_before = fmt.month(this.first, now.language), fmt.month(before.first, now.language)
    full_before = [fmt.plain_day(day, now.language) for day in before.each()]
    series = Series(name, [str(day.day) for day in this.each()], _running(figures))
    series_before = Series(name_before, full_before, _running(figures_before))
    money = Unit(program.currency)
    summary = _("Value added up by day: %(name)s reaches %(value)s, %(before)s had reached %(value_before)s.") % {
        "name": name, "value": money.cell(series.values[-1], now).text, "before": name_before,
        "value_before": money.cell(series_before.values[-1], now).text,
    }  # fmt: skip
    return trend(
        now,
        money,
        series,
        series_before,
        name="month-so-far",
        title=_("Value added up by day"),
        summary=summary,
        size="s",
    )


def _running(figures: list[Figures]) -> list[int]:
    return list(accumulate(one.value_minor for one in figures))
