"""The partner's pages: where the money goes, tax details, self-billing, papers, benefits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from hanse.money.benefits.actions import deliver_benefit, owe_benefits
from hanse.money.benefits.models import Benefit
from hanse.money.statements.billing import set_billing
from hanse.money.statements.issuing import go_on, start_issue
from hanse.money.statements.models import Consent
from hanse.people.partners.models import PayoutDetails, TaxProfile
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from tests import make
from tests.conftest import Clock
from tests.payouts.house import PAY_DAY, owed, program

pytestmark = pytest.mark.django_db
OTHER = "FR1420041010050500013M02606"


@pytest.fixture
def hafen(clock: Clock) -> Program:
    clock.set(PAY_DAY)
    return program()


@pytest.fixture
def anas(hafen: Program) -> Enrolment:
    return owed(hafen, "Ana", 11_900)


@pytest.fixture
def ana(anas: Enrolment) -> Client:
    client = Client()
    client.force_login(make.partner_login(anas.partner))
    return client


def text_of(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def test_a_changed_account_rests_and_the_page_says_so(ana: Client, anas: Enrolment) -> None:
    sent = {"rail": "sepa", "account_name": "Ana", "account": OTHER}
    answer = ana.post("/p/payouts/details", sent, follow=True)
    assert "two days from now on" in text_of(answer)
    assert PayoutDetails.objects.get().usable_at == PAY_DAY + timedelta(hours=48)
    assert "changed in the last two days" in text_of(ana.get("/p/payouts"))
    assert "still rests" in text_of(ana.get("/p/payouts/details"))


@pytest.mark.parametrize(
    ("rail", "account", "said"),
    [
        ("sepa", "FR1420041010050500013M02607", "check digits do not fit"), ("sepa", "hello", "check digits"),
        ("paypal", "hello", "e-mail address"), ("wise", "a@b", "e-mail address"),
        ("credit", "a@b.example", "valid choice"),
    ],
)  # fmt: skip
def test_each_way_checks_its_account(ana: Client, anas: Enrolment, rail: str, account: str, said: str) -> None:
    answer = ana.post("/p/payouts/details", {"rail": rail, "account_name": "Ana", "account": account})
    assert answer.status_code == 422
    assert said in text_of(answer)


def fill(ana: Client, **fields: str) -> object:
    sent = {
        "legal_name": "Ana GmbH", "is_business": "on", "country": "DE", "street": "Weg 1", "postal_code": "10115",
        "city": "Berlin", "vat_id": "DE811569869",
    } | fields  # fmt: skip
    return ana.post("/p/payouts/tax", sent, follow=True)


def test_tax_details_are_checked_and_kept(ana: Client, anas: Enrolment) -> None:
    assert "no VAT number of DE" in text_of(fill(ana, vat_id="DE811569868"))
    assert "When was the form signed?" in text_of(fill(ana, us_form="w8ben"))
    assert "Your tax details are kept." in text_of(fill(ana, us_form="w8ben", us_form_signed_on="2026-02-01"))
    assert TaxProfile.objects.get().us_form_until == date(2029, 12, 31)
    assert "holds until 31 Dec 2029" in text_of(ana.get("/p/payouts/tax"))


def test_self_billing_is_agreed_to_ended_and_brings_invoices(
    ana: Client, anas: Enrolment, hafen: Program, clock: Clock
) -> None:
    assert "Fill in your tax details first" in text_of(
        ana.post("/p/payouts/self-billing", {"act": "agree"}, follow=True)
    )
    fill(ana)
    clock.set(make.at(-14.5))
    ana.post("/p/payouts/self-billing", {"act": "agree"})
    consent = Consent.objects.get()
    assert (consent.version, consent.vat_id, consent.accepted_by) == ("2026-1", "DE811569869", anas.partner.email)
    values = {"legal_name": "Hafen GmbH", "street": "Kai 1", "city": "Kiel", "country": "DE", "vat_id": "DE136695976"}
    set_billing(hafen, **values, issues_invoices=True, now=make.NOON, by="ruth")
    go_on(start_issue(hafen, "2026-05", now=PAY_DAY, by="ruth"), now=PAY_DAY)
    clock.set(PAY_DAY)
    page = text_of(ana.get("/p/payouts"))
    assert "/p/papers/2026-05/pdf" in page
    assert "/p/papers/2026-05/invoice" in page
    for kind in ("pdf", "invoice"):
        assert ana.get(f"/p/papers/2026-05/{kind}").content.startswith(b"%PDF")
    assert ana.get("/p/papers/2026-04/pdf").status_code == 404
    ana.post("/p/payouts/self-billing", {"act": "end"})
    assert Consent.objects.get().ended_at == PAY_DAY


def test_benefits_are_seen_by_the_partner_too(ana: Client, hafen: Program, clock: Clock) -> None:
    box = {"kind": "benefit", "name": "Sample box", "worth": 4500, "period": "quarter"}
    make.terms(hafen, box, starts_at=make.BEGINNING + timedelta(hours=1))
    Enrolment.objects.update(enrolled_at=make.BEGINNING + timedelta(hours=2))
    owe_benefits(PAY_DAY)
    page = text_of(ana.get("/p/payouts"))
    assert "Sample box" in page
    assert "Late, sorry" in page
    first = Benefit.objects.order_by("starts_at")[0]
    deliver_benefit(first, on=date(2026, 6, 1), note="By post", now=PAY_DAY, by="ruth")
    page = text_of(ana.get("/p/payouts"))
    assert "By post" in page
    assert "Late, sorry" not in page
