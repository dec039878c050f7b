"""One lesson: as partners read it, who did it, what they answered; and showing it or putting it away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.learning.training import effect_words, state_of
from hanse.faces.console.learning.words import audience_names, audience_words
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.training.actions import archive_lesson, publish_lesson, restore_lesson
from hanse.growth.training.models import Lesson, LessonProgress, LessonVersion
from hanse.growth.training.queries import answers_given, effect_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program
from hanse.spine.safe_text import html_of


@console_page()
@needs_program
@require_GET
def lesson(request: HttpRequest, program: Program, lesson_id: str) -> HttpResponseBase:
    """Show a lesson with everybody who began it."""
    row = find_lesson(program, lesson_id)
    version = LessonVersion.objects.get(lesson=row, number=row.number)
    people = LessonProgress.objects.filter(lesson=row).select_related("enrolment__partner", "enrolment__tier")
    table = Table(UrlState(request.GET), people, _columns(), "-done", page_size=25)
    if wants_csv(request):
        return export("lesson", table)
    names, now = audience_names(program), reader()
    context = {
        "program": program, "lesson": row, "version": version, "id": lesson_id, "html": html_of(version.text),
        "state": state_of(row), "audience": audience_words(row.tiers, row.types, names), "table": table,
        "people": [(one, partner_href(one.enrolment.partner_id)) for one in table.page_rows],
        "answers": [_answer_row(one) for one in answers_given(version)], "may_act": may(request),
        "began": people.count(), "done": people.filter(done_at__isnull=False).count(),
        "effect": effect_words(effect_of(program, local_day(now.now, program.time_zone), row), now),
        "archive_fields": {"act": "archive"},
    }  # fmt: skip
    return resources_page(request, "console/learning/lesson.html", "training", context)


def _answer_row(given: dict[str, Any]) -> dict[str, Any]:
    """Return one question with its options, which of them is right, and how many chose each."""
    question = given["question"]
    options = [(text, place == question.right) for place, text in enumerate(question.options)]
    return {**given, "rows": list(zip(options, given["counts"], strict=True))}


def find_lesson(program: Program, lesson_id: str) -> Lesson:
    """Return a lesson of the program, or answer 404."""
    return get_object_or_404(Lesson, pk=id_or_404("les", lesson_id), program=program)


@console_page()
@require_POST
@writes
@needs_program
def change(request: HttpRequest, program: Program, lesson_id: str) -> HttpResponse:
    """Show a lesson to partners, put it away, bring it back."""
    row, now, by = find_lesson(program, lesson_id), clock.now(), actor(request)
    verb, done = {
        "archive": (archive_lesson, _("Put away. Whoever has done it has done it.")),
        "restore": (restore_lesson, _("It is back.")),
    }.get(str(request.POST.get("act")), (publish_lesson, _("Open. Partners see it in their portal now.")))
    attempt_or_warn(request, lambda: verb(row, now=now, by=by), done)
    return HttpResponseRedirect(reverse("console:lesson", args=[lesson_id]), status=303)


def _columns() -> list[Column[Any]]:
    return [
        Column("partner", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("begun", _("Begun"), ("begun_at",), lambda row: row.begun_at.isoformat()),
        Column("tries", _("Tries"), ("tries",), lambda row: row.tries, is_number=True),
        Column("done", _("Done"), ("done_at",), lambda row: row.done_at.isoformat() if row.done_at else ""),
    ]
