"""Budgets in the demo: three quarters planned from the year's own numbers, offers beyond them, one approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hanse.growth.budgets import rules
from hanse.growth.budgets.actions import decide_overrun, keep_budget, look_at_budgets, set_when_over
from hanse.growth.budgets.guarding import ask_approval
from hanse.growth.budgets.queries import standing
from hanse.growth.budgets.types import OverBudget, Standing
from hanse.growth.negotiations.actions import Offered, propose
from hanse.growth.negotiations.models import Proposal
from hanse.kernel.clock import add_months
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.models import Tier
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import FINANCE, MANAGER, Stage

_STEP = 100_00  # plans are round hundreds of pounds
_TIGHT = 118  # percent of what is spent and promised: four fifths of that plan are used


def plan_quarters(stage: Stage, calendar: DemoCalendar) -> None:
    """Plan the quarter before, this one and the next; let one offer beyond them wait and one be approved.

    Call inside a transaction and last: from then on offers beyond a budget need approval.
    """
    program, now = stage.program, calendar.ends_at
    this = rules.quarter_at(now, program.time_zone)
    before, after = add_months(this, -3), add_months(this, 3)
    found = standing(program, this, now)
    planned_at = max(calendar.starts_at, now - timedelta(days=75))
    past = standing(program, before, now).whole.accrued_minor
    keep_budget(
        program, rules.quarter_text(before), _round(past, 106), note="The first quarter with a plan.",
        now=planned_at - timedelta(days=80), by=MANAGER,
    )  # fmt: skip
    whole = _round(found.whole.expected_minor, 104)
    keep_budget(
        program, rules.quarter_text(this), whole, note="Agreed in September: the season is ours.", now=planned_at,
        by=MANAGER,
    )  # fmt: skip
    keep_budget(program, rules.quarter_text(after), _round(whole, 70), now=now - timedelta(days=6), by=FINANCE)
    _part_budgets(program, found, rules.quarter_text(this), planned_at)
    set_when_over(program, "approve", now=planned_at, by=MANAGER)
    _offer_more(stage, found, now)
    look_at_budgets(program, now)


def _part_budgets(program: Program, found: Standing, quarter: str, at: datetime) -> None:
    """Plan the three dearest types and two tiers: one of them turns out too tight, one nearly used up."""
    kinds = _dearest(found)
    for place, (kind, percent) in enumerate(zip(kinds[:3], (97, 108, 112), strict=False)):
        sums = found.of(kind, "")
        amount = _round(sums.used_minor, _TIGHT) if place == 1 else _round(sums.expected_minor, percent)
        keep_budget(program, quarter, amount, partner_type=kind, now=at, by=MANAGER)
    tiers = {one.key: one for one in Tier.objects.filter(program=program)}
    for key, percent in (("power", 103), ("growth", 110)):
        keep_budget(
            program, quarter, _round(found.of("", key).expected_minor, percent), tier=tiers[key], now=at, by=MANAGER
        )
    if kinds:
        amount = _round(found.of(kinds[0], "power").expected_minor, 105)
        keep_budget(
            program, quarter, amount, partner_type=kinds[0], tier=tiers["power"],
            note="Most of it goes to a few large ones.", now=at, by=MANAGER,
        )  # fmt: skip


def _offer_more(stage: Stage, found: Standing, now: datetime) -> None:
    """Offer two fees that the tightest plan has no room for: one is approved and goes out, one waits."""
    open_ones = set(Proposal.objects.filter(answer="").values_list("enrolment_id", flat=True))
    kinds = _dearest(found)
    tight = kinds[1] if len(kinds) > 1 else ""
    people = [
        one for one in Enrolment.objects.filter(program=stage.program, status="active", is_test=False)
        .select_related("partner", "program", "tier").order_by("partner__name")
        if one.pk not in open_ones and found.members[one.pk].type == tight
    ]  # fmt: skip
    room = max(0, _round(found.of(tight, "").used_minor, _TIGHT) - found.of(tight, "").used_minor)
    for place, who in enumerate(people[:2]):
        offered = Offered(_with_fee(who, _round(room, 100) + (place + 4) * _STEP), reason="A series before Christmas.")
        at = now - timedelta(days=4 - 3 * place)
        try:
            propose(who, offered, now=at, by=MANAGER)
        except OverBudget as refused:
            row = ask_approval(refused, now=at, by=MANAGER)
            if place == 0:
                reason = "It replaces the fair that we do not go to this year."
                decide_overrun(row, approve=True, reason=reason, now=at + timedelta(hours=3), by=FINANCE)
                propose(who, offered, now=at + timedelta(hours=4), by=MANAGER)


def _dearest(found: Standing) -> list[str]:
    """Return the types by what they are expected to cost, the dearest first."""
    return sorted({kind for kind, _tier in found.cells if kind}, key=lambda one: -found.of(one, "").expected_minor)


def _with_fee(who: Enrolment, minor: int) -> Mapping[str, Any]:
    rows = Terms.objects.filter(program=who.program).order_by("-starts_at", "-number")
    mine = rows.filter(enrolment=who).first() or rows.filter(tier=who.tier).first()
    base = mine or rows.filter(tier=None, enrolment=None).latest("number")
    clauses = [one for one in base.body["clauses"] if one["kind"] != "fee"]
    return {"clauses": [*clauses, {"kind": "fee", "amount": minor, "due": "signing"}]}


def _round(minor: int, percent: int) -> int:
    return max(_STEP, -(-minor * percent // 100 // _STEP) * _STEP)
