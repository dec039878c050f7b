"""What a person may do to commissions: approve, hold, void, adjust. Each with a reason and an audit entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.money.commissions.models import Commission
from hanse.money.commissions.releasing import release
from hanse.money.commissions.rules import booking, move
from hanse.money.holds.actions import close_cases, open_case
from hanse.money.holds.models import Case
from hanse.money.ledger.actions import lock_chain, post
from hanse.money.ledger.models import Transaction
from hanse.money.ledger.types import PotKind
from hanse.money.promises.settling import settlement_for
from hanse.money.referrals.actions import follow_commissions
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change

BY_A_PERSON = "person"


def approve_commission(commission: Commission, *, reason: str = "", now: datetime, by: str) -> None:
    """Decide that a commission is good: its open cases close, and it is payable as soon as its hold is over.

    Refuses voided ones. Approving twice changes nothing.
    """
    row = _locked(commission)
    closed = close_cases(row, decision="approved", reason=reason, now=now, by=by)
    if row.approved_at is None and row.held_until <= now:
        release(row, now, by)
    elif row.approved_at is None:
        Commission.objects.filter(pk=row.pk).update(approved_by=by)
    if closed or row.approved_at is None:
        _record(row, "approve_commission", {"cases": 0}, reason, now, by)
    commission.refresh_from_db()


def hold_commission(commission: Commission, reason: str, now: datetime, by: str) -> Case:
    """Keep a commission from being paid until a person decides. Needs a reason; refuses paid and voided ones."""
    _need(reason)
    row = _locked(commission)
    if row.paid_at is not None:
        raise Refused("paid", _("This commission is paid. Void it to take it back with the next payout."))
    case = open_case(row.enrolment, row, BY_A_PERSON, {"text": reason}, now=now, by=by)
    _record(row, "hold_commission", {"case": str(case.pk)}, reason, now, by)
    return case


def void_commission(commission: Commission, reason: str, now: datetime, by: str) -> None:
    """Take back all that is owed for a commission, for good; paid ones become a negative line of the next payout.

    Needs a reason; refuses what is voided already.
    """
    _need(reason)
    row = _locked(commission)
    owed = row.owed_minor
    Commission.objects.filter(pk=row.pk).update(owed_minor=0, voided_at=now, void_reason=reason)
    settlement = settlement_for([row.enrolment_id], now)
    if owed:
        pot: PotKind = "payable" if row.approved_at is not None else "held"
        back = settlement.take_shift(row.id)
        post(
            booking(
                f"void:{row.id}", "void", row.occurred_at,
                commission=(row.program_id, row.enrolment_id, row.id, row.currency),
                changes={pot: -owed - back, "advance": back}, note=reason, actor=by,
            ),
            now,
        )  # fmt: skip
    settlement.book()
    follow_commissions([row.id], [row.enrolment_id], now)
    close_cases(row, decision="voided", reason=reason, now=now, by=by)
    _record(row, "void_commission", {"owed_minor": 0}, reason, now, by, before={"owed_minor": owed})
    commission.refresh_from_db()


def adjust(
    enrolment: Enrolment, amount_minor: int, reason: str, now: datetime, by: str, *, id: UUID | None = None
) -> int:
    """Correct what is payable to an enrolment by a signed amount and return the transaction's number.

    Needs a reason and a person. The same `id` (of the form that was sent) books once, also when it is sent again
    later; with other content it raises Conflict.
    """
    _need(reason)
    if not amount_minor or abs(amount_minor) > MAX_AMOUNT_MINOR:
        raise Invalid([Problem("/amount", _("Give an amount other than zero."), "out_of_range")])
    lock_chain()
    key = f"adjust:{id or new_id(now)}"
    known = Transaction.objects.filter(key=key).values_list("occurred_at", flat=True).first()
    number = post(
        move(
            key, "adjustment", known or now,
            commission=(enrolment.program_id, enrolment.pk, None, enrolment.program.currency),
            pots=("program_cost", "payable"), amount_minor=amount_minor, note=reason, actor=by,
        ),
        now,
    )  # fmt: skip
    if known is not None:
        return number
    record_change(
        actor=by, verb="adjust", subject_kind="enrolment", subject_id=enrolment.pk, before={},
        after={"amount_minor": amount_minor, "transaction": number}, reason=reason, now=now,
    )  # fmt: skip
    return number


def _locked(commission: Commission) -> Commission:
    lock_chain()
    row = Commission.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=commission.pk)
    if row.voided_at is not None:
        raise Refused("voided", _("This commission is voided."))
    return row


def _need(reason: str) -> None:
    if not reason.strip():
        raise Invalid([Problem("/reason", _("Say why: the partner and your colleagues will read it."), "required")])


def _record(
    row: Commission, verb: str, after: dict[str, object], reason: str, now: datetime, by: str,
    before: dict[str, object] | None = None,
) -> None:  # fmt: skip
    record_change(
        actor=by, verb=verb, subject_kind="commission", subject_id=row.pk, before=before or {}, after=after,
        reason=reason, now=now,
    )  # fmt: skip
