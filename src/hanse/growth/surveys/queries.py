"""Reads of surveys."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.mentions.models import Answer
from hanse.growth.surveys.models import LogDoor, Survey, SurveyQuestion
from hanse.growth.surveys.secret import secret_hash
from hanse.kernel.errors import NotFound


def question_of(program_id: UUID) -> SurveyQuestion | None:
    """Return the question that a program asks now, whether the page is open or not."""
    return SurveyQuestion.objects.filter(program_id=program_id).order_by("-number").first()


def questions_of(program_id: UUID) -> QuerySet[SurveyQuestion]:
    """Return all versions of a program's question, the latest first."""
    return SurveyQuestion.objects.filter(program_id=program_id).order_by("-number")


def is_open(program_id: UUID) -> bool:
    """Say whether a program's page takes answers."""
    return Survey.objects.filter(pk=program_id, is_open=True).exists()


def answers_of(program_id: UUID) -> QuerySet[Answer]:
    """Return every answer that a program has, from wherever it came."""
    return Answer.objects.filter(program_id=program_id)


def doors_of(program_id: UUID) -> QuerySet[LogDoor]:
    """Return the open addresses of the log form, by team."""
    return LogDoor.objects.filter(program_id=program_id, closed_at=None).order_by("team", "made_at")


def door_by_secret(secret: str) -> LogDoor:
    """Return the open address with this secret. Raises NotFound."""
    rows = LogDoor.objects.select_related("program").filter(secret=secret_hash(secret), closed_at=None)
    row = rows.filter(program__archived_at=None).first()
    if row is None:
        raise NotFound("page")
    return row
