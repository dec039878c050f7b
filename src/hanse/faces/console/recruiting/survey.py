"""Asking customers: the page with one question, what they answered, and the log form that needs no account."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.faces.console.recruiting.words import source_names
from hanse.growth.mentions.models import Answer
from hanse.growth.surveys import actions, queries
from hanse.growth.surveys.models import LogDoor
from hanse.growth.surveys.secret import log_path
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url

_VERSIONS_SHOWN = 20
_BOOKMARKLET = (
    "javascript:(function(){{var s=String(window.getSelection()||'').slice(0,300);"
    "window.open({address}+'?name='+encodeURIComponent(s)+'&link='+encodeURIComponent(location.href.slice(0,500)),"
    "'_blank','width=480,height=720')}})();"
)


class QuestionForm(PlainForm):
    """The one question."""

    text = forms.CharField(
        label=gettext_lazy("Question"), max_length=300,
        help_text=gettext_lazy("Ask for names: “Whom do you follow for ideas about …?”"),
    )  # fmt: skip
    hint = forms.CharField(label=gettext_lazy("A line below it"), max_length=300, required=False)
    thanks = forms.CharField(
        label=gettext_lazy("What you say afterwards"), max_length=1000, required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip


class DoorForm(PlainForm):
    """A team that logs names."""

    team = forms.CharField(label=gettext_lazy("Team"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.ChoiceField(
            label=_("Heard in"), choices=list(source_names().items()), initial="support"
        )


@console_page()
@needs_program
@require_GET
def survey(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the page's address, its question and the addresses of the log form."""
    return _page(request, program, QuestionForm(initial=_asked(program)), DoorForm(auto_id="door_%s"))


@console_page()
@require_POST
@writes
@needs_program
def ask(request: HttpRequest, program: Program) -> HttpResponse:
    """Ask another question from now on."""
    form = QuestionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: actions.ask_question(program, now=clock.now(), by=actor(request), **given)):
            tell(request, _("The question is kept; answers from before keep theirs"))
            return _back()
    return _page(request, program, form, DoorForm(auto_id="door_%s"), status=422)


@console_page()
@require_POST
@writes
@needs_program
def switch(request: HttpRequest, program: Program) -> HttpResponse:
    """Open or close the page."""
    opens = request.POST.get("open") == "1"
    done = _("The page takes answers now") if opens else _("The page is closed")
    attempt_or_warn(
        request, lambda: actions.switch_survey(program, is_open=opens, now=clock.now(), by=actor(request)), done
    )
    return _back()


@console_page()
@needs_program
@require_GET
def answers(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List what was answered, word by word; as CSV too."""
    state, names = UrlState(request.GET), source_names()
    source, search = state.choice("source", names), state.text("q")
    rows = queries.answers_of(program.pk)
    rows = rows.filter(source=source) if source else rows
    rows = rows.filter(text__icontains=search) if search else rows
    table: Table[Answer] = Table(state, rows, _columns(), "-at")
    if wants_csv(request):
        return export("answers", table)
    context = {
        "table": table, "q": search, "rows": [(row, names.get(row.source, row.source)) for row in table.page_rows],
        "sources": [("", _("All"), state.link(source=""), not source)]
        + [(key, name, state.link(source=key), key == source) for key, name in names.items()],
    }  # fmt: skip
    return recruit_page(request, program, "console/recruiting/said.html", "survey", context)


@console_page()
@require_POST
@writes
@needs_program
def make_door(request: HttpRequest, program: Program) -> HttpResponse:
    """Make a secret address for a team."""
    form = DoorForm(request.POST, auto_id="door_%s")
    if form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: actions.make_door(program, now=clock.now(), by=actor(request), **given)):
            tell(request, _("The address is made"))
            return _back()
    return _page(request, program, QuestionForm(initial=_asked(program)), form, status=422)


@console_page()
@require_POST
@writes
@needs_program
def renew(request: HttpRequest, program: Program, door_id: UUID) -> HttpResponse:
    """Give a team another address."""
    row = get_object_or_404(LogDoor.objects.select_related("program"), pk=door_id, program=program)
    attempt_or_warn(
        request, lambda: actions.renew_door(row, now=clock.now(), by=actor(request)),
        _("The old address leads nowhere now; pass the new one on"),
    )  # fmt: skip
    return _back()


@console_page()
@require_POST
@writes
@needs_program
def close(request: HttpRequest, program: Program, door_id: UUID) -> HttpResponse:
    """Close an address."""
    row = get_object_or_404(LogDoor, pk=door_id, program=program)
    attempt_or_warn(request, lambda: actions.close_door(row, now=clock.now(), by=actor(request)), _("Closed"))
    return _back()


def bookmarklet(address: str) -> str:
    """Return what a browser keeps as a bookmark: it opens the log form with the page and the marked words filled in."""
    return _BOOKMARKLET.format(address=json.dumps(address).replace('"', "'"))


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:survey"))


def _asked(program: Program) -> dict[str, str]:
    row = queries.question_of(program.pk)
    return {"text": row.text, "hint": row.hint, "thanks": row.thanks} if row else {}


def _page(
    request: HttpRequest, program: Program, form: QuestionForm, door_form: DoorForm, *, status: int = 200
) -> HttpResponse:
    names = source_names()
    doors = [
        {"row": row, "address": (address := absolute_url(log_path(row.pk))), "bookmarklet": bookmarklet(address),
         "source": names.get(row.source, row.source)}
        for row in queries.doors_of(program.pk)
    ]  # fmt: skip
    versions = list(queries.questions_of(program.pk)[:_VERSIONS_SHOWN])
    context = {
        "form": form, "door_form": door_form, "doors": doors if may(request) else [], "door_count": len(doors),
        "address": absolute_url(reverse("ask", args=[program.slug])), "versions": versions,
        "is_open": queries.is_open(program.pk), "may_act": may(request),
        "count": queries.answers_of(program.pk).count(),
    }  # fmt: skip
    return recruit_page(request, program, "console/recruiting/survey.html", "survey", context, status=status)


def _columns() -> list[Column[Answer]]:
    return [
        Column("at", _("When"), ("named_at",), lambda row: row.named_at.isoformat(), is_number=True),
        Column("text", _("Answer"), (), lambda row: row.text),
        Column("question", _("Question"), (), lambda row: row.question),
        Column("source", _("Heard in"), ("source",), lambda row: row.source),
        Column("person", _("Person"), (), lambda row: row.person),
        Column("place", _("Link"), (), lambda row: row.place),
        Column("note", _("Note"), (), lambda row: row.note),
        Column("by", _("Logged by"), (), lambda row: row.logged_by),
    ]
