"""Lessons: short ones with questions, live sessions with seats, and their recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import portal_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import tell, warn
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import said
from hanse.faces.portal.resource_tabs import resource_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.queries import sessions_for
from hanse.growth.meetings.rules import is_over
from hanse.growth.meetings.seating import give_up_seat, note_watching, take_seat
from hanse.growth.training.completing import answer_lesson, begin_lesson
from hanse.growth.training.queries import Mine, lesson_for, lessons_for
from hanse.growth.training.rules import mark, questions_in
from hanse.growth.training.types import Question
from hanse.kernel import clock
from hanse.kernel.errors import Conflict, HanseError, Invalid, Refused
from hanse.kernel.ids import text_id
from hanse.spine.safe_text import html_of


@dataclass(frozen=True, slots=True)
class Session:
    """One live session as it is drawn."""

    id: str
    meeting: Any
    mine: MeetingInvitation | None
    is_over: bool
    place_in_line: int

    @property
    def has_seat(self) -> bool:
        """Whether the partner has a seat."""
        return self.mine is not None and self.mine.answer == MeetingInvitation.Answer.ACCEPTED

    @property
    def is_in_line(self) -> bool:
        """Whether the partner waits for one."""
        return self.mine is not None and self.mine.answer == MeetingInvitation.Answer.WAITING

    @property
    def left(self) -> int:
        """How many seats are free."""
        return max(0, int(self.meeting.seats) - int(self.meeting.accepted))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is drawn: what was chosen, and whether that was right; None before the first try."""

    name: str
    question: Question
    chosen: int | None
    is_right: bool | None
    error: str


@portal_page
@needs_seat
@require_GET
def lessons(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the lessons that are meant for the partner, and the sessions to come."""
    mine = lessons_for(seat.enrolment)
    following = next((one for one in mine if not one.is_done), None)
    sessions = _sessions(seat)
    context = {
        "tabs": resource_tabs("lessons"), "lessons": mine, "following": following,
        "done": sum(one.is_done for one in mine), "ahead": [one for one in sessions if not one.is_over],
        "past": [one for one in sessions if one.is_over and one.meeting.recording],
        "may_act": not seat.is_viewed and seat.enrolment.status in ("active", "paused"),
    }  # fmt: skip
    return portal(request, seat, "portal/lessons.html", "resources", context)


@portal_page
@writes
@needs_seat
def lesson(request: HttpRequest, seat: Seat, key: str) -> HttpResponse:
    """Show one lesson; take the answers to its questions."""
    mine = _find(seat, key)
    questions, errors, sent, row = questions_in(mine.version.questions), {}, None, mine.progress
    if request.method == "POST" and not seat.is_viewed:
        sent = [_number(request.POST.get(f"q{place}")) for place in range(len(questions))]
        try:
            number = _number(request.POST.get("number"))
            row = answer_lesson(mine.lesson, seat.enrolment, sent, number=number, now=clock.now())
        except (Invalid, Refused, Conflict) as refused:
            errors = _errors(refused)
        else:
            if row.done_at is not None:
                tell(request, _("Done. Well done!"))
            return HttpResponseRedirect(reverse("portal:lesson", args=[key]), status=303)
    elif not mine.is_done and not seat.is_viewed:
        row = begin_lesson(mine.lesson, seat.enrolment, now=clock.now())
    is_tried = row is not None and row.tries > 0 and row.number == mine.version.number
    chosen = sent if sent is not None else (list(row.answers) if row is not None and is_tried else None)
    is_done = row is not None and row.done_at is not None
    context = {
        "tabs": resource_tabs("lessons"), "mine": mine, "html": html_of(mine.version.text), "row": row,
        "asked": _asked(questions, chosen, errors, is_marked=is_tried and sent is None), "error": errors.get("", ""),
        "is_done": is_done, "is_tried": is_tried and not is_done, "may_act": not seat.is_viewed,
    }  # fmt: skip
    return portal(request, seat, "portal/lesson.html", "resources", context, status=422 if errors else 200)


def _find(seat: Seat, key: str) -> Mine:
    mine = lesson_for(seat.enrolment, key)
    if mine is None:
        raise Http404
    return mine


def _asked(
    questions: list[Question], chosen: list[int] | None, errors: dict[str, str], *, is_marked: bool
) -> list[Asked]:
    fits = chosen is not None and len(chosen) == len(questions)
    marks: list[bool | None] = [None] * len(questions)
    if fits and is_marked and chosen is not None:
        marks = list(mark(questions, chosen))
    return [
        Asked(
            f"q{place}", question, chosen[place] if fits and chosen is not None else None, marks[place],
            errors.get(str(place), ""),
        )
        for place, question in enumerate(questions)
    ]  # fmt: skip


def _errors(refused: HanseError) -> dict[str, str]:
    if not isinstance(refused, Invalid):
        return {"": said(refused)}
    return {problem.pointer.rpartition("/")[2]: problem.message for problem in refused.problems}


def _sessions(seat: Seat) -> list[Session]:
    now, found = reader().now, sessions_for(seat.enrolment, clock.now())
    waiting = [row.pk for row, mine in found if mine is not None and mine.answer == "waiting"]
    line: dict[Any, list[Any]] = {}
    rows = MeetingInvitation.objects.filter(meeting__in=waiting, answer="waiting") if waiting else ()
    for one in sorted(rows, key=lambda one: (one.asked_at or now, one.pk)):
        line.setdefault(one.meeting_id, []).append(one.pk)
    return [
        Session(
            text_id("mtg", row.pk), row, mine, is_over(row.starts_at, row.minutes, now),
            line[row.pk].index(mine.pk) + 1 if mine is not None and mine.pk in line.get(row.pk, ()) else 0,
        )
        for row, mine in found
    ]  # fmt: skip


def _session(seat: Seat, text: str) -> tuple[Meeting, MeetingInvitation | None]:
    wanted = id_or_404("mtg", text)
    found = next((one for one in sessions_for(seat.enrolment, clock.now()) if one[0].pk == wanted), None)
    if found is None:
        raise Http404
    return found


@portal_page
@writes
@needs_seat
@require_POST
def seat_taken(request: HttpRequest, seat: Seat, session: str) -> HttpResponse:
    """Take a seat or a place in line, or give it back."""
    meeting, mine = _session(seat, session)
    try:
        if request.POST.get("act") == "back":
            if mine is not None:
                mine.meeting = meeting
                give_up_seat(mine, way="portal", now=clock.now())
            tell(request, _("Given back. Thank you for telling us."))
        else:
            row = take_seat(meeting, seat.enrolment, way="portal", now=clock.now())
            has_seat = row.answer == MeetingInvitation.Answer.ACCEPTED
            tell(request, _("The seat is yours.") if has_seat else _("All are taken; you are in line, and we write."))
    except HanseError as refused:
        warn(request, said(refused))
    return HttpResponseRedirect(reverse("portal:lessons"), status=303)


@portal_page
@writes
@needs_seat
@require_POST
def watch(request: HttpRequest, seat: Seat, session: str) -> HttpResponse:
    """Open a recording, and note that the partner did."""
    meeting, _mine = _session(seat, session)
    if not meeting.recording:
        raise Http404
    if not seat.is_viewed:
        note_watching(meeting, seat.enrolment, now=clock.now())
    return HttpResponseRedirect(meeting.recording, status=303)


def _number(text: object) -> int:
    plain = str(text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else -1
