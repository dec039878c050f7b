"""The steps of payouts: approve, open or cancel a run; settle, fail or return one payment."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import WRITE, actor, asker
from hanse.faces.api.reach import find
from hanse.faces.api.routes.payouts import PayoutOut, RunOut, payout_out, run_out
from hanse.faces.api.values import Input, Text
from hanse.kernel import clock
from hanse.money.payouts import actions
from hanse.money.payouts.models import Payout, PayoutRun

router = Router(tags=["Payouts"])


class NoteIn(Input):
    """Why a run is given up."""

    reason: Annotated[Text, Field(max_length=500)] = ""


class ReasonIn(Input):
    """Why a payment did not arrive; the partner reads it."""

    reason: Annotated[Text, Field(max_length=500)]


class ReferenceIn(Input):
    """How the bank names a payment that arrived."""

    reference: Annotated[Text, Field(max_length=100, description="The bank's own words, like a transfer's number.")] = (
        ""
    )


@router.post("/payout-runs/{run_id}/approve", auth=WRITE, response=RunOut)
def approve_run(request: HttpRequest, run_id: str) -> RunOut:
    """Audit a drafted run again and approve what still passes.

    Above the program's limit another key or person than the drafter must approve.
    """
    run = find(asker(request), PayoutRun, run_id, "program")
    actions.approve_run(run, now=clock.now(), by=actor(request))
    return run_out(run)


@router.post("/payout-runs/{run_id}/open", auth=WRITE, response=RunOut)
def open_run(request: HttpRequest, run_id: str) -> RunOut:
    """Send an approved run on its way: its amounts are in transit and fixed from now on."""
    run = find(asker(request), PayoutRun, run_id, "program")
    actions.open_run(run, now=clock.now(), by=actor(request))
    return run_out(run)


@router.post("/payout-runs/{run_id}/cancel", auth=WRITE, response=RunOut)
def cancel_run(request: HttpRequest, run_id: str, body: NoteIn) -> RunOut:
    """Give up a run that is not opened yet; its lines are free for the next one."""
    run = find(asker(request), PayoutRun, run_id, "program")
    actions.cancel_run(run, now=clock.now(), by=actor(request), reason=body.reason)
    return run_out(run)


@router.post("/payouts/{payout_id}/settle", auth=WRITE, response=PayoutOut)
def settle_payout(request: HttpRequest, payout_id: str, body: ReferenceIn) -> PayoutOut:
    """Note that a payment arrived. Settled again with the same reference: nothing changes."""
    payout = find(asker(request), Payout, payout_id, "run")
    actions.settle_payout(payout, body.reference.strip(), now=clock.now(), by=actor(request))
    return payout_out(payout)


@router.post("/payouts/{payout_id}/fail", auth=WRITE, response=PayoutOut)
def fail_payout(request: HttpRequest, payout_id: str, body: ReasonIn) -> PayoutOut:
    """Note that a payment did not go through: the amount is payable again. Failed again: nothing changes."""
    payout = find(asker(request), Payout, payout_id, "run")
    actions.fail_payout(payout, body.reason, now=clock.now(), by=actor(request))
    return payout_out(payout)


@router.post("/payouts/{payout_id}/return", auth=WRITE, response=PayoutOut)
def return_payout(request: HttpRequest, payout_id: str, body: ReasonIn) -> PayoutOut:
    """Note that a settled payment came back: the amount is payable again. Returned again: nothing changes."""
    payout = find(asker(request), Payout, payout_id, "run")
    actions.return_payout(payout, body.reason, now=clock.now(), by=actor(request))
    return payout_out(payout)
