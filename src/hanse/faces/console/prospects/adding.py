"""Into the pipeline: one by hand, one by a click on a candidate, many from a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hanse.bridges.files.answers import LONGEST_FILE
from hanse.bridges.files.prospects import MOST_ROWS, read_prospects
from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.console.forms import attempt, said
from hanse.faces.console.prospects.prospect import AboutForm
from hanse.faces.console.recruiting.candidates import find_candidate
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.prospects.actions import add_from_candidate, add_prospect
from hanse.growth.prospects.importing import bring_in
from hanse.growth.prospects.models import Prospect
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.queries import partners_in
from hanse.programs.programs.models import Program

_REFUSED_SHOWN = 50


class NewForm(AboutForm):
    """A prospect by hand, perhaps brought by a partner."""

    referrer = forms.ChoiceField(required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = [(text_id("prt", one.pk), one.name) for one in partners_in(program.pk)[:2000]]
        self.fields["referrer"] = forms.ChoiceField(
            label=_("Brought by"), required=False, choices=[("", _("Nobody")), *partners],
            help_text=_("A partner who brought them. This is kept for life and credits them when they join."),
        )  # fmt: skip


class FileForm(forms.Form):
    """A list of prospects."""

    use_required_attribute = False
    file = forms.FileField(label=gettext_lazy("CSV file of prospects"))


@console_page()
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Show both forms; keep one prospect, or a file of them whole."""
    form, file_form = NewForm(program), FileForm()
    refused: list[tuple[int, str]] = []
    if request.method == "POST" and "name" in request.POST:
        form = NewForm(program, request.POST)
        row = _add(request, program, form) if form.is_valid() else None
        if row is not None:
            tell(request, _("%(name)s is in the pipeline now") % {"name": row.name})
            return HttpResponseRedirect(reverse("console:prospect", args=[text_id("pst", row.pk)]))
    elif request.method == "POST":
        file_form = FileForm(request.POST, request.FILES)
        if file_form.is_valid():
            try:
                return _bring_in(request, program, file_form.cleaned_data["file"].read(LONGEST_FILE + 1))
            except Invalid as error:
                refused = [row_of(problem) for problem in error.problems]
    context = {
        "form": form, "file_form": file_form, "refused": refused[:_REFUSED_SHOWN], "refused_count": len(refused),
        "may_act": may(request), "most_rows": MOST_ROWS,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return recruit_page(request, program, "console/prospects/new.html", "pipeline", context, status=status)


@console_page()
@require_POST
@writes
@needs_program
def from_candidate(request: HttpRequest, program: Program, candidate_id: str) -> HttpResponse:
    """Put a candidate into the pipeline, in the care of whoever clicks."""
    row = find_candidate(program, candidate_id)
    try:
        made = add_from_candidate(row, owner=team_member(request), now=clock.now(), by=actor(request))
    except HanseError as error:
        warn(request, said(error))
        return HttpResponseRedirect(reverse("console:candidate", args=[candidate_id]))
    tell(request, _("%(name)s is in the pipeline now") % {"name": made.name})
    return HttpResponseRedirect(reverse("console:prospect", args=[text_id("pst", made.pk)]))


def _add(request: HttpRequest, program: Program, form: NewForm) -> Prospect | None:
    given = dict(form.cleaned_data)
    text = given.pop("referrer")
    referrer = partners_in(program.pk).filter(pk=id_or_404("prt", text)).first() if text else None
    return attempt(
        form,
        lambda: add_prospect(
            program, referrer=referrer, owner=team_member(request), now=clock.now(), by=actor(request), **given
        ),
    )


def _bring_in(request: HttpRequest, program: Program, body: bytes) -> HttpResponse:
    """Bring a file in and go to the pipeline. Raises Invalid where a row cannot be taken."""
    rows = read_prospects(body)
    done = bring_in(program, rows, owner=team_member(request), now=clock.now(), by=actor(request))
    new = ngettext("%(n)d prospect came in", "%(n)d prospects came in", done.new) % {"n": done.new}
    known = ngettext("%(n)d was known already", "%(n)d were known already", done.known) % {"n": done.known}
    tell(request, f"{new}, {known}" if done.known else new)
    return HttpResponseRedirect(reverse("console:prospects"))


def row_of(problem: Problem) -> tuple[int, str]:
    """Return the row of a file (from 1, 0 for the whole) that a problem is about, and what it says."""
    parts = problem.pointer.split("/")
    return (int(parts[2]) + 1, f"{parts[3]}: {problem.message}") if parts[1] == "rows" else (0, problem.message)
