"""Feeds: which ones are read for whom, what is wrong with some, adding one."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.content_words import feed_line
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.common.problems import show_problems
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.content import people
from hanse.faces.console.content.forms import FeedForm
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import attempt_or_warn
from hanse.growth.content.feeding import add_feed, keep_look, remove_feed, switch_on
from hanse.growth.content.finding import find_feed, look_at
from hanse.growth.content.models import Feed
from hanse.growth.content.queries import feeds_in
from hanse.growth.content.words import channel_name, problem_words
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.programs.programs.models import Program

SHOWN = ("failing", "off")


@console_page()
@needs_program
@require_GET
def feeds(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List feeds, those with a problem first."""
    state = UrlState(request.GET)
    show, query, every = state.choice("show", SHOWN), state.text("q"), feeds_in(program.pk)
    rows = every.filter(off_at__isnull=False) if show == "off" else every
    rows = rows.filter(off_at=None).exclude(problem="") if show == "failing" else rows
    rows = rows.filter(enrolment__partner__name__icontains=query) if query else rows
    table = Table(state, rows, _columns(), "-failures")
    if wants_csv(request):
        return export("feeds", table)
    known = Feed.objects.filter(program=program, removed_at=None)
    context = {
        "program": program, "table": table, "show": show, "query": query, "may_act": may(request),
        "lines": [(feed_line(row), row.enrolment.partner, partner_href(row.enrolment.partner_id), row)
                  for row in table.page_rows],
        "total": known.count(), "off": known.filter(off_at__isnull=False).count(),
        "failing": known.filter(off_at=None).exclude(problem="").count(),
        "shows": [(name, state.link(show=key), key == show) for key, name in (
            ("", _("All")), ("failing", _("Failing")), ("off", _("Off")),
        )],
    }  # fmt: skip
    return content_page(request, "console/content/feeds.html", "feeds", context)


@console_page()
@needs_program
def add(request: HttpRequest, program: Program) -> HttpResponse:
    """Add a feed: it is read before it is kept, outside any transaction."""
    form = FeedForm(request.POST or None, initial={"partner": people.name_of(program, request.GET.get("partner", ""))})
    if request.method == "POST" and form.is_valid() and _added(request, program, form):
        return HttpResponseRedirect(reverse("console:feeds"), status=303)
    context = {"form": form, "partners": people.names(program), "is_demo": program.is_demo}
    status = 422 if request.method == "POST" else 200
    return content_page(request, "console/content/feed_new.html", "feeds", context, status=status)


@console_page()
@require_POST
@needs_program
def look(request: HttpRequest, program: Program, feed_id: str) -> HttpResponse:
    """Look at a feed now, also at one that is off. The network holds no transaction."""
    row = _feed(program, feed_id)
    looked = look_at(row.address, etag=row.etag, last_modified=row.last_modified)
    with transaction.atomic():
        row = _feed(program, feed_id)
        if not row.is_on:
            switch_on(row, now=clock.now(), by=actor(request))
        new = keep_look(row, looked, now=clock.now())["new"]
    if looked.problem:
        warn(request, problem_words(looked.problem))
    else:
        tell(request, ngettext("Read: %(n)d new piece.", "Read: %(n)d new pieces.", new) % {"n": new})
    return HttpResponseRedirect(reverse("console:feeds"), status=303)


@console_page()
@require_POST
@writes
@needs_program
def remove(request: HttpRequest, program: Program, feed_id: str) -> HttpResponse:
    """Read a feed no more."""
    row = _feed(program, feed_id)
    undo = reverse("console:feed_back", args=[feed_id])
    attempt_or_warn(request, lambda: remove_feed(row, now=clock.now(), by=actor(request)),
                    _("It is not read any more. Its pieces stay."), undo=undo)  # fmt: skip
    return HttpResponseRedirect(reverse("console:feeds"), status=303)


@console_page()
@require_POST
@writes
@needs_program
def back(request: HttpRequest, program: Program, feed_id: str) -> HttpResponse:
    """Read a feed again that was removed."""
    row = _feed(program, feed_id)
    attempt_or_warn(request, lambda: switch_on(row, now=clock.now(), by=actor(request)), _("It is read again."))
    return HttpResponseRedirect(reverse("console:feeds"), status=303)


def _added(request: HttpRequest, program: Program, form: FeedForm) -> bool:
    who = people.named_partner(program, form.cleaned_data["partner"])
    if who is None:
        form.add_error("partner", _("There is no partner with this name or address here."))
        return False
    try:
        looked = find_feed(form.cleaned_data["address"])
        with transaction.atomic():
            feed = add_feed(who, looked, now=clock.now(), by=actor(request))
    except HanseError as error:
        show_problems(form, error)
        return False
    count = feed.pieces.count()
    text = ngettext("“%(title)s” is read from now on: %(n)d piece so far.",
                    "“%(title)s” is read from now on: %(n)d pieces so far.", count)  # fmt: skip
    tell(request, text % {"title": feed.title or feed.address, "n": count})
    return True


def _feed(program: Program, text: str) -> Feed:
    return get_object_or_404(Feed.objects.select_related("program"), pk=id_or_404("fed", text), program=program)


def _columns() -> list[Column[Feed]]:
    return [
        Column("title", _("Feed"), ("title",), lambda row: row.title or row.address),
        Column("partner", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("kind", _("Kind"), ("kind",), lambda row: channel_name(row.kind)),
        Column("address", _("Address"), (), lambda row: row.address),
        Column("looked", _("Looked at"), ("looked_at",), lambda row: row.looked_at or ""),
        Column("failures", _("Failed"), ("failures",), lambda row: row.failures, is_number=True),
        Column("problem", _("Problem"), (), lambda row: problem_words(row.problem)),
    ]  # fmt: skip
