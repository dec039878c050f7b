"""The rule of silence on the program's own past: how often it would have been wrong, whom it would have found."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from hanse.faces.common.access import console_page
from hanse.faces.common.page import console, needs_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import UrlState
from hanse.faces.console.relations.frame import partner_tabs
from hanse.growth.silence.backtest import FEWEST, GONE_DAYS, Result
from hanse.growth.silence.history import backtest, left_alone
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

SPANS = ("180", "365", "730")
_KEPT_SECONDS = 6 * 3600


@console_page()
@needs_program
def past(request: HttpRequest, program: Program) -> HttpResponse:
    """Show false alarms and finds over the chosen days; reckoned once a day, as the past stays what it was."""
    today = local_day(reader().now, program.time_zone)
    state = UrlState(request.GET)
    days = state.choice("days", SPANS, "365")
    key = f"silence:{program.pk}:{today}:{days}"
    result: Result | None = cache.get(key)
    if result is None:
        result = backtest(program, today, int(days))
        cache.set(key, result, _KEPT_SECONDS)
    context = {
        "program": program, "result": result, "alone": left_alone(program.pk, today), "days": int(days),
        "spans": [(int(one), state.link(days=one), one == days) for one in SPANS], "fewest": FEWEST,
        "gone_days": GONE_DAYS, "tabs": partner_tabs("silent"),
    }  # fmt: skip
    return console(request, "console/relations/past.html", "partners", context)
