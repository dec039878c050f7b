"""Verbs of programs and their attribution policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs import rules
from hanse.programs.programs.doors import publish_program
from hanse.programs.programs.fields import ProgramChanges, ProgramFields, check_program
from hanse.programs.programs.goals import add_goal as add_goal
from hanse.programs.programs.goals import archive_goal as archive_goal
from hanse.programs.programs.goals import change_goal as change_goal
from hanse.programs.programs.models import Goal, Program
from hanse.programs.programs.policies import change_policy as change_policy
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.actions import add_default_tiers
from hanse.spine.audit.actions import audited_save, record_creation

_AUDITED = ("name", "slug", "currency", "time_zone", "hold_days", "website", "minimum_payout_minor")


def create_program(
    *, name: str, slug: str, currency: str, time_zone: str = "UTC",
    goals: Sequence[rules.GoalSpec] = rules.DEFAULT_GOALS, window_days: int = 30, model: str = "last",
    order: Sequence[str] = rules.DEFAULT_ORDER, self_referral: str = "block",
    now: datetime, by: str, **fields: Unpack[ProgramFields],
) -> Program:  # fmt: skip
    """Start a program with its goals, the five default tiers and policy number 1. Raises Invalid with every problem."""
    changes: ProgramChanges = {"name": name, "slug": slug, "currency": currency, "time_zone": time_zone, **fields}
    values = check_program(changes)
    program = Program(id=new_id(now), created_at=now, **values)
    program.save(force_insert=True)
    record_creation(program, actor=by, verb="create_program", fields=_AUDITED, now=now)
    Goal.objects.bulk_create(
        Goal(program=program, key=goal.key, name=goal.name, is_recurring=goal.is_recurring, position=position)
        for position, goal in enumerate(goals)
    )
    add_default_tiers(program)
    change_policy(
        program, window_days=window_days, model=model, order=order, self_referral=self_referral, now=now, by=by
    )
    publish_program(program)
    return program


def change_program(
    program: Program, *, conversions_exist: bool = True, now: datetime, by: str, **changes: Unpack[ProgramChanges]
) -> Program:
    """Change a program. Raises Invalid.

    Refuses another currency once there are terms or conversions: their amounts would change their meaning.
    Conversions are unknown to this wing, so the caller says when there are none.
    """
    values = check_program(changes, program)
    if values.get("currency", program.currency) != program.currency:
        _refuse_new_currency(program, conversions_exist)
    if audited_save(program, values, actor=by, verb="change_program", now=now):
        publish_program(program)
    return program


def _refuse_new_currency(program: Program, conversions_exist: bool) -> None:
    if conversions_exist or Terms.objects.filter(program=program).exists():
        raise Refused(
            "currency_fixed",
            _("The currency can no longer change: amounts in %(currency)s are already recorded. Start another program.")
            % {"currency": program.currency},
        )


def archive_program(program: Program, *, reason: str = "", now: datetime, by: str) -> None:
    """Take a program out of the lists: no new applications, enrolments or links. What is owed is paid."""
    if program.archived_at is None:
        values = {"archived_at": now, "applications_open": False}
        audited_save(program, values, actor=by, verb="archive_program", reason=reason, now=now)
        publish_program(program)
