"""Verbs of acceptance: take a deliverable as done, take that back. What is owed for it follows at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.money.commissions.rules import move
from hanse.money.ledger.actions import lock_chain, post
from hanse.money.promises.actions import settle
from hanse.money.promises.models import Acceptance
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change

CAUSE = "deliverable"


def accept_deliverable(
    enrolment: Enrolment, deliverable: UUID, *, name: str, fee_minor: int = 0, now: datetime, by: str
) -> Acceptance:
    """Keep that a deliverable is accepted and book what that owes: `fee_minor`, which the deliverable itself promises,
    and what terms promise for it. Accepted already, it stays as it is: nothing is ever paid twice.

    `fee_minor` is in the program's currency. Refuses an enrolment that still waits; a test enrolment is paid nothing.
    """
    if not 0 <= fee_minor <= MAX_AMOUNT_MINOR:
        raise Invalid([Problem("/fee", _("Give an amount that is not below zero."), "out_of_range")])
    if enrolment.status == Enrolment.Status.PENDING:
        raise Refused("enrolment_closed", _("Only partners who joined are paid."))
    lock_chain()
    known = Acceptance.objects.filter(deliverable=deliverable, withdrawn_at=None).first()
    if known is not None:
        return known
    row = Acceptance.objects.create(
        id=new_id(now), program=enrolment.program, enrolment=enrolment, deliverable=deliverable, name=name[:120],
        fee_minor=0 if enrolment.is_test else fee_minor, currency=enrolment.program.currency, accepted_at=now,
        accepted_by=by[:200],
    )  # fmt: skip
    _record(row, "accept_deliverable", "", now, by)
    if row.fee_minor:
        _book(row, key_of(row.pk), row.fee_minor, row.name, now, by)
    settle([enrolment.pk], now)
    return row


def withdraw_acceptance(deliverable: UUID, *, reason: str, now: datetime, by: str) -> Acceptance:
    """Take an acceptance back: what it owed is booked back, the balance may go below zero and carries forward.

    Raises Invalid without a reason; refuses what is not accepted.
    """
    if not reason.strip():
        raise Invalid([Problem("/reason", _("Say why: the partner will read it."), "required")])
    lock_chain()
    row = Acceptance.objects.select_for_update().filter(deliverable=deliverable, withdrawn_at=None).first()
    if row is None:
        raise Refused("not_accepted", _("This is not accepted."))
    row.withdrawn_at, row.withdrawn_by, row.reason = max(now, row.accepted_at), by[:200], reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
    _record(row, "withdraw_acceptance", reason, now, by)
    if row.fee_minor:
        _book(row, f"{key_of(row.pk)}:back", -row.fee_minor, row.name, now, by)
    settle([row.enrolment_id], row.withdrawn_at)
    return row


def key_of(acceptance_id: UUID) -> str:
    """Return the ledger's key of an acceptance's own fee; `:back` is added when it is taken back."""
    return f"deliverable:{acceptance_id}"


def _book(row: Acceptance, key: str, amount_minor: int, note: str, now: datetime, by: str) -> None:
    owner = (row.program_id, row.enrolment_id, None, row.currency)
    post(
        move(
            key, CAUSE, now, commission=owner, pots=("program_cost", "payable"), amount_minor=amount_minor, note=note,
            actor=by,
        ),
        now,
    )  # fmt: skip


def _record(row: Acceptance, verb: str, reason: str, now: datetime, by: str) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=row.enrolment_id, before={},
        after={"name": row.name, "deliverable": row.deliverable, "amount_minor": row.fee_minor}, reason=reason, now=now,
    )  # fmt: skip
