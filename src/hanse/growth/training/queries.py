"""Reads of training: lessons with their numbers, how far partners are, and what tiers and health ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from hanse.growth.audiences.meant import is_meant, is_meant_for
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.onboarding.models import Onboarding
from hanse.growth.roadmap.blocking import Guard
from hanse.growth.training.models import Lesson, LessonProgress, LessonVersion
from hanse.growth.training.rules import landmark_effect, questions_in
from hanse.growth.training.types import Effect, Joined, Learned
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_FEW = 500  # so many are named in a query; of more, the whole program is read


@dataclass(frozen=True, slots=True)
class Mine:
    """One lesson as one partner has it: what it says, and how far she is."""

    lesson: Lesson
    version: LessonVersion
    progress: LessonProgress | None

    @property
    def is_done(self) -> bool:
        """Whether it is done."""
        return self.progress is not None and self.progress.done_at is not None


def lessons_of(program_id: UUID) -> QuerySet[Lesson]:
    """Return a program's lessons in order, with how many began and did them; those put away last."""
    done = Q(progress__done_at__isnull=False)
    rows = Lesson.objects.filter(program_id=program_id).annotate(
        began=Count("progress"), done=Count("progress", filter=done)
    )
    return rows.order_by(F("archived_at").asc(nulls_first=True), "position", "id")


def versions_now(lessons: Collection[Lesson]) -> dict[UUID, LessonVersion]:
    """Return the version of each lesson that is read now. One query."""
    rows = LessonVersion.objects.filter(lesson__in=[one.pk for one in lessons], number=F("lesson__number"))
    return {row.lesson_id: row for row in rows}


def open_lessons(program_id: UUID) -> list[Lesson]:
    """Return the lessons that partners can read, in order. One query."""
    rows = Lesson.objects.filter(program_id=program_id, archived_at=None).exclude(published_at=None)
    return list(rows.order_by("position", "id"))


def lessons_for(enrolment: Enrolment) -> list[Mine]:
    """Return the lessons that are meant for a partner, or that she has done, in order. Four queries, or five.

    Those that mention an embargo which she has not accepted are left out, also where they were shown before it.
    """
    progress = {row.lesson_id: row for row in LessonProgress.objects.filter(enrolment=enrolment)}
    lessons = [
        one for one in open_lessons(enrolment.program_id)
        if is_meant_for(one.tiers, one.types, enrolment) or (one.pk in progress and progress[one.pk].done_at)
    ]  # fmt: skip
    versions = versions_now(lessons)
    guard = Guard(enrolment.program_id, clock.now())
    return [
        Mine(one, versions[one.pk], progress.get(one.pk)) for one in lessons
        if not guard.blocked_for(words_of(versions[one.pk]), [enrolment.pk])
    ]  # fmt: skip


def words_of(said: LessonVersion) -> str:
    """Return everything that a lesson says."""
    return "\n".join((said.title, said.summary, said.text, asked_in(said.questions)))


def asked_in(questions: Collection[Mapping[str, Any]]) -> str:
    """Return the words of stored questions: what is asked, the answers to choose from, and why one is right."""
    return "\n".join(
        word for one in questions for word in (one["text"], *one["options"], one.get("why") or "")
    )  # fmt: skip


def lesson_for(enrolment: Enrolment, key: str) -> Mine | None:
    """Return one lesson of those above by its key."""
    return next((one for one in lessons_for(enrolment) if one.lesson.key == key), None)


def learned_by(program_id: UUID, enrolment_ids: Collection[UUID]) -> dict[UUID, Learned]:
    """Return how many of the lessons meant for each enrolment are done. Three queries; one where there are none."""
    lessons = open_lessons(program_id)
    if not lessons:
        return {}
    ids = set(enrolment_ids)
    did: dict[UUID, set[UUID]] = {}
    done = LessonProgress.objects.filter(done_at__isnull=False, lesson__program_id=program_id)
    people = Enrolment.objects.filter(program_id=program_id)
    if len(ids) <= _FEW:
        done, people = done.filter(enrolment__in=ids), people.filter(pk__in=ids)
    for who, lesson_id in done.values_list("enrolment_id", "lesson_id"):
        did.setdefault(who, set()).add(lesson_id)
    found = {}
    for who, tier, types in people.values_list("pk", "tier__key", "partner__types"):
        if who not in ids:
            continue
        meant = [one.pk for one in lessons if is_meant(one.tiers, one.types, tier or "", types)]
        if meant:
            found[who] = Learned(who, len(did.get(who, set()).intersection(meant)), len(meant))
    return found


def lessons_done(program_id: UUID, as_of: datetime) -> dict[UUID, int]:
    """Return how many lessons each enrolment had done by a moment. One query."""
    rows = LessonProgress.objects.filter(lesson__program_id=program_id, done_at__lte=as_of).order_by()
    return dict(rows.values_list("enrolment_id").annotate(n=Count("pk")))


def sessions_attended(program_id: UUID, as_of: datetime) -> dict[UUID, int]:
    """Return at how many meetings each enrolment was by a moment. One query."""
    rows = MeetingInvitation.objects.filter(
        meeting__program_id=program_id, was_there=True, meeting__held_at__lte=as_of
    ).order_by()
    return dict(rows.values_list("enrolment_id").annotate(n=Count("pk")))


def effect_of(program: Program, today: date, lesson: Lesson | None = None) -> Effect:
    """Return the effect of a lesson on first sales; without one, of having done any. Three queries."""
    done = LessonProgress.objects.filter(lesson__program=program, done_on__isnull=False)
    lessons = Lesson.objects.filter(program=program).exclude(published_at=None)
    if lesson is not None:
        done, lessons = done.filter(lesson=lesson), lessons.filter(pk=lesson.pk)
    first = dict(done.order_by().values_list("enrolment_id").annotate(on=Min("done_on")))
    opened = lessons.aggregate(first=Min("published_at"))["first"]
    rows = Onboarding.objects.filter(program=program, joined_on__lte=today)
    columns = ("enrolment_id", "joined_on", "sale_on", "left_on", "enrolment__partner__types")
    people = (
        Joined(joined, sale, left, first.get(who))
        for who, joined, sale, left, types in rows.values_list(*columns)
        if lesson is None or is_meant((), lesson.types, "", types)
    )
    return landmark_effect(people, today, local_day(opened, program.time_zone) if opened else None)


def answers_given(version: LessonVersion) -> list[dict[str, Any]]:
    """Return for each question of a version how many gave which answer in their last try. One query."""
    questions = questions_in(version.questions)
    counts = [[0] * len(one.options) for one in questions]
    rows = LessonProgress.objects.filter(lesson_id=version.lesson_id, number=version.number, tries__gt=0)
    for answers in rows.values_list("answers", flat=True):
        for place, answer in enumerate(answers[: len(counts)]):
            if isinstance(answer, int) and 0 <= answer < len(counts[place]):
                counts[place][answer] += 1
    return [
        {"question": one, "counts": given, "n": sum(given), "right": given[one.right]}
        for one, given in zip(questions, counts, strict=True)
    ]  # fmt: skip
