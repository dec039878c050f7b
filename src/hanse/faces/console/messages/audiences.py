"""Audiences: saved conditions with who they mean now."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.messages.audience_form import AudienceForm
from hanse.faces.console.messages.frame import messages_page
from hanse.growth.audiences.actions import archive_audience, keep_audience
from hanse.growth.audiences.models import Audience
from hanse.growth.audiences.queries import Meant, audience_by_id, audiences_of, meant_by, read_condition
from hanse.growth.audiences.words import sentence_of
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, NotFound
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of


@console_page()
@needs_program
def audiences(request: HttpRequest, program: Program) -> HttpResponse:
    """List the audiences in words, each with how many it means now."""
    names, now = _tier_names(program), clock.now()
    rows = []
    for row in audiences_of(program.pk)[:100]:
        condition = read_condition(row.condition)
        meant = meant_by(program.pk, condition, now, 0)
        rows.append((row, sentence_of(condition, program.currency, names), meant))
    context = {"rows": rows, "may_act": may(request)}
    return messages_page(request, "console/messages/audiences.html", "audiences", context)


@console_page()
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Begin an audience."""
    return _edit(request, program, None)


@console_page()
@writes
@needs_program
def audience(request: HttpRequest, program: Program, audience_id: UUID) -> HttpResponse:
    """Show an audience with who it means, and change it."""
    return _edit(request, program, _found(program, audience_id))


def _edit(request: HttpRequest, program: Program, row: Audience | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = AudienceForm(program.currency, data, row.condition if row else None, row.name if row else "")
    if request.method == "POST" and form.is_valid():
        kept = attempt(
            form,
            lambda: keep_audience(
                program, name=form.cleaned_data["name"], condition=form.condition(), now=clock.now(),
                by=actor(request), instead_of=row,
            ),
            {"condition": "__all__"},
        )  # fmt: skip
        if kept is not None:
            tell(request, _("The audience is kept"))
            return HttpResponseRedirect(reverse("console:audience", args=[kept.pk]))
    context = {"row": row, "form": form, "may_act": may(request), **_counted(program, form, row)}
    status = 422 if request.method == "POST" else 200
    return messages_page(request, "console/messages/audience.html", "audiences", context, status=status)


@console_page()
@require_POST
@needs_program
def count(request: HttpRequest, program: Program) -> HttpResponse:
    """Answer with whom the typed condition means now. Writes nothing."""
    form = AudienceForm(program.currency, request.POST)
    return render(request, "console/messages/meant.html", _counted(program, form, None))


def _counted(program: Program, form: AudienceForm, row: Audience | None) -> dict[str, object]:
    """Return count, sample and words of what is typed, or of what is kept, or what is wrong with it."""
    try:
        if form.is_bound:
            form.is_valid()
            condition = read_condition(form.condition())
        else:
            condition = read_condition(row.condition if row else None)
    except Invalid as refused:
        return {"meant": None, "wrong": [problem.message for problem in refused.problems]}
    meant: Meant = meant_by(program.pk, condition, clock.now())
    return {"meant": meant, "words": sentence_of(condition, program.currency, _tier_names(program)), "wrong": []}


@console_page()
@require_POST
@writes
@needs_program
def archive(request: HttpRequest, program: Program, audience_id: UUID) -> HttpResponse:
    """Put an audience away."""
    row = _found(program, audience_id)
    attempt_or_warn(
        request, lambda: archive_audience(row, now=clock.now(), by=actor(request)), _("The audience is put away")
    )
    return HttpResponseRedirect(reverse("console:audiences"))


def _found(program: Program, audience_id: UUID) -> Audience:
    try:
        return audience_by_id(program.pk, audience_id)
    except NotFound as missing:
        raise Http404 from missing


def _tier_names(program: Program) -> dict[str, str]:
    return {tier.key: tier.name for tier in tiers_of(program.pk)}
