"""What waits for a person, what was put off, what is near and what was done today."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, QuerySet, Subquery

from hanse.growth.recruiting.models import Application
from hanse.growth.today import (
    asking_things,
    budget_things,
    content_things,
    deliverables_things,
    incident_things,
    kinds_things,
    learning_things,
    mailroom_things,
    money_things,
    onboarding_things,
    people_things,
    relations_things,
    rules,
    tier_things,
    together_things,
)
from hanse.growth.today.models import Snooze
from hanse.growth.today.types import NavCounts, ToDo
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_COUNT_SECONDS = 600  # the nav's number may be that old; Today itself never is


def to_do(program: Program, now: datetime) -> ToDo:
    """Return everything that waits for a person in a program, most valuable first. Costs a fixed number of queries."""
    things = [
        *money_things.things(program, now),
        *people_things.things(program, now),
        *mailroom_things.things(program, now),
        *onboarding_things.things(program, now),
        *kinds_things.things(program, now),
        *budget_things.things(program, now),
        *together_things.things(program, now),
        *deliverables_things.things(program, now),
        *relations_things.things(program, now),
        *tier_things.things(program, now),
        *asking_things.things(program, now),
        *content_things.things(program, now),
        *incident_things.things(program, now),
        *learning_things.things(program, now),
    ]
    snoozed = set(Snooze.objects.filter(program=program, until__gt=now).values_list("key", flat=True))
    todo = rules.split(things, snoozed)
    cache.set(_count_key(program), len(todo.things), _COUNT_SECONDS)
    return todo


def nav_counts(program: Program) -> NavCounts:
    """Return the counts of the side nav: things to do, partners that are not gone, applications that wait.

    The things are as many as Today last found; counting them anew would double the cost of every other page.
    """
    gone = (Enrolment.Status.ENDED, Enrolment.Status.PENDING)
    partners = Enrolment.objects.filter(program=program, is_test=False).exclude(status__in=gone)
    waiting = Application.objects.filter(program=program, status=Application.Status.WAITING)
    counted = Program.objects.filter(pk=program.pk).values_list(_count(partners), _count(waiting)).get()
    return NavCounts(cache.get(_count_key(program), 0), *(number or 0 for number in counted))


def _count(rows: QuerySet[Enrolment] | QuerySet[Application]) -> Subquery:
    return Subquery(rows.order_by().values("program").annotate(n=Count("pk")).values("n"))


def forget_count(program_id: UUID) -> None:
    """Let the nav count again: something was done."""
    cache.delete(f"today:{program_id}")


def _count_key(program: Program) -> str:
    return f"today:{program.id}"
