"""Letters: the list, writing one with a live preview, a test to oneself, putting one away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.messages.frame import messages_page, readers
from hanse.faces.console.messages.trying import mail_test
from hanse.faces.console.messages.writing import (
    LANGUAGES,
    Contents,
    LetterForm,
    kind_words,
    language_here,
    look,
    reader_here,
    start_of,
    template_of,
    typed,
    vocabulary,
)
from hanse.growth.templates.actions import archive_message, keep_message
from hanse.growth.templates.library import shipped
from hanse.growth.templates.models import MessageTemplate
from hanse.growth.templates.previews import preview_of, unsaved
from hanse.growth.templates.queries import latest_version, messages_of, versions_of
from hanse.kernel import clock
from hanse.kernel.errors import NotFound, Refused
from hanse.programs.programs.models import Program

_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; sandbox; frame-ancestors 'self'"


@console_page()
@needs_program
def messages(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List the program's letters."""
    state, words = UrlState(request.GET), kind_words()
    rows = messages_of(program.pk)
    if kind := state.choice("kind", words):
        rows = rows.filter(kind=kind)
    if search := state.text("q"):
        rows = rows.filter(name__icontains=search)
    columns: list[Column[Any]] = [
        Column("name", _("Letter"), order=("name",), cell=lambda row: row.name),
        Column("kind", _("What it is for"), order=("kind", "name"), cell=lambda row: words[row.kind]),
        Column("languages", _("Languages"), cell=lambda row: " ".join(row.latest_contents)),
        Column("changed", _("Changed"), order=("changed_at",), cell=lambda row: row.changed_at),
    ]
    table = Table(state, rows, columns, "name")
    if wants_csv(request):
        return export("letters", table)
    kinds = [("", _("All"), state.link(kind=""), not kind)]
    kinds += [(key, word, state.link(kind=key), key == kind) for key, word in words.items()]
    context = {
        "table": table, "kinds": kinds, "words": words, "search": search, "may_act": may(request),
        "is_first": not kind and not search and table.total == 0, "shipped": len(shipped()),
    }  # fmt: skip
    return messages_page(request, "console/messages/letters.html", "letters", context)


@console_page()
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Begin a letter, from nothing or from the library."""
    key = request.POST.get("from") or request.GET.get("from", "")
    return _write(request, program, None, start_of(key), key)


@console_page()
@writes
@needs_program
def message(request: HttpRequest, program: Program, message_id: UUID) -> HttpResponse:
    """Show a letter as it is read, and change it."""
    template = _found(program, message_id)
    version = latest_version(template.pk)
    return _write(request, program, template, (template.name, template.kind, version.contents), template.library_key)


def _write(
    request: HttpRequest, program: Program, template: MessageTemplate | None, start: tuple[str, str, Contents], key: str
) -> HttpResponse:
    name, kind, before = start
    language = language_here(request, before)
    is_posted = request.method == "POST"
    is_tried = is_posted and bool({"look", "test"} & request.POST.keys())
    contents = typed(request, before, language) if is_posted else before
    initial = {"name": name, "kind": kind, **contents.get(language, {})}
    form = LetterForm(request.POST if is_posted else None, initial=initial)
    if is_posted and not is_tried and (form.is_valid() or language not in contents):
        given, now, by = form.data, clock.now(), actor(request)
        kept = attempt(
            form,
            lambda: keep_message(
                program, name=given.get("name", ""), kind=given.get("kind", ""), contents=contents, now=now, by=by,
                instead_of=template, library_key="" if template else key,
            ),
            {"contents": "body"},
        )  # fmt: skip
        if kept is not None:
            tell(request, _("Version %(number)d is kept") % {"number": kept.number})
            return HttpResponseRedirect(f"{reverse('console:message', args=[kept.template_id])}?language={language}")
    rows = readers(program)
    reader = reader_here(request, rows)
    kind = form.data.get("kind", kind) if is_posted else kind
    looked = look(program, kind, contents, language, reader)
    if is_posted and "test" in request.POST:
        mail_test(request, looked, unsaved(program, kind, contents, template), language, template)
    codes = list(dict.fromkeys((*contents, *LANGUAGES)))
    context = {
        "form": form, "template": template, "key": key, "language": language, "program": program,
        "languages": [(code, code in contents, code == language) for code in codes], "readers": rows, "looked": looked,
        "versions": list(versions_of(template.pk)[:8]) if template else [], "vocabulary": vocabulary(),
        "may_act": may(request), "to": team_member(request).email,
    }  # fmt: skip
    status = 422 if is_posted and not is_tried else 200
    return messages_page(request, "console/messages/write.html", "letters", context, status=status)


@console_page()
@require_POST
@needs_program
def preview(request: HttpRequest, program: Program) -> HttpResponse:
    """Answer with what stands beside the text while it is written. Writes nothing."""
    rows = readers(program)
    language = language_here(request, {})
    contents = typed(request, {}, language)
    looked = look(program, request.POST.get("kind", ""), contents, language, reader_here(request, rows))
    context = {"looked": looked, "program": program, "language": language}
    return render(request, "console/messages/preview.html", context)


@console_page()
@needs_program
def mail(request: HttpRequest, program: Program, message_id: UUID) -> HttpResponse:
    """Answer with the mail itself, as a mail program shows it: no script runs, nothing is loaded from us."""
    version = latest_version(_found(program, message_id).pk)
    reader = reader_here(request, readers(program))
    if reader is None:
        raise Http404
    try:
        found = preview_of(version, reader.pk, clock.now(), language=request.GET.get("language", "")).rendered
    except (NotFound, Refused) as refused:
        raise Http404 from refused
    if request.GET.get("as_text"):
        answer = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    else:
        answer = HttpResponse(found.html)
        answer.headers["Content-Security-Policy"] = _MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@console_page()
@require_POST
@writes
@needs_program
def archive(request: HttpRequest, program: Program, message_id: UUID) -> HttpResponse:
    """Put a letter away."""
    row = _found(program, message_id)
    attempt_or_warn(
        request, lambda: archive_message(row, now=clock.now(), by=actor(request)), _("The letter is put away")
    )
    return HttpResponseRedirect(reverse("console:messages"))


def _found(program: Program, message_id: UUID) -> MessageTemplate:
    template = template_of(program, message_id)
    if template is None:
        raise Http404
    return template
