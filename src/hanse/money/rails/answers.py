"""What a called rail says of payments, applied to our payouts: each answer once, contradictions kept for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import new_id, parse_id, text_id
from hanse.money.holds.models import Case
from hanse.money.ledger.actions import post
from hanse.money.payouts.closing import fail_payout, return_payout, settle_payout
from hanse.money.payouts.models import Attempt, Payout, PayoutRun
from hanse.money.payouts.postings import fee
from hanse.money.rails.types import ItemAnswer

PAID_AFTER_ALL = "paid_after_all"


def apply_answers(run: PayoutRun, answers: Iterable[ItemAnswer], *, now: datetime, by: str) -> int:
    """Settle, fail or return the payouts of a run as their rail says; returns how many moved.

    What is only waiting stays in transit. A fee is booked once, when the payment is paid.
    """
    rows = {one.pk: one for one in Payout.objects.filter(run=run).exclude(opened_at=None).select_related("run")}
    moved = 0
    for answer in answers:
        try:
            payout = rows.get(parse_id("pay", answer.payment))
        except Invalid:
            payout = None
        if payout is not None:
            before = payout.state
            _apply(payout, answer, now, by)
            moved += payout.state != before
    return moved


def _apply(payout: Payout, answer: ItemAnswer, now: datetime, by: str) -> None:
    state, attempts = payout.state, Attempt.objects.filter(payout=payout)
    attempts.update(outside_id=answer.outside_id, outside_state=answer.state[:20])
    reason = answer.reason or _("%(rail)s says %(state)s.") % {"rail": payout.run.rail, "state": answer.state}
    if answer.outcome == "waiting":
        return
    if answer.outcome == "paid":
        if state == Payout.State.IN_TRANSIT:
            settle_payout(payout, answer.reference, now=now, by=by)
        elif state != Payout.State.SETTLED:
            attempts.update(message=_contradiction())
            if state == Payout.State.FAILED:  # who noted that it came back knows that it had been paid
                _keep_from_paying_again(payout, now, by)
            return
        _book_fee(payout, answer, now, by)
    elif state == Payout.State.IN_TRANSIT:
        fail_payout(payout, reason, now=now, by=by)
    elif state == Payout.State.SETTLED:
        return_payout(payout, reason, now=now, by=by)


def _contradiction() -> str:
    return _("The rail says that it is paid, but here it is not: a person must look.")


def _keep_from_paying_again(payout: Payout, now: datetime, by: str) -> None:
    """Open a case, once a payment: what was noted as not paid is payable again, and the next run would pay it twice."""
    named = text_id("pay", payout.pk)
    if not Case.objects.filter(enrolment_id=payout.enrolment_id, reason=PAID_AFTER_ALL, detail__payout=named).exists():
        Case.objects.create(
            id=new_id(now), program_id=payout.run.program_id, enrolment_id=payout.enrolment_id, reason=PAID_AFTER_ALL,
            detail={"payout": named, "text": f"{payout.run.number}: {_contradiction()}"}, opened_at=now, opened_by=by,
        )  # fmt: skip


def _book_fee(payout: Payout, answer: ItemAnswer, now: datetime, by: str) -> None:
    """Book what the rail took for itself, once; a fee in another currency is noted only."""
    attempt = Attempt.objects.filter(payout=payout).order_by("started_at").last()
    if attempt is None or attempt.fee_minor or answer.fee_minor <= 0:
        return
    if answer.fee_currency != payout.currency:
        attempt.message = f"{attempt.message} Fee: {answer.fee_minor} {answer.fee_currency}".strip()
        attempt.save(update_fields=["message"])
        return
    attempt.fee_minor = answer.fee_minor
    attempt.save(update_fields=["fee_minor"])
    post(fee(payout, payout.run.program_id, now, answer.fee_minor, by), now)
