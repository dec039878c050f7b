"""One piece: what is in it, what it brought by which way of telling, week by week; and what a person says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.charts import Chart, Series, Unit, bars
from hanse.faces.common.content_words import piece_line, way_lines
from hanse.faces.common.links import href, id_or_404, partner_href
from hanse.faces.common.page import needs_program, warn
from hanse.faces.common.reader import reader
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import attempt_or_warn, said
from hanse.growth.content.actions import give_page, hide_piece, note_refreshed, say_about_us, show_piece
from hanse.growth.content.counting import Count, count_pieces
from hanse.growth.content.models import Piece
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

_WEEKS = 26


@console_page()
@needs_program
@require_GET
def piece(request: HttpRequest, program: Program, piece_id: str) -> HttpResponse:
    """Show one piece, counted just now."""
    row = _piece(program, piece_id)
    today = local_day(clock.now(), program.time_zone)
    counts = count_pieces(program, [row.enrolment_id], today) if row.hidden_at is None else {}
    count = counts.get(row.pk, Count())
    for name in ("clicks", "sales", "value_minor", "clicks_90d", "sales_90d", "last_click_on", "ways"):
        setattr(row, name, getattr(count, name))
    context = {
        "program": program, "piece": row, "line": piece_line(row), "ways": way_lines(row), "may_act": may(request),
        "partner": row.enrolment.partner, "partner_href": partner_href(row.enrolment.partner_id),
        "links": _held(row),
        "codes": row.links.get("codes", ()), "untracked": row.links.get("untracked", 0),
        "chart": _chart(count, today) if count.clicks else None, "is_seen": row.source == Piece.Source.REFERRER,
    }  # fmt: skip
    return content_page(request, "console/content/piece.html", "pieces", context)


@console_page()
@require_POST
@writes
@needs_program
def act(request: HttpRequest, program: Program, piece_id: str, verb: str) -> HttpResponse:
    """Say that a piece is about us, hide or show it, or that it was refreshed."""
    row, now, by = _piece(program, piece_id), clock.now(), actor(request)
    back = reverse("console:piece", args=[piece_id])
    acts: dict[str, tuple[Callable[[], object], str, str]] = {
        "about-us": (lambda: say_about_us(row, now=now, by=by), _("It counts now."), ""),
        "hide": (lambda: hide_piece(row, now=now, by=by), _("It is left out now."),
                 reverse("console:piece_act", args=[piece_id, "show"])),
        "show": (lambda: show_piece(row, now=now, by=by), _("It counts again."), ""),
        "refreshed": (lambda: note_refreshed(row, now=now, by=by), _("Noted. It leaves the list for four months."), ""),
    }  # fmt: skip
    verb_of, done, undo = acts[verb]
    attempt_or_warn(request, verb_of, done, undo=undo)
    return HttpResponseRedirect(reverse("console:content") if verb == "hide" else back, status=303)


@console_page()
@require_POST
@writes
@needs_program
def page(request: HttpRequest, program: Program, piece_id: str) -> HttpResponse:
    """Say which page it is that only clicks told of."""
    row = _piece(program, piece_id)
    address, title = str(request.POST.get("address", "")), str(request.POST.get("title", ""))
    try:
        row = give_page(row, address=address, title=title, now=clock.now(), by=actor(request))
    except HanseError as error:
        warn(request, said(error))
    return HttpResponseRedirect(reverse("console:piece", args=[text_id("pce", row.pk)]), status=303)


def _piece(program: Program, text: str) -> Piece:
    rows = Piece.objects.select_related("program", "enrolment__partner", "feed")
    return get_object_or_404(rows, pk=id_or_404("pce", text), program=program)


def _held(row: Piece) -> list[tuple[Link, str, str]]:
    """Return the links in a piece: the link, its page, the parameters on it."""
    marks = row.links.get("links", ())
    known = {link.number: link for link in Link.objects.filter(number__in=[number for number, _subs in marks])}
    return [
        (known[number], href("console:link", text_id("lnk", known[number].pk)),
         ", ".join(f"{name}={value}" for name, value in subs.items()))
        for number, subs in marks if number in known
    ]  # fmt: skip


def _chart(count: Count, today: date) -> Chart:
    monday, language = today - timedelta(days=today.weekday()), reader().language
    weeks = [monday - timedelta(weeks=ago) for ago in range(_WEEKS - 1, -1, -1)]
    series = Series(
        _("Clicks"), [fmt.plain_day(week, language) for week in weeks], [count.weeks.get(week, 0) for week in weeks]
    )
    return bars(
        reader(), Unit(), series, name="piece-clicks", title=_("Clicks by week"),
        summary=_("Clicks that this piece brought in each of the last 26 weeks, which begin on Monday."),
    )  # fmt: skip
