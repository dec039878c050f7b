"""Drafting a run: who is paid what, with the reasons for everybody who is not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import new_id, text_id
from hanse.money.ledger.actions import lock_chain
from hanse.money.payouts.auditing import candidates
from hanse.money.payouts.lines import open_lines
from hanse.money.payouts.models import Payout, PayoutLine, PayoutRun
from hanse.money.payouts.rules import reasons_against
from hanse.money.payouts.schedule import first_payout_limit
from hanse.money.payouts.types import CHECKS, RAILS, Candidate
from hanse.money.rails.settings import rail_problems
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change
from hanse.spine.bulk import insert_many


def draft_run(program: Program, rail: str, *, as_of: datetime, now: datetime, by: str, period: str = "") -> PayoutRun:
    """Take every open line booked until `as_of` (at most now), negative ones too, of everybody who passes the audit.

    Whoever does not is left out with reasons in `run.audit`. Lines are in one living payout only, so two drafts never
    take the same line. `period` names the turn of a schedule: a program has one run a period. Raises Invalid for an
    unknown rail, and for one that lacks settings or cannot pay in the program's currency.
    """
    problems = rail_problems(program, rail)
    if problems:
        code = "not_ready" if rail in RAILS else "not_an_option"
        raise Invalid([Problem("/rail", problem, code) for problem in problems])
    lock_chain()
    as_of = min(as_of, now)  # a refund that comes after the draft must be later than its lines
    program = Program.objects.get(pk=program.pk)
    first_up_to = first_payout_limit(program.pk)
    lines = open_lines(program.pk, program.currency, as_of)
    taken = {one: [(line.commission_id, line.amount_minor) for line in found] for one, found in lines.items()}
    paid, left_out = [], []
    for candidate in candidates(program, taken, as_of, rail=rail, now=now):
        reasons = reasons_against(candidate, minimum_minor=program.minimum_payout_minor, first_up_to_minor=first_up_to)
        if not reasons:
            paid.append(candidate)
        elif candidate.amount_minor or reasons != ["below_minimum"]:
            left_out.append(_left_out(candidate, list(reasons)))
    run = PayoutRun.objects.create(
        program=program, number=_free_number(program, as_of), currency=program.currency, rail=rail,
        state=PayoutRun.State.DRAFTED, as_of=as_of, drafted_at=now, drafted_by=by, period=period,
        audit={
            "checks": list(CHECKS), "payouts": len(paid), "total": sum(one.amount_minor for one in paid),
            "left_out": left_out,
        },
    )  # fmt: skip
    rows = [_payout_row(run, one, now) for one in paid]
    insert_many(Payout, rows)
    insert_many(
        PayoutLine,
        [
            {"id": new_id(), "payout_id": row["id"], "entry_id": line.entry_id, "amount_minor": line.amount_minor}
            for row in rows
            for line in lines[row["enrolment_id"]]
        ],
    )
    record_change(
        actor=by, verb="draft_run", subject_kind="payoutrun", subject_id=run.pk, before={},
        after={"number": run.number, "payouts": len(paid), "total": run.audit["total"]}, now=now,
    )  # fmt: skip
    return run


def _payout_row(run: PayoutRun, candidate: Candidate, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "run_id": run.pk, "partner_id": candidate.partner_id, "enrolment_id": candidate.enrolment_id,
        "amount_minor": candidate.amount_minor, "currency": run.currency, "state": Payout.State.DRAFTED.value,
        "details": candidate.details, "found": [], "audited_at": now,
    }  # fmt: skip


def _left_out(candidate: Candidate, reasons: list[str]) -> dict[str, Any]:
    return {
        "enrolment": text_id("enr", candidate.enrolment_id), "partner": text_id("prt", candidate.partner_id),
        "amount": candidate.amount_minor, "reasons": reasons,
        **({"detail": candidate.trouble} if "bad_details" in reasons else {}),
    }  # fmt: skip


def _free_number(program: Program, as_of: datetime) -> str:
    """Return R-2026-11 for the first run of a month, R-2026-11-2 for the second: numbers are unique everywhere."""
    stem = f"R-{local_day(as_of, program.time_zone):%Y-%m}"
    known = set(PayoutRun.objects.filter(number__startswith=stem).values_list("number", flat=True))
    count = 1
    while (number := stem if count == 1 else f"{stem}-{count}") in known:
        count += 1
    return number
