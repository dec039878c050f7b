"""Verbs of bounties: pay one, take it back. Nothing else books them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.money.commissions.rules import move
from hanse.money.ledger.actions import post
from hanse.money.ledger.models import Transaction
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change


def pay_bounty(
    enrolment: Enrolment, amount_minor: int, *, entry_id: UUID, name: str, now: datetime, by: str
) -> int:  # fmt: skip
    """Book a fixed sum as payable and return the transaction's number. The same `entry_id` is booked once for ever.

    `amount_minor` is in the program's currency and above zero. Refuses test and pending enrolments.
    """
    if not 0 < amount_minor <= MAX_AMOUNT_MINOR:
        raise Invalid([Problem("/amount", _("Give an amount above zero."), "out_of_range")])
    if enrolment.is_test or enrolment.status == Enrolment.Status.PENDING:
        raise Refused("enrolment_closed", _("Only partners who joined are paid."))
    known = Transaction.objects.filter(key=_key(entry_id)).values_list("number", flat=True).first()
    if known is not None:
        return known
    number = _book(enrolment, _key(entry_id), amount_minor, name, now, by)
    _record(enrolment, "pay_bounty", amount_minor, number, name, now, by)
    return number


def take_bounty_back(
    enrolment: Enrolment, amount_minor: int, *, entry_id: UUID, reason: str, now: datetime, by: str
) -> int:  # fmt: skip
    """Book a bounty back, once; the balance may go below zero and carries forward. Raises Invalid without a reason,
    Refused for what was never paid."""
    if not reason.strip():
        raise Invalid([Problem("/reason", _("Say why: the partner will read it."), "required")])
    if not Transaction.objects.filter(key=_key(entry_id)).exists():
        raise Refused("never_paid", _("This was never paid."))
    key = f"{_key(entry_id)}:back"
    known = Transaction.objects.filter(key=key).values_list("number", flat=True).first()
    if known is not None:
        return known
    number = _book(enrolment, key, -amount_minor, reason, now, by)
    _record(enrolment, "take_bounty_back", -amount_minor, number, reason, now, by)
    return number


def _key(entry_id: UUID) -> str:
    return f"bounty:{entry_id}"


def _book(enrolment: Enrolment, key: str, amount_minor: int, note: str, now: datetime, by: str) -> int:
    owner = (enrolment.program_id, enrolment.pk, None, enrolment.program.currency)
    booked = move(
        key, "bounty", now, commission=owner, pots=("program_cost", "payable"), amount_minor=amount_minor, note=note,
        actor=by,
    )  # fmt: skip
    return post(booked, now)


def _record(
    enrolment: Enrolment, verb: str, amount_minor: int, number: int, reason: str, now: datetime, by: str
) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=enrolment.pk, before={},
        after={"amount_minor": amount_minor, "transaction": number}, reason=reason, now=now,
    )  # fmt: skip
