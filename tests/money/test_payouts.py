"""Payouts: drafted with an audit, approved, opened once, read back; lines are paid once for ever."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import IntegrityError, transaction

from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import text_id
from hanse.money.commissions.actions import adjust, hold_commission, release_holds
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import (
    approve_run,
    cancel_run,
    draft_run,
    fail_payout,
    open_run,
    read_back_csv,
    return_payout,
    run_csv,
    settle_payout,
)
from hanse.money.payouts.files import guarded
from hanse.money.payouts.models import Attempt, Payout, PayoutLine, PayoutRun
from hanse.money.payouts.verify import verify_payouts
from hanse.people.access.keys import create_key
from hanse.people.access.rules import BY_COMMAND
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.customers.models import Customer
from tests import cast, make
from tests.money.books import commission_of, pots, price, refund, sell

pytestmark = pytest.mark.django_db
PAY_DAY = make.at(days=40)


@pytest.fixture
def crew() -> cast.Cast:
    crew = cast.build()
    for enrolment in (crew.anas, crew.bens):
        ready(enrolment, crew)
    return crew


def ready(enrolment: Enrolment, crew: cast.Cast) -> None:
    PayoutDetails.objects.create(
        partner=enrolment.partner, rail="manual", account_name=enrolment.partner.name, account="GB82WEST12345698765432",
        changed_at=make.BEGINNING,
    )  # fmt: skip
    Agreement.objects.create(
        enrolment=enrolment, terms=crew.terms, body_hash="x", accepted_by="them", accepted_at=make.BEGINNING
    )


def payable(crew: cast.Cast, enrolment: Enrolment, amount_minor: int = 7800):
    sold = sell(enrolment, amount_minor)
    price(sold)
    release_holds(make.at(days=31), 100)
    return sold


def drafted(crew: cast.Cast, by: str = "ruth") -> PayoutRun:
    return draft_run(crew.program, "csv", as_of=PAY_DAY, now=PAY_DAY, by=by)


def opened(crew: cast.Cast) -> PayoutRun:
    run = drafted(crew)
    approve_run(run, now=PAY_DAY, by="ruth")
    open_run(run, now=PAY_DAY, by="ruth")
    return run


def payout_of(run: PayoutRun, enrolment: Enrolment) -> Payout:
    return Payout.objects.get(run=run, enrolment=enrolment)


def reasons(run: PayoutRun, enrolment: Enrolment) -> list[str]:
    (found,) = (row for row in run.audit["left_out"] if row["enrolment"] == text_id("enr", enrolment.pk))
    return list(found["reasons"])


def test_a_payment_goes_from_payable_over_transit_to_the_bank(crew: cast.Cast) -> None:
    sold = payable(crew, crew.anas)
    run = opened(crew)
    payout = payout_of(run, crew.anas)
    assert (run.number, payout.amount_minor, payout.state) == ("R-2026-06", 1560, "in_transit")
    assert (pots(crew.anas).payable_minor, pots(crew.anas).in_transit_minor) == (0, 1560)
    assert Attempt.objects.get(payout=payout).key == f"R-2026-06:{payout.pk}"
    settle_payout(payout, "BANK-1", now=make.at(days=41), by="ruth")
    settle_payout(payout, "BANK-1", now=make.at(days=42), by="ruth")
    run.refresh_from_db()
    assert (pots(crew.anas).in_transit_minor, pots(crew.anas).paid_minor, run.state) == (0, 1560, "closed")
    assert commission_of(sold, crew.anas).paid_at == make.at(days=41)
    with pytest.raises(Refused):
        settle_payout(payout, "BANK-2", now=make.at(days=42), by="ruth")
    assert verify_books() == []


def test_refunds_after_payout_are_clawed_back_once_from_the_next_payout(crew: cast.Cast) -> None:
    sold = payable(crew, crew.anas, 7800)
    run = opened(crew)
    settle_payout(payout_of(run, crew.anas), "B1", now=make.at(days=41), by="ruth")
    for taken, left in ((1950, -390), (1950, -780)):
        refund(sold, taken)
        price(sold, now=make.at(days=45))
        assert pots(crew.anas).payable_minor == left
    assert not Payout.objects.filter(
        run=draft_run(crew.program, "csv", as_of=make.at(days=46), now=make.at(days=46), by="r")
    )
    second = sell(crew.anas, 10000, at=make.at(days=46))
    price(second)
    release_holds(make.at(days=90), 10)
    run = draft_run(crew.program, "csv", as_of=make.at(days=91), now=make.at(days=91), by="ruth")
    assert payout_of(run, crew.anas).amount_minor == 2000 - 780
    assert PayoutLine.objects.filter(payout__run=run).count() == 3


def test_a_failed_payment_is_free_for_the_next_run_with_what_was_refunded_meanwhile(crew: cast.Cast) -> None:
    sold = payable(crew, crew.anas, 7800)
    run = opened(crew)
    refund(sold, 1950)
    price(sold, now=make.at(days=41))
    assert payout_of(run, crew.anas).amount_minor == 1560
    fail_payout(payout_of(run, crew.anas), "Account closed.", now=make.at(days=42), by="ruth")
    fail_payout(payout_of(run, crew.anas), "Account closed.", now=make.at(days=42), by="ruth")
    assert pots(crew.anas).payable_minor == 1170
    run = draft_run(crew.program, "csv", as_of=make.at(days=43), now=make.at(days=43), by="ruth")
    assert (payout_of(run, crew.anas).amount_minor, run.number) == (1170, "R-2026-06-2")


def test_a_returned_payment_is_payable_again(crew: cast.Cast) -> None:
    sold = payable(crew, crew.anas)
    run = opened(crew)
    payout = payout_of(run, crew.anas)
    settle_payout(payout, "B1", now=make.at(days=41), by="ruth")
    return_payout(payout, "Sent back by the bank.", now=make.at(days=50), by="ruth")
    assert (pots(crew.anas).payable_minor, pots(crew.anas).paid_minor) == (1560, 0)
    assert commission_of(sold, crew.anas).paid_at is None
    again = draft_run(crew.program, "csv", as_of=make.at(days=51), now=make.at(days=51), by="ruth")
    assert payout_of(again, crew.anas).amount_minor == 1560
    assert verify_books() == []


def test_two_drafts_never_take_the_same_line(crew: cast.Cast) -> None:
    payable(crew, crew.anas)
    first, second = drafted(crew), drafted(crew)
    assert [Payout.objects.filter(run=run).count() for run in (first, second)] == [1, 0]
    line = PayoutLine.objects.get()
    other = Payout.objects.create(
        run=second, partner=crew.ana, enrolment=crew.anas, amount_minor=1560, currency="GBP", state="drafted"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutLine.objects.create(payout=other, entry=line.entry, amount_minor=line.amount_minor)


def test_a_cancelled_run_frees_its_lines(crew: cast.Cast) -> None:
    payable(crew, crew.anas)
    run = drafted(crew)
    cancel_run(run, now=PAY_DAY, by="ruth")
    assert payout_of(drafted(crew), crew.anas).amount_minor == 1560
    with pytest.raises(Refused):
        approve_run(run, now=PAY_DAY, by="ruth")


def test_each_check_of_the_audit_keeps_a_payment_back(crew: cast.Cast) -> None:
    sold = payable(crew, crew.anas)
    assert Payout.objects.filter(run=drafted(crew)).count() == 1
    cancel_run(PayoutRun.objects.get(), now=PAY_DAY, by="ruth")

    PayoutDetails.objects.all().delete()
    Agreement.objects.all().delete()
    Enrolment.objects.filter(pk=crew.anas.pk).update(status="suspended")
    hold_commission(commission_of(sold, crew.anas), "Unclear.", make.at(days=32), "ruth")
    Program.objects.filter(pk=crew.program.pk).update(minimum_payout_minor=5000)
    buyer = Customer.objects.create(
        program=crew.program, external_id="ana", email_hash=crew.ana.email_hash, first_seen_at=make.at()
    )
    sold.customer = buyer
    sold.save()
    crew.program.refresh_from_db()
    assert reasons(drafted(crew), crew.anas) == [
        "self_referral", "no_details", "no_agreement", "suspended", "open_case", "below_minimum"
    ]  # fmt: skip


def test_what_changed_between_draft_and_approval_drops_out_with_a_reason(crew: cast.Cast) -> None:
    anas, bens = payable(crew, crew.anas), payable(crew, crew.bens)
    run = drafted(crew)
    refund(anas, 1000)
    price(anas, now=make.at(days=41))
    PayoutDetails.objects.filter(partner=crew.ben).update(account="GB00ATTACKER")
    approve_run(run, now=make.at(days=42), by="ruth")
    assert [payout_of(run, one).reason for one in (crew.anas, crew.bens)] == ["later_refund", "details_changed"]
    open_run(run, now=make.at(days=42), by="ruth")
    assert (run.state, pots(crew.anas).in_transit_minor, pots(crew.bens).in_transit_minor) == ("closed", 0, 0)
    assert commission_of(bens, crew.bens).paid_at is None


def test_a_large_run_needs_a_second_person(crew: cast.Cast) -> None:
    Program.objects.filter(pk=crew.program.pk).update(second_person_above_minor=1000)
    payable(crew, crew.anas)
    run = drafted(crew, by="ruth")
    with pytest.raises(Refused, match="second person"):
        approve_run(run, now=PAY_DAY, by="ruth")
    approve_run(run, now=PAY_DAY, by="fin")
    assert run.approved_by == "fin"


def test_a_key_is_no_second_person_beside_whoever_made_it(crew: cast.Cast) -> None:
    Program.objects.filter(pk=crew.program.pk).update(second_person_above_minor=1000)
    payable(crew, crew.anas)
    create_key(name="night", scopes=["write"], now=make.at(), by="ruth")
    create_key(name="child", scopes=["write"], now=make.at(), by="key:night")
    create_key(name="operator", scopes=["write"], now=make.at(), by=BY_COMMAND)
    run = drafted(crew, by="key:child")
    for same in ("ruth", "key:night", "key:child"):
        with pytest.raises(Refused, match="second person"):
            approve_run(run, now=PAY_DAY, by=same)
    approve_run(run, now=PAY_DAY, by="key:operator")
    assert run.approved_by == "key:operator"


def test_a_run_opens_once(crew: cast.Cast) -> None:
    payable(crew, crew.anas)
    run = opened(crew)
    stale = PayoutRun.objects.get(pk=run.pk)
    for verb in (open_run, approve_run, cancel_run):
        with pytest.raises(Refused):
            verb(stale, now=PAY_DAY, by="ruth")
    assert pots(crew.anas).in_transit_minor == 1560


def test_an_unknown_rail_is_refused(crew: cast.Cast) -> None:
    with pytest.raises(Invalid):
        draft_run(crew.program, "pigeon", as_of=PAY_DAY, now=PAY_DAY, by="ruth")


def test_test_enrolments_are_never_paid(crew: cast.Cast) -> None:
    Enrolment.objects.filter(pk=crew.anas.pk).update(is_test=True)
    adjust(crew.anas, 5000, "A gift.", make.at(), "ruth")
    assert not Payout.objects.filter(run=drafted(crew)).exists()


def test_the_file_of_a_run_holds_every_payment_and_no_formula(crew: cast.Cast) -> None:
    PayoutDetails.objects.filter(partner=crew.ana).update(account_name='=HYPERLINK("http://x")')
    payable(crew, crew.anas)
    payable(crew, crew.bens, 5000)
    rows = list(csv.DictReader(io.StringIO(run_csv(opened(crew)))))
    assert [(row["partner"], row["amount"], row["currency"]) for row in rows] == [
        ("Ana", "15.60", "GBP"), ("Ben", "10.00", "GBP")
    ]  # fmt: skip
    assert rows[0]["account_name"] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", " =1", "\r=1"])
def test_cells_that_begin_a_formula_are_guarded(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded("Ana =1") == "Ana =1"


def test_a_banks_answer_is_taken_row_by_row(crew: cast.Cast) -> None:
    payable(crew, crew.anas)
    payable(crew, crew.bens, 5000)
    run = opened(crew)
    ana, ben = (text_id("pay", payout_of(run, one).pk) for one in (crew.anas, crew.bens))
    answer = (
        "\ufeffPayout,State,Reference,Reason,Amount\r\n"
        f"{ana},paid,B-1,,15.60\r\n"
        f"{ben},paid,B-2,,99.99\r\n"
        f"{ben},perhaps,,,\r\n"
        "pay_nonsense,paid,B-3,,\r\n"
        f"{ben},paid,,,\r\n"
        f"{ben},failed,,Closed,\r\n"
    )
    result = read_back_csv(run, answer, now=make.at(days=41), by="ruth")
    assert (result.settled, result.failed) == (1, 1)
    assert [number for number, _why in result.refused] == [3, 4, 5, 6]
    run.refresh_from_db()
    assert run.state == "closed"
    again = read_back_csv(run, answer, now=make.at(days=41), by="ruth")
    assert (again.settled, again.failed) == (0, 0)
    assert verify_books() == []


def test_a_file_without_the_right_columns_is_refused(crew: cast.Cast) -> None:
    payable(crew, crew.anas)
    assert read_back_csv(opened(crew), "a,b\n1,2\n", now=PAY_DAY, by="r").refused[0][0] == 1


def test_sound_payouts_pass_the_proof_and_changed_ones_do_not(crew: cast.Cast) -> None:
    payable(crew, crew.anas)
    payout = payout_of(opened(crew), crew.anas)
    settle_payout(payout, "B1", now=make.at(days=41), by="ruth")
    assert verify_payouts() == []
    Payout.objects.update(amount_minor=1561)
    assert {finding.check for finding in verify_payouts()} == {"payout lines", "payout books"}
    Payout.objects.update(amount_minor=1560, state="failed")
    assert {finding.check for finding in verify_payouts()} == {"payout books"}
