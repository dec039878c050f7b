"""Runs over rails: files are kept as they were made, nothing is exported twice, schedules draft once a period."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from hanse.kernel.errors import Invalid, NotFound, Refused
from hanse.kernel.ids import text_id
from hanse.money.commissions.actions import adjust
from hanse.money.ledger.models import Entry
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import (
    approve_run,
    download,
    draft_run,
    export_again,
    fail_payout,
    open_run,
    read_back_csv,
    run_csv,
    save_rail,
    set_payout_rules,
    settle_payout,
)
from hanse.money.payouts.models import Payout, PayoutRules, PayoutRun
from hanse.money.payouts.queries import ready_to_pay
from hanse.money.payouts.rules import due_period, next_day
from hanse.money.payouts.sweeping import draft_due_runs
from hanse.money.payouts.verify import verify_payouts
from hanse.money.rails.models import RunFile
from hanse.money.rails.sepa_file import schema_errors
from hanse.people.partners.actions import set_payout_details, vouch_for_details
from hanse.people.partners.models import Partner, PayoutDetails
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.runtime.schedule import send_letters
from hanse.spine.outbound import NotCalled, address_is_public, call
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.listening import listening
from tests.money.books import pots
from tests.payouts.house import GERMAN, PAY_DAY, drafted, opened, owed, payout_of, program

pytestmark = pytest.mark.django_db
PAYER = {"name": "Hafen GmbH", "iban": "DE75512108001245126199", "bic": ""}
OTHER = "FR1420041010050500013M02606"


@pytest.fixture
def hafen() -> Program:
    made = program()
    save_rail(made, "sepa", PAYER, now=make.NOON, by="ruth")
    return made


def reasons_of(run: PayoutRun, enrolment: Enrolment) -> list[str]:
    rows = {row["enrolment"]: row["reasons"] for row in run.audit["left_out"]}
    return list(rows.get(text_id("enr", enrolment.pk), []))


# --- files ------------------------------------------------------------------------------------------------------------
def test_the_file_of_an_opened_run_is_the_same_to_the_byte_each_time(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1560)
    run = opened(hafen, "sepa")
    first = download(run)
    Partner.objects.filter(pk=ana.partner_id).update(name="Renamed")
    PayoutDetails.objects.update(account_name="Renamed")
    save_rail(hafen, "sepa", PAYER | {"name": "Other GmbH"}, now=make.NOON, by="ruth")
    again = download(run)
    assert again.body == first.body
    assert hashlib.sha256(again.body.encode()).hexdigest() == first.digest
    assert schema_errors(again.body) == []
    assert run_csv(run) == first.body


def test_a_file_in_which_a_line_is_paid_already_is_not_exported_again(hafen: Program) -> None:
    ana, ben = owed(hafen, "Ana", 1560), owed(hafen, "Ben", 2000)
    run = opened(hafen, "sepa")
    before = download(run).body
    settle_payout(payout_of(run, ana), "B1", now=PAY_DAY, by="ruth")
    with pytest.raises(Refused) as refusal:
        download(run)
    assert refusal.value.code == "already_paid"
    assert download(run, as_copy=True).body == before
    with pytest.raises(Refused):
        export_again(run, [payout_of(run, ana).pk], now=PAY_DAY, by="ruth")
    (rest,) = export_again(run, now=PAY_DAY, by="ruth")
    assert rest.payout_ids == [str(payout_of(run, ben).pk)]
    assert (rest.message_id, RunFile.objects.get(position=1).message_id) == ("R-2026-06-2", "R-2026-06-1")
    assert schema_errors(rest.body) == []
    fail_payout(payout_of(run, ben), "Closed.", now=PAY_DAY, by="ruth")
    with pytest.raises(Refused):
        export_again(run, now=PAY_DAY, by="ruth")


def test_a_file_whose_payments_stand_in_a_newer_one_is_not_sent_any_more(hafen: Program) -> None:
    owed(hafen, "Ana", 1560)
    ben = owed(hafen, "Ben", 2000)
    run = opened(hafen, "sepa")
    first = download(run).body
    export_again(run, now=PAY_DAY, by="ruth")
    export_again(run, [payout_of(run, ben).pk], now=PAY_DAY, by="tom")
    for position in (1, 2):
        with pytest.raises(Refused) as refusal:
            download(run, position)
        assert refusal.value.code == "replaced_file"
        assert "R-2026-06-3" in str(refusal.value)
    assert download(run, 3).payout_ids == [str(payout_of(run, ben).pk)]
    assert download(run, as_copy=True).body == first


def test_a_file_made_anew_later_asks_the_bank_for_a_day_that_is_not_past(hafen: Program) -> None:
    owed(hafen, "Ana", 1560)
    run = opened(hafen, "sepa")
    assert "<Dt>2026-06-24</Dt>" in download(run).body
    (anew,) = export_again(run, now=PAY_DAY + timedelta(days=20), by="ruth")
    assert "<Dt>2026-07-14</Dt>" in anew.body
    assert "<CreDtTm>2026-07-14T" in anew.body


def test_an_answer_with_a_quotation_mark_that_never_closes_takes_the_rows_before_it(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1560)
    run = opened(hafen, "sepa")
    row = f"{text_id('pay', payout_of(run, ana).pk)},paid,B1,\r\n"
    found = read_back_csv(
        run, f'payout,state,reference,reason\r\n{row}x,failed,,"{"y" * 140_000}', now=PAY_DAY, by="ruth"
    )
    assert (found.settled, payout_of(run, ana).state) == (1, "settled")
    assert [number for number, _why in found.refused] == [3]


def test_a_bank_that_writes_our_ids_in_capitals_or_leaves_noise_in_its_file_is_read(hafen: Program) -> None:
    ana, ben = owed(hafen, "Ana", 1560), owed(hafen, "Ben", 1560)
    run = opened(hafen, "sepa")
    names = [text_id("pay", payout_of(run, one).pk).upper().replace("_", "-") for one in (ana, ben)]
    body = f"EndToEndId,Status,Reference,Reason\r\n{names[0]},PAID,B\x001,\r\n{names[1]},FAILED,,Clo\x00sed\r\n"
    found = read_back_csv(run, body, now=PAY_DAY, by="ruth")
    assert (found.settled, found.failed, found.refused) == (1, 1, [])
    assert (payout_of(run, ana).reference, payout_of(run, ben).reason) == ("B1", "Closed")


def test_a_draft_as_of_a_day_to_come_still_sees_a_refund_before_that_day(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1560)
    run = draft_run(hafen, "sepa", as_of=PAY_DAY + timedelta(days=30), now=PAY_DAY, by="ruth")
    adjust(ana, -1000, "Returned.", PAY_DAY + timedelta(days=1), "ruth")
    approve_run(run, now=PAY_DAY + timedelta(days=2), by="ruth")
    assert payout_of(run, ana).found == ["later_refund"]


def test_what_a_rail_cannot_pay_is_left_out_with_the_reason(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1560, account="DE00370400440532013000")
    ben = owed(hafen, "Ben", 1560, rail="paypal", account="ben@x.example")
    cleo = owed(hafen, "Cleo", 1560)
    run = drafted(hafen, "sepa")
    assert (reasons_of(run, ana), reasons_of(run, ben), reasons_of(run, cleo)) == (["bad_details"], ["other_rail"], [])
    (row,) = (row for row in run.audit["left_out"] if row["reasons"] == ["bad_details"])
    assert "check digits" in row["detail"]


def test_the_payer_s_settings_are_checked_before_a_run_opens(hafen: Program) -> None:
    for wrong in ({"iban": "DE75512108001245126190"}, {"bic": "X"}, {"country": "Germany"}):
        with pytest.raises(Invalid):
            save_rail(hafen, "sepa", PAYER | wrong, now=make.NOON, by="ruth")
    with pytest.raises(Invalid) as refusal:
        save_rail(hafen, "wise", {"header": "name,amount,targetCurrency,colour"}, now=make.NOON, by="ruth")
    assert "colour" in str(refusal.value)
    with pytest.raises(Invalid):
        drafted(program("GBP", "harbour"), "sepa")


def test_an_answer_of_wise_or_paypal_is_read_under_its_own_columns(hafen: Program) -> None:
    ana, ben, cleo = (owed(hafen, name, 1560) for name in ("Ana", "Ben", "Cleo"))
    run = opened(hafen, "csv")
    ids = {one: text_id("pay", payout_of(run, one).pk) for one in (ana, ben, cleo)}
    answer = (
        "ID;Status;Payment Reference;Target Amount\n"
        f"T-1;completed;{ids[ana]};15.60\nT-2;bounced_back;{ids[ben]};15.60\nT-3;processing;{ids[cleo]};15.60\n"
    )
    result = read_back_csv(run, answer, now=PAY_DAY, by="ruth")
    assert (result.settled, result.failed, result.waiting, result.refused) == (1, 1, 1, [])
    back = f"payout,state,reason\n{ids[ana]},returned,Account closed\n"
    assert read_back_csv(run, back, now=PAY_DAY, by="ruth").returned == 1
    assert read_back_csv(run, back, now=PAY_DAY, by="ruth").returned == 0
    assert pots(ana).payable_minor == 1560
    assert verify_books() == verify_payouts() == []


def test_a_list_for_people_guards_formulas(hafen: Program) -> None:
    owed(hafen, "Ana", 1560, account="=1+1", rail="manual", account_name="@SUM(1)")
    rows = list(csv.DictReader(io.StringIO(download(opened(hafen, "csv")).body)))
    assert (rows[0]["account"], rows[0]["account_name"]) == ("'=1+1", "'@SUM(1)")


def test_a_called_rail_has_no_file(hafen: Program) -> None:
    run = opened(hafen, "manual")
    with pytest.raises(NotFound):
        download(run, 2)


# --- details that were changed ----------------------------------------------------------------------------------------
def test_changed_details_rest_for_two_days_and_the_partner_is_told(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1560)
    change = {"rail": "sepa", "account_name": "Thief", "account": OTHER, "by": "ana"}
    set_payout_details(ana.partner, **change, rests=True, now=PAY_DAY - timedelta(hours=47))
    assert reasons_of(drafted(hafen, "sepa"), ana) == ["details_resting"]
    letter = OutboxItem.objects.get(kind="mail")
    assert letter.payload["to"] == ana.partner.email
    assert OTHER not in letter.payload["text"]
    assert letter.payload["text"].count(OTHER[-4:]) == 1
    set_payout_details(ana.partner, **change, rests=True, now=PAY_DAY - timedelta(hours=1))
    assert PayoutDetails.objects.get().usable_at == PAY_DAY + timedelta(hours=1)
    vouch_for_details(ana.partner, reason="I rang her.", now=PAY_DAY, by="ruth")
    assert reasons_of(drafted(hafen, "sepa"), ana) == []


def test_first_details_and_those_of_the_team_hold_at_once(hafen: Program) -> None:
    ana = make.partner("Ana")
    given = {"rail": "sepa", "account_name": "Ana", "now": PAY_DAY, "by": "ana"}
    assert set_payout_details(ana, **given, account=GERMAN, rests=True).usable_at is None
    assert set_payout_details(ana, **given, account=OTHER).usable_at is None
    assert OutboxItem.objects.count() == 1


# --- minimum, first payout, negative balances -------------------------------------------------------------------------
def test_a_first_payout_may_fall_below_the_minimum_up_to_an_amount(hafen: Program) -> None:
    Program.objects.update(minimum_payout_minor=5000)
    hafen.refresh_from_db()
    ana, ben = owed(hafen, "Ana", 1500), owed(hafen, "Ben", 3000)
    set_payout_rules(
        hafen, schedule="off", schedule_day=1, rail="csv", first_payout_up_to_minor=2000, now=make.NOON, by="ruth"
    )
    run = opened(hafen, "sepa")
    assert list(Payout.objects.filter(run=run).values_list("enrolment_id", flat=True)) == [ana.pk]
    assert reasons_of(run, ben) == ["below_minimum"]
    settle_payout(payout_of(run, ana), "B", now=PAY_DAY, by="ruth")
    adjust(ana, 1500, "More.", make.at(), "ruth")
    assert reasons_of(drafted(hafen, "sepa"), ana) == ["below_minimum"]


def test_a_balance_below_zero_carries_to_the_next_payout(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1500)
    adjust(ana, -2000, "Paid twice elsewhere.", make.at(), "ruth")
    assert reasons_of(drafted(hafen, "sepa"), ana) == ["below_minimum"]
    adjust(ana, 900, "More.", make.at(), "ruth")
    run = opened(hafen, "sepa")
    assert payout_of(run, ana).amount_minor == 400


# --- schedule ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("schedule", "day", "today", "period", "following"),
    [
        ("monthly", 5, "2026-06-04", "2026-05", "2026-06-05"),
        ("monthly", 5, "2026-06-05", "2026-06", "2026-07-05"),
        ("monthly", 28, "2026-03-01", "2026-02", "2026-03-28"),
        ("weekly", 0, "2026-06-07", "2026-W23", "2026-06-08"),
        ("weekly", 0, "2026-06-08", "2026-W24", "2026-06-15"),
        ("weekly", 6, "2027-01-02", "2026-W52", "2027-01-03"),
    ],
)
def test_a_payout_day_names_its_period(schedule: str, day: int, today: str, period: str, following: str) -> None:
    moment = datetime.fromisoformat(today).date()
    assert due_period(schedule, day, moment) == period
    assert str(next_day(schedule, day, moment)) == following


def scheduled(of: Program, now: datetime = make.NOON) -> None:
    set_payout_rules(
        of, schedule="monthly", schedule_day=20, rail="sepa", first_payout_up_to_minor=None, now=now, by="ruth"
    )


def test_the_schedule_drafts_once_a_period(hafen: Program) -> None:
    owed(hafen, "Ana", 1500)
    scheduled(hafen)
    assert draft_due_runs(make.NOON) == []  # 15 May: April's day is past, and nobody asked for it then
    (run,) = draft_due_runs(datetime.fromisoformat("2026-05-19T22:00:00+00:00"))  # midnight in Berlin
    assert (run.period, run.drafted_by, run.rail, run.state) == ("2026-05", "schedule", "sepa", "drafted")
    owed(hafen, "Ben", 1500)
    assert draft_due_runs(make.at(days=10)) == draft_due_runs(make.at(days=11)) == []
    (later,) = draft_due_runs(PAY_DAY)
    assert later.period == "2026-06"


def test_a_later_day_in_a_period_that_was_drafted_already_keeps_nobody_else_from_being_drafted(hafen: Program) -> None:
    owed(hafen, "Ana", 1500)
    scheduled(hafen)
    assert len(draft_due_runs(make.at(days=10))) == 1
    set_payout_rules(
        hafen, schedule="monthly", schedule_day=28, rail="sepa", first_payout_up_to_minor=None, now=make.at(days=11),
        by="ruth",
    )  # fmt: skip
    owed(hafen, "Ben", 1500)
    other = program(slug="other")
    owed(other, "Cleo", 1500)
    set_payout_rules(
        other, schedule="monthly", schedule_day=28, rail="csv", first_payout_up_to_minor=None, now=make.at(days=11),
        by="ruth",
    )  # fmt: skip
    (run,) = draft_due_runs(make.at(days=14))
    assert run.program == other
    (later,) = draft_due_runs(make.at(days=44))[:1]
    assert later.period == "2026-06"


def test_two_sweeps_at_once_draft_one_run(hafen: Program) -> None:
    owed(hafen, "Ana", 1500)
    scheduled(hafen)
    rules = PayoutRules.objects.get()
    assert len(draft_due_runs(PAY_DAY)) == 1
    PayoutRules.objects.update(last_period=rules.last_period)
    Payout.objects.update(state="dropped")
    assert PayoutRun.objects.count() == 1


def test_a_period_without_anybody_to_pay_makes_no_run_and_is_over(hafen: Program) -> None:
    scheduled(hafen)
    assert draft_due_runs(PAY_DAY) == []
    owed(hafen, "Ana", 1500)
    assert draft_due_runs(PAY_DAY + timedelta(days=1)) == []


def test_what_the_schedule_drafted_above_the_limit_takes_two_people(hafen: Program) -> None:
    owed(hafen, "Ana", 1500)
    Program.objects.update(second_person_above_minor=1000)
    scheduled(hafen)
    (run,) = draft_due_runs(PAY_DAY)
    approve_run(run, now=PAY_DAY, by="ruth")
    with pytest.raises(Refused) as refusal:
        open_run(run, now=PAY_DAY, by="ruth")
    assert refusal.value.code == "second_person"
    open_run(run, now=PAY_DAY, by="fred")
    assert run.state == "opened"


def test_each_payout_keeps_what_its_last_audit_found(hafen: Program) -> None:
    ana, ben = owed(hafen, "Ana", 1500), owed(hafen, "Ben", 1500)
    run = drafted(hafen, "sepa")
    PayoutDetails.objects.filter(partner=ben.partner).update(account=OTHER)
    approve_run(run, now=PAY_DAY + timedelta(hours=1), by="ruth")
    assert (payout_of(run, ana).found, payout_of(run, ana).audited_at) == ([], PAY_DAY + timedelta(hours=1))
    assert (payout_of(run, ben).found, payout_of(run, ben).state) == (["details_changed"], "dropped")


def test_approving_many_costs_as_many_queries_as_approving_few(
    hafen: Program, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        owed(hafen, f"Partner {number}", 1500)
    run = drafted(hafen, "sepa")
    with django_assert_max_num_queries(26):
        approve_run(run, now=PAY_DAY, by="ruth")
    assert Payout.objects.filter(run=run, state="drafted", found=[], audited_at=PAY_DAY).count() == 12


def test_looking_at_many_costs_as_many_queries_as_looking_at_few(
    hafen: Program, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        owed(hafen, f"P{number}", 1500)
    with django_assert_max_num_queries(20):
        assert len(ready_to_pay(hafen, PAY_DAY, "sepa")) == 12


# --- store credit -----------------------------------------------------------------------------------------------------
class Shop:
    """A shop that issues coupons, once for each id."""

    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.issued: dict[str, str] = {}
        self.answers: list[int] = []
        self.address = ""


@pytest.fixture
def shop(settings: Settings) -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            shop.seen.append((dict(self.headers.items()), body))
            code = shop.issued.setdefault(self.headers["webhook-id"], f"GIFT-{len(shop.issued) + 1}")
            status = shop.answers.pop() if shop.answers else 200
            content = json.dumps({"code": code} if status == 200 else {"detail": "No such buyer"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    settings.HANSE_OUTBOUND_HOSTS = ("127.0.0.1",)
    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        shop.address = f"http://127.0.0.1:{server.server_address[1]}/coupons"
        yield shop


KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


def on_credit(of: Program, shop: Shop) -> tuple[PayoutRun, Enrolment]:
    save_rail(of, "credit", {"url": shop.address, "secret": SECRET}, now=make.NOON, by="ruth")
    ana = owed(of, "Ana", 1560, rail="credit", account="ana@shop.example")
    return opened(of, "credit"), ana


def test_store_credit_is_asked_for_by_a_signed_webhook_and_settles_with_the_code(hafen: Program, shop: Shop) -> None:
    run, ana = on_credit(hafen, shop)
    assert shop.seen == []
    send_letters(PAY_DAY)
    ((headers, body),) = shop.seen
    told = json.loads(body)["data"]
    assert (told["amount"], told["currency"], told["id"]) == (1560, "EUR", text_id("pay", payout_of(run, ana).pk))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    payout = payout_of(run, ana)
    assert (payout.state, payout.reference) == ("settled", "GIFT-1")
    kinds = Entry.objects.filter(transaction__cause="payout_settled").values_list("account__kind", "amount_minor")
    assert sorted(kinds) == [("in_transit", -1560), ("program_credit", 1560)]
    assert verify_books() == verify_payouts() == []


def test_a_shop_that_does_not_answer_is_asked_again_under_the_same_id(hafen: Program, shop: Shop) -> None:
    run, ana = on_credit(hafen, shop)
    shop.answers = [503]
    send_letters(PAY_DAY)
    assert payout_of(run, ana).state == "in_transit"
    send_letters(PAY_DAY + timedelta(minutes=5))
    assert len(shop.seen) == 2
    assert len(shop.issued) == 1
    assert payout_of(run, ana).reference == "GIFT-1"


def test_a_shop_that_refuses_makes_the_amount_payable_again(hafen: Program, shop: Shop) -> None:
    run, ana = on_credit(hafen, shop)
    shop.answers = [422]
    send_letters(PAY_DAY)
    payout = payout_of(run, ana)
    assert (payout.state, payout.reason, pots(ana).payable_minor) == ("failed", "No such buyer", 1560)


def test_a_payment_that_a_person_settled_is_not_asked_for(hafen: Program, shop: Shop) -> None:
    run, ana = on_credit(hafen, shop)
    settle_payout(payout_of(run, ana), "by hand", now=PAY_DAY, by="ruth")
    send_letters(PAY_DAY)
    assert shop.seen == []


# --- calls to others --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::",
    ],
)  # fmt: skip
def test_private_addresses_are_not_called(address: str) -> None:
    assert not address_is_public(address)


def test_public_addresses_may_be_called() -> None:
    assert address_is_public("93.184.215.14")
    assert address_is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "http://shop.example/", "ftp://x.example/",
        "https://2130706433/", "https://0x7f.1/", "https://me@127.0.0.1/", "https:///x", "https://127.1/",
    ],
)  # fmt: skip
def test_the_client_refuses_what_leads_inside(url: str) -> None:
    with pytest.raises(NotCalled):
        call("GET", url)
