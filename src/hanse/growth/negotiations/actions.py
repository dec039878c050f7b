"""Verbs of negotiations: propose, counter, accept, decline, withdraw. Nothing is in force before both have signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.budgets.guarding import check_terms, enrolment_scope
from hanse.growth.deliverables.fees import check_named, check_paid_once
from hanse.growth.negotiations.letters import send_answer, send_proposal
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.rules import EXPIRED, LONGEST, Side, other_side, state_of
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.promises.actions import settle
from hanse.money.publishing.actions import publish_terms
from hanse.programs.enrolments.actions import accept_terms
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.rules import body_hash, parse_terms
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks


@dataclass(frozen=True, slots=True)
class Offered:
    """What is proposed. `starts_at` None: when it is accepted; `ends_at` None: until other terms follow."""

    body: Mapping[str, Any]
    reason: str = ""
    message: str = ""
    legal_text: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    expires_at: datetime | None = None


def propose(enrolment: Enrolment, offered: Offered, *, side: Side = "team", now: datetime, by: str) -> Proposal:
    """Offer terms to the other side, who is told by mail; the proposer has signed by proposing.

    Raises Invalid (pointers into the clauses, or dates). Refuses while a proposal for this enrolment waits for its
    answer: answer or withdraw that one first. Our own goes through the budget's rule (OverBudget).
    """
    for waiting in Proposal.objects.select_for_update().filter(enrolment=enrolment, answer=Proposal.Answer.OPEN):
        _refuse_open(waiting, now)
        _answer(waiting, Proposal.Answer.WITHDRAWN, now, by="", reason=EXPIRED)
    return _offer(enrolment, offered, side, None, now, by)


def counter(proposal: Proposal, offered: Offered, *, side: Side, now: datetime, by: str) -> Proposal:
    """Answer a proposal with own terms, which the other side now has to answer. Legal text stays what it was."""
    stored = _locked(proposal, other_side(side), now)
    _answer(stored, Proposal.Answer.COUNTERED, now, by=by, reason=offered.message)
    legal = Offered(
        offered.body, offered.reason, offered.message, stored.legal_text, offered.starts_at, offered.ends_at,
        offered.expires_at,
    )  # fmt: skip
    return _offer(stored.enrolment, legal, side, stored, now, by)


def accept(proposal: Proposal, *, side: Side, now: datetime, by: str, evidence: str = "") -> Terms:
    """Sign for the side that was asked: a version is published for the enrolment, signed by both, and in force.

    It begins when it was proposed to, at the earliest now. `evidence` says what proves an acceptance that somebody
    records for the partner. Refuses what was answered already, what has expired, one's own proposal, whose enrolment
    or program has ended, and a fee for a deliverable that promises its own by now.
    """
    stored = _locked(proposal, other_side(side), now)
    enrolment = stored.enrolment
    _refuse_ended(enrolment)  # again: a proposal may have waited beyond the end
    check_paid_once(stored.body, enrolment.program)  # again: a deliverable may promise a fee of its own by now
    if side == "team":
        starts_at = max(stored.starts_at or now, now)
        check_terms(enrolment_scope(enrolment), stored.body, starts_at, stored.ends_at, kind="proposal", now=now, by=by)
    terms = publish_terms(
        program=enrolment.program, enrolment=enrolment, body=stored.body, legal_text=stored.legal_text,
        reason=stored.reason, starts_at=max(stored.starts_at or now, now), ends_at=stored.ends_at, now=now,
        by=stored.created_by if stored.side == "team" else by, is_agreed=True,
    )  # fmt: skip
    mine, theirs = (by, now), (stored.created_by, stored.created_at)
    partner, team = (mine, theirs) if side == "partner" else (theirs, mine)
    accept_terms(enrolment, terms, by=partner[0], at=partner[1], evidence=evidence, offered=team)
    _answer(stored, Proposal.Answer.ACCEPTED, now, by=by, evidence=evidence, terms=terms)
    settle([enrolment.pk], now)
    send_answer(stored, now)
    return terms


def decline(proposal: Proposal, *, side: Side, reason: str, now: datetime, by: str) -> Proposal:
    """Say no, with a reason that the other side reads."""
    stored = _locked(proposal, other_side(side), now)
    checks = Checks()
    said = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    _answer(stored, Proposal.Answer.DECLINED, now, by=by, reason=said)
    send_answer(stored, now)
    return stored


def withdraw(proposal: Proposal, *, side: Side, now: datetime, by: str) -> Proposal:
    """Take an own proposal back before it is answered."""
    stored = _locked(proposal, side, now)
    _answer(stored, Proposal.Answer.WITHDRAWN, now, by=by)
    send_answer(stored, now)
    return stored


def _offer(
    enrolment: Enrolment, offered: Offered, side: Side, answers: Proposal | None, now: datetime, by: str
) -> Proposal:
    program = enrolment.program
    parse_terms(offered.body, currency=program.currency, goals={goal.key for goal in goals_of(program.pk)})
    check_named(offered.body, program, enrolment)
    reason, message = _check(offered, now)
    if side == "team":
        starts_at = offered.starts_at or now
        check_terms(
            enrolment_scope(enrolment), offered.body, starts_at, offered.ends_at, kind="proposal", now=now, by=by
        )
    _refuse_ended(enrolment)
    made = Proposal.objects.create(
        id=new_id(now), enrolment=enrolment, counters=answers, side=side, body=offered.body,
        body_hash=body_hash(offered.body, offered.legal_text), legal_text=offered.legal_text, reason=reason,
        message=message, starts_at=offered.starts_at, ends_at=offered.ends_at, expires_at=offered.expires_at,
        created_at=now, created_by=by[:200],
    )  # fmt: skip
    record_change(
        actor=by, verb="counter_terms" if answers else "propose_terms", subject_kind="enrolment",
        subject_id=enrolment.pk, before={}, after={"proposal": made.pk, "body_hash": made.body_hash}, reason=reason,
        now=now,
    )  # fmt: skip
    send_proposal(made, now)
    return made


def _refuse_ended(enrolment: Enrolment) -> None:
    if enrolment.program.archived_at is not None or enrolment.status == Enrolment.Status.ENDED:
        raise Refused("ended", _("There is nothing to agree on any more: the enrolment or its program has ended."))


def _check(offered: Offered, now: datetime) -> tuple[str, str]:
    checks = Checks()
    reason = checks.text("reason", offered.reason, 2000, lines=True)
    message = checks.text("message", offered.message, 5000, lines=True)
    checks.text("legal_text", offered.legal_text, 200_000, lines=True)
    if offered.expires_at is not None and not now < offered.expires_at <= now + LONGEST:
        checks.refuse("expires_at", _("The answer is due later than now, and within 400 days."), "out_of_range")
    if offered.starts_at is not None and offered.starts_at < now:
        checks.refuse("starts_at", _("Terms that are still to be agreed begin now or later."), "in_the_past")
    if offered.ends_at is not None and offered.ends_at <= (offered.starts_at or now):
        checks.refuse("ends_at", _("The end comes after the start."), "out_of_range")
    checks.done()
    return reason, message


def _locked(proposal: Proposal, side: str, now: datetime) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("enrolment__program", "enrolment__partner")
    stored = rows.get(pk=proposal.pk)
    if stored.side != side:
        raise Refused("not_yours_to_answer", _("This waits for the other side."))
    state = state_of(stored.answer, stored.answer_reason, stored.expires_at, now)
    if state == "expired":
        raise Refused("expired", _("The time for an answer is over. Make a new proposal."))
    if state != "open":
        raise Refused("answered_already", _("This proposal has its answer already."))
    return stored


def _refuse_open(waiting: Proposal, now: datetime) -> None:
    if state_of(waiting.answer, waiting.answer_reason, waiting.expires_at, now) == "open":
        raise Refused("open_proposal", _("Another proposal still waits for its answer. Answer or withdraw it first."))


def _answer(
    proposal: Proposal, answer: str, now: datetime, *, by: str, reason: str = "", evidence: str = "",
    terms: Terms | None = None,
) -> None:  # fmt: skip
    proposal.answer, proposal.answered_at, proposal.answered_by = answer, now, by[:200]
    proposal.answer_reason, proposal.evidence, proposal.terms = reason, evidence[:2000], terms
    proposal.save(update_fields=["answer", "answered_at", "answered_by", "answer_reason", "evidence", "terms"])
    if answer in (Proposal.Answer.ACCEPTED, Proposal.Answer.DECLINED, Proposal.Answer.WITHDRAWN) and by:
        record_change(
            actor=by, verb=f"{_VERBS[answer]}_proposal", subject_kind="enrolment", subject_id=proposal.enrolment_id,
            before={}, after={"proposal": proposal.pk}, reason=reason or evidence, now=now,
        )  # fmt: skip


_VERBS = {"accepted": "accept", "declined": "decline", "withdrawn": "withdraw"}
