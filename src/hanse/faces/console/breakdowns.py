"""Breakdowns of a program, of one partner and of one link; a link's last two days by the hour."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page
from hanse.faces.common.breakdown import breakdown_lines, breakdown_page
from hanse.faces.common.charts import Chart, Series, Unit, bars
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import console, needs_program
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import UrlState, csv_file, wants_csv
from hanse.insight.breakdown.queries import hours
from hanse.insight.breakdown.types import Scope
from hanse.insight.rollups.facets import hour_of
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

HOURS = 48


@console_page()
@needs_program
def overview_by(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Break the program's numbers down."""
    return _page(request, program, Scope(program.pk), {"here": "overview"})


@console_page()
@needs_program
def partner_by(request: HttpRequest, program: Program, partner_id: str) -> HttpResponseBase:
    """Break one partner's numbers down."""
    rows = Enrolment.objects.select_related("partner").filter(program=program)
    enrolment = get_object_or_404(rows, partner_id=id_or_404("prt", partner_id))
    about = {"here": "partners", "partner": enrolment.partner, "text_id": partner_id}
    return _page(request, program, Scope(program.pk, enrolment.pk), about)


@console_page()
@needs_program
def link_by(request: HttpRequest, program: Program, link_id: str) -> HttpResponseBase:
    """Show a link's last 48 hours and break its numbers down. With `part=hours` only the hours are sent."""
    rows = Link.objects.select_related("enrolment__partner").filter(enrolment__program=program)
    link = get_object_or_404(rows, pk=id_or_404("lnk", link_id))
    chart, clicks, sales = _hours(link, reader())
    about: dict[str, object] = {"link": link, "text_id": link_id, "hours": chart, "hour_clicks": clicks,
                                "hour_sales": sales, "here": "traffic"}  # fmt: skip
    if request.GET.get("part") == "hours":
        return console(request, "console/link_hours.html", "traffic", about)
    return _page(request, program, Scope(program.pk, link.enrolment_id, link.number), about)


def _page(request: HttpRequest, program: Program, scope: Scope, about: dict[str, object]) -> HttpResponseBase:
    state, now = UrlState(request.GET), reader()
    if wants_csv(request):
        return csv_file(*breakdown_lines(state, scope, program, now))
    found = breakdown_page(state, scope, program, now)
    context = {**about, "program": program, "b": found, "chart": found.chart}
    return console(request, "console/breakdown.html", str(about["here"]), context)


def _hours(link: Link, now: Reader) -> tuple[Chart, int, int]:
    last = hour_of(now.now)
    first = last - timedelta(hours=HOURS - 1)
    found = hours(link.number, first, last + timedelta(hours=1))
    every = [first + timedelta(hours=offset) for offset in range(HOURS)]
    labels = [
        f"{fmt.plain_day(at.astimezone(now.zone).date(), now.language)} {fmt.clock(at, now.zone)}" for at in every
    ]
    clicks = [found.get(at, (0, 0, 0))[0] for at in every]
    sales = sum(row[2] for row in found.values())
    total = sum(clicks)
    said = ngettext("%(n)s valid click in 48 hours.", "%(n)s valid clicks in 48 hours.", total)
    caption = said % {"n": fmt.number(total, now.language)}
    title = _("Clicks by the hour")
    chart = bars(
        now, Unit(), Series(_("Clicks"), labels, clicks), name=f"{link.slug}-48-hours", title=title,
        summary=f"{title}. {caption}", caption=caption, size="m", axis=_("Hour"),
    )  # fmt: skip
    return chart, total, sales
