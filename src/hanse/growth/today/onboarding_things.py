"""Things to do about onboarding: first sales to celebrate, tasks for new partners, pilots that are over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from hanse.growth.firstwins.queries import closed_wins
from hanse.growth.launch.models import Pilot
from hanse.growth.onboarding.models import OwnerTask
from hanse.growth.onboarding.queries import open_tasks
from hanse.growth.today.rules import CELEBRATE_DAYS
from hanse.growth.today.types import Kind, Named, Thing
from hanse.kernel.clock import day_starts_at, local_day
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit

_CELEBRATED = 3
_READ = 200


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about new partners in a program. Three queries."""
    yield from _first_sales(program, now)
    yield from _tasks(program, now)
    yield from _pilots(program, now)


def _first_sales(program: Program, now: datetime) -> Iterator[Thing]:
    since = now - timedelta(days=CELEBRATE_DAYS)
    mine = Credit.objects.filter(enrolment=OuterRef("enrolment"), conversion__is_test=False)
    closed = closed_wins().filter(enrolment=OuterRef("enrolment"))
    rows = (
        Credit.objects.filter(
            enrolment__program=program, enrolment__is_test=False, occurred_at__gt=since, conversion__is_test=False
        )
        .filter(~Exists(mine.filter(Q(occurred_at__lt=OuterRef("occurred_at")))), ~Exists(closed))
        .select_related("enrolment__partner", "conversion")
        .order_by("-occurred_at")
    )
    for credit in rows[:_CELEBRATED]:
        partner = credit.enrolment.partner
        days = (credit.occurred_at - credit.enrolment.enrolled_at).days
        value = credit.conversion.amount_minor
        yield Thing(
            f"first-sale:{credit.enrolment_id}", Kind.FIRST_SALE, 1, value, credit.occurred_at, credit.enrolment_id,
            (Named(partner.id, partner.name, value, partner.email),), {"days": str(max(days, 0))},
        )  # fmt: skip


def _tasks(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield for each owner the tasks that are due, the oldest first."""
    by_owner: dict[Any, list[OwnerTask]] = {}
    for task in open_tasks(program.pk, local_day(now, program.time_zone))[:_READ]:
        by_owner.setdefault(task.owner_id, []).append(task)
    for tasks in by_owner.values():
        first = tasks[0]
        named = [Named(one.onboarding.enrolment.partner_id, one.onboarding.enrolment.partner.name) for one in tasks[:5]]
        owner = first.owner
        detail = {
            "task": first.title, "due_on": first.due_on.isoformat(),
            "owner": (owner.name or owner.email) if owner else "",
        }  # fmt: skip
        yield Thing(
            f"owner-task:{first.pk}:{first.due_on}", Kind.OWNER_TASK, len(tasks), 0,
            day_starts_at(first.due_on, program.time_zone), first.onboarding_id, named, detail,
        )  # fmt: skip


def _pilots(program: Program, now: datetime) -> Iterator[Thing]:
    over = Pilot.objects.filter(program=program, decision="", ends_on__lt=local_day(now, program.time_zone))
    for pilot in over.annotate(count=Count("partners")).order_by("ends_on", "pk")[:5]:
        yield Thing(
            f"pilot:{pilot.pk}", Kind.PILOT, pilot.count, 0, day_starts_at(pilot.ends_on, program.time_zone), pilot.pk,
            (), {"name": pilot.name, "ends_on": pilot.ends_on.isoformat()},
        )  # fmt: skip
