"""From draft to money on its way: approve, open, cancel. Each step is a conditional update and happens once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.ledger.actions import lock_chain, post_many
from hanse.money.payouts.auditing import candidates
from hanse.money.payouts.closing import close_if_read_back
from hanse.money.payouts.models import Attempt, Payout, PayoutLine, PayoutRun
from hanse.money.payouts.postings import opened
from hanse.money.payouts.rules import needs_second_person, reasons_against
from hanse.money.payouts.schedule import SCHEDULE, first_payout_limit
from hanse.money.rails.dispatch import dispatch, refuse_unready
from hanse.people.access.queries import people_behind
from hanse.spine.audit.actions import record_change
from hanse.spine.bulk import insert_many

State = PayoutRun.State


def approve_run(run: PayoutRun, *, now: datetime, by: str) -> None:
    """Audit a drafted run again and approve what still passes; payouts that changed drop out with a reason.

    Above the program's limit somebody else than the drafter must approve: a key acts for whoever made it. Raises
    Refused when the run is not a draft.
    """
    lock_chain()
    run.refresh_from_db()
    total_minor = _total(run)
    if needs_second_person(
        total_minor, run.program.second_person_above_minor, people_behind(run.drafted_by), people_behind(by)
    ):
        message = _("A run of this size is approved by a second person: %(name)s drafted it.")
        raise Refused("second_person", message % {"name": run.drafted_by})
    _advance(run, State.DRAFTED, State.APPROVED, approved_at=now, approved_by=by)
    dropped = _audit_again(run, now)
    _record(run, "approve_run", now, by, {"dropped": dropped, "total": _total(run)})


def open_run(run: PayoutRun, *, now: datetime, by: str) -> None:
    """Send an approved run on its way: every amount goes from payable to in transit and is fixed from now on.

    Audited once more first. The attempt's idempotency key is stored with the posting, before anything is sent; the
    run's files are made and kept. Raises Refused when the run is not approved, so that of many who open it at once one
    does; when the rail lacks settings; when one person alone would send what the schedule drafted above the limit.
    """
    lock_chain()
    run.refresh_from_db()
    refuse_unready(run)
    _refuse_one_person(run, by)
    _advance(run, State.APPROVED, State.OPENED, opened_at=now, opened_by=by)
    dropped = _audit_again(run, now)
    payouts = list(Payout.objects.filter(run=run, state=Payout.State.DRAFTED).order_by("id"))
    post_many([opened(payout, run.program_id, now, run.number, by) for payout in payouts], now)
    Payout.objects.filter(run=run, state=Payout.State.DRAFTED).update(state=Payout.State.IN_TRANSIT, opened_at=now)
    insert_many(
        Attempt,
        [
            {"id": new_id(), "payout_id": one.pk, "key": f"{run.number}:{one.pk}", "rail": run.rail, "started_at": now}
            for one in payouts
        ],
    )
    dispatch(run, payouts, now=now, by=by)
    _record(run, "open_run", now, by, {"dropped": dropped, "payouts": len(payouts)})
    close_if_read_back(run, now)


def cancel_run(run: PayoutRun, *, now: datetime, by: str, reason: str = "") -> None:
    """Give up a run that is not opened yet; its lines are free again."""
    lock_chain()
    before = State.DRAFTED if run.state == State.DRAFTED else State.APPROVED
    _advance(run, before, State.CANCELLED, cancelled_at=now, cancelled_by=by)
    _drop(list(Payout.objects.filter(run=run, state=Payout.State.DRAFTED)), "withdrawn", now)
    _record(run, "cancel_run", now, by, {}, reason)


def _audit_again(run: PayoutRun, now: datetime) -> int:
    """Look at every drafted payout once more; drop those that may not be paid any more. Returns how many."""
    payouts = {one.enrolment_id: one for one in Payout.objects.filter(run=run, state=Payout.State.DRAFTED)}
    taken: dict[object, list[tuple[object, int]]] = {one: [] for one in payouts}
    lines = PayoutLine.objects.filter(payout__in=payouts.values(), released_at=None)
    for enrolment_id, commission_id, amount in lines.values_list(
        "payout__enrolment_id", "entry__commission_id", "amount_minor"
    ):
        taken[enrolment_id].append((commission_id, amount))
    dropped = 0
    first_up_to = first_payout_limit(run.program_id)
    Payout.objects.filter(run=run, state=Payout.State.DRAFTED).update(found=[], audited_at=now)
    audit = candidates(run.program, taken, run.as_of, rail=run.rail, now=now)  # type: ignore[arg-type]  # all are UUIDs
    for candidate in audit:
        payout = payouts[candidate.enrolment_id]
        minimum = run.program.minimum_payout_minor
        reasons = reasons_against(
            candidate, minimum_minor=minimum, first_up_to_minor=first_up_to, drafted=payout.details
        )
        if candidate.amount_minor != payout.amount_minor:
            reasons.insert(0, "sums_differ")
        if reasons:
            Payout.objects.filter(pk=payout.pk).update(found=reasons)
            _drop([payout], reasons[0], now)
            dropped += 1
    return dropped


def _refuse_one_person(run: PayoutRun, by: str) -> None:
    """A schedule is no person: of what it drafted above the limit, one approves and another opens."""
    limit = run.program.second_person_above_minor
    if run.drafted_by == SCHEDULE and needs_second_person(
        _total(run), limit, people_behind(run.approved_by), people_behind(by)
    ):
        message = _("A run of this size is opened by a second person: %(name)s approved it.")
        raise Refused("second_person", message % {"name": run.approved_by})


def _drop(payouts: Sequence[Payout], reason: str, now: datetime) -> None:
    ids = [one.pk for one in payouts]
    Payout.objects.filter(pk__in=ids).update(state=Payout.State.DROPPED, reason=reason)
    PayoutLine.objects.filter(payout_id__in=ids, released_at=None).update(released_at=now)


def _advance(run: PayoutRun, before: str, after: str, **columns: object) -> None:
    """Move a run from one state to the next, once: whoever comes second is refused."""
    moved = PayoutRun.objects.filter(pk=run.pk, state=before).update(state=after, **columns)
    if not moved:
        run.refresh_from_db()
        raise Refused("wrong_state", _("This run is %(state)s already.") % {"state": state_words(run.state)})
    run.refresh_from_db()


def state_words(state: str) -> str:
    """Say a run's state."""
    return {
        "drafted": _("drafted"), "approved": _("approved"), "opened": _("opened"), "closed": _("closed"),
        "cancelled": _("cancelled"),
    }[state]  # fmt: skip


def _total(run: PayoutRun) -> int:
    rows = Payout.objects.filter(run=run).exclude(state=Payout.State.DROPPED)
    return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def _record(run: PayoutRun, verb: str, now: datetime, by: str, after: dict[str, object], reason: str = "") -> None:
    record_change(
        actor=by, verb=verb, subject_kind="payoutrun", subject_id=run.pk, before={},
        after={"number": run.number, **after}, reason=reason, now=now,
    )  # fmt: skip
