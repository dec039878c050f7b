"""Reads of audiences: who is meant now, counted and by example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.audiences.fields import FIELDS
from hanse.growth.audiences.models import Audience
from hanse.growth.audiences.rows import rows_for
from hanse.kernel.conditions import Condition, compiled, fields_of, parse_condition
from hanse.kernel.errors import Invalid, NotFound, Problem
from hanse.programs.enrolments.models import Enrolment

SAMPLE = 8


@dataclass(frozen=True, slots=True)
class Meant:
    """Who an audience is now: how many of how many, and a few of them."""

    count: int
    of: int
    sample: tuple[Enrolment, ...]


def audiences_of(program_id: UUID) -> QuerySet[Audience]:
    """Return a program's audiences by name; those put away left out."""
    return Audience.objects.filter(program_id=program_id, archived_at=None).order_by("name", "id")


def audience_by_id(program_id: UUID, audience_id: UUID) -> Audience:
    """Return one audience of a program. Raises NotFound."""
    found = audiences_of(program_id).filter(pk=audience_id).first()
    if found is None:
        raise NotFound("audience")
    return found


def read_condition(value: object, pointer: str = "/condition") -> Condition | None:
    """Read a condition over partners; None stands for everybody. Raises Invalid with every problem and its place."""
    if value is None:
        return None
    problems: list[Problem] = []
    condition = parse_condition(value, FIELDS, pointer, problems)
    if problems:
        raise Invalid(problems)
    return condition


def members_of(program_id: UUID, condition: Condition | None, now: datetime) -> list[UUID]:
    """Return the enrolments that a condition means now, by id: asked again at every send, never kept.

    Active enrolments only, unless the condition asks for a status itself; test ones and archived partners never.
    """
    fields = set() if condition is None else set(fields_of(condition))
    reachable = _reachable(program_id, "enrolment.status" in fields)
    if condition is None:
        return sorted(reachable)
    check = compiled(condition)
    few = reachable if len(reachable) <= 500 else None
    rows = rows_for(program_id, few, now, fields)
    return sorted(who for who in reachable if who in rows and check(rows[who]))


def meant_by(program_id: UUID, condition: Condition | None, now: datetime, sample: int = SAMPLE) -> Meant:
    """Return how many a condition means now, with a few of them by name."""
    members = members_of(program_id, condition, now)
    step = max(1, len(members) // sample) if sample else 1
    shown = Enrolment.objects.filter(pk__in=members[::step][:sample]).select_related("partner", "tier")
    asks_status = condition is not None and "enrolment.status" in set(fields_of(condition))
    return Meant(len(members), len(_reachable(program_id, asks_status)), tuple(shown.order_by("partner__name", "id")))


def _reachable(program_id: UUID, any_status: bool) -> set[UUID]:
    rows = Enrolment.objects.filter(program_id=program_id, is_test=False, partner__archived_at=None)
    rows = rows.exclude(status=Enrolment.Status.PENDING) if any_status else rows.filter(status=Enrolment.Status.ACTIVE)
    return set(rows.values_list("id", flat=True))
