"""Verbs of shared costs: even them out, take that back. Nothing else books them."""

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


def settle_joint_costs(
    enrolment: Enrolment, amount_minor: int, *, project_id: UUID, turn: int, name: str, now: datetime, by: str
) -> int:  # fmt: skip
    """Book what evens two sides out and return the transaction's number: above zero it is payable to the partner,
    below zero it comes off their balance, which may go below zero and carries forward.

    The same project and `turn` are booked once for ever. `amount_minor` is in the program's currency and not zero.
    Refuses test and pending enrolments.
    """
    if amount_minor == 0 or abs(amount_minor) > MAX_AMOUNT_MINOR:
        raise Invalid([Problem("/amount", _("Give an amount that is not zero."), "out_of_range")])
    if enrolment.is_test or enrolment.status == Enrolment.Status.PENDING:
        raise Refused("enrolment_closed", _("Only partners who joined are paid."))
    return _book_once(enrolment, _key(project_id, turn), "settle_joint_costs", amount_minor, name, now, by)


def take_joint_costs_back(
    enrolment: Enrolment, amount_minor: int, *, project_id: UUID, turn: int, reason: str, now: datetime, by: str
) -> int:  # fmt: skip
    """Book what was evened out back, once; `amount_minor` is what was booked then. Raises Invalid without a reason,
    Refused for what was never booked."""
    if not reason.strip():
        raise Invalid([Problem("/reason", _("Say why: the partner will read it."), "required")])
    if not Transaction.objects.filter(key=_key(project_id, turn)).exists():
        raise Refused("never_paid", _("This was never paid."))
    key = f"{_key(project_id, turn)}:back"
    return _book_once(enrolment, key, "take_joint_costs_back", -amount_minor, reason, now, by)


def _key(project_id: UUID, turn: int) -> str:
    return f"joint:{project_id}:{turn}"


def _book_once(
    enrolment: Enrolment, key: str, verb: str, amount_minor: int, note: str, now: datetime, by: str
) -> int:  # fmt: skip
    known = Transaction.objects.filter(key=key).values_list("number", flat=True).first()
    if known is not None:
        return known
    owner = (enrolment.program_id, enrolment.pk, None, enrolment.program.currency)
    booked = move(
        key, "joint_costs", now, commission=owner, pots=("program_cost", "payable"), amount_minor=amount_minor,
        note=note, actor=by,
    )  # fmt: skip
    number = post(booked, now)
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=enrolment.pk, before={},
        after={"amount_minor": amount_minor, "transaction": number}, reason=note, now=now,
    )  # fmt: skip
    return number
