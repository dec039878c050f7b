"""Terms are proposed, countered, accepted: nothing is in force before both sides have signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hanse.growth.negotiations.actions import Offered, accept, counter, decline, propose, withdraw
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.queries import proposals_of
from hanse.growth.negotiations.rules import state_of
from hanse.kernel.errors import Invalid, Refused
from hanse.money.commissions.earners import earner_records
from hanse.money.ledger.models import Entry
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.terms.models import Terms
from hanse.spine.outbox.models import OutboxItem
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.NOON


def rate(percent: int) -> dict[str, Any]:
    return {"clauses": [{"kind": "percent", "rate": f"{percent}%", "goal": "sale"}]}


@pytest.fixture
def ana() -> Enrolment:
    program = make.program()
    make.manager()
    make.terms(program)
    return make.enrolment(make.partner("Ana"), program)


def in_force(enrolment: Enrolment, at: Any = NOW + timedelta(minutes=1)) -> dict[str, Any]:
    found = earner_records([enrolment.pk])[enrolment.pk].version_at(at)
    assert found is not None
    return dict(Terms.objects.get(pk=found.id).body)


def mails() -> list[str]:
    return [row.payload["subject"] for row in OutboxItem.objects.filter(kind="mail").order_by("created_at", "id")]


def test_a_proposal_changes_nothing_until_the_other_side_has_signed(ana: Enrolment) -> None:
    first = propose(ana, Offered(rate(15), reason="Margins fell."), now=NOW, by="ruth@harbour.example")
    assert in_force(ana) == rate(20)
    soon = NOW + timedelta(seconds=30)
    second = counter(first, Offered(rate(18), message="18 works."), side="partner", now=soon, by="ana@partners.example")
    assert in_force(ana) == rate(20)
    terms = accept(second, side="team", now=NOW + timedelta(minutes=1), by="ruth@harbour.example")
    assert in_force(ana) == rate(18)
    signed = Agreement.objects.get(enrolment=ana)
    assert (signed.terms_id, signed.body_hash) == (terms.pk, second.body_hash)
    assert (signed.accepted_by, signed.accepted_at) == ("ana@partners.example", soon)
    assert (signed.offered_by, signed.offered_at) == ("ruth@harbour.example", NOW + timedelta(minutes=1))
    assert [(row.side, row.answer) for row in proposals_of(ana.pk)] == [("partner", "accepted"), ("team", "countered")]
    assert mails() == [
        "New terms proposed for you by Harbour", "Ana proposes other terms", "Harbour accepted the proposed terms",
    ]  # fmt: skip


def test_nobody_answers_an_own_proposal_and_nobody_answers_twice(ana: Enrolment) -> None:
    made = propose(ana, Offered(rate(15)), now=NOW, by="ruth")
    with pytest.raises(Refused, match="other side"):
        accept(made, side="team", now=NOW, by="ruth")
    decline(made, side="partner", reason="Too low.", now=NOW, by="ana")
    with pytest.raises(Refused, match="answer already"):
        accept(made, side="partner", now=NOW, by="ana")
    assert in_force(ana) == rate(20)


def test_a_refusal_needs_its_reason(ana: Enrolment) -> None:
    made = propose(ana, Offered(rate(15)), now=NOW, by="ruth")
    with pytest.raises(Invalid):
        decline(made, side="partner", reason=" ", now=NOW, by="ana")


def test_one_proposal_at_a_time_waits_and_an_expired_one_makes_room(ana: Enrolment) -> None:
    until = NOW + timedelta(days=2)
    made = propose(ana, Offered(rate(15), expires_at=until), now=NOW, by="ruth")
    with pytest.raises(Refused, match="still waits"):
        propose(ana, Offered(rate(16)), now=NOW, by="ruth")
    with pytest.raises(Refused, match="time for an answer is over"):
        accept(made, side="partner", now=until, by="ana")
    propose(ana, Offered(rate(16)), now=until, by="ruth")
    made.refresh_from_db()
    assert state_of(made.answer, made.answer_reason, made.expires_at, until) == "expired"


def test_what_is_withdrawn_cannot_be_accepted(ana: Enrolment) -> None:
    made = propose(ana, Offered(rate(15)), now=NOW, by="ruth")
    with pytest.raises(Refused):
        withdraw(made, side="partner", now=NOW, by="ana")
    withdraw(made, side="team", now=NOW, by="ruth")
    with pytest.raises(Refused):
        accept(made, side="partner", now=NOW, by="ana")


def test_agreed_terms_for_a_time_fall_back_by_themselves(ana: Enrolment) -> None:
    ends = NOW + timedelta(days=30)
    made = propose(ana, Offered(rate(30), ends_at=ends), now=NOW, by="ruth")
    accept(made, side="partner", now=NOW, by="ana")
    assert in_force(ana, ends - timedelta(seconds=1)) == rate(30)
    assert in_force(ana, ends) == rate(20)


def test_a_fee_at_signing_is_owed_when_both_have_signed(ana: Enrolment) -> None:
    fee: dict[str, Any] = {"kind": "fee", "amount": 5_000, "due": "signing"}
    made = propose(ana, Offered({"clauses": [*rate(20)["clauses"], fee]}), now=NOW, by="ruth")
    assert not Entry.objects.exists()
    accept(made, side="partner", now=NOW, by="ana")
    owed = Entry.objects.filter(account__enrolment_id=ana.pk).values_list("amount_minor", flat=True)
    assert list(owed) == [5_000]


def test_clauses_that_nobody_could_pay_are_not_proposed(ana: Enrolment) -> None:
    with pytest.raises(Invalid) as caught:
        propose(ana, Offered({"clauses": [{"kind": "percent", "rate": "300%"}]}), now=NOW, by="ruth")
    assert [problem.pointer for problem in caught.value.problems] == ["/clauses/0/rate"]
    assert not Proposal.objects.exists()


def test_nothing_is_signed_any_more_once_the_enrolment_has_ended(ana: Enrolment) -> None:
    fee: dict[str, Any] = {"kind": "fee", "amount": 5_000, "due": "signing"}
    made = propose(ana, Offered({"clauses": [*rate(20)["clauses"], fee]}), now=NOW, by="ruth")
    make.change_status(ana, "ended", NOW + timedelta(days=1))
    with pytest.raises(Refused, match="ended"):
        accept(made, side="partner", now=NOW + timedelta(days=2), by="ana")
    assert not Entry.objects.exists()
    assert not Terms.objects.filter(enrolment=ana).exists()
