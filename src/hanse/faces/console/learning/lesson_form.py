"""Writing a lesson: its words, its questions, and for whom it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import attempt
from hanse.faces.console.learning.lesson import find_lesson
from hanse.faces.console.learning.words import MeantForm
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.training.actions import keep_lesson
from hanse.growth.training.models import Lesson, LessonVersion
from hanse.growth.training.rules import MOST_QUESTIONS
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.spine.safe_text import html_of

_OPTIONS = 4
_LANGUAGES = (("en", "English"), ("es", "Español"), ("pl", "Polski"), ("ru", "Русский"), ("zh-hant", "繁體中文"))


class LessonForm(MeantForm):
    """A lesson. Questions without a text are left out; the right option is marked."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    summary = forms.CharField(label=gettext_lazy("In one sentence"), max_length=300, required=False)
    text = forms.CharField(
        label=gettext_lazy("The lesson"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy("Markdown: # for headings, * for lists, **bold**, [words](https://…). No HTML."),
    )  # fmt: skip
    minutes = forms.IntegerField(label=gettext_lazy("Minutes it takes"), min_value=1, max_value=240, initial=5)
    video_address = forms.CharField(
        label=gettext_lazy("Link to a video"), max_length=500, required=False, widget=forms.URLInput,
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=_LANGUAGES)
    is_basic = forms.BooleanField(label=gettext_lazy("Belongs to the start"), required=False)
    position = forms.IntegerField(
        label=gettext_lazy("Place in the list"), min_value=0, max_value=10_000, required=False
    )

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(program, *args, **kwargs)
        for number in range(MOST_QUESTIONS):
            self.fields[f"q{number}_text"] = forms.CharField(label=_("Question"), max_length=300, required=False)
            for place in range(_OPTIONS):
                label = _("Answer %(n)d") % {"n": place + 1}
                self.fields[f"q{number}_o{place}"] = forms.CharField(label=label, max_length=200, required=False)
            self.fields[f"q{number}_right"] = forms.ChoiceField(
                label=_("Which is right"), choices=[(str(place), str(place + 1)) for place in range(_OPTIONS)],
                required=False,
            )  # fmt: skip
            self.fields[f"q{number}_why"] = forms.CharField(
                label=_("Why: read by whoever got it right"), max_length=500, required=False
            )

    def question_rows(self) -> list[dict[str, Any]]:
        """Return the fields of each question, for the page."""
        return [
            {
                "number": number + 1, "text": self[f"q{number}_text"], "right": self[f"q{number}_right"],
                "why": self[f"q{number}_why"], "options": [self[f"q{number}_o{place}"] for place in range(_OPTIONS)],
                "is_open": number == 0 or _has_value(self[f"q{number}_text"]),
            }
            for number in range(MOST_QUESTIONS)
        ]  # fmt: skip

    def questions(self) -> list[dict[str, Any]]:
        """Return what was asked, as the verb takes it."""
        self.places: list[int] = []
        said, found = self.cleaned_data, []
        for number in range(MOST_QUESTIONS):
            if not said.get(f"q{number}_text"):
                continue
            options = [said.get(f"q{number}_o{place}") or "" for place in range(_OPTIONS)]
            right = int(said.get(f"q{number}_right") or 0)
            chosen = options[right]
            kept = [one for one in options if one]
            self.places.append(number)
            found.append({
                "text": said[f"q{number}_text"], "options": kept,
                "right": kept.index(chosen) if chosen in kept else -1, "why": said.get(f"q{number}_why") or "",
            })  # fmt: skip
        return found


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program, lesson_id: str = "") -> HttpResponse:
    """Write a lesson, a new one or a known one; or look at it as it would be read."""
    row = find_lesson(program, lesson_id) if lesson_id else None
    form = LessonForm(program, request.POST or None, initial=_given(row) if row else {"language": "en"})
    is_look = request.POST.get("act") == "look"
    if request.method == "POST" and not is_look and form.is_valid():
        kept = _keep(request, program, form, row)
        if kept is not None:
            tell(request, _("Kept."))
            return HttpResponseRedirect(reverse("console:lesson", args=[text_id("les", kept.pk)]), status=303)
    look = html_of(str(request.POST.get("text", ""))[:20_000]) if is_look else None
    context = {"program": program, "form": form, "lesson": row, "lesson_id": lesson_id, "look": look}
    bad = 422 if request.method == "POST" and not is_look else 200
    return resources_page(request, "console/learning/lesson_edit.html", "training", context, status=bad)


def _keep(request: HttpRequest, program: Program, form: LessonForm, row: Lesson | None) -> Lesson | None:
    said = form.cleaned_data
    names = {"title", "summary", "text", "minutes", "video_address", "language", "is_basic", "tiers", "types"}
    fields: Any = {name: said[name] for name in names} | {"questions": form.questions()}
    if said["position"] is not None:
        fields["position"] = said["position"]

    def keep() -> Lesson:
        try:
            return keep_lesson(program, now=clock.now(), by=actor(request), instead_of=row, **fields)
        except Invalid as refused:
            raise Invalid([_at_field(problem, form.places) for problem in refused.problems]) from refused

    return attempt(form, keep)


def _at_field(problem: Problem, places: list[int]) -> Problem:
    """Point to the form's field where a question is wrong: `/questions/1/options` to its first answer."""
    parts = problem.pointer.strip("/").split("/")
    if parts[0] != "questions":
        return problem
    number = places[int(parts[1])] if len(parts) > 1 and int(parts[1]) < len(places) else 0
    field = {"options": "o0", "right": "right", "why": "why"}.get(parts[-1], "text")
    return Problem(f"/q{number}_{field}", problem.message, problem.code)


def _given(row: Lesson) -> dict[str, Any]:
    version = LessonVersion.objects.get(lesson=row, number=row.number)
    given: dict[str, Any] = {
        name: getattr(version, name) for name in ("title", "summary", "text", "minutes", "video_address")
    } | {name: getattr(row, name) for name in ("language", "is_basic", "tiers", "types", "position")}
    for number, question in enumerate(version.questions):
        given |= {f"q{number}_text": question["text"], f"q{number}_right": str(question["right"])}
        given[f"q{number}_why"] = question.get("why", "")
        given |= {f"q{number}_o{place}": option for place, option in enumerate(question["options"])}
    return given


def _has_value(field: BoundField) -> bool:
    return bool(field.value())
