"""When a program drafts runs by itself, and what it allows for a first payout."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.clock import local_day
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.money.payouts.models import PayoutRules
from hanse.money.payouts.rules import due_period
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save
from hanse.spine.checks import Checks

SCHEDULE = "schedule"


def payout_rules(program: Program) -> PayoutRules:
    """Return a program's rules; the usual ones (no schedule) where none are stored."""
    return PayoutRules.objects.filter(program=program).first() or PayoutRules(program=program)


def first_payout_limit(program_id: UUID) -> int | None:
    """Return up to how much a first payout may skip the minimum; None: never."""
    row = PayoutRules.objects.filter(program_id=program_id).values_list("first_payout_up_to_minor", flat=True).first()
    return row or None


def set_payout_rules(
    program: Program, *, schedule: str, schedule_day: int, rail: str, first_payout_up_to_minor: int | None,
    first_hold_days: int | None = None, now: datetime, by: str,
) -> PayoutRules:  # fmt: skip
    """Say when runs are drafted and how, and what a first payout is spared. Raises Invalid.

    The turn whose day is past already is not made up for. A shorter hold is for what is earned from now on.
    """
    checks = Checks()
    checks.one_of("schedule", schedule, [str(one) for one in PayoutRules.Schedule.values])
    checks.one_of("rail", rail, RAILS_BY_KEY)
    low, high = (0, 6) if schedule == "weekly" else (1, 28)
    checks.whole_number("schedule_day", schedule_day, low, high)
    if first_payout_up_to_minor is not None:
        checks.whole_number("first_payout_up_to_minor", first_payout_up_to_minor, 0, MAX_AMOUNT_MINOR)
    if first_hold_days is not None:
        checks.whole_number("first_hold_days", first_hold_days, 0, 365)
        if not first_payout_up_to_minor:
            message = _("Say up to which amount: the hold is shortened for a small first payout only.")
            checks.refuse("first_payout_up_to_minor", message, "required")
    checks.done()
    row, _made = PayoutRules.objects.get_or_create(program=program)
    past = due_period(schedule, schedule_day, local_day(now, program.time_zone))
    is_same = (row.schedule, row.schedule_day) == (schedule, schedule_day)
    audited_save(
        row,
        {
            "schedule": schedule, "schedule_day": schedule_day, "rail": rail,
            "first_payout_up_to_minor": first_payout_up_to_minor, "first_hold_days": first_hold_days,
            "last_period": row.last_period if is_same else past,
        },
        actor=by, verb="set_payout_rules", now=now,
    )  # fmt: skip
    return row
