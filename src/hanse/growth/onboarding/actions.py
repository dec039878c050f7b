"""Verbs of onboarding: publish paths, mark steps by hand, do and hand over tasks, put somebody on another path."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.onboarding.models import HandStep, Onboarding, OnboardingVersion, OwnerTask
from hanse.growth.onboarding.queries import path_in, paths_in, version_in_force
from hanse.growth.onboarding.rules import is_by_hand, read_paths, written
from hanse.growth.onboarding.settling import begin_one, settle, tasks_on
from hanse.growth.onboarding.types import Path, Step
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, NotFound, Problem, Refused
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import PartnerType
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of
from hanse.spine.audit.actions import audited_save, record_change
from hanse.spine.bulk import insert_many
from hanse.spine.checks import Checks


def publish_paths(program: Program, body: Any, *, note: str = "", now: datetime, by: str) -> OnboardingVersion:
    """Publish the next version of a program's paths; whoever is on the way stays on theirs. Raises Invalid.

    The same paths as now publish nothing: the version in force is returned.
    """
    types = set(PartnerType.objects.values_list("slug", flat=True))
    paths = read_paths(body, types, {tier.key for tier in tiers_of(program.pk)})
    checks = Checks()
    note = checks.text("note", note, 300)
    checks.done()
    Program.objects.select_for_update().get(pk=program.pk)
    before = version_in_force(program.pk)
    if before is not None and before.body == written(paths):
        return before
    row = OnboardingVersion.objects.create(
        program=program, number=before.number + 1 if before else 1, body=written(paths), note=note, created_at=now,
        created_by=by[:200],
    )  # fmt: skip
    record_change(
        actor=by, verb="publish_onboarding", subject_kind="program", subject_id=program.pk, before={},
        after={"number": row.number, "paths": [path.name for path in paths]}, reason=note, now=now,
    )  # fmt: skip
    return row


def mark_step(
    enrolment: Enrolment, key: str, *, on: date | None = None, note: str = "", address: str = "", now: datetime,
    by: str, is_partner: bool = False,
) -> Onboarding:  # fmt: skip
    """Mark a step that completes by hand as done, today or on an earlier day; once more corrects it.

    A partner marks only steps of the partner's own. Refuses steps that complete by themselves; raises Invalid.
    """
    row = begun(enrolment, now)
    step = _hand_step(row, key)
    if is_partner and step.who != "partner":
        raise Refused("not_yours", _("This step is ours; we mark it."))
    checks = Checks()
    note = checks.text("note", note, 500, lines=True)
    address = checks.web_address("address", address, 500, required=step.kind == "piece" and is_partner)
    today = local_day(now, enrolment.program.time_zone)
    on = on or today
    if on > today:
        checks.refuse("on", _("A step cannot be done in the future."), "in_the_future")
    checks.done()
    HandStep.objects.update_or_create(
        onboarding=row, key=key, defaults={"done_on": on, "note": note, "address": address, "by": by[:200]},
        create_defaults={
            "id": new_id(now), "done_on": on, "done_at": now, "note": note, "address": address, "by": by[:200],
        },
    )  # fmt: skip
    OwnerTask.objects.filter(onboarding=row, key=key, done_at=None).update(done_at=now, done_by=by[:200], note=note)
    _record(row, "mark_step", key, {"note": note, "address": address}, now, by)
    settle([row.pk], now)
    row.refresh_from_db()
    return row


def unmark_step(enrolment: Enrolment, key: str, *, now: datetime, by: str) -> None:
    """Take a step that was marked by hand back; its task, if there is one, is open again. Raises NotFound."""
    count, _models = HandStep.objects.filter(onboarding_id=enrolment.pk, key=key).delete()
    if not count:
        raise NotFound("step")
    OwnerTask.objects.filter(onboarding_id=enrolment.pk, key=key).update(done_at=None, done_by="", note="")
    row = Onboarding.objects.get(pk=enrolment.pk)
    _record(row, "unmark_step", key, {}, now, by)
    settle([row.pk], now)


def finish_task(task: OwnerTask, *, note: str = "", now: datetime, by: str) -> OwnerTask:
    """Say that a task is done and what came of it: its step is done with it. Refuses one that is closed."""
    _need_open(task)
    mark_step(_with_program(task), task.key, note=note, now=now, by=by)
    task.refresh_from_db()
    return task


def hand_over(task: OwnerTask, *, owner: TeamUser | None, due_on: date, now: datetime, by: str) -> OwnerTask:
    """Give a task to a colleague (None: to nobody), or another day. Refuses one that is closed."""
    _need_open(task)
    if owner is not None and owner.partner_id is not None:
        raise Invalid([Problem("/owner", _("Choose somebody of the team."), "not_an_option")])
    audited_save(task, {"owner_id": owner.pk if owner else None, "due_on": due_on}, actor=by, verb="hand_over_task",
                 now=now)  # fmt: skip
    return task


def drop_task(task: OwnerTask, *, now: datetime, by: str, reason: str = "") -> None:
    """Say that a task is not needed. Its step stays open."""
    _need_open(task)
    audited_save(task, {"dropped_at": now}, actor=by, verb="drop_task", reason=reason[:500], now=now)


def move_to_path(enrolment: Enrolment, key: str, *, now: datetime, by: str) -> Onboarding:
    """Put an enrolment on a path of the version in force; what is done stays done, missing tasks are made."""
    version = version_in_force(enrolment.program_id)
    path = next((one for one in paths_in(version) if one.key == key), None)
    if path is None:
        raise Invalid([Problem("/path", _("There is no such path."), "not_an_option")])
    row = begun(enrolment, now)
    before = {step.key for step in path_in(row.version, row.path_key).steps}
    audited_save(row, {"version_id": version.pk if version else None, "path_key": key}, actor=by, verb="move_to_path",
                 now=now)  # fmt: skip
    _renew_tasks(enrolment, row, path, before, now)
    settle([row.pk], now)
    row.refresh_from_db()
    return row


def _renew_tasks(enrolment: Enrolment, row: Onboarding, path: Path, before: set[str], now: datetime) -> None:
    """Drop the tasks of steps that are no longer on the way, make those that are new, and take up again what an earlier
    move had dropped."""
    keys = {step.key for step in path.steps}
    OwnerTask.objects.filter(onboarding=row, done_at=None, key__in=keys - before).update(dropped_at=None)
    OwnerTask.objects.filter(onboarding=row, done_at=None, dropped_at=None).exclude(key__in=keys).update(dropped_at=now)
    known = set(OwnerTask.objects.filter(onboarding=row).values_list("key", flat=True))
    known |= set(HandStep.objects.filter(onboarding=row).values_list("key", flat=True))
    today = local_day(now, enrolment.program.time_zone)
    insert_many(OwnerTask, [one for one in tasks_on(enrolment, path, today, now) if one["key"] not in known])


def begun(enrolment: Enrolment, now: datetime) -> Onboarding:
    """Return an enrolment's onboarding, begun now where it has not. Refuses test enrolments and applicants."""
    row = Onboarding.objects.filter(pk=enrolment.pk).select_related("version").first()
    return row or begin_one(enrolment, now)


def _hand_step(row: Onboarding, key: str) -> Step:
    step = next((one for one in path_in(row.version, row.path_key).steps if one.key == key), None)
    if step is None:
        raise NotFound("step")
    if not is_by_hand(step):
        raise Refused("by_itself", _("This step completes by itself, as soon as it happens."))
    return step


def _need_open(task: OwnerTask) -> None:
    if task.done_at is not None or task.dropped_at is not None:
        raise Refused("closed", _("This task is closed already."))


def _with_program(task: OwnerTask) -> Enrolment:
    return Enrolment.objects.select_related("program", "partner", "tier").get(pk=task.onboarding_id)


def _record(row: Onboarding, verb: str, key: str, after: dict[str, object], now: datetime, by: str) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=row.pk, before={}, after={"step": key, **after},
        now=now,
    )  # fmt: skip
