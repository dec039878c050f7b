"""Questions and answers: what partners search, and the playbook by which the team answers alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.resource_words import TargetWords, language_words
from hanse.faces.common.tables import UrlState
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.resources.forms import AnswerForm
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.faq.actions import Said, archive_entry, keep_entry, restore_entry
from hanse.growth.faq.models import FaqEntry
from hanse.growth.faq.queries import entries_of, entry_by_id, found, target_of
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.programs.programs.models import Program
from hanse.spine.safe_text import html_of

_PLACES = ("partners", "team")
_MOST = 500


@console_page()
@needs_program
def answers(request: HttpRequest, program: Program) -> HttpResponse:
    """List questions with their answers, for partners or for the team, or those that answer a search."""
    state = UrlState(request.GET)
    place, query = state.choice("place", _PLACES) or "partners", state.text("q")
    is_away = state.text("show") == "archived"
    rows = list(entries_of(program.pk, place).filter(archived_at__isnull=not is_away)[:_MOST])
    matches, words = found(query, rows), TargetWords(program)
    context = {
        "groups": _by_topic(matches, words) if not query else [("", _shown(matches, words))], "query": query,
        "place": place, "n": len(matches), "total": len(rows), "may_act": may(request), "is_away": is_away,
        "places": [
            (_("For partners"), state.link(place="partners"), place == "partners"),
            (_("Playbook, only for the team"), state.link(place="team"), place == "team"),
        ],
        "away_href": state.link(show="" if is_away else "archived"),
    }  # fmt: skip
    return resources_page(request, "console/resources/answers.html", "faq", context)


@console_page()
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Write a question with its answer, or one in another language."""
    original = None
    if asked := request.GET.get("of"):
        mother = _found(program, asked)
        original = mother.original or mother
    place = request.GET.get("place", "")
    start: dict[str, Any] = {"place": place if place in _PLACES else "partners", "topic": request.GET.get("topic", "")}
    return _write(request, program, None, original, _start(original) | {"language": ""} if original else start)


@console_page()
@writes
@needs_program
def answer(request: HttpRequest, program: Program, entry_id: UUID) -> HttpResponse:
    """Change a question or its answer."""
    row = _found(program, entry_id)
    return _write(request, program, row, None, _start(row))


@console_page()
@require_POST
@writes
@needs_program
def archive(request: HttpRequest, program: Program, entry_id: UUID) -> HttpResponse:
    """Put a question away."""
    row = _found(program, entry_id)
    undo = reverse("console:faq_restore", args=[row.pk])
    attempt_or_warn(
        request, lambda: archive_entry(row, now=clock.now(), by=actor(request)), _("It is put away."), undo=undo
    )
    return HttpResponseRedirect(f"{reverse('console:faq')}?place={row.place}", status=303)


@console_page()
@require_POST
@writes
@needs_program
def restore(request: HttpRequest, program: Program, entry_id: UUID) -> HttpResponse:
    """Bring a question back."""
    row = _found(program, entry_id)
    attempt_or_warn(request, lambda: restore_entry(row, now=clock.now(), by=actor(request)), _("It is back."))
    return HttpResponseRedirect(f"{reverse('console:faq')}?place={row.place}", status=303)


def _write(
    request: HttpRequest, program: Program, row: FaqEntry | None, original: FaqEntry | None, start: dict[str, Any]
) -> HttpResponse:
    form = AnswerForm(program, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        text = Said(said["question"], said["answer"].replace("\r\n", "\n"), said["topic"], said["is_pinned"])
        kept = attempt(form, lambda: keep_entry(
            program, said["place"], text, form.target(), instead_of=row, original=original, now=clock.now(),
            by=actor(request),
        ))  # fmt: skip
        if kept is not None:
            tell(request, _("Kept."))
            return HttpResponseRedirect(f"{reverse('console:faq')}?place={kept.place}#q-{kept.pk}", status=303)
    topics = sorted(set(entries_of(program.pk).order_by().values_list("topic", flat=True)))
    context = {"form": form, "entry": row, "original": original, "topics": topics, "may_act": may(request)}
    status = 422 if request.method == "POST" else 200
    return resources_page(request, "console/resources/answer.html", "faq", context, status=status)


def _by_topic(rows: list[FaqEntry], words: TargetWords) -> list[tuple[str, list[dict[str, Any]]]]:
    topics: dict[str, list[FaqEntry]] = {}
    for row in rows:
        topics.setdefault(row.topic, []).append(row)
    return [(topic, _shown(topics[topic], words)) for topic in sorted(topics, key=str.casefold)]


def _shown(rows: list[FaqEntry], words: TargetWords) -> list[dict[str, Any]]:
    return [
        {
            "entry": row, "html": html_of(row.answer), "readers": words.said(target_of(row)),
            "language": language_words().get(row.language, row.language), "helped": getattr(row, "helped", 0),
            "heard": getattr(row, "heard", 0),
        }
        for row in rows
    ]  # fmt: skip


def _start(row: FaqEntry) -> dict[str, Any]:
    return {
        "place": row.place, "topic": row.topic, "question": row.question, "answer": row.answer,
        "language": row.language, "tiers": row.tiers, "types": row.types, "channels": row.channels,
        "is_pinned": row.is_pinned,
    }  # fmt: skip


def _found(program: Program, entry_id: UUID | str) -> FaqEntry:
    try:
        return entry_by_id(program.pk, UUID(str(entry_id)))
    except (NotFound, ValueError) as missing:
        raise Http404 from missing
