"""Live sessions: planning one with seats, who has one and who waits, and the recording."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.learning.words import LocalMomentField, MeantForm, audience_names, audience_words
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.meetings.actions import plan_meeting
from hanse.growth.meetings.models import Meeting
from hanse.growth.meetings.queries import invitations_of, sessions_of
from hanse.growth.meetings.rules import MOST_SEATS, is_over
from hanse.growth.meetings.seating import add_recording, set_session
from hanse.growth.today.queries import forget_count
from hanse.growth.training.models import Lesson
from hanse.growth.training.queries import open_lessons, versions_now
from hanse.growth.training.types import RECORDING
from hanse.insight.events.models import PartnerEvent
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

_ORDER = ("accepted", "waiting", "tentative", "none", "declined")


class SessionForm(MeantForm):
    """A live session: what, when, how many seats, for whom."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=(
        ("onboarding", gettext_lazy("Live onboarding")), ("webinar", gettext_lazy("Webinar")),
        ("office_hours", gettext_lazy("Office hours")),
    ))  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    starts_at = LocalMomentField(label=gettext_lazy("Begins"))
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=1440, initial=45)
    place = forms.CharField(label=gettext_lazy("Where: a link or a place"), max_length=300, required=False)
    agenda = forms.CharField(
        label=gettext_lazy("What about"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=MOST_SEATS, initial=20)
    lesson = forms.ChoiceField(
        label=gettext_lazy("Lesson that it teaches"), required=False,
        help_text=gettext_lazy("Whoever was there has done it."),
    )  # fmt: skip

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(program, *args, **kwargs)
        field = self.fields["lesson"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("none")), *lesson_choices(program)]


def lesson_choices(program: Program) -> list[tuple[str, str]]:
    """Return the lessons that a session may teach, by key. Two queries."""
    lessons = open_lessons(program.pk)
    versions = versions_now(lessons)
    return [(one.key, versions[one.pk].title) for one in lessons]


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program) -> HttpResponse:
    """Plan a session. Partners find it in their portal and take a seat."""
    form = SessionForm(program, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _plan(request, program, form))
        if made is not None:
            tell(request, _("Planned. Partners can take a seat in their portal now."))
            return HttpResponseRedirect(reverse("console:session", args=[text_id("mtg", made.pk)]), status=303)
    bad = 422 if request.method == "POST" else 200
    context = {"program": program, "form": form}
    return resources_page(request, "console/learning/session_new.html", "training", context, status=bad)


def _plan(request: HttpRequest, program: Program, form: SessionForm) -> Meeting:
    said, now, by = form.cleaned_data, clock.now(), actor(request)
    meeting = plan_meeting(
        program, kind=said["kind"], title=said["title"], starts_at=form.moment("starts_at") or now,
        minutes=said["minutes"], place=said["place"], agenda=said["agenda"], host=team_member(request), now=now, by=by,
    )  # fmt: skip
    return set_session(
        meeting, seats=said["seats"], tiers=said["tiers"], types=said["types"], now=now, by=by,
        lesson=Lesson.objects.filter(program=program, key=said["lesson"]).first() if said["lesson"] else None,
    )  # fmt: skip


@console_page()
@needs_program
@require_GET
def session(request: HttpRequest, program: Program, meeting_id: str) -> HttpResponse:
    """Show a session: who has a seat, who waits in which place, who came, where it can be watched."""
    row = _find(program, meeting_id)
    invited = sorted(invitations_of(row.pk), key=lambda one: (_ORDER.index(one.answer), one.asked_at or one.invited_at))
    places, line = {}, 0
    for one in invited:
        line += one.answer == "waiting"
        places[one.pk] = line if one.answer == "waiting" else 0
    watched = PartnerEvent.objects.filter(program_id=program.pk, kind=RECORDING, external_id__startswith=f"{row.pk}:")
    lesson = row.lesson
    context = {
        "program": program, "row": row, "id": meeting_id, "over": is_over(row.starts_at, row.minutes, reader().now),
        "people": [(one, partner_href(one.enrolment.partner_id), places[one.pk]) for one in invited],
        "audience": audience_words(row.tiers, row.types, audience_names(program)), "may_act": may(request),
        "lessons": lesson_choices(program), "lesson_key": lesson.key if lesson else "", "watched": watched.count(),
        "lesson_name": dict(lesson_choices(program)).get(lesson.key, lesson.key) if lesson else "",
        "has_begun": row.starts_at <= reader().now,
    }  # fmt: skip
    return resources_page(request, "console/learning/session.html", "training", context)


@console_page()
@require_POST
@writes
@needs_program
def change(request: HttpRequest, program: Program, meeting_id: str) -> HttpResponse:
    """Change seats and lesson, or say where it can be watched."""
    row, sent, now, by = _find(program, meeting_id), request.POST, clock.now(), actor(request)
    if sent.get("act") == "recording":
        address = str(sent.get("recording", ""))
        attempt_or_warn(request, lambda: add_recording(row, address, now=now, by=by), _("Kept. Partners can watch it."))
    else:
        lesson = Lesson.objects.filter(program=program, key=str(sent.get("lesson", ""))).first()
        waiting = sum(1 for one in invitations_of(row.pk) if one.answer == "waiting")

        def act() -> None:
            set_session(
                row, seats=_number(sent.get("seats")), is_open=sent.get("is_open") == "1", tiers=row.tiers,
                types=row.types, lesson=lesson, now=now, by=by,
            )  # fmt: skip

        if attempt_or_warn(request, act, _("Kept.")):
            left = sum(1 for one in invitations_of(row.pk) if one.answer == "waiting")
            if waiting > left:
                n = waiting - left
                tell(request, ngettext("%(n)d got a seat and is told.", "%(n)d got a seat and are told.", n) % {"n": n})
    forget_count(program.pk)
    return HttpResponseRedirect(reverse("console:session", args=[meeting_id]), status=303)


def _find(program: Program, text: str) -> Any:
    rows = sessions_of(program.pk).select_related("host", "program", "lesson")
    return get_object_or_404(rows, pk=id_or_404("mtg", text))


def _number(text: object) -> int:
    plain = str(text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else -1
