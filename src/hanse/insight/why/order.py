"""Why an order earned, or did not: the pipeline's own checks, read back from what it recorded."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from hanse.insight.why.arrival import arrival_checks
from hanse.insight.why.crediting import crediting_checks
from hanse.insight.why.losers import losers_of
from hanse.insight.why.near import orders_like
from hanse.insight.why.paying import earned_of, paying_checks
from hanse.insight.why.types import Check, Outcome, Pointer, Tracer, stop_at
from hanse.programs.programs.models import Program
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.rules import conversion_key
from hanse.traffic.attribution.models import Attribution, Evidence
from hanse.traffic.conversions.models import Conversion, Refund

GATES = frozenset({"arrived", "goal_paid", "value", "evidence", "credited", "terms"})
CODES = (
    "arrived", "agrees", "goal_paid", "value", "evidence", "deal", "click", "coupon", "partner_active", "self_referral",
    "new_customer", "stand_down", "credited", "terms", "caps", "case", "payable",
)  # fmt: skip

# Most orders know no deals, no lists and no extensions: these checks stand there only where they found something.
ONLY_WHERE_IT_MATTERS = frozenset({"deal", "new_customer", "stand_down"})


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Everything that is recorded about one order number."""

    conversion: Conversion | None
    parked: list[ParkedFact]
    attribution: Attribution | None
    evidence: list[Evidence]


def trace_order(text: str, program: Program, for_enrolment: UUID | None = None) -> Tracer:
    """Trace an order by its outside number. For a partner only their own evidence and money are told."""
    number = text.strip()
    sold = list(
        Conversion.objects.filter(program=program, external_id=number)
        .select_related("goal", "customer")
        .order_by("goal__position", "goal__key")
    )
    refunded = None if sold else _order_of_refund(number, program)
    if refunded is not None:
        return trace_order(refunded, program, for_enrolment)
    parked = _parked(number, program)
    rows = _rows(sold[0] if sold else None, parked)
    if for_enrolment is not None and not _concerns(rows, for_enrolment):
        return _not_theirs(number, rows)
    earned = earned_of(rows.conversion, for_enrolment)
    checks = [
        *arrival_checks(rows, program),
        *crediting_checks(rows, for_enrolment),
        *paying_checks(rows, for_enrolment),
    ]
    return Tracer(
        kind="order", text=number, outcome=_outcome(rows, bool(earned) and any(one.owed_minor for one in earned)),
        checks=stop_at(GATES, _completed(checks)), subject=_subject(rows), earned=earned,
        conversion_id=rows.conversion.id if rows.conversion else None,
        parked_ids=tuple(one.id for one in parked if one.status in ("waiting", "conflict", "failed")),
        suggestions=() if sold or parked or for_enrolment else orders_like(number, program.id),
        related=tuple(Pointer("order", number, one.goal.key) for one in sold[1:]),
        losers=losers_of(rows.evidence, rows.attribution, rows.conversion.occurred_at, for_enrolment)
        if rows.conversion else (),
    )  # fmt: skip


def _order_of_refund(number: str, program: Program) -> str | None:
    """Return the order behind the number of a refund."""
    rows = Refund.objects.filter(program=program, external_id=number)
    return rows.values_list("conversion__external_id", flat=True).first()


def _parked(number: str, program: Program) -> list[ParkedFact]:
    """Return what is parked under a number, and the refunds that wait for it."""
    waiting = Q(status="waiting", waits_for=conversion_key(program.id, number))
    rows = ParkedFact.objects.filter(Q(program_id=program.id, external_id=number) | waiting)
    return list(rows.order_by("sequence", "index"))


def _rows(conversion: Conversion | None, parked: list[ParkedFact]) -> OrderRows:
    if conversion is None:
        return OrderRows(None, parked, None, [])
    decision = Attribution.objects.filter(conversion=conversion).select_related("policy").first()
    evidence = Evidence.objects.filter(conversion=conversion).order_by("position")
    return OrderRows(conversion, parked, decision, list(evidence.select_related("enrolment__partner", "coupon")))


def _concerns(rows: OrderRows, enrolment_id: UUID) -> bool:
    return any(one.enrolment_id == enrolment_id for one in rows.evidence)


def _not_theirs(number: str, rows: OrderRows) -> Tracer:
    """Tell a partner no more than that nothing of theirs came with this order; unknown and foreign look alike."""
    check = Check("evidence", "failed", "none_of_yours", "check_link")
    behind = CODES[CODES.index("evidence") + 1 :]
    rest = [Check(code, "not_reached") for code in behind if code not in ONLY_WHERE_IT_MATTERS]
    return Tracer("order", number, "nothing", (check, *rest))


def _completed(checks: list[Check]) -> list[Check]:
    """Put the checks into their order; what nobody answered was not reached."""
    found = {check.code: check for check in checks}
    quiet = {code for code in ONLY_WHERE_IT_MATTERS if code not in found or found[code].status == "not_needed"}
    return [found.get(code, Check(code, "not_reached")) for code in CODES if code not in quiet]


def _outcome(rows: OrderRows, has_earned: bool) -> Outcome:
    if has_earned:
        return "earned"
    if rows.conversion is not None:
        return "nothing"
    return "waiting" if any(one.status in ("waiting", "failed", "conflict") for one in rows.parked) else "unknown"


def _subject(rows: OrderRows) -> dict[str, object]:
    sold = rows.conversion
    if sold is None:
        return {}
    return {
        "goal": sold.goal.name, "occurred_at": sold.occurred_at, "received_at": sold.received_at,
        "amount_minor": sold.amount_minor, "refunded_minor": sold.refunded_minor, "currency": sold.currency,
        "lines": len(sold.lines), "is_new": sold.is_new, "is_test": sold.is_test, "country": sold.country,
    }  # fmt: skip
