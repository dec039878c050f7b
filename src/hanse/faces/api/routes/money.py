"""Commissions with their explanations, and the balances of enrolments."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach
from hanse.faces.api.values import Instant, Output, Page, SignedMinor, shown_id
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.money.ledger.queries import balances
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.conversions.models import Conversion

router = Router(tags=["Money"])
State = Literal["held", "approved", "paid", "voided"]
_STATES: dict[State, dict[str, Any]] = {
    "held": {"approved_at": None, "voided_at": None},
    "approved": {"approved_at__isnull": False, "paid_at": None, "voided_at": None},
    "paid": {"paid_at__isnull": False, "voided_at": None},
    "voided": {"voided_at__isnull": False},
}


class CommissionOut(Output):
    """What one credit earns: `amount` is what is owed now, `earned` what it would be had nothing been refunded."""

    id: str
    program: str
    enrolment: str
    conversion: str
    terms: str | None
    state: State
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


class ExplainedCommissionOut(CommissionOut):
    """A commission with each step of its arithmetic."""

    explanation: dict[str, Any]


class BalanceOut(Output):
    """An enrolment's pots: sums of ledger entries. `payable` may be below zero and carries forward."""

    enrolment: str
    program: str
    partner: str
    held: SignedMinor
    payable: SignedMinor
    advance: SignedMinor
    in_transit: SignedMinor
    paid: SignedMinor
    currency: str


class BalancePage(Page):
    """A page of balances."""

    data: list[BalanceOut]


def _state(row: Commission) -> State:
    if row.voided_at:
        return "voided"
    if row.paid_at:
        return "paid"
    return "approved" if row.approved_at else "held"


def commission_values(row: Commission) -> dict[str, Any]:
    """Return the fields of a commission."""
    times = ("occurred_at", "accrued_at", "held_until", "approved_at", "paid_at", "voided_at")
    return {
        "id": text_id("com", row.pk), "program": text_id("prg", row.program_id),
        "enrolment": text_id("enr", row.enrolment_id), "conversion": text_id("cnv", row.conversion_id),
        "terms": shown_id("trm", row.terms_id), "state": _state(row), "share_ppm": row.share_ppm,
        "value": row.value_minor, "amount": row.owed_minor, "earned": row.earned_minor, "currency": row.currency,
        "void_reason": row.void_reason, **{name: getattr(row, name) for name in times},
    }  # fmt: skip


@router.get("/commissions", auth=READ, response=CommissionPage)
def list_commissions(
    request: HttpRequest, program: str = "", enrolment: str = "", conversion: str = "", state: State | None = None,
    cursor: Cursor = "", limit: Limit = PAGE,
) -> CommissionPage:  # fmt: skip
    """List commissions by when they occurred, the newest first."""
    key = asker(request)
    filters = {
        "program_id": (Program, program), "enrolment_id": (Enrolment, enrolment),
        "conversion_id": (Conversion, conversion),
    }  # fmt: skip
    rows = narrow(key, reach(key, Commission), filters)
    rows = rows.filter(**_STATES[state]) if state else rows
    page, following = take_page(rows.defer("explanation"), cursor, limit, by="occurred_at")
    return CommissionPage(data=[CommissionOut(**commission_values(row)) for row in page], next_cursor=following)


@router.get("/commissions/{commission_id}", auth=READ, response=ExplainedCommissionOut)
def read_commission(request: HttpRequest, commission_id: str) -> ExplainedCommissionOut:
    """Read one commission with the explanation of every step."""
    row = find(asker(request), Commission, commission_id)
    explanation = row.explanation if isinstance(row.explanation, dict) else {"steps": row.explanation}
    return ExplainedCommissionOut(explanation=explanation, **commission_values(row))


@router.get("/balances", auth=READ, response=BalancePage)
def list_balances(
    request: HttpRequest, program: str = "", enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> BalancePage:
    """List what each enrolment has held, payable, in transit and paid, the newest enrolment first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "pk": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, Enrolment).select_related("program"), filters)
    page, following = take_page(rows, cursor, limit)
    found = balances([row.pk for row in page])
    data = [_balance(row, found.get(row.pk)) for row in page]
    return BalancePage(data=data, next_cursor=following)


def _balance(row: Enrolment, pots: Any) -> BalanceOut:
    names = ("held_minor", "payable_minor", "advance_minor", "in_transit_minor", "paid_minor")
    amounts = {name.removesuffix("_minor"): getattr(pots, name) if pots else 0 for name in names}
    return BalanceOut(
        enrolment=text_id("enr", row.pk), program=text_id("prg", row.program_id),
        partner=text_id("prt", row.partner_id), currency=pots.currency if pots else row.program.currency, **amounts,
    )  # fmt: skip
