"""Live sessions: seats, the line for them, and where they can be watched later."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.training_shapes import (
    RecordingIn,
    SeatIn,
    SeatOut,
    SessionChange,
    SessionDetail,
    SessionIn,
    SessionKind,
    SessionOut,
    SessionPage,
)
from hanse.growth.meetings import seating
from hanse.growth.meetings.actions import plan_meeting
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.training.models import Lesson
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.kernel.ids import text_id
from hanse.people.access.models import ApiKey
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Training"])


@router.get("/sessions", auth=READ, response=SessionPage)
def list_sessions(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> SessionPage:
    """List live sessions, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Meeting).filter(seats__isnull=False), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    counts = _counts(list(page))
    return SessionPage(data=[_session(row, counts.get(row.pk, {})) for row in page], next_cursor=following)


@router.post("/sessions", auth=WRITE, response={201: SessionOut})
def create_session(request: HttpRequest, body: SessionIn) -> Status[SessionOut]:
    """Plan a live session with seats."""
    key, now, by = asker(request), clock.now(), actor(request)
    program = own_program(key, body.program)
    lesson = refer(key, Lesson, body.lesson, "/lesson") if body.lesson else None
    meeting = plan_meeting(
        program, kind=body.kind, title=body.title, starts_at=body.starts_at, minutes=body.minutes, place=body.place,
        agenda=body.agenda, now=now, by=by,
    )  # fmt: skip
    seating.set_session(
        meeting, seats=body.seats, is_open=body.open, tiers=body.tiers, types=body.types, lesson=lesson, now=now, by=by
    )
    return Status(201, _session(meeting, {}))


@router.get("/sessions/{session_id}", auth=READ, response=SessionDetail)
def read_session(request: HttpRequest, session_id: str) -> SessionDetail:
    """Read one session with its seats and its line, the first in line on top of those who wait."""
    return _detail(_find(asker(request), session_id))


@router.patch("/sessions/{session_id}", auth=WRITE, response=SessionDetail)
def change_session(request: HttpRequest, session_id: str, body: SessionChange) -> SessionDetail:
    """Change seats, audience or lesson. More seats go to those in line; fewer than are taken are refused."""
    key = asker(request)
    row, given = _find(key, session_id), body.given()
    lesson = row.lesson
    if "lesson" in given:
        lesson = refer(key, Lesson, body.lesson, "/lesson") if body.lesson else None
    seating.set_session(
        row, seats=given.get("seats", row.seats or 1), is_open=given.get("open", row.is_open),
        tiers=given.get("tiers", row.tiers), types=given.get("types", row.types), lesson=lesson, now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return _detail(row)


@router.post("/sessions/{session_id}/seats", auth=WRITE, response=SeatOut)
def take_seat(request: HttpRequest, session_id: str, body: SeatIn) -> SeatOut:
    """Give a partner a seat, or a place in line where all are taken; asked again it stays."""
    key = asker(request)
    row = _find(key, session_id)
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment", "partner", "tier")
    return _seat(seating.take_seat(row, enrolment, way="api", now=clock.now()))


@router.post("/sessions/{session_id}/give-back", auth=WRITE, response=SeatOut)
def give_seat_back(request: HttpRequest, session_id: str, body: SeatIn) -> SeatOut:
    """Take a partner's seat or place in line back; the next in line gets the seat."""
    key = asker(request)
    row = _find(key, session_id)
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment")
    mine = MeetingInvitation.objects.filter(meeting=row, enrolment=enrolment).select_related("meeting").first()
    if mine is None:
        raise NotFound("seat")
    return _seat(seating.give_up_seat(mine, way="api", now=clock.now()))


@router.post("/sessions/{session_id}/recording", auth=WRITE, response=SessionDetail)
def set_recording(request: HttpRequest, session_id: str, body: RecordingIn) -> SessionDetail:
    """Say where a session can be watched later."""
    row = _find(asker(request), session_id)
    return _detail(seating.add_recording(row, body.recording, now=clock.now(), by=actor(request)))


def _find(key: ApiKey, text: str) -> Meeting:
    row = find(key, Meeting, text, "program", "lesson")
    if row.seats is None:
        raise NotFound("session")
    return row


def _counts(rows: list[Meeting]) -> dict[Any, dict[str, int]]:
    found: dict[Any, dict[str, int]] = {}
    invited = MeetingInvitation.objects.filter(meeting__in=[row.pk for row in rows])
    for meeting, answer, was_there in invited.values_list("meeting_id", "answer", "was_there"):
        mine = found.setdefault(meeting, {})
        mine[answer] = mine.get(answer, 0) + 1
        mine["came"] = mine.get("came", 0) + bool(was_there)
    return found


def _detail(row: Meeting) -> SessionDetail:
    invited = list(MeetingInvitation.objects.filter(meeting=row).order_by("asked_at", "invited_at", "id"))
    said = _session(row, _counts([row]).get(row.pk, {}))
    return SessionDetail(**said.model_dump(), seated=[_seat(one) for one in invited])


def _seat(row: MeetingInvitation) -> SeatOut:
    return SeatOut(
        enrolment=text_id("enr", row.enrolment_id), answer=cast("Any", row.answer), asked_at=row.asked_at,
        was_there=row.was_there,
    )  # fmt: skip


def _session(row: Meeting, counts: dict[str, int]) -> SessionOut:
    return SessionOut(
        id=text_id("mtg", row.pk), program=text_id("prg", row.program_id), kind=cast(SessionKind, row.kind),
        title=row.title, agenda=row.agenda, place=row.place, starts_at=row.starts_at, minutes=row.minutes,
        seats=row.seats or 0, taken=counts.get("accepted", 0), waiting=counts.get("waiting", 0),
        came=counts.get("came", 0), open=row.is_open, tiers=row.tiers, types=row.types,
        lesson=text_id("les", row.lesson_id) if row.lesson_id else None, recording=row.recording,
        cancelled_at=row.cancelled_at, held_at=row.held_at,
    )  # fmt: skip
