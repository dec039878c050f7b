"""Verbs of programs and their attribution policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs import rules
from hanse.programs.programs.doors import publish_program
from hanse.programs.programs.fields import ProgramChanges, ProgramFields, check_program
from hanse.programs.programs.goals import add_goal as add_goal
from hanse.programs.programs.goals import archive_goal as archive_goal
from hanse.programs.programs.goals import change_goal as change_goal
from hanse.programs.programs.models import AttributionPolicy, Goal, Program
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.actions import add_default_tiers
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

_AUDITED = ("name", "slug", "currency", "time_zone", "hold_days", "website", "minimum_payout_minor")
_POLICY = ("window_days", "model", "order", "self_referral")


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


def change_policy(
    program: Program, *, window_days: int | None = None, model: str | None = None, order: Sequence[str] | None = None,
    self_referral: str | None = None, now: datetime, by: str,
) -> AttributionPolicy:  # fmt: skip
    """Put a new version of the attribution policy in force; what is not given stays as it was. Raises Invalid.

    An order may name the first levels only: the others follow in their usual order.
    Nothing changed: no new version. Conversions already decided under an older version keep it once they are frozen.
    """
    newest = Program.objects.select_for_update().get(pk=program.pk).policies.order_by("-number").first()
    before = {field: getattr(newest, field) for field in _POLICY} if newest else dict[str, object]()
    given = {"window_days": window_days, "model": model, "order": order, "self_referral": self_referral}
    values = before | {field: value for field, value in given.items() if value is not None}
    values = _checked_policy(values)
    if newest is not None and values == before:
        return newest
    number = (AttributionPolicy.objects.filter(program=program).aggregate(last=Max("number"))["last"] or 0) + 1
    policy = AttributionPolicy(
        id=new_id(now), program=program, number=number, created_at=now, created_by=by[:200], **values
    )
    policy.save(force_insert=True)
    record_change(
        actor=by, verb="change_policy", subject_kind="program", subject_id=program.pk,
        before=before, after=values | {"number": number}, now=now,
    )  # fmt: skip
    return policy


def _checked_policy(values: dict[str, object]) -> dict[str, object]:
    checks = Checks()
    order = values["order"]
    kinds = [str(kind) for kind in order] if isinstance(order, Sequence) else []
    for kind in kinds:
        checks.one_of("order", kind, rules.EVIDENCE_KINDS)
    if not kinds or len(set(kinds)) < len(kinds):
        checks.refuse("order", _("Name each kind of evidence at most once, and at least one."), "not_an_option")
    checked = {
        "window_days": checks.whole_number("window_days", values["window_days"], 1, 730),
        "model": checks.one_of("model", str(values["model"]), rules.MODELS),
        "order": [*kinds, *(kind for kind in rules.EVIDENCE_KINDS if kind not in kinds)],
        "self_referral": checks.one_of("self_referral", str(values["self_referral"]), rules.SELF_REFERRAL),
    }
    checks.done()
    return checked
