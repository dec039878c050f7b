"""Seats of live sessions: never more than there are, the line moves up by itself, and nobody is put out."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from hanse.growth.meetings.actions import (
    answer_invitation,
    cancel_meeting,
    change_meeting,
    invite,
    note_held,
    plan_meeting,
    take_rsvp,
)
from hanse.growth.meetings.calendars import PUBLISH, entry_of
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.queries import invitations_ahead, sessions_for, to_note, without_recording
from hanse.growth.meetings.seating import (
    add_recording,
    give_up_seat,
    note_watching,
    remind_of_sessions,
    set_session,
    take_seat,
)
from hanse.growth.training.actions import keep_lesson, publish_lesson
from hanse.growth.training.models import Lesson, LessonProgress
from hanse.insight.events.models import PartnerEvent
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.make import at

BY = "ruth@harbour.example"


def _program() -> Program:
    return make.program()


def _people(program: Program, count: int) -> list[Enrolment]:
    names = [f"Partner {number:02}" for number in range(count)]
    rows = [make.enrolment(make.partner(name), program) for name in names]
    return list(Enrolment.objects.filter(pk__in=[row.pk for row in rows]).select_related("partner", "tier", "program")
                .order_by("partner__name"))  # fmt: skip


def _session(program: Program, seats: int, *, days: float = 5, **fields: object) -> Meeting:
    meeting = plan_meeting(
        program, kind="webinar", title="The first sale", starts_at=at(days), minutes=45, place="https://meet.example/x",
        now=at(), by=BY,
    )  # fmt: skip
    return set_session(meeting, seats=seats, now=at(), by=BY, **fields)  # type: ignore[arg-type]


def _answers(meeting: Meeting) -> dict[str, str]:
    rows = MeetingInvitation.objects.filter(meeting=meeting)
    return dict(rows.values_list("enrolment__partner__name", "answer"))


def _letters(word: str) -> list[str]:
    rows = OutboxItem.objects.filter(kind="mail").order_by("created_at", "id")
    return [row.payload["to"] for row in rows if word in str(row.payload["subject"])]


@pytest.mark.django_db
def test_the_line_moves_up_in_its_order_and_everybody_is_told() -> None:
    program = _program()
    ana, ben, cleo, dan = _people(program, 4)
    meeting = _session(program, 2)
    for minute, who in enumerate((ana, ben, cleo, dan)):
        take_seat(meeting, who, way="portal", now=at(minutes=minute))
    take_seat(meeting, cleo, way="portal", now=at(minutes=9))  # asked again: she keeps her place
    assert list(_answers(meeting).values()) == ["accepted", "accepted", "waiting", "waiting"]
    assert (len(_letters("Your seat")), len(_letters("in line"))) == (2, 2)
    seat = OutboxItem.objects.get(payload__to=ana.partner.email)
    assert "PARTSTAT=ACCEPTED" in seat.payload["calendar"]["text"]
    line = OutboxItem.objects.get(payload__to=cleo.partner.email)
    assert "calendar" not in line.payload
    assert "meet.example" not in line.payload["text"]  # who has no seat does not know where
    mine = MeetingInvitation.objects.select_related("meeting").get(meeting=meeting, enrolment=ana)
    give_up_seat(mine, way="portal", now=at(1))
    assert _answers(meeting) == {
        ana.partner.name: "declined", ben.partner.name: "accepted", cleo.partner.name: "accepted",
        dan.partner.name: "waiting",
    }  # fmt: skip
    assert _letters("Your seat")[-1] == cleo.partner.email
    take_seat(meeting, ana, way="portal", now=at(2))
    assert _answers(meeting)[ana.partner.name] == "waiting"  # behind Dan
    set_session(meeting, seats=3, now=at(2), by=BY)
    assert _answers(meeting) == {
        ana.partner.name: "waiting", ben.partner.name: "accepted", cleo.partner.name: "accepted",
        dan.partner.name: "accepted",
    }  # fmt: skip


@pytest.mark.django_db
def test_answers_of_calendars_take_seats_and_give_them_back() -> None:
    program = _program()
    ana, ben = _people(program, 2)
    meeting = _session(program, 1, is_open=False)
    invite(meeting, [ana, ben], now=at(), by=BY)
    rows = {row.enrolment_id: row for row in MeetingInvitation.objects.select_related("meeting", "enrolment__partner")}

    def says(who: Enrolment, answer: str, hours: float) -> None:
        uid = f"{rows[who.pk].pk}@hanse"
        assert take_rsvp(program.pk, uid, who.partner.email, answer, sender="", now=at(hours=hours))

    says(ana, "accepted", 1)
    says(ben, "accepted", 2)
    assert _answers(meeting) == {ana.partner.name: "accepted", ben.partner.name: "waiting"}
    says(ana, "tentative", 3)  # perhaps is no seat
    assert _answers(meeting) == {ana.partner.name: "tentative", ben.partner.name: "accepted"}
    answer_invitation(rows[ana.pk], "accepted", way="portal", now=at(hours=4))
    assert _answers(meeting)[ana.partner.name] == "waiting"


@pytest.mark.django_db
def test_seats_are_refused_to_those_they_are_not_for_and_nobody_is_put_out() -> None:
    program = _program()
    ana, ben = _people(program, 2)
    meeting = _session(program, 2, tiers=["power"])
    with pytest.raises(Refused):
        take_seat(meeting, ana, way="portal", now=at())
    set_session(meeting, seats=2, types=["affiliate"], now=at(), by=BY)
    strange = make.enrolment(make.partner("Eve"), make.program("other"))
    Enrolment.objects.filter(pk=ben.pk).update(status="suspended")
    ben.refresh_from_db()
    for who in (strange, ben):
        with pytest.raises(Refused):
            take_seat(meeting, who, way="portal", now=at())
    take_seat(meeting, ana, way="portal", now=at())
    take_seat(meeting, make.enrolment(make.partner("Dan"), program), way="portal", now=at())
    for seats in (1, 0, 5_001):
        with pytest.raises(Invalid):
            set_session(meeting, seats=seats, now=at(), by=BY)
    with pytest.raises(Refused):
        take_seat(meeting, ana, way="portal", now=at(6))  # it is over
    cancel_meeting(meeting, now=at(1), by=BY)
    with pytest.raises(Refused):
        take_seat(meeting, ana, way="portal", now=at(1))
    plain = plan_meeting(program, kind="call", title="A call", starts_at=at(3), minutes=30, now=at(), by=BY)
    with pytest.raises(Refused):
        take_seat(plain, ana, way="portal", now=at())


@pytest.mark.django_db
def test_moving_a_session_keeps_its_seats() -> None:
    program = _program()
    ana, ben = _people(program, 2)
    meeting = _session(program, 1)
    for who in (ana, ben):
        take_seat(meeting, who, way="portal", now=at())
    change_meeting(meeting, title="The first sale", starts_at=at(6), minutes=45, place="", agenda="", now=at(1), by=BY)
    assert _answers(meeting) == {ana.partner.name: "accepted", ben.partner.name: "waiting"}
    assert _letters("Changed") == [ana.partner.email]
    assert len(_letters("in line")) == 2


@pytest.mark.django_db
def test_who_was_there_has_done_the_lesson_and_the_others_can_watch_it() -> None:
    program = _program()
    ana, ben = _people(program, 2)
    question = {"text": "Why?", "options": ["a", "b"], "right": 0}
    lesson = publish_lesson(
        keep_lesson(program, title="First sale", text="T", questions=[question], now=at(), by=BY), now=at(), by=BY
    )
    meeting = _session(program, 2, lesson=lesson)
    for who in (ana, ben):
        take_seat(meeting, who, way="portal", now=at())
    with pytest.raises(Refused):
        add_recording(meeting, "https://video.example/1", now=at(1), by=BY)
    note_held(meeting, there=[ana.pk], now=at(6), by=BY)
    done = LessonProgress.objects.get(lesson=lesson)
    assert (done.enrolment_id, done.way, done.done_at) == (ana.pk, "live", at(5))
    assert [(row.pk, absent) for row, absent in without_recording(program.pk, at(7))] == [(meeting.pk, 1)]
    with pytest.raises(Invalid):
        add_recording(meeting, "javascript:alert(1)", now=at(7), by=BY)
    add_recording(meeting, "https://video.example/1", now=at(7), by=BY)
    assert without_recording(program.pk, at(7)) == []
    assert [note_watching(meeting, ben, now=at(8 + day)) for day in range(3)] == [True, False, False]
    assert PartnerEvent.objects.filter(kind="recording", enrolment_id=ben.pk).count() == 1
    assert [row.pk for row, _mine in sessions_for(ben, at(9))] == [meeting.pk]
    assert Lesson.objects.count() == 1


@pytest.mark.django_db
def test_a_reminder_goes_once_to_those_with_a_seat() -> None:
    program = _program()
    ana, ben = _people(program, 2)
    meeting = _session(program, 1)
    for who in (ana, ben):
        take_seat(meeting, who, way="portal", now=at())
    assert remind_of_sessions(at(3)) == 0
    assert remind_of_sessions(at(4.5)) == 1
    assert remind_of_sessions(at(4.6)) == 0
    assert _letters("Soon") == [ana.partner.email]


@pytest.mark.django_db
def test_a_session_that_moved_after_its_reminder_is_reminded_of_again() -> None:
    program = _program()
    (ana,) = _people(program, 1)
    meeting = _session(program, 1)
    take_seat(meeting, ana, way="portal", now=at())
    assert remind_of_sessions(at(4.5)) == 1
    meeting.refresh_from_db()
    change_meeting(
        meeting, title="The first sale", starts_at=at(12), minutes=45, place="", agenda="", now=at(4.6), by=BY
    )
    assert remind_of_sessions(at(4.7)) == 0
    assert remind_of_sessions(at(11.5)) == 1
    assert _letters("Soon") == [ana.partner.email] * 2


@pytest.mark.django_db
def test_who_left_or_gave_the_seat_back_hears_no_more_of_a_session() -> None:
    program = _program()
    ana, ben, cleo = _people(program, 3)
    meeting = _session(program, 3)
    for who in (ana, ben, cleo):
        take_seat(meeting, who, way="portal", now=at())
    give_up_seat(MeetingInvitation.objects.get(enrolment=ben), way="portal", now=at(1))
    Enrolment.objects.filter(pk=cleo.pk).update(status="ended", ended_at=at(1))
    change_meeting(
        meeting, title="The first sale", starts_at=at(6), minutes=45, place="https://meet.example/y", agenda="",
        now=at(2), by=BY,
    )  # fmt: skip
    assert _letters("Changed") == [ana.partner.email]
    assert remind_of_sessions(at(5.5)) == 1
    assert _letters("Soon") == [ana.partner.email]


@pytest.mark.django_db
def test_the_calendar_of_who_stands_in_line_does_not_say_where() -> None:
    program = _program()
    ana, ben = _people(program, 2)
    meeting = _session(program, 1)
    for who in (ana, ben):
        take_seat(meeting, who, way="portal", now=at())
    rows = {row.enrolment_id: row for row in MeetingInvitation.objects.select_related("meeting__program")}
    entries = {pk: entry_of(row, method=PUBLISH, now=at(), href="") for pk, row in rows.items()}
    assert "meet.example" in entries[ana.pk]
    assert "meet.example" not in entries[ben.pk]


@pytest.mark.django_db
def test_who_came_is_asked_once_a_meeting_is_over_not_while_it_goes_on() -> None:
    program = _program()
    meeting = plan_meeting(program, kind="webinar", title="Long", starts_at=at(1), minutes=180, now=at(), by=BY)
    assert to_note(program.pk, at(1, hours=2)) == []
    assert [row.pk for row in to_note(program.pk, at(1, hours=3))] == [meeting.pk]


@pytest.mark.django_db
def test_a_partner_still_sees_where_a_long_meeting_goes_on() -> None:
    program = _program()
    (ana,) = _people(program, 1)
    meeting = plan_meeting(program, kind="webinar", title="Long", starts_at=at(1), minutes=180, now=at(), by=BY)
    invite(meeting, [ana], now=at(), by=BY)
    assert len(invitations_ahead(ana.pk, at(1, hours=2))) == 1
    assert len(invitations_ahead(ana.pk, at(1, hours=3))) == 0


@pytest.mark.django_db(transaction=True)
def test_eight_who_want_the_last_three_seats_at_once_get_three() -> None:
    """Each asks from a connection of its own; in the end three sit and five stand in line, each once."""
    program = _program()
    people = _people(program, 8)
    with transaction.atomic():
        meeting = _session(program, 3)
    start, troubles = threading.Barrier(len(people)), list[BaseException]()

    def ask(who: Enrolment) -> None:
        try:
            start.wait(10)
            for _again in range(2):
                with transaction.atomic():
                    take_seat(meeting, who, way="portal", now=at() + timedelta(seconds=1))
        except BaseException as error:
            troubles.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=ask, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert troubles == []
    answers = sorted(MeetingInvitation.objects.filter(meeting=meeting).values_list("answer", flat=True))
    assert answers == ["accepted"] * 3 + ["waiting"] * 5
