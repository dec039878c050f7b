"""Things to do about onboarding: first sales to celebrate, tasks for new partners, pilots that are over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from hanse.growth.firstwins.models import FirstWin
from hanse.growth.firstwins.queries import open_wins
from hanse.growth.launch.models import Pilot
from hanse.growth.onboarding.models import OwnerTask
from hanse.growth.onboarding.queries import open_tasks
from hanse.growth.sharing.models import SharingCustomer
from hanse.growth.today.rules import CELEBRATE_DAYS
from hanse.growth.today.types import Kind, Named, Thing
from hanse.kernel.clock import day_starts_at, local_day
from hanse.money.commissions.models import Commission
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit

_CELEBRATED = 3
NOTE_DAYS = 14
_READ = 200


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about new partners in a program. Five queries."""
    yield from _first_sales(program, now)
    yield from _tasks(program, now)
    yield from _pilots(program, now)


def _first_sales(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield the notes that wait, and first sales of the last week that nobody has a note for."""
    earns = Commission.objects.filter(pk=OuterRef("commission_id"), voided_at=None, owed_minor__gt=0)
    waiting = open_wins(program.pk).filter(Exists(earns), drafted_at__gt=now - timedelta(days=NOTE_DAYS))
    values = dict(
        Commission.objects.filter(pk__in=[one.commission_id for one in waiting[:_CELEBRATED]])
        .values_list("pk", "value_minor")
    )  # fmt: skip
    for win in waiting[:_CELEBRATED]:
        value = values.get(win.commission_id, 0)
        yield _celebrated(win.enrolment, value, win.sold_at)
    yield from _unwritten(program, now)


def _unwritten(program: Program, now: datetime) -> Iterator[Thing]:
    since = now - timedelta(days=CELEBRATE_DAYS)
    mine = Credit.objects.filter(enrolment=OuterRef("enrolment"), conversion__is_test=False)
    written = FirstWin.objects.filter(enrolment=OuterRef("enrolment"))
    customers = SharingCustomer.objects.filter(enrolment=OuterRef("enrolment"))
    rows = (
        Credit.objects.filter(
            enrolment__program=program, enrolment__is_test=False, occurred_at__gt=since, conversion__is_test=False
        )
        .filter(~Exists(mine.filter(Q(occurred_at__lt=OuterRef("occurred_at")))), ~Exists(written), ~Exists(customers))
        .select_related("enrolment__partner", "conversion")
        .order_by("-occurred_at")
    )
    for credit in rows[:_CELEBRATED]:
        yield _celebrated(credit.enrolment, credit.conversion.amount_minor, credit.occurred_at)


def _celebrated(enrolment: Enrolment, value_minor: int, sold_at: datetime) -> Thing:
    partner, days = enrolment.partner, (sold_at - enrolment.enrolled_at).days
    return Thing(
        f"first-sale:{enrolment.pk}", Kind.FIRST_SALE, 1, value_minor, sold_at, enrolment.pk,
        (Named(partner.id, partner.name, value_minor, partner.email),), {"days": str(max(days, 0))},
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
