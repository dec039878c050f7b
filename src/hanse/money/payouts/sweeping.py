"""The schedule's draft: once a period for each program that wants it, however often the sweep comes by."""

from __future__ import annotations

from datetime import datetime

from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError
from hanse.money.ledger.actions import lock_chain
from hanse.money.payouts.drafting import draft_run
from hanse.money.payouts.models import PayoutRules, PayoutRun
from hanse.money.payouts.queries import ready_to_pay
from hanse.money.payouts.rules import due_period
from hanse.money.payouts.schedule import SCHEDULE
from hanse.spine.audit.actions import record_change


def draft_due_runs(now: datetime) -> list[PayoutRun]:
    """Draft the runs whose day has come. A period without anybody to pay is over too; so is one that is refused."""
    drafted = []
    for rules in PayoutRules.objects.exclude(schedule=PayoutRules.Schedule.OFF).select_related("program"):
        if rules.program.archived_at is None:
            run = _draft(rules, now)
            if run is not None:
                drafted.append(run)
    return drafted


def _draft(rules: PayoutRules, now: datetime) -> PayoutRun | None:
    program = rules.program
    period = due_period(rules.schedule, rules.schedule_day, local_day(now, program.time_zone))
    if period <= rules.last_period:
        return None
    lock_chain()
    mine = PayoutRules.objects.filter(pk=rules.pk, last_period=rules.last_period)
    if not mine.update(last_period=period):
        return None
    if PayoutRun.objects.filter(program=program, period=period).exists():
        return None  # its day was moved to later in a period that has its run already
    try:
        if not any(not one.reasons for one in ready_to_pay(program, now, rules.rail)):
            return None
        return draft_run(program, rules.rail, as_of=now, now=now, by=SCHEDULE, period=period)
    except HanseError as refusal:
        record_change(
            actor=SCHEDULE, verb="draft_refused", subject_kind="program", subject_id=program.pk, before={},
            after={"period": period}, reason=str(refusal), now=now,
        )  # fmt: skip
        return None
