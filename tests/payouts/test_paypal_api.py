"""PayPal by its API: one batch id is paid once, results are read back into our states, what is unknown waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from hanse.kernel.errors import Invalid, Refused
from hanse.money.holds.actions import release_case
from hanse.money.holds.models import Case
from hanse.money.ledger.models import Entry
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import approve_run, open_run, save_rail
from hanse.money.payouts.models import Attempt, Payout, PayoutRun
from hanse.money.payouts.verify import verify_payouts
from hanse.money.rails.models import RailSettings, Sending
from hanse.money.rails.settings import rail_values, shown_values
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.runtime.rails import call_rails
from tests import make
from tests.money.books import pots
from tests.payouts.house import PAY_DAY, drafted, owed, payout_of, program
from tests.payouts.paypal import CLIENT, FakePayPal, serving

pytestmark = pytest.mark.django_db
LATER = PAY_DAY + timedelta(minutes=5)


@pytest.fixture
def paypal(settings: Settings) -> Iterator[FakePayPal]:
    with serving() as fake:
        settings.HANSE_OUTBOUND_HOSTS = (fake.address.removeprefix("http://"),)
        yield fake


@pytest.fixture
def shop(paypal: FakePayPal) -> Program:
    made = program("USD")
    values = {"client_id": CLIENT[0], "client_secret": CLIENT[1], "api_url": paypal.address}
    save_rail(made, "paypal", values, now=make.NOON, by="ruth")
    return made


def partner(of: Program, name: str, amount_minor: int = 5000) -> Enrolment:
    return owed(of, name, amount_minor, rail="paypal", account=f"{name.lower()}@wallet.example")


def opened(of: Program) -> PayoutRun:
    run = drafted(of, "paypal")
    approve_run(run, now=PAY_DAY, by="ruth")
    open_run(run, now=PAY_DAY, by="ruth")
    return run


def state_of(run: PayoutRun, enrolment: Enrolment) -> str:
    return payout_of(run, enrolment).state


def test_nothing_is_sent_before_the_batch_id_is_stored(shop: Program, paypal: FakePayPal) -> None:
    partner(shop, "Ana")
    run = opened(shop)
    sending = Sending.objects.get(run=run)
    assert sending.key == sending.body["sender_batch_header"]["sender_batch_id"]
    assert (sending.state, paypal.posts) == ("waiting", [])
    call_rails(PAY_DAY)
    assert [post["sender_batch_header"]["sender_batch_id"] for post in paypal.posts] == [sending.key]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("SUCCESS", "settled"), ("FAILED", "failed"), ("BLOCKED", "failed"), ("RETURNED", "failed"),
        ("REFUNDED", "failed"), ("REVERSED", "failed"), ("PENDING", "in_transit"), ("UNCLAIMED", "in_transit"),
        ("ONHOLD", "in_transit"), ("SOMETHING_NEW", "in_transit"),
    ],
)  # fmt: skip
def test_every_state_of_paypal_is_one_of_ours(shop: Program, paypal: FakePayPal, theirs: str, ours: str) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    paypal.states["ana@wallet.example"] = theirs
    call_rails(PAY_DAY)
    call_rails(LATER)
    assert state_of(run, ana) == ours
    assert Attempt.objects.get(payout__run=run).outside_state == theirs
    assert verify_books() == verify_payouts() == []


@pytest.mark.parametrize("theirs", ["RETURNED", "REFUNDED", "REVERSED"])
def test_money_that_comes_back_after_it_arrived_is_payable_again(
    shop: Program, paypal: FakePayPal, theirs: str
) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    call_rails(PAY_DAY)
    call_rails(LATER)
    assert state_of(run, ana) == "settled"
    paypal.states["ana@wallet.example"] = theirs
    call_rails(LATER + timedelta(days=2))
    assert state_of(run, ana) == "returned"
    assert (pots(ana).payable_minor, pots(ana).paid_minor) == (5000, 0)
    assert verify_books() == verify_payouts() == []


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_an_answer_that_was_lost_after_paypal_took_the_batch_pays_once(
    shop: Program, paypal: FakePayPal, status: int
) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    paypal.fail_after_taking = [status]
    call_rails(PAY_DAY)
    assert (state_of(run, ana), Sending.objects.get().state) == ("in_transit", "waiting")
    call_rails(LATER)
    call_rails(LATER + timedelta(minutes=5))
    assert len(paypal.posts) == 2
    assert paypal.posts[0] == paypal.posts[1]
    assert len(paypal.batches) == 1
    assert state_of(run, ana) == "settled"


def test_a_server_error_is_tried_again_with_the_same_batch_id(shop: Program, paypal: FakePayPal) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    paypal.fail_before_taking = [500, 503]
    for minutes in (0, 5, 10, 15):
        call_rails(PAY_DAY + timedelta(minutes=minutes))
    assert len({post["sender_batch_header"]["sender_batch_id"] for post in paypal.posts}) == 1
    assert state_of(run, ana) == "settled"


def test_silence_leaves_payments_in_transit(shop: Program, paypal: FakePayPal, settings: Settings) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    settings.HANSE_OUTBOUND_HOSTS = ()
    call_rails(PAY_DAY)
    sending = Sending.objects.get()
    assert (state_of(run, ana), sending.state, paypal.posts) == ("in_transit", "waiting", [])
    assert sending.last_error


def test_a_batch_is_not_sent_again_when_paypal_may_have_forgotten_its_id(shop: Program, paypal: FakePayPal) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    paypal.fail_after_taking = [500]
    call_rails(PAY_DAY)
    paypal.batches.clear()
    call_rails(PAY_DAY + timedelta(days=31))
    assert (len(paypal.posts), state_of(run, ana)) == (1, "in_transit")


def test_a_call_that_paypal_turns_down_makes_everything_payable_again(shop: Program, paypal: FakePayPal) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    Sending.objects.update(
        body=Sending.objects.get().body | {"items": [{**Sending.objects.get().body["items"][0], "receiver": "x" * 128}]}
    )
    call_rails(PAY_DAY)
    assert (state_of(run, ana), pots(ana).payable_minor) == ("failed", 5000)
    assert "receiver" in payout_of(run, ana).reason
    assert Sending.objects.get().state == "refused"


def test_a_batch_that_is_denied_pays_nobody(shop: Program, paypal: FakePayPal) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    paypal.states["ana@wallet.example"], paypal.batch_state = "PENDING", "DENIED"
    call_rails(PAY_DAY)
    call_rails(LATER)
    assert state_of(run, ana) == "failed"


def test_wrong_keys_send_nothing_and_wait_for_right_ones(shop: Program, paypal: FakePayPal) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    save_rail(shop, "paypal", {"client_secret": "wrong"}, now=make.NOON, by="ruth")
    call_rails(PAY_DAY)
    assert (paypal.posts, state_of(run, ana)) == ([], "in_transit")
    assert "Client Authentication failed" in Sending.objects.get().last_error
    save_rail(shop, "paypal", {"client_secret": CLIENT[1]}, now=make.NOON, by="ruth")
    call_rails(LATER)
    call_rails(LATER + timedelta(minutes=5))
    assert state_of(run, ana) == "settled"


def test_what_paypal_takes_for_itself_is_booked_as_the_program_s_cost_once(shop: Program, paypal: FakePayPal) -> None:
    ana = partner(shop, "Ana")
    run = opened(shop)
    paypal.fees["ana@wallet.example"] = "0.25"
    for minutes in (0, 5, 60 * 30, 60 * 60):
        call_rails(PAY_DAY + timedelta(minutes=minutes))
    fees = Entry.objects.filter(transaction__cause="rail_fee").values_list("account__kind", "amount_minor")
    assert sorted(fees) == [("program_bank", 25), ("program_cost", -25)]
    assert (pots(ana).paid_minor, state_of(run, ana)) == (5000, "settled")
    assert verify_books() == verify_payouts() == []


def test_results_are_read_over_all_pages(shop: Program, paypal: FakePayPal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hanse.money.rails.paypal_api.PAGE", 2)
    for number in range(5):
        partner(shop, f"P{number}")
    run = opened(shop)
    call_rails(PAY_DAY)
    call_rails(LATER)
    assert set(Payout.objects.filter(run=run).values_list("state", flat=True)) == {"settled"}


def test_a_run_larger_than_one_call_takes_is_sent_in_parts(
    shop: Program, paypal: FakePayPal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hanse.money.rails.dispatch.ITEMS", 2)
    for number in range(5):
        partner(shop, f"P{number}")
    opened(shop)
    call_rails(PAY_DAY)
    assert sorted(len(post["items"]) for post in paypal.posts) == [1, 2, 2]
    assert len({post["sender_batch_header"]["sender_batch_id"] for post in paypal.posts}) == 3


def test_a_payment_that_a_person_failed_is_not_settled_behind_their_back(shop: Program, paypal: FakePayPal) -> None:
    from hanse.money.payouts.actions import fail_payout

    ana = partner(shop, "Ana")
    run = opened(shop)
    call_rails(PAY_DAY)
    fail_payout(payout_of(run, ana), "It took too long.", now=PAY_DAY, by="ruth")
    call_rails(LATER)
    assert state_of(run, ana) == "failed"
    assert "must look" in Attempt.objects.get().message


def test_what_paypal_paid_although_it_is_noted_as_failed_is_not_paid_again_before_a_person_looked(
    shop: Program, paypal: FakePayPal
) -> None:
    from hanse.money.payouts.actions import fail_payout

    ana = partner(shop, "Ana")
    run = opened(shop)
    call_rails(PAY_DAY)
    fail_payout(payout_of(run, ana), "It took too long.", now=PAY_DAY, by="ruth")
    call_rails(LATER)
    again = drafted(shop, "paypal")
    assert [row["reasons"] for row in again.audit["left_out"]] == [["open_case"]]
    case = Case.objects.get()
    assert "R-2026-06" in case.detail["text"]
    release_case(case, reason="Taken off by an adjustment.", now=LATER, by="ruth")
    call_rails(LATER + timedelta(days=2))
    assert Case.objects.filter(decided_at=None).count() == 0


def test_the_secret_is_sealed_and_never_shown(shop: Program) -> None:
    row = RailSettings.objects.get(rail="paypal")
    assert CLIENT[1] not in row.sealed + str(row.values)
    assert shown_values(shop.pk, "paypal")["client_secret"] == "set"
    assert rail_values(shop.pk, "paypal")["client_secret"] == CLIENT[1]
    save_rail(shop, "paypal", {"client_secret": "", "note": "Thanks"}, now=make.NOON, by="ruth")
    assert rail_values(shop.pk, "paypal")["client_secret"] == CLIENT[1]
    other = program("USD", "other")
    RailSettings.objects.create(program=other, rail="paypal", sealed=row.sealed, changed_at=make.NOON)
    assert "client_secret" not in rail_values(other.pk, "paypal")


def test_without_settings_no_run_is_drafted_or_opened(shop: Program) -> None:
    other = program("USD", "other")
    partner(other, "Ben")
    with pytest.raises(Invalid):
        drafted(other, "paypal")
    partner(shop, "Ana")
    run = drafted(shop, "paypal")
    approve_run(run, now=PAY_DAY, by="ruth")
    RailSettings.objects.all().delete()
    with pytest.raises(Refused) as refusal:
        open_run(run, now=PAY_DAY, by="ruth")
    assert refusal.value.code == "rail_not_ready"


def test_a_batch_with_a_payment_that_a_person_noted_meanwhile_is_never_sent(shop: Program, paypal: FakePayPal) -> None:
    from hanse.money.payouts.actions import fail_payout, settle_payout

    ana, ben = partner(shop, "Ana"), partner(shop, "Ben")
    run = opened(shop)
    save_rail(shop, "paypal", {"client_secret": "wrong"}, now=make.NOON, by="ruth")
    call_rails(PAY_DAY)
    fail_payout(payout_of(run, ana), "PayPal is shut.", now=PAY_DAY, by="ruth")
    save_rail(shop, "paypal", {"client_secret": CLIENT[1]}, now=make.NOON, by="ruth")
    call_rails(LATER)
    assert (paypal.posts, state_of(run, ben)) == ([], "in_transit")
    assert "by hand" in Sending.objects.get().last_error
    settle_payout(payout_of(run, ben), "Paid by bank", now=LATER, by="ruth")
    call_rails(LATER + timedelta(hours=1))
    assert (paypal.posts, Sending.objects.get().state) == ([], "refused")


def test_an_answer_of_paypal_in_another_shape_leaves_payments_in_transit_and_is_asked_for_again(
    shop: Program, paypal: FakePayPal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, odd = (
        partner(shop, "Ana"),
        {"batch_header": {"batch_status": "SUCCESS"}, "items": ["x"], "total_pages": "many"},
    )
    run = opened(shop)
    call_rails(PAY_DAY)
    show = paypal.show
    monkeypatch.setattr(paypal, "show", lambda *_asked: (200, odd))
    call_rails(LATER)
    assert (state_of(run, ana), Sending.objects.get().claimed_until) == ("in_transit", None)
    assert Sending.objects.get().last_error
    monkeypatch.setattr(paypal, "show", show)
    call_rails(LATER + timedelta(hours=1))
    assert state_of(run, ana) == "settled"
