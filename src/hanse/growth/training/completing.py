"""Doing lessons: reading one, answering its questions, having been there live, or having learned elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from hanse.growth.audiences.meant import is_meant_for
from hanse.growth.training.models import Lesson, LessonProgress, LessonVersion
from hanse.growth.training.rules import mark, questions_in
from hanse.growth.training.types import LESSON, TRAINING
from hanse.insight.events.actions import take_events
from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import GivenEvent
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Conflict, Invalid, Problem, Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change

OPEN = (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED)


def begin_lesson(lesson: Lesson, enrolment: Enrolment, *, now: datetime) -> LessonProgress:
    """Note that a partner opened a lesson; again changes nothing. Refuses lessons that are not there for her."""
    _refuse_unmeant(lesson, enrolment)
    row, _is_new = LessonProgress.objects.get_or_create(
        lesson=lesson, enrolment=enrolment, defaults={"id": new_id(now), "number": lesson.number, "begun_at": now}
    )
    return row


def answer_lesson(
    lesson: Lesson, enrolment: Enrolment, answers: Sequence[int], *, number: int, now: datetime
) -> LessonProgress:
    """Take a partner's answers to the questions of version `number`; with all of them right the lesson is done.

    She may try as often as she likes; a lesson that is done stays done. Raises Invalid for anything but one option for
    each question, Conflict where the lesson has changed meanwhile; refuses lessons that are not there for her.
    """
    _refuse_unmeant(lesson, enrolment)
    if number != lesson.number:
        raise Conflict(
            _("This lesson has changed since you opened it. Please look at it again."), number=str(lesson.number)
        )
    questions = questions_in(LessonVersion.objects.get(lesson=lesson, number=number).questions)
    problems = [
        Problem(f"/answers/{place}", _("Choose one answer."), "required")
        for place, question in enumerate(questions)
        if place >= len(answers) or not 0 <= answers[place] < len(question.options)
    ]
    if problems or len(answers) != len(questions):
        raise Invalid(problems or [Problem("/answers", _("Answer each question once."), "length")])
    marks, row = mark(questions, answers), _progress(lesson, enrolment, now)
    row.answers, row.right, row.tries = list(answers), sum(marks), row.tries + 1
    if row.done_at is None:
        row.number = number
    row.save(update_fields=["answers", "right", "tries", "number"])
    if all(marks):
        _done(row, LessonProgress.Way.QUESTIONS, now)
    return row


def note_learned(lesson: Lesson, enrolment: Enrolment, *, done_at: datetime, now: datetime, by: str) -> LessonProgress:
    """Note that a partner did a lesson elsewhere, at a moment. Raises Invalid for one ahead or before she joined."""
    if enrolment.program_id != lesson.program_id:
        raise Refused("other_program", _("This partner is in another program."))
    if done_at > now or done_at < enrolment.enrolled_at:
        raise Invalid([Problem("/done_at", _("A moment since they joined, not ahead."), "out_of_range")])
    row = _progress(lesson, enrolment, now)
    if row.done_at is None:
        _done(row, LessonProgress.Way.OUTSIDE, done_at)
        record_change(
            actor=by, verb="note_lesson_done", subject_kind="lesson", subject_id=lesson.pk, before={},
            after={"enrolment": str(enrolment.pk), "done_at": done_at}, now=now,
        )  # fmt: skip
    return row


def note_live(lesson: Lesson, there: Collection[UUID], *, at: datetime, now: datetime) -> int:
    """Let those who were at a live session have done its lesson. Returns for how many that is new."""
    rows = Enrolment.objects.filter(pk__in=list(there), program_id=lesson.program_id)
    count = 0
    for enrolment in rows.select_related("program", "partner", "tier"):
        row = _progress(lesson, enrolment, now)
        if row.done_at is None:
            _done(row, LessonProgress.Way.LIVE, max(at, enrolment.enrolled_at))
            count += 1
    return count


def _refuse_unmeant(lesson: Lesson, enrolment: Enrolment) -> None:
    if enrolment.program_id != lesson.program_id or enrolment.status not in OPEN:
        raise Refused("not_active", _("Only partners of the program can do this."))
    if lesson.published_at is None or lesson.archived_at is not None:
        raise Refused("not_there", _("This lesson is not there any more."))
    if not is_meant_for(lesson.tiers, lesson.types, enrolment):
        raise Refused("not_meant", _("This lesson is meant for other partners."))


def _progress(lesson: Lesson, enrolment: Enrolment, now: datetime) -> LessonProgress:
    row, _is_new = LessonProgress.objects.select_for_update(of=("self",)).get_or_create(
        lesson=lesson, enrolment=enrolment,
        defaults={"id": new_id(now), "number": lesson.number, "begun_at": now},
    )  # fmt: skip
    row.lesson, row.enrolment = lesson, enrolment
    return row


def _done(row: LessonProgress, way: str, at: datetime) -> None:
    """Write down that a lesson is done, and tell it as an event: onboarding, audiences and sequences hear of it."""
    if row.done_at is not None:
        return
    program = row.enrolment.program
    row.done_at, row.done_on, row.way = at, local_day(at, program.time_zone), way
    row.save(update_fields=["done_at", "done_on", "way"])
    told = [GivenEvent(row.enrolment_id, LESSON, f"{row.lesson_id}:{row.enrolment_id}", at,
                       {"lesson": row.lesson.key, "way": way})]  # fmt: skip
    if row.lesson.is_basic and not _has_basics_left(row.enrolment):
        known = PartnerEvent.objects.filter(program_id=program.pk, kind=TRAINING, external_id=str(row.enrolment_id))
        if not known.exists():
            told.append(GivenEvent(row.enrolment_id, TRAINING, str(row.enrolment_id), at, {}))
    take_events(program, told, now=at)


def _has_basics_left(enrolment: Enrolment) -> bool:
    """Say whether a lesson of the start that is meant for a partner is still to be done."""
    done = LessonProgress.objects.filter(lesson=OuterRef("pk"), enrolment=enrolment, done_at__isnull=False)
    rows = Lesson.objects.filter(~Exists(done), program_id=enrolment.program_id, is_basic=True, archived_at=None)
    return any(is_meant_for(one.tiers, one.types, enrolment) for one in rows.exclude(published_at=None))
