"""Verbs of goals: what a program pays for."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.doors import publish_program
from hanse.programs.programs.models import Goal, Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks


def add_goal(program: Program, *, key: str, name: str, is_recurring: bool = False, now: datetime, by: str) -> Goal:
    """Add a goal. Raises Invalid; refuses a key that the program has, archived or not: old facts carry it."""
    checks = Checks()
    key, name = checks.key("key", key, 40), checks.text("name", name, 80, required=True)
    checks.done()
    goals = Goal.objects.filter(program=program)
    if goals.filter(key=key).exists():
        raise Refused("goal_exists", _("This program already has a goal “%(key)s”.") % {"key": key})
    last = goals.aggregate(last=Max("position"))["last"]
    goal = Goal(
        id=new_id(now), program=program, key=key, name=name, is_recurring=is_recurring,
        position=0 if last is None else last + 1,
    )  # fmt: skip
    goal.save(force_insert=True)
    record_creation(goal, actor=by, verb="add_goal", fields=("program_id", "key", "name", "is_recurring"), now=now)
    publish_program(program)
    return goal


def change_goal(
    goal: Goal, *, name: str | None = None, is_recurring: bool | None = None, now: datetime, by: str
) -> Goal:
    """Rename a goal or say whether it recurs; its key stays, facts carry it. Raises Invalid."""
    checks, values = Checks(), dict[str, object]()
    if name is not None:
        values["name"] = checks.text("name", name, 80, required=True)
    if is_recurring is not None:
        values["is_recurring"] = is_recurring
    checks.done()
    audited_save(goal, values, actor=by, verb="change_goal", now=now)
    return goal


def archive_goal(goal: Goal, *, now: datetime, by: str) -> None:
    """Take a goal out of use: new facts with it are refused at the door. Refuses for the last one."""
    if goal.archived_at is not None:
        return
    others = Goal.objects.filter(program_id=goal.program_id, archived_at=None).exclude(pk=goal.pk)
    if not others.exists():
        raise Refused("last_goal", _("A program needs at least one goal."))
    audited_save(goal, {"archived_at": now}, actor=by, verb="archive_goal", now=now)
    publish_program(goal.program)
