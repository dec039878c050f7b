"""Commissions with their explanations."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, within
from hanse.faces.api.values import Instant, Output, Page, SignedMinor, shown_id
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.money.commissions.queries import explanation_of, state_of
from hanse.money.commissions.receipts import CommissionState, Movement
from hanse.money.holds.models import Case
from hanse.money.pricing.words import ArithmeticLine
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.conversions.models import Conversion

router = Router(tags=["Commissions"])
State = Literal["held", "payable", "paid", "voided"]
_STATES: dict[State, dict[str, Any]] = {
    "held": {"approved_at": None, "voided_at": None},
    "payable": {"approved_at__isnull": False, "paid_at": None, "voided_at": None},
    "paid": {"paid_at__isnull": False, "voided_at": None},
    "voided": {"voided_at__isnull": False},
}


class CommissionOut(Output):
    """What one credit earns: `amount` is what is owed now, `earned` what it would be had nothing been refunded.

    `state` is *kept* while a case holds it, *taken_back* when refunds left nothing of it.
    """

    id: str
    program: str
    enrolment: str
    conversion: str
    terms: str | None
    state: CommissionState
    share_ppm: int
    value: SignedMinor
    amount: SignedMinor
    earned: SignedMinor
    currency: str
    occurred_at: Instant
    accrued_at: Instant
    held_until: Instant
    approved_at: Instant | None
    paid_at: Instant | None
    voided_at: Instant | None
    void_reason: str


class CommissionPage(Page):
    """A page of commissions."""

    data: list[CommissionOut]


class StepOut(Output):
    """One step of the arithmetic: `clause` counts the clauses of the terms from 1, `line` the order's lines from 0."""

    step: str
    label: str
    formula: str
    amount: SignedMinor
    clause: int | None
    line: int | None


class MovementOut(Output):
    """One transaction of the ledger that moved it, by its number in the chain."""

    transaction: int
    cause: str
    note: str
    posted_at: Instant
    occurred_at: Instant
    held: SignedMinor
    payable: SignedMinor
    in_transit: SignedMinor
    paid: SignedMinor
    payout_run: str | None


class ExplainedCommissionOut(CommissionOut):
    """A commission with its explanation: the terms in words, each step, what refunds changed, every movement."""

    sentences: list[str]
    steps: list[StepOut]
    changes: list[StepOut]
    movements: list[MovementOut]
    cases: list[str]


def commission_values(row: Commission, state: CommissionState) -> dict[str, Any]:
    """Return the fields of a commission."""
    times = ("occurred_at", "accrued_at", "held_until", "approved_at", "paid_at", "voided_at")
    return {
        "id": text_id("com", row.pk), "program": text_id("prg", row.program_id),
        "enrolment": text_id("enr", row.enrolment_id), "conversion": text_id("cnv", row.conversion_id),
        "terms": shown_id("trm", row.terms_id), "state": state, "share_ppm": row.share_ppm,
        "value": row.value_minor, "amount": row.owed_minor, "earned": row.earned_minor, "currency": row.currency,
        "void_reason": row.void_reason, **{name: getattr(row, name) for name in times},
    }  # fmt: skip


@router.get("/commissions", auth=READ, response=CommissionPage)
def list_commissions(
    request: HttpRequest, program: str = "", enrolment: str = "", conversion: str = "", state: State | None = None,
    since: Instant | None = None, until: Instant | None = None, cursor: Cursor = "", limit: Limit = PAGE,
) -> CommissionPage:  # fmt: skip
    """List commissions, the last recorded first; `since` and `until` limit when they occurred."""
    key = asker(request)
    filters = {
        "program_id": (Program, program), "enrolment_id": (Enrolment, enrolment),
        "conversion_id": (Conversion, conversion),
    }  # fmt: skip
    rows = narrow(key, reach(key, Commission), filters)
    rows = rows.filter(**_STATES[state]) if state else rows
    page, following = take_page(within(rows.defer("explanation"), since, until), cursor, limit)
    open_cases = Case.objects.filter(commission__in=page, decided_at=None)
    held_by_case = set(open_cases.values_list("commission_id", flat=True))
    states = [state_of(row, has_case=row.pk in held_by_case) for row in page]
    data = [CommissionOut(**commission_values(row, state)) for row, state in zip(page, states, strict=True)]
    return CommissionPage(data=data, next_cursor=following)


@router.get("/commissions/{commission_id}", auth=READ, response=ExplainedCommissionOut)
def read_commission(request: HttpRequest, commission_id: str) -> ExplainedCommissionOut:
    """Read one commission with everything that explains it."""
    row = find(asker(request), Commission, commission_id)
    receipt = explanation_of(row.pk)
    return ExplainedCommissionOut(
        sentences=list(receipt.terms.sentences) if receipt.terms else [],
        steps=[_step(line) for line in receipt.earned],
        changes=[_step(line) for line in receipt.changes], movements=[_movement(each) for each in receipt.movements],
        cases=list(receipt.cases), **commission_values(row, receipt.state),
    )  # fmt: skip


def _step(line: ArithmeticLine) -> StepOut:
    return StepOut(
        step=line.step, label=line.label, formula=line.formula, amount=line.amount_minor, clause=line.clause,
        line=line.line,
    )  # fmt: skip


def _movement(move: Movement) -> MovementOut:
    return MovementOut(
        transaction=move.number, cause=move.cause, note=move.note, posted_at=move.posted_at,
        occurred_at=move.occurred_at, held=move.held_minor, payable=move.payable_minor,
        in_transit=move.in_transit_minor, paid=move.paid_minor, payout_run=shown_id("run", move.run_id),
    )  # fmt: skip
