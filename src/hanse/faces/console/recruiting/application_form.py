"""The form to apply with: what is asked, in which words; looked at before it is published, as versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.faces.public.join_forms import JoinForm
from hanse.growth.recruiting.forms import form_of, publish_form
from hanse.growth.recruiting.models import Application, ApplicationForm
from hanse.growth.recruiting.questions import read_questions
from hanse.growth.recruiting.types import HOWS, MOST_QUESTIONS, STANDARD, FormContent
from hanse.growth.recruiting.words import how_names, kind_names, standard_names
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.programs.programs.models import Program
from hanse.spine.checks import Checks

_VERSIONS_SHOWN = 20


@console_page()
@writes
@needs_program
def application_form(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the builder beside what applicants see; publish the next version."""
    problems: list[Problem] = []
    draft = _draft(form_of(program.pk))
    if request.method == "POST":
        draft = _sent(request.POST)
        does = str(request.POST.get("do", ""))
        if does == "publish":
            try:
                row = publish_form(program, now=clock.now(), by=actor(request), **draft)
            except Invalid as error:
                problems = list(error.problems)
            else:
                tell(request, _("Version %(number)d of the form is shown now") % {"number": row.number})
                return HttpResponseRedirect(reverse("console:application_form"))
        else:
            _rearrange(draft["questions"], does)
    context = {
        "draft": draft, "rows": _rows(draft["questions"], problems), "standard": _standard(draft["standard"]),
        "kinds": kind_names(), "hows": how_names(), "preview": JoinForm(_content(draft), auto_id="pre_%s"),
        "wrong": [one.message for one in problems if not one.pointer.startswith("/questions/")],
        "versions": _versions(program), "may_act": may(request), "is_full": len(draft["questions"]) >= MOST_QUESTIONS,
        "join_href": href("public:join", program.slug) or f"/join/{program.slug}",
    }  # fmt: skip
    status = 422 if problems else 200
    return recruit_page(request, program, "console/recruiting/form.html", "applications", context, status=status)


def _draft(content: FormContent) -> dict[str, Any]:
    return {
        "headline": content.headline, "lead": content.lead, "standard": dict(content.standard), "note": "",
        "questions": [question.as_json() for question in content.questions],
    }  # fmt: skip


def _sent(posted: QueryDict) -> dict[str, Any]:
    """Return what was typed, as `publish_form` takes it."""
    count = str(posted.get("questions", "0"))
    places = range(min(int(count), MOST_QUESTIONS) if count.isascii() and count.isdigit() and len(count) < 4 else 0)
    questions = [
        {
            "key": str(posted.get(f"q{place}-key", "")), "kind": str(posted.get(f"q{place}-kind", "text")),
            "label": str(posted.get(f"q{place}-label", "")), "hint": str(posted.get(f"q{place}-hint", "")),
            "options": _options(posted, place), "is_required": posted.get(f"q{place}-required") == "on",
        }
        for place in places
    ]  # fmt: skip
    standard = {name: str(posted.get(f"standard-{name}", how)) for name, how in STANDARD.items()}
    texts = {name: str(posted.get(name, "")) for name in ("headline", "lead", "note")}
    return {**texts, "standard": standard, "questions": questions}


def _options(posted: QueryDict, place: int) -> list[str]:
    if posted.get(f"q{place}-kind") != "choice":
        return []
    lines = str(posted.get(f"q{place}-options", "")).splitlines()
    return [line.strip() for line in lines if line.strip()]


def _rearrange(questions: list[dict[str, Any]], does: str) -> None:
    """Add, remove or move a question, as the button that was pressed says."""
    act, _colon, text = does.partition(":")
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    if act == "add" and len(questions) < MOST_QUESTIONS:
        kind = text if text in kind_names() else "text"
        questions.append({"key": "", "kind": kind, "label": "", "hint": "", "options": [], "is_required": False})
    elif not 0 <= place < len(questions):
        return
    elif act == "remove":
        del questions[place]
    elif act == "up" and place:
        questions[place - 1 : place + 1] = reversed(questions[place - 1 : place + 1])
    elif act == "down":
        questions[place : place + 2] = reversed(questions[place : place + 2])


def _rows(questions: list[dict[str, Any]], problems: list[Problem]) -> list[dict[str, Any]]:
    names = kind_names()
    return [
        {
            **one, "place": place, "number": place + 1, "kind_name": names.get(one["kind"], ""),
            "lines": "\n".join(one["options"]),
            "errors": [found.message for found in problems if found.pointer.startswith(f"/questions/{place}/")],
        }
        for place, one in enumerate(questions)
    ]  # fmt: skip


def _standard(chosen: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(name, words, chosen.get(name, "left_out")) for name, words in standard_names().items()]


def _content(draft: Mapping[str, Any]) -> FormContent:
    """Return a draft as applicants would see it; questions that are not whole yet are left out."""
    sound = [one for one in draft["questions"] if not _problems(one)]
    standard: Any = {name: how if how in HOWS else "left_out" for name, how in draft["standard"].items()}
    return FormContent(1, draft["headline"], draft["lead"], standard, read_questions(Checks(), sound))


def _problems(question: Mapping[str, Any]) -> list[Problem]:
    checks = Checks()
    read_questions(checks, [question])
    return checks.problems


def _versions(program: Program) -> list[ApplicationForm]:
    sent = Application.objects.filter(form=OuterRef("pk")).order_by().values("form").annotate(n=Count("pk"))
    rows = ApplicationForm.objects.filter(program=program).annotate(applications=Subquery(sent.values("n")))
    return list(rows.order_by("-number")[:_VERSIONS_SHOWN])
