"""Keeping onboardings true: whoever joined begins, steps complete from events, owners get their tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from hanse.growth.onboarding.evidence import columns_from, firsts_of, stale_onboardings
from hanse.growth.onboarding.models import Onboarding, OnboardingVersion, OwnerTask
from hanse.growth.onboarding.queries import path_for, path_in, version_in_force
from hanse.growth.onboarding.rules import progress_on
from hanse.growth.onboarding.types import Path
from hanse.growth.onboarding.words import step_title
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.bulk import insert_many, update_many

TASKS_FOR = timedelta(days=30)


def settle_onboardings(now: datetime, limit: int) -> int:
    """Begin and bring up to date at most `limit` onboardings; return how many. Fewer: nothing is left.

    Safe to run twice. Whoever joined more than 30 days ago gets no tasks: their welcome is past.
    """
    fresh, stale = unsettled(limit)
    begin(fresh, now)
    settle(stale, now)
    return len(fresh) + len(stale)


def unsettled(limit: int) -> tuple[list[UUID], list[UUID]]:
    """Return the enrolments whose onboarding has not begun, and those whose row is behind; at most `limit` in all.

    It looks at every row: ask before a transaction begins, so that nobody waits for the lock meanwhile.
    """
    fresh = list(_not_begun().values_list("pk", flat=True)[:limit])
    rest = limit - len(fresh)
    return fresh, list(stale_onboardings().order_by("pk").values_list("pk", flat=True)[:rest]) if rest else []


def begin(enrolment_ids: Collection[UUID], now: datetime) -> None:
    """Begin the onboarding of enrolments that have none yet. A fixed number of queries."""
    fresh = list(_not_begun().filter(pk__in=enrolment_ids)) if enrolment_ids else []
    if fresh:
        _begin(fresh, now)


def begin_one(enrolment: Enrolment, now: datetime) -> Onboarding:
    """Begin one onboarding now. Refuses test enrolments and applicants."""
    if enrolment.is_test or enrolment.status == Enrolment.Status.PENDING:
        raise Refused("not_enrolled", _("Only partners who have joined have an onboarding."))
    _begin([enrolment], now)
    return Onboarding.objects.select_related("version").get(pk=enrolment.pk)


def settle(enrolment_ids: Collection[UUID], now: datetime) -> None:
    """Bring some onboardings up to date. A fixed number of queries."""
    if not enrolment_ids:
        return
    found = Onboarding.objects.filter(pk__in=enrolment_ids).select_related(
        "enrolment__program", "enrolment__partner", "version"
    )
    rows = list(found.select_for_update(of=("self",)))
    firsts = firsts_of([row.enrolment for row in rows])
    changed = []
    for row in rows:
        values = _values(row.enrolment, path_in(row.version, row.path_key), firsts[row.pk], row, now)
        if any(getattr(row, name) != value for name, value in values.items()):
            changed.append({"enrolment_id": row.pk, **values})
    update_many(Onboarding, changed)
    _finish_tasks(firsts, now)
    gone = [row["enrolment_id"] for row in changed if row["left_on"]]
    if gone:
        OwnerTask.objects.filter(onboarding_id__in=gone, done_at=None, dropped_at=None).update(dropped_at=now)


def _finish_tasks(firsts: Mapping[UUID, Mapping[str, date]], now: datetime) -> None:
    """Close the tasks whose steps are done by an event or a lesson. Two queries."""
    waiting = OwnerTask.objects.filter(onboarding_id__in=firsts, done_at=None, dropped_at=None)
    done = [id_ for id_, row, key in waiting.values_list("pk", "onboarding_id", "key") if key in firsts[row]]
    OwnerTask.objects.filter(pk__in=done).update(done_at=now, done_by="hanse")


def _not_begun() -> QuerySet[Enrolment]:
    begun = Onboarding.objects.filter(pk=OuterRef("pk"))
    rows = Enrolment.objects.filter(~Exists(begun), is_test=False).exclude(status=Enrolment.Status.PENDING)
    return rows.select_related("program", "partner", "tier").order_by("pk")


def _begin(enrolments: Collection[Enrolment], now: datetime) -> None:
    versions = {program_id: version_in_force(program_id) for program_id in {row.program_id for row in enrolments}}
    firsts = firsts_of(enrolments)
    rows, tasks = [], list[dict[str, Any]]()
    for one in enrolments:
        version = versions[one.program_id]
        path = path_for(one, version)
        rows.append(_new_row(one, path, version, firsts[one.pk], now))
        if one.ended_at is None and now - one.enrolled_at <= TASKS_FOR:
            tasks += tasks_on(one, path, rows[-1]["joined_on"], now)
    insert_many(Onboarding, rows, ignore_known=True)
    insert_many(OwnerTask, tasks, ignore_known=True)


def _new_row(
    one: Enrolment, path: Path, version: OnboardingVersion | None, firsts: dict[str, date], now: datetime
) -> dict[str, Any]:
    return {
        "enrolment_id": one.pk, "program_id": one.program_id, "version_id": version.pk if version else None,
        "path_key": path.key, "joined_on": local_day(one.enrolled_at, one.program.time_zone),
        **_values(one, path, firsts, None, now),
    }  # fmt: skip


def tasks_on(one: Enrolment, path: Path, joined_on: date, now: datetime) -> list[dict[str, Any]]:
    """Return the tasks that a path gives our people for one partner."""
    return [
        {
            "id": new_id(now), "program_id": one.program_id, "onboarding_id": one.pk, "key": step.key,
            "title": step_title(step), "owner_id": one.partner.owner_id,
            "due_on": joined_on + timedelta(days=step.due_days), "created_at": now,
        }
        for step in path.steps
        if step.who == "owner"
    ]  # fmt: skip


def _values(
    one: Enrolment, path: Path, firsts: dict[str, date], known: Onboarding | None, now: datetime
) -> dict[str, Any]:
    zone = one.program.time_zone
    columns = columns_from(firsts, known)
    progress = progress_on(path, firsts)
    following = progress.next.key if progress.next else ""
    if known is not None and known.next_step == following:
        since = known.next_since
    else:
        days = [day for day in firsts.values() if day]
        since = max([local_day(one.enrolled_at, zone), *days]) if known is None else local_day(now, zone)
    return {
        **columns, "left_on": local_day(one.ended_at, zone) if one.ended_at else None, "next_step": following,
        "next_since": since, "completed_on": progress.completed_on,
    }  # fmt: skip
