"""Reading payments back: settled, failed or returned. A run closes when nothing is in transit any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.money.commissions.models import Commission
from hanse.money.ledger.actions import lock_chain, post
from hanse.money.ledger.types import Posting
from hanse.money.payouts import postings
from hanse.money.payouts.models import Attempt, Payout, PayoutLine, PayoutRun
from hanse.spine.audit.actions import record_change

State = Payout.State
Book = Callable[[Payout, UUID, datetime, str, str], Posting]


def settle_payout(payout: Payout, reference: str, *, now: datetime, by: str) -> None:
    """Note that a payment arrived. Settling again with the same reference changes nothing; else Refused."""
    if not _moved(payout, State.IN_TRANSIT, State.SETTLED, settled_at=now, reference=reference[:100]):
        if payout.state == State.SETTLED and payout.reference == reference[:100]:
            return
        raise _wrong_state(payout)
    _book(payout, postings.settled, reference, "settled", now, by)
    _commissions(payout).filter(paid_at=None).update(paid_at=now)
    close_if_read_back(payout.run, now)


def fail_payout(payout: Payout, reason: str, *, now: datetime, by: str) -> None:
    """Note that a payment did not go through: the amount is payable again and its lines are free for the next run."""
    _need(reason)
    if not _moved(payout, State.IN_TRANSIT, State.FAILED, failed_at=now, reason=reason):
        if payout.state == State.FAILED:
            return
        raise _wrong_state(payout)
    _book(payout, postings.failed, reason, "failed", now, by)
    _free_lines(payout, now)
    close_if_read_back(payout.run, now)


def return_payout(payout: Payout, reason: str, *, now: datetime, by: str) -> None:
    """Note that a settled payment came back: payable again, lines free, its commissions unpaid."""
    _need(reason)
    if not _moved(payout, State.SETTLED, State.RETURNED, returned_at=now, reason=reason):
        if payout.state == State.RETURNED:
            return
        raise _wrong_state(payout)
    _book(payout, postings.returned, reason, "returned", now, by)
    mine = list(_commissions(payout).values_list("pk", flat=True))
    _free_lines(payout, now)
    still_paid = PayoutLine.objects.filter(
        entry__commission_id=OuterRef("pk"), released_at=None, payout__state=State.SETTLED
    )
    Commission.objects.filter(~Exists(still_paid), pk__in=mine).update(paid_at=None)


def close_if_read_back(run: PayoutRun, now: datetime) -> None:
    """Close an opened run of which no payout is in transit."""
    waiting = Payout.objects.filter(run_id=OuterRef("pk"), state=State.IN_TRANSIT)
    opened = PayoutRun.objects.filter(~Exists(waiting), pk=run.pk, state=PayoutRun.State.OPENED)
    if opened.update(state=PayoutRun.State.CLOSED, closed_at=now):
        run.refresh_from_db()


def _moved(payout: Payout, before: str, after: str, **columns: object) -> bool:
    lock_chain()
    moved = Payout.objects.filter(pk=payout.pk, state=before).update(state=after, **columns)
    payout.refresh_from_db()
    return bool(moved)


def _book(payout: Payout, book: Book, words: str, outcome: str, now: datetime, by: str) -> None:
    post(book(payout, payout.run.program_id, now, words, by), now)
    Attempt.objects.filter(payout=payout, finished_at=None).update(finished_at=now, outcome=outcome, message=words)
    record_change(
        actor=by, verb=f"payout_{outcome}", subject_kind="payout", subject_id=payout.pk, before={},
        after={"amount_minor": payout.amount_minor, "words": words}, now=now,
    )  # fmt: skip


def _commissions(payout: Payout) -> QuerySet[Commission]:
    lines = PayoutLine.objects.filter(payout=payout, released_at=None).values("entry__commission_id")
    return Commission.objects.filter(pk__in=lines)


def _free_lines(payout: Payout, now: datetime) -> None:
    PayoutLine.objects.filter(payout=payout, released_at=None).update(released_at=now)


def _wrong_state(payout: Payout) -> Refused:
    message = _("This payout is %(state)s.") % {"state": payout_state_words(payout.state)}
    return Refused("wrong_state", message)


def payout_state_words(state: str) -> str:
    """Say a payout's state."""
    return {
        "drafted": _("drafted"), "dropped": _("dropped"), "in_transit": _("on its way"), "settled": _("paid"),
        "failed": _("failed"), "returned": _("returned"),
    }[state]  # fmt: skip


def _need(reason: str) -> None:
    if not reason.strip():
        raise Invalid([Problem("/reason", _("Say why: the partner and your colleagues will read it."), "required")])
