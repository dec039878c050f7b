"""Training: lessons, who did them, live sessions with seats, and the effect on first sales."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.training_shapes import (
    AnswersIn,
    ArmOut,
    AskedOut,
    EffectMonthOut,
    LearnedIn,
    LessonChange,
    LessonIn,
    LessonOut,
    LessonPage,
    PartnerLessonOut,
    PartnerLessonsOut,
    ProgressOut,
    ProgressPage,
    ShareOut,
    TrainingEffectOut,
)
from hanse.growth.training import actions, completing
from hanse.growth.training.models import Lesson, LessonProgress, LessonVersion
from hanse.growth.training.queries import Mine, effect_of, lessons_for, versions_now
from hanse.growth.training.types import Effect
from hanse.insight.survival.comparing import Share
from hanse.insight.survival.types import Curve
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, NotFound, Problem
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Training"])


@router.get("/lessons", auth=READ, response=LessonPage)
def list_lessons(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> LessonPage:
    """List lessons, the newest first."""
    key = asker(request)
    page, following = take_page(narrow(key, reach(key, Lesson), {"program_id": (Program, program)}), cursor, limit)
    versions = versions_now(page)
    return LessonPage(data=[_lesson(row, versions[row.pk]) for row in page], next_cursor=following)


@router.post("/lessons", auth=WRITE, response={201: LessonOut})
def create_lesson(request: HttpRequest, body: LessonIn) -> Status[LessonOut]:
    """Write a lesson down as a draft."""
    given = body.model_dump(exclude={"program", "key"})
    if "position" not in body.model_fields_set:
        del given["position"]
    program = own_program(asker(request), body.program)
    row = actions.keep_lesson(program, key=body.key, now=clock.now(), by=actor(request), **given)
    return Status(201, _lesson(row))


@router.get("/lessons/{lesson_id}", auth=READ, response=LessonOut)
def read_lesson(request: HttpRequest, lesson_id: str) -> LessonOut:
    """Read one lesson."""
    return _lesson(find(asker(request), Lesson, lesson_id))


@router.patch("/lessons/{lesson_id}", auth=WRITE, response=LessonOut)
def change_lesson(request: HttpRequest, lesson_id: str, body: LessonChange) -> LessonOut:
    """Change a lesson; other words make a new version, and whoever has done it has done it."""
    row = find(asker(request), Lesson, lesson_id, "program")
    fields: Any = body.model_dump(include=body.model_fields_set)
    return _lesson(actions.keep_lesson(row.program, instead_of=row, now=clock.now(), by=actor(request), **fields))


@router.post("/lessons/{lesson_id}/publish", auth=WRITE, response=LessonOut)
def publish_lesson(request: HttpRequest, lesson_id: str) -> LessonOut:
    """Show a lesson to those it is meant for."""
    row = find(asker(request), Lesson, lesson_id)
    return _lesson(actions.publish_lesson(row, now=clock.now(), by=actor(request)))


@router.post("/lessons/{lesson_id}/archive", auth=WRITE, response=LessonOut)
def archive_lesson(request: HttpRequest, lesson_id: str) -> LessonOut:
    """Put a lesson away."""
    row = find(asker(request), Lesson, lesson_id)
    return _lesson(actions.archive_lesson(row, now=clock.now(), by=actor(request)))


@router.post("/lessons/{lesson_id}/restore", auth=WRITE, response=LessonOut)
def restore_lesson(request: HttpRequest, lesson_id: str) -> LessonOut:
    """Bring a lesson back."""
    row = find(asker(request), Lesson, lesson_id)
    return _lesson(actions.restore_lesson(row, now=clock.now(), by=actor(request)))


@router.get("/lessons/{lesson_id}/progress", auth=READ, response=ProgressPage)
def list_lesson_progress(
    request: HttpRequest, lesson_id: str, cursor: Cursor = "", limit: Limit = PAGE
) -> ProgressPage:
    """List who began a lesson and how far they are, the newest first."""
    key = asker(request)
    row = find(key, Lesson, lesson_id)
    page, following = take_page(reach(key, LessonProgress).filter(lesson=row), cursor, limit)
    return ProgressPage(data=[_progress(one) for one in page], next_cursor=following)


@router.post("/lessons/{lesson_id}/answers", auth=WRITE, response=ProgressOut)
def answer_lesson(request: HttpRequest, lesson_id: str, body: AnswersIn) -> ProgressOut:
    """Take a partner's answers; with all of them right the lesson is done."""
    row, enrolment = _both(request, lesson_id, body.enrolment)
    made = completing.answer_lesson(row, enrolment, body.answers, number=body.version, now=clock.now())
    return _progress(made)


@router.post("/lessons/{lesson_id}/done", auth=WRITE, response=ProgressOut)
def note_lesson_done(request: HttpRequest, lesson_id: str, body: LearnedIn) -> ProgressOut:
    """Note that a partner did a lesson elsewhere, at a moment that is over; once."""
    row, enrolment = _both(request, lesson_id, body.enrolment)
    now = clock.now()
    made = completing.note_learned(row, enrolment, done_at=body.done_at or now, now=now, by=actor(request))
    return _progress(made)


@router.get("/enrolments/{enrolment_id}/lessons", auth=READ, response=PartnerLessonsOut)
def list_partner_lessons(request: HttpRequest, enrolment_id: str) -> PartnerLessonsOut:
    """List the lessons that are meant for a partner, with how far they are; right answers are not told."""
    row = find(asker(request), Enrolment, enrolment_id, "partner", "tier")
    return PartnerLessonsOut(data=[_partner_lesson(one) for one in lessons_for(row)])


@router.get("/programs/{program_id}/training-effect", auth=READ, response=TrainingEffectOut)
def read_training_effect(request: HttpRequest, program_id: str, lesson: str = "") -> TrainingEffectOut:
    """Compare first sales of those who had done a lesson by day 14 with those who had not; of one lesson, or of any."""
    key = asker(request)
    program = find(key, Program, program_id)
    row = refer(key, Lesson, lesson, "/query/lesson") if lesson else None
    if row is not None and row.program_id != program.pk:
        raise Invalid([Problem("/query/lesson", str(NotFound("lesson")), "not_found")])
    return _effect(effect_of(program, local_day(clock.now(), program.time_zone), row))


def _both(request: HttpRequest, lesson_id: str, enrolment: str) -> tuple[Lesson, Enrolment]:
    key = asker(request)
    row = find(key, Lesson, lesson_id, "program")
    return row, refer(key, Enrolment, enrolment, "/enrolment", "partner", "tier", "program")


def _lesson(row: Lesson, version: LessonVersion | None = None) -> LessonOut:
    version = version or LessonVersion.objects.get(lesson=row, number=row.number)
    return LessonOut(
        id=text_id("les", row.pk), program=text_id("prg", row.program_id), key=row.key, version=row.number,
        title=version.title, summary=version.summary, text=version.text, minutes=version.minutes,
        video_address=version.video_address, questions=version.questions, tiers=row.tiers, types=row.types,
        language=row.language, position=row.position, is_basic=row.is_basic, published_at=row.published_at,
        archived_at=row.archived_at,
    )  # fmt: skip


def _partner_lesson(one: Mine) -> PartnerLessonOut:
    version, progress = one.version, one.progress
    return PartnerLessonOut(
        lesson=text_id("les", one.lesson.pk), key=one.lesson.key, version=version.number, title=version.title,
        summary=version.summary, text=version.text, minutes=version.minutes, video_address=version.video_address,
        language=one.lesson.language,
        questions=[AskedOut(text=asked["text"], options=asked["options"]) for asked in version.questions],
        begun_at=progress.begun_at if progress else None, tries=progress.tries if progress else 0,
        right=progress.right if progress else 0, done_at=progress.done_at if progress else None,
    )  # fmt: skip


def _progress(row: LessonProgress) -> ProgressOut:
    return ProgressOut(
        id=text_id("lpr", row.pk), lesson=text_id("les", row.lesson_id), enrolment=text_id("enr", row.enrolment_id),
        version=row.number, begun_at=row.begun_at, tries=row.tries, right=row.right, done_at=row.done_at, way=row.way,
    )  # fmt: skip


def _effect(found: Effect) -> TrainingEffectOut:
    gap, pace = (found.gap, found.pace) if found.is_enough else (None, None)
    return TrainingEffectOut(
        landmark_days=found.landmark_days, horizon_days=found.horizon_days,
        done=_arm(found.done, found.done_share), others=_arm(found.others, found.others_share),
        difference={"value": gap.difference, "low": gap.low, "high": gap.high} if gap else None,
        times_as_fast={"value": pace.times, "low": pace.low, "high": pace.high} if pace else None,
        months=[
            EffectMonthOut(month=one.month, done=one.done, done_sold=one.done_sold, others=one.others,
                           others_sold=one.others_sold)
            for one in found.months
        ],
        left_out={name: getattr(found, name) for name in ("sold_before", "left_before", "too_new", "not_offered")},
    )  # fmt: skip


def _arm(curve: Curve, share: Share | None) -> ArmOut:
    by_horizon = ShareOut(share=share.value, low=share.low, high=share.high, n=share.n) if share else None
    return ArmOut(partners=curve.n, sold=curve.events, by_horizon=by_horizon)
