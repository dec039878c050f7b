"""The first checks of an order: it came, once, for a goal that is paid for, with a value to pay on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hanse.insight.why.types import Check
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.spine.intake.models import ReceivedFact
from hanse.spine.parked.models import ParkedFact

if TYPE_CHECKING:
    from hanse.insight.why.order import OrderRows

_FIXES = {
    "waits_for_conversion": "send_order",
    "waits_for_customer": "send_first_sale",
    "waits_for_chargeback": "send_chargeback",
    "unknown_goal": "add_goal",
    "no_rate": "add_rate",
    "refund_currency": "same_currency",
    "goal_needed": "name_goal",
    "failed": "retry_fact",
    "content_differs": "decide_conflict",
    "amount_differs": "decide_conflict",
    "refund_differs": "decide_conflict",
}


def arrival_checks(rows: OrderRows, program: Program) -> list[Check]:
    """Return the checks up to the value to pay on."""
    sold = rows.conversion
    if sold is None:
        return [_not_recorded(rows, program)]
    facts = ReceivedFact.objects.filter(program_id=program.id, kind="conversion", external_id=sold.external_id)
    facts = facts.filter(goal=sold.goal.key)
    sources = sorted(set(facts.values_list("source", flat=True)))
    arrived = Check("arrived", "passed", numbers={"received_at": sold.received_at, "sources": len(sources) or 1})
    return [arrived, _agrees(rows.parked), _goal_paid(rows, program), _value(rows)]


def _not_recorded(rows: OrderRows, program: Program) -> Check:
    waiting = next((one for one in rows.parked if one.status in ("waiting", "failed", "conflict")), None)
    if waiting is not None:
        numbers = {**waiting.detail, "received_at": waiting.received_at, "until": waiting.until, "kind": waiting.kind}
        return Check("arrived", "failed", waiting.reason, _FIXES.get(waiting.reason, "retry_fact"), numbers)
    dismissed = next((one for one in rows.parked if one.status == "dismissed"), None)
    if dismissed is not None:
        return Check("arrived", "failed", "dismissed", "send_again", {"by": dismissed.resolved_by, **dismissed.detail})
    latest = ReceivedFact.objects.filter(program_id=program.id).order_by("-id").values_list("received_at", flat=True)
    return Check("arrived", "failed", "never_arrived", "check_sender", {"last_fact_at": latest.first()})


def _agrees(parked: list[ParkedFact]) -> Check:
    """A second, contradicting word about the order stops nothing, but a person should decide which one is right."""
    conflict = next((one for one in parked if one.status == "conflict"), None)
    if conflict is None:
        return Check("agrees", "passed")
    return Check("agrees", "failed", conflict.reason, "decide_conflict", {**conflict.detail, "source": conflict.source})


def _goal_paid(rows: OrderRows, program: Program) -> Check:
    sold = rows.conversion
    key = sold.goal.key if sold else ""
    if _was_priced(rows) or key in _paid_goals(program):
        return Check("goal_paid", "passed", numbers={"goal": key})
    return Check("goal_paid", "failed", "goal_not_paid", "add_clause", {"goal": key})


def _was_priced(rows: OrderRows) -> bool:
    return Commission.objects.filter(conversion=rows.conversion, earned_minor__gt=0).exists()


def _paid_goals(program: Program) -> set[str]:
    """Return the goals that some terms of the program pay for; a clause without a goal pays for all."""
    every = set(program.goals.values_list("key", flat=True))
    paid: set[str] = set()
    for body in Terms.objects.filter(program=program).values_list("body", flat=True):
        for clause in body.get("clauses", []):
            if clause.get("kind") in ("percent", "fixed", "ladder", "milestone"):
                paid |= {clause["goal"]} if clause.get("goal") else every
    return paid


def _value(rows: OrderRows) -> Check:
    sold = rows.conversion
    if sold is None:
        return Check("value", "not_reached")
    numbers = {"amount_minor": sold.amount_minor, "refunded_minor": sold.refunded_minor, "currency": sold.currency}
    if sold.is_test:
        return Check("value", "failed", "test_order", "send_live", numbers)
    if sold.amount_minor == 0:
        paid = _was_priced(rows)
        return Check(
            "value", "passed" if paid else "failed", "" if paid else "no_value", "" if paid else "send_value", numbers
        )
    if sold.refunded_minor >= sold.amount_minor:
        return Check("value", "failed", "fully_refunded", "nothing_to_do", numbers)
    return Check("value", "passed", numbers=numbers)
