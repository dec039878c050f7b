"""Payout runs and payouts: read, and a run drafted; `payout_acts` has the steps after it."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, SignedMinor, Text
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.money.payouts import actions
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Payouts"])
_MADE = {"id", "program", "left_out"}


class LeftOutOut(Output):
    """Somebody whom a run does not pay, and why not."""

    enrolment: str
    partner: str
    amount: SignedMinor
    reasons: list[str]
    detail: str = Field("", description="What a rail would refuse, in words.")


class RunOut(Output):
    """One decision to pay many. `left_out` tells whom the draft left out, and why."""

    id: str
    program: str
    number: str
    currency: str
    rail: str
    state: str
    as_of: Instant
    drafted_at: Instant
    drafted_by: str
    approved_at: Instant | None
    approved_by: str
    opened_at: Instant | None
    closed_at: Instant | None
    left_out: list[LeftOutOut]


class RunPage(Page):
    """A page of payout runs."""

    data: list[RunOut]


class PayoutOut(Output):
    """One payment to one partner."""

    id: str
    run: str
    partner: str
    enrolment: str
    amount: int
    currency: str
    state: str
    reason: str
    reference: str
    opened_at: Instant | None
    settled_at: Instant | None
    failed_at: Instant | None
    returned_at: Instant | None


class PayoutPage(Page):
    """A page of payouts."""

    data: list[PayoutOut]


class RunIn(Input):
    """A run to draft: everybody of a program whose balance passes the audit."""

    program: Text | None = None
    rail: Literal["manual", "csv", "paypal_csv", "paypal", "wise", "sepa", "credit"] = "manual"
    as_of: Instant | None = Field(None, description="Only lines booked until then. null or left out: now.")


def run_out(run: PayoutRun) -> RunOut:
    """Show a run."""
    values: dict[str, Any] = {name: getattr(run, name) for name in RunOut.model_fields.keys() - _MADE}
    left_out = [LeftOutOut(**row) for row in run.audit.get("left_out", [])]
    return RunOut(id=text_id("run", run.pk), program=text_id("prg", run.program_id), left_out=left_out, **values)


def payout_out(payout: Payout) -> PayoutOut:
    """Show a payout, without the partner's account."""
    return PayoutOut(
        id=text_id("pay", payout.pk), run=text_id("run", payout.run_id), partner=text_id("prt", payout.partner_id),
        enrolment=text_id("enr", payout.enrolment_id), amount=payout.amount_minor, currency=payout.currency,
        state=payout.state, reason=payout.reason, reference=payout.reference, opened_at=payout.opened_at,
        settled_at=payout.settled_at, failed_at=payout.failed_at, returned_at=payout.returned_at,
    )  # fmt: skip


@router.get("/payout-runs", auth=READ, response=RunPage)
def list_runs(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> RunPage:
    """List payout runs, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, PayoutRun), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return RunPage(data=[run_out(row) for row in page], next_cursor=following)


@router.post("/payout-runs", auth=WRITE, response={201: RunOut})
def draft_run(request: HttpRequest, body: RunIn) -> RunOut:
    """Draft a run: nothing moves before it is approved and opened. Whoever may not be paid is left out with reasons."""
    now = clock.now()
    program = own_program(asker(request), body.program)
    as_of = min(body.as_of or now, now)
    return run_out(actions.draft_run(program, body.rail, as_of=as_of, now=now, by=actor(request)))


@router.get("/payout-runs/{run_id}", auth=READ, response=RunOut)
def read_run(request: HttpRequest, run_id: str) -> RunOut:
    """Read one payout run."""
    return run_out(find(asker(request), PayoutRun, run_id))


@router.get("/payouts", auth=READ, response=PayoutPage)
def list_payouts(
    request: HttpRequest, payout_run: str = "", partner: str = "", enrolment: str = "", cursor: Cursor = "",
    limit: Limit = PAGE,
) -> PayoutPage:  # fmt: skip
    """List payouts, the newest first."""
    key = asker(request)
    filters = {
        "run_id": (PayoutRun, payout_run), "partner_id": (Partner, partner), "enrolment_id": (Enrolment, enrolment),
    }  # fmt: skip
    page, following = take_page(narrow(key, reach(key, Payout), filters), cursor, limit)
    return PayoutPage(data=[payout_out(row) for row in page], next_cursor=following)


@router.get("/payouts/{payout_id}", auth=READ, response=PayoutOut)
def read_payout(request: HttpRequest, payout_id: str) -> PayoutOut:
    """Read one payout."""
    return payout_out(find(asker(request), Payout, payout_id))
