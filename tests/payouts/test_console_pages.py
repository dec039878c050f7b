"""The console's pages of payouts: settings with hidden secrets, months issued, papers handed on, benefits noted."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from hanse.kernel.ids import text_id
from hanse.money.benefits.actions import owe_benefits
from hanse.money.benefits.models import Benefit
from hanse.money.payouts.models import Payout, PayoutRules, PayoutRun
from hanse.money.rails.models import RailSettings, RunFile
from hanse.money.statements.models import BillingProfile, Issue, IssuedStatement
from hanse.people.partners.models import PayoutDetails
from hanse.programs.programs.models import Program
from tests import make
from tests.conftest import Clock
from tests.payouts.house import PAY_DAY, opened, owed, program

pytestmark = pytest.mark.django_db
MONEY = "/console/money"


@pytest.fixture
def hafen(clock: Clock) -> Program:
    clock.set(PAY_DAY)
    return program()


@pytest.fixture
def finance(hafen: Program) -> Client:
    client = Client()
    client.force_login(make.manager("fin@hafen.example", "owner"))
    return client


def text_of(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def test_a_rail_is_set_up_and_its_secret_never_comes_back(finance: Client, hafen: Program) -> None:
    page = text_of(finance.get(f"{MONEY}/payouts/settings"))
    assert "Settings are missing: Client ID, Client secret." in page
    sent = {"client_id": "our-id", "client_secret": "very-secret", "api_url": "https://api-m.paypal.com"}
    assert finance.post(f"{MONEY}/payouts/settings/paypal", sent).status_code == 303
    page = text_of(finance.get(f"{MONEY}/payouts/settings/paypal"))
    assert "our-id" in page
    assert "very-secret" not in page + str(RailSettings.objects.get().values)
    assert finance.post(f"{MONEY}/payouts/settings/paypal", sent | {"client_secret": ""}).status_code == 303
    answer = finance.post(f"{MONEY}/payouts/settings/sepa", {"name": "H", "iban": "DE00", "country": "ZZ"})
    assert answer.status_code == 422
    assert "check digits do not fit" in text_of(answer)
    assert finance.get(f"{MONEY}/payouts/settings/pigeon").status_code == 404
    assert finance.get(f"{MONEY}/payouts/settings/csv").status_code == 404


def test_a_schedule_is_set_and_its_next_day_told(finance: Client, hafen: Program) -> None:
    sent = {"schedule": "weekly", "week_day": "4", "month_day": "1", "rail": "sepa", "first_payout": "25.00"}
    assert finance.post(f"{MONEY}/payouts/settings", sent).status_code == 303
    rules = PayoutRules.objects.get()
    assert (rules.schedule, rules.schedule_day, rules.first_payout_up_to_minor) == ("weekly", 4, 2500)
    assert "26 June 2026" in text_of(finance.get(f"{MONEY}/payouts/settings"))
    assert finance.post(f"{MONEY}/payouts/settings", sent | {"schedule": "hourly"}).status_code == 422


def test_a_draft_is_looked_at_for_each_way_to_pay_with_reasons_and_fixes(finance: Client, hafen: Program) -> None:
    owed(hafen, "Ana", 1500, account="DE00370400440532013000")
    owed(hafen, "Ben", 1500, rail="paypal", account="ben@x.example")
    page = text_of(finance.get(f"{MONEY}/payouts/new?rail=sepa"))
    assert "Settings are missing" in page
    assert "do not fit this way of paying" in page
    assert "Ask the partner to correct their payout details." in page
    assert "Draft a run for the way they chose." in page
    assert "would pay <b>€15.00</b> to <b>1 partner</b>" in text_of(finance.get(f"{MONEY}/payouts/new?rail=paypal_csv"))


def test_files_of_a_run_are_listed_and_a_paid_one_is_a_copy_only(finance: Client, hafen: Program) -> None:
    owed(hafen, "Ana", 1500)
    owed(hafen, "Ben", 1500)
    run = opened(hafen, "csv")
    path = f"{MONEY}/payouts/{text_id('run', run.pk)}"
    before = finance.get(f"{path}/file").content
    assert finance.get(f"{path}/file/1").content == before
    payout = Payout.objects.filter(run=run).first()
    assert payout is not None
    finance.post(f"{MONEY}/payments/{text_id('pay', payout.pk)}/settle", {"reason": "B-1"})
    refused = finance.get(f"{path}/file", follow=True)
    assert "Export the rest as a new file" in text_of(refused)
    assert finance.get(f"{path}/file/1?copy=1").content == before
    assert "New file of the 1 still on its way" in text_of(finance.get(path))
    finance.post(f"{path}/export-rest")
    assert RunFile.objects.filter(run=run).count() == 2
    assert text_id("pay", payout.pk).encode() not in finance.get(f"{path}/file/2").content
    assert "Audit passed" in text_of(finance.get(path))


def test_a_file_that_was_made_anew_stays_for_the_records_only(finance: Client, hafen: Program) -> None:
    owed(hafen, "Ana", 1500)
    run = opened(hafen, "csv")
    path = f"{MONEY}/payouts/{text_id('run', run.pk)}"
    finance.post(f"{path}/export-rest")
    page = text_of(finance.get(path))
    assert page.count("replaced by a newer file") == 1
    assert "/file/1?copy=1" in page
    assert "/file/2?copy=1" not in page
    assert "send only" in text_of(finance.get(f"{path}/file/1", follow=True))


def test_a_month_is_issued_and_its_papers_are_handed_on(finance: Client, hafen: Program, clock: Clock) -> None:
    ana = owed(hafen, "Ana", 1500)
    owed(hafen, "=Ben", 2500)
    answer = finance.post(f"{MONEY}/papers/issue", {"month": "2026-05"}, follow=True)
    assert "<b>2 statements</b> are issued" in text_of(answer)
    path = f"{MONEY}/papers/2026-05/{text_id('enr', ana.pk)}"
    assert finance.get(f"{path}/pdf").content.startswith(b"%PDF")
    assert b"opening" in finance.get(f"{path}/csv").content
    assert finance.get(f"{path}/invoice").status_code == 404
    bundle = b"".join(finance.get(f"{MONEY}/papers/2026-05/all-1.zip").streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert len(archive.namelist()) == 5
        assert "'=Ben" in archive.read("2026-05.csv").decode()
    assert finance.get(f"{MONEY}/papers/2026-05/all-2.zip").status_code == 404
    finance.post(f"{MONEY}/papers/issue", {"month": "2026-06"})
    assert IssuedStatement.objects.filter(month="2026-06").count() == 0


def test_a_long_issue_shows_how_far_it_is(finance: Client, hafen: Program) -> None:
    Issue.objects.create(program=hafen, month="2026-05", total=900, done=120, started_at=PAY_DAY)
    page = text_of(finance.get(f"{MONEY}/papers/2026-05/progress"))
    assert "120 of 900 are issued." in page
    assert "every 1s" in page
    Issue.objects.update(finished_at=PAY_DAY)
    answer = finance.get(f"{MONEY}/papers/2026-05/progress")
    assert answer["HX-Refresh"] == "true"


def test_who_bills_is_kept_and_checked(finance: Client, hafen: Program) -> None:
    answer = finance.post(f"{MONEY}/papers/billing", {"issues_invoices": "on", "vat_id": "DE1", "country": "DE"})
    assert answer.status_code == 422
    assert "Invoices need this." in text_of(answer)
    sent = {"legal_name": "Hafen GmbH", "street": "Kai 1", "city": "Kiel", "country": "de", "vat_id": "136695976"}
    assert finance.post(f"{MONEY}/papers/billing", sent | {"issues_invoices": "on"}).status_code == 303
    row = BillingProfile.objects.get()
    assert (row.country, row.vat_id) == ("DE", "DE136695976")


def test_a_benefit_is_noted_as_delivered_and_taken_back(finance: Client, hafen: Program) -> None:
    box = {"kind": "benefit", "name": "Sample box", "worth": 4500, "period": "quarter"}
    make.terms(hafen, box, starts_at=make.BEGINNING + timedelta(hours=1))
    make.enrolment(make.partner("Zoe"), hafen, enrolled_at=make.at(-10))
    owe_benefits(PAY_DAY)
    row = Benefit.objects.get()
    assert "Sample box" in text_of(finance.get(f"{MONEY}/benefits"))
    path = f"{MONEY}/benefits/{text_id('bnf', row.pk)}"
    finance.post(f"{path}/delivered", {"on": "tomorrow"})
    row.refresh_from_db()
    assert row.delivered_on is None
    finance.post(f"{path}/delivered", {"on": "2026-06-20", "worth": "50.00", "note": "By post"})
    row.refresh_from_db()
    assert (str(row.delivered_on), row.delivered_worth_minor, row.note) == ("2026-06-20", 5000, "By post")
    assert "By post" in text_of(finance.get(f"{MONEY}/benefits?show=delivered"))
    finance.post(f"{path}/undo")
    row.refresh_from_db()
    assert row.delivered_on is None


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_only_who_pays_changes_how_we_pay(finance: Client, hafen: Program, role: str) -> None:
    client = Client()
    client.force_login(make.manager(f"{role}@hafen.example", role))
    for path in ("payouts/settings", "payouts/settings/sepa", "papers/billing"):
        assert client.get(f"{MONEY}/{path}").status_code == 200
        assert client.post(f"{MONEY}/{path}", {}).status_code == 403
    assert PayoutRun.objects.count() == 0


def test_a_changed_account_is_vouched_for_on_the_partner_page(finance: Client, hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1500)
    PayoutDetails.objects.update(usable_at=PAY_DAY + timedelta(hours=20))
    partner = text_id("prt", ana.partner_id)
    assert "nothing is paid there before" in text_of(finance.get(f"/console/partners/{partner}"))
    finance.post(f"{MONEY}/payees/{partner}/vouch", {"reason": " "})
    assert PayoutDetails.objects.get().usable_at is not None
    finance.post(f"{MONEY}/payees/{partner}/vouch", {"reason": "Rang her."})
    assert PayoutDetails.objects.get().usable_at is None
    stranger = text_id("prt", make.partner("Zoe").pk)
    assert finance.post(f"{MONEY}/payees/{stranger}/vouch", {"reason": "x"}).status_code == 404


def test_late_benefits_stand_on_today(finance: Client, hafen: Program) -> None:
    box = {"kind": "benefit", "name": "Sample box", "worth": 4500, "period": "month"}
    make.terms(hafen, box, starts_at=make.BEGINNING + timedelta(hours=1))
    make.enrolment(make.partner("Zoe"), hafen, enrolled_at=make.at(-10))
    owe_benefits(PAY_DAY)
    page = text_of(finance.get("/console/"))
    assert "Zoe waits for Sample box" in page
    assert "benefits?show=late" in page
