"""Verbs of claims: a partner asks, a person answers, and may credit the sale by hand in the same breath."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.claims import rules
from hanse.growth.claims.letters import send_answer
from hanse.growth.claims.models import Claim
from hanse.growth.claims.queries import claimed_conversion
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import PPM
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.traffic.attribution.hand import credit_by_hand


def claim_sale(
    enrolment: Enrolment, *, external_id: str, note: str = "", found: str = "", now: datetime, by: str
) -> Claim:
    """Keep that a partner says a sale was theirs; the same order again is the same claim. `found` is what `why` said.

    Raises Invalid; refuses more than twenty open ones.
    """
    checks = Checks()
    external_id = checks.text("external_id", external_id, 200, required=True)
    note = checks.text("note", note, 2000, lines=True)
    checks.done()
    known = Claim.objects.filter(enrolment=enrolment, external_id=external_id).first()
    if known is not None:
        return known
    if Claim.objects.filter(enrolment=enrolment, status=Claim.Status.OPEN).count() >= rules.OPEN_AT_ONCE:
        raise Refused("too_many_claims", _("You have asked about many sales already; wait for our answers first."))
    claim = Claim.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, external_id=external_id, note=note,
        found=found[:60], status=Claim.Status.OPEN, made_at=now, made_by=by[:200],
        promised_on=rules.promised_on(local_day(now, enrolment.program.time_zone)),
    )  # fmt: skip
    record_creation(claim, actor=by, verb="claim_sale", fields=("external_id", "found"), now=now)
    return claim


def answer_claim(claim: Claim, *, accepted: bool, answer: str, credit: bool = False, now: datetime, by: str) -> Claim:
    """Answer a claim; the partner gets it by mail. With `credit` the claimed sale is credited to them by hand, whole;
    the pipeline prices it within a minute.

    Raises Invalid without words; refuses a second answer, and crediting what is not known here or is approved already.
    """
    row = Claim.objects.select_for_update(of=("self",)).select_related("program", "enrolment__partner").get(pk=claim.pk)
    if row.status != Claim.Status.OPEN:
        raise Refused("claim_answered", _("This claim is already answered."))
    checks = Checks()
    answer = checks.text("answer", answer, 2000, required=True, lines=True)
    checks.done()
    if accepted and credit:
        _credit(row, answer, now, by)
    status = Claim.Status.ACCEPTED if accepted else Claim.Status.DECLINED
    values = {"status": status, "answer": answer, "answered_at": now, "answered_by": by[:200]}
    audited_save(row, values, actor=by, verb="answer_claim", now=now)
    send_answer(row, now)
    return row


def _credit(claim: Claim, answer: str, now: datetime, by: str) -> None:
    sold = claimed_conversion(claim)
    if sold is None:
        message = _("No order with this number is here, so there is nothing to credit. Add an adjustment instead.")
        raise Refused("claim_unknown_order", message)
    credit_by_hand(sold, [(claim.enrolment_id, PPM)], reason=answer, now=now, by=by)
