"""Budgets: plans of a quarter, how they stand, offers beyond them, and the month-end file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import ALL, READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.accrual_shapes import AccrualsOut, accruals_out
from hanse.faces.api.routes.budget_shapes import (
    BudgetIn,
    BudgetOut,
    BudgetPage,
    BudgetRuleIn,
    BudgetRuleOut,
    BudgetTryIn,
    BudgetTryOut,
    DecisionIn,
    OverrunOut,
    OverrunPage,
    QuarterOut,
    breach_out,
    budget_out,
    overrun_out,
    standing_out,
)
from hanse.faces.api.values import Text
from hanse.growth.budgets import rules
from hanse.growth.budgets.actions import ask_approval, decide_overrun, drop_budget, keep_budget, set_when_over
from hanse.growth.budgets.guarding import terms_offer, would_exceed
from hanse.growth.budgets.models import Budget, BudgetRules, Overrun
from hanse.growth.budgets.offers import Scope, prize_offer
from hanse.growth.budgets.queries import budgets_of, planned, standing, sums_of, when_over
from hanse.growth.budgets.types import Breach, OfferMade, OverBudget
from hanse.growth.challenges.models import Challenge
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.money.accruals.queries import accruals_of
from hanse.money.accruals.rules import month_of
from hanse.people.access.models import ApiKey
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.rules import parse_terms
from hanse.programs.tiers.models import Tier

router = Router(tags=["Budgets"])
Quarter = Annotated[Text, Field(max_length=10, description="Like 2026-Q2, in the program's time zone.")]


@router.get("/budgets", auth=READ, response=BudgetPage)
def list_budgets(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> BudgetPage:
    """List plans with their sums as they were last looked at (hourly, the quarter that runs), the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Budget).select_related("tier"), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return BudgetPage(data=[budget_out(row) for row in page], next_cursor=following)


@router.post("/budgets", auth=WRITE, response={201: BudgetOut})
def put_budget(request: HttpRequest, body: BudgetIn) -> Status[BudgetOut]:
    """Plan an amount for a quarter: the whole program, a type, a tier, or a type within a tier. Planned again, the
    newer amount holds."""
    key = asker(request)
    program = own_program(key, body.program)
    tier = refer(key, Tier, body.tier, "/tier") if body.tier else None
    row = keep_budget(
        program, body.quarter, body.amount, partner_type=body.type, tier=tier, note=body.note, now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return Status(201, budget_out(row))


@router.delete("/budgets/{budget_id}", auth=WRITE, response={204: None})
def remove_budget(request: HttpRequest, budget_id: str) -> Status[None]:
    """Take a plan back, as if nothing had been planned there."""
    drop_budget(find(asker(request), Budget, budget_id), now=clock.now(), by=actor(request))
    return Status(204, None)


@router.get("/budgets/standing", auth=READ, response=QuarterOut)
def read_budget_standing(request: HttpRequest, program: str = "", quarter: Quarter = "") -> QuarterOut:
    """Read how a quarter stands now: the whole, each type within each tier (they add up to it), each plan, and what is
    promised and not booked yet. Without a quarter: the one that runs."""
    found, now = own_program(asker(request), program, "/query/program"), clock.now()
    first = _quarter(quarter) if quarter else rules.quarter_at(now, found.time_zone)
    stands, plans = standing(found, first, now), list(budgets_of(found, first))
    return standing_out(found, stands, plans, sums_of(planned(plans), stands))


@router.get("/budgets/rule", auth=READ, response=BudgetRuleOut)
def read_budget_rule(request: HttpRequest, program: str = "") -> BudgetRuleOut:
    """Read what happens to an offer beyond a budget."""
    found = own_program(asker(request), program, "/query/program")
    return BudgetRuleOut(when_over=_when(found))


@router.put("/budgets/rule", auth=ALL, response=BudgetRuleOut)
def put_budget_rule(request: HttpRequest, body: BudgetRuleIn) -> BudgetRuleOut:
    """Say what happens to an offer beyond a budget: it warns, or it needs approval."""
    program = own_program(asker(request), body.program)
    set_when_over(program, body.when_over, now=clock.now(), by=actor(request))
    return BudgetRuleOut(when_over=_when(program))


@router.post("/budgets/preview", auth=READ, response=BudgetTryOut)
def preview_budget(request: HttpRequest, body: BudgetTryIn) -> BudgetTryOut:
    """Say which budgets an offer would exceed. Nothing is stored."""
    program, offer, breaches = _tried(asker(request), body, clock.now())
    needs = any(one.is_beyond for one in breaches) and _when(program) == "approve"
    added = sum(share.amount_minor for share in offer.shares) if offer else 0
    return BudgetTryOut(
        adds=added, currency=program.currency, needs_approval=needs, breaches=[breach_out(one) for one in breaches]
    )


@router.get("/overruns", auth=READ, response=OverrunPage)
def list_overruns(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> OverrunPage:
    """List offers that went or would go beyond a budget, the newest first."""
    key = asker(request)
    page, following = take_page(narrow(key, reach(key, Overrun), {"program_id": (Program, program)}), cursor, limit)
    return OverrunPage(data=[overrun_out(row) for row in page], next_cursor=following)


@router.post("/overruns", auth=WRITE, response={201: OverrunOut})
def ask_for_approval(request: HttpRequest, body: BudgetTryIn) -> Status[OverrunOut]:
    """Ask an owner or finance to approve of terms or a challenge before they are offered.

    Whatever was refused as over_budget has been asked for already. Refused (409, within_budget) where it needs no
    approval; what is approved of stays so.
    """
    now = clock.now()
    program, offer, breaches = _tried(asker(request), body, now)
    if offer is None or not any(one.is_beyond for one in breaches):
        raise Refused("within_budget", _("This is within the budget: no approval is needed."))
    row = ask_approval(OverBudget("", program.pk, offer, breaches), now=now, by=actor(request))
    return Status(201, overrun_out(row))


@router.get("/overruns/{overrun_id}", auth=READ, response=OverrunOut)
def read_overrun(request: HttpRequest, overrun_id: str) -> OverrunOut:
    """Read one offer beyond a budget."""
    return overrun_out(find(asker(request), Overrun, overrun_id))


@router.post("/overruns/{overrun_id}/decide", auth=ALL, response=OverrunOut)
def decide_an_overrun(request: HttpRequest, overrun_id: str, body: DecisionIn) -> OverrunOut:
    """Approve of an offer beyond a budget, or decline it, with a reason. Approved, it can be made within thirty days.

    Refused for what does not wait (409, decided).
    """
    row = find(asker(request), Overrun, overrun_id, "program")
    decide_overrun(row, approve=body.approve, reason=body.reason, now=clock.now(), by=actor(request))
    return overrun_out(row)


@router.get("/accruals", auth=READ, response=AccrualsOut)
def read_accruals(request: HttpRequest, month: str, program: str = "") -> AccrualsOut:
    """Read a month's accruals by the day of booking in the program's zone, and the file that says the same.

    In each row opening + accrued − reversed + moved − paid is closing; `equals_ledger` says that each closing is the
    balance in the ledger, to the minor unit.
    """
    found = own_program(asker(request), program, "/query/program")
    try:
        return accruals_out(accruals_of(found, month_of(month), clock.now()))
    except Invalid as refused:
        raise Invalid([Problem("/query/month", one.message, one.code) for one in refused.problems]) from refused


def _quarter(text: str) -> date:
    try:
        return rules.quarter_of(text)
    except Invalid as refused:
        raise Invalid([Problem("/query/quarter", one.message, one.code) for one in refused.problems]) from refused


def _when(program: Program) -> Literal["warn", "approve"]:
    return "approve" if when_over(program.pk) == BudgetRules.WhenOver.APPROVE else "warn"


def _tried(key: ApiKey, body: BudgetTryIn, now: datetime) -> tuple[Program, OfferMade | None, list[Breach]]:
    if body.challenge:
        challenge = refer(key, Challenge, body.challenge, "/challenge", "program")
        prizes = prize_offer(challenge, challenge.most_winners, challenge.prize_minor, now)
        return challenge.program, prizes, would_exceed(challenge.program, prizes, now)
    if body.body is None:
        raise Invalid([Problem("/body", _("Name a challenge, or give terms."), "required")])
    scope = _scope(key, body)
    try:
        parse_terms(body.body, currency=scope.program.currency, goals=None)
    except Invalid as refused:
        problems = [Problem(f"/body{one.pointer}", one.message, one.code) for one in refused.problems]
        raise Invalid(problems) from refused
    kind: Literal["proposal", "terms"] = "proposal" if body.is_proposal else "terms"
    priced = terms_offer(scope, body.body, body.starts_at or now, body.ends_at, kind=kind, now=now)
    if priced is None:
        return scope.program, None, []
    offer, standings = priced
    return scope.program, offer, would_exceed(scope.program, offer, now, standings)


def _scope(key: ApiKey, body: BudgetTryIn) -> Scope:
    if body.enrolment:
        enrolment = refer(key, Enrolment, body.enrolment, "/enrolment", "program", "partner")
        return Scope(enrolment.program, None, enrolment)
    if body.tier:
        tier = refer(key, Tier, body.tier, "/tier", "program")
        return Scope(tier.program, tier)
    return Scope(own_program(key, body.program))
