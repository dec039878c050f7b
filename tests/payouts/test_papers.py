"""Statements and invoices: PDF, CSV and ledger agree to the cent, and an issued paper never changes."""

from __future__ import annotations

import csv
import io
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections, transaction
from pypdf import PdfReader

from hanse.kernel.errors import Invalid, Refused
from hanse.money.commissions.actions import adjust, release_holds
from hanse.money.ledger.actions import lock_chain
from hanse.money.ledger.queries import balances
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import settle_payout
from hanse.money.payouts.statements import statement_csv
from hanse.money.payouts.verify import verify_payouts
from hanse.money.statements.billing import set_billing
from hanse.money.statements.consents import end_consent, give_consent
from hanse.money.statements.content import statement_of
from hanse.money.statements.invoicing import became_payable, issue_invoice
from hanse.money.statements.issuing import go_on, issue_statement, start_issue
from hanse.money.statements.models import Consent, Invoice, Issue, IssuedStatement
from hanse.money.statements.papers import pdf_of
from hanse.money.statements.rules import Party, month_span, taxed, treatment_of
from hanse.money.statements.verify import verify_rails, verify_statements
from hanse.people.partners.tax import set_tax_profile
from hanse.people.partners.tax_rules import form_lapses_on, vat_rate_ppm
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from tests import make
from tests.money.books import price, refund, sell
from tests.payouts.house import opened, owed, payout_of, program

pytestmark = pytest.mark.django_db
JULY = datetime.fromisoformat("2026-07-01T08:00:00+00:00")
AUGUST = datetime.fromisoformat("2026-08-01T08:00:00+00:00")
FRENCH, GERMAN_VAT, BRITISH = "FR40303265045", "DE136695976", "GB980780684"


def words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def amounts_after(label: str, text: str) -> list[int]:
    """Return the amounts of the line that begins with a label, in cents."""
    line = next(line for line in text.splitlines() if line.startswith(label))
    found = re.findall(r"-?[\d,]+\.\d\d", line)
    return [int(Decimal(amount.replace(",", "")) * 100) for amount in found]


@pytest.fixture
def hafen() -> Program:
    return program()


def year_of_business(hafen: Program) -> Enrolment:
    """Sales, a refund, a payout and a correction, in May and June."""
    ana = owed(hafen, "Ana", 123_456)
    sold = sell(ana, 7800)
    price(sold)
    release_holds(make.at(days=31), 100)
    refund(sold, 1950)
    price(sold, now=make.at(days=33))
    run = opened(hafen, "csv")
    settle_payout(payout_of(run, ana), "B1", now=make.at(days=41), by="ruth")
    price(sell(ana, 5555, at=make.at(days=40)), now=make.at(days=40))
    return ana


def test_pdf_csv_and_ledger_add_up_to_the_same_cents(hafen: Program) -> None:
    ana = year_of_business(hafen)
    for month in ("2026-05", "2026-06"):
        issued = issue_statement(ana, month, now=JULY, by="ruth")
        assert issued is not None
        found, until = statement_of(issued.content), month_span(month, hafen.time_zone)[1]
        booked = balances([ana.pk], until)[ana.pk]
        ledger = [booked.held_minor, booked.payable_minor, booked.in_transit_minor, booked.paid_minor]
        assert amounts_after("Closing balance", words_of(pdf_of(issued.content))) == ledger
        rows = list(csv.DictReader(io.StringIO(statement_csv(found))))
        for pot, name in (("on_hold", 0), ("payable", 1), ("on_its_way", 2), ("paid", 3)):
            cents = [int(Decimal(row[pot]) * 100) for row in rows]
            assert sum(cents[:-1]) == cents[-1] == ledger[name]
    assert verify_statements() == verify_rails() == []


def test_every_row_stands_on_the_pdf(hafen: Program) -> None:
    ana = year_of_business(hafen)
    issued = issue_statement(ana, "2026-06", now=JULY, by="ruth")
    text = words_of(pdf_of(issued.content))  # type: ignore[union-attr]
    assert text.count("24 Jun 2026") == 2
    for said in ("Hold ended", "On its way", "R-2026-06", "Opening balance", "1,246.26", issued.number):  # type: ignore[union-attr]
        assert said in text, said


def test_an_issued_statement_never_changes(hafen: Program) -> None:
    ana = year_of_business(hafen)
    first = issue_statement(ana, "2026-05", now=JULY, by="ruth")
    assert first is not None
    before = pdf_of(first.content)
    adjust(ana, 999, "Late.", JULY + timedelta(days=3), "ruth")
    ana.partner.name = "Renamed"
    ana.partner.save()
    again = issue_statement(ana, "2026-05", now=AUGUST, by="fred")
    assert again is not None
    assert (again.pk, again.digest) == (first.pk, first.digest)
    assert pdf_of(IssuedStatement.objects.get(pk=first.pk).content) == before


def test_a_changed_paper_is_noticed(hafen: Program) -> None:
    ana = year_of_business(hafen)
    row = issue_statement(ana, "2026-05", now=JULY, by="ruth")
    assert row is not None
    content = row.content | {"closing": row.content["closing"] | {"payable_minor": 1}}
    IssuedStatement.objects.update(content=content)
    assert [finding.check for finding in verify_statements()] == ["statements"]


def test_a_month_that_is_not_over_is_not_issued(hafen: Program) -> None:
    ana = year_of_business(hafen)
    midnight = datetime.fromisoformat("2026-06-30T22:00:00+00:00")  # in Berlin
    for now in (midnight - timedelta(seconds=1), midnight):
        with pytest.raises(Refused):
            issue_statement(ana, "2026-06", now=now, by="ruth")
    for month in ("2026-6", "2026-13", "June", ""):
        with pytest.raises(Invalid):
            issue_statement(ana, month, now=JULY, by="ruth")


def test_a_long_month_is_issued_part_by_part(hafen: Program) -> None:
    for number in range(7):
        owed(hafen, f"P{number}", 1000)
    work = start_issue(hafen, "2026-05", now=JULY, by="ruth")
    assert (work.total, start_issue(hafen, "2026-05", now=JULY, by="fred").pk) == (7, work.pk)
    steps = []
    while go_on(work, now=JULY, limit=3):
        steps.append(work.done)
    assert (steps, work.done, IssuedStatement.objects.count()) == ([3, 6], 7, 7)
    assert go_on(start_issue(hafen, "2026-05", now=JULY, by="ruth"), now=JULY) is False
    assert IssuedStatement.objects.count() == 7


def test_statements_speak_the_partner_s_language(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1000)
    ana.partner.language, ana.partner.name = "ru", "Иван Грозный"
    ana.partner.save()
    row = issue_statement(ana, "2026-05", now=JULY, by="ruth")
    text = words_of(pdf_of(row.content))  # type: ignore[union-attr]
    assert "Иван Грозный" in text
    assert "мая 2026" in text


# --- invoices ---------------------------------------------------------------------------------------------------------
def billed(hafen: Program, **fields: Any) -> None:
    values = {
        "legal_name": "Hafen GmbH", "street": "Kai 1", "postal_code": "24103", "city": "Kiel", "country": "DE",
        "vat_id": GERMAN_VAT, "issues_invoices": True, "prefix": "HF-",
    } | fields  # fmt: skip
    set_billing(hafen, **values, now=make.NOON, by="ruth")


def taxable(enrolment: Enrolment, **fields: Any) -> None:
    values = {
        "country": "FR", "is_business": True, "legal_name": "Ana SARL", "street": "1 rue X", "postal_code": "75001",
        "city": "Paris", "vat_id": FRENCH,
    } | fields  # fmt: skip
    set_tax_profile(enrolment.partner, **values, now=make.NOON, by="ana")
    give_consent(enrolment, now=make.BEGINNING, by="ana@partners.example")


def invoice(enrolment: Enrolment, month: str = "2026-05", now: datetime = JULY) -> Invoice:
    made = issue_invoice(enrolment, month, now=now, by="ruth")
    assert isinstance(made, Invoice), made
    return made


def test_an_invoice_has_everything_that_article_226_wants(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 123_400)
    billed(hafen)
    taxable(ana)
    made = invoice(ana)
    text = words_of(pdf_of(made.content))
    for said in (
        "Self-billing", "Reverse charge", "HF-000001", "1 Jul 2026", "1 Jan 2026 – 31 May 2026", "Hafen GmbH", "Kai 1",
        "24103 Kiel", GERMAN_VAT, "Ana SARL", "1 rue X", "75001 Paris", FRENCH, "Promotion of products", "1,234.00",
        "0%", "0.00", "Article 196",
    ):  # fmt: skip
        assert said in text, said
    assert (made.net_minor, made.vat_minor, made.gross_minor) == (123_400, 0, 123_400)
    assert pdf_of(Invoice.objects.get().content) == pdf_of(made.content)


def test_within_one_country_the_supplier_charges_the_standard_rate_and_the_sums_stay_the_ledger_s(
    hafen: Program,
) -> None:
    ana = owed(hafen, "Ana", 11_900)
    billed(hafen)
    taxable(ana, country="DE", vat_id="DE811569869")
    made = invoice(ana)
    assert (made.net_minor, made.vat_minor, made.gross_minor) == (10_000, 1_900, 11_900)
    text = words_of(pdf_of(made.content))
    assert "19%" in text
    assert "Reverse charge" not in text


def test_vat_that_is_added_is_booked_and_paid_with_the_next_run(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 10_000)
    billed(hafen, adds_vat=True)
    taxable(ana, country="DE", vat_id="DE811569869")
    made = invoice(ana)
    assert (made.net_minor, made.vat_minor, made.gross_minor) == (10_000, 1_900, 11_900)
    assert balances([ana.pk])[ana.pk].payable_minor == 11_900
    assert issue_invoice(ana, "2026-06", now=JULY, by="ruth") is None
    assert issue_invoice(ana, "2026-07", now=AUGUST, by="ruth") is None  # VAT is no supply of its own
    assert verify_books() == verify_payouts() == verify_statements() == []


def test_a_month_below_zero_is_a_credit_note_that_names_its_invoice(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 11_900)
    billed(hafen)
    taxable(ana, country="DE", vat_id="DE811569869")
    first = invoice(ana)
    adjust(ana, -2_380, "Returned.", make.at(days=20), "ruth")
    note = invoice(ana, "2026-06")
    assert (note.kind, note.original_id, note.name) == ("credit_note", first.pk, "HF-000002")
    assert (note.net_minor, note.vat_minor, note.gross_minor) == (-2_000, -380, -2_380)
    text = words_of(pdf_of(note.content))
    assert "credit note" in text
    assert "HF-000001" in text


def test_a_credit_note_takes_back_the_vat_that_its_invoice_charged(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 10_000)
    billed(hafen, adds_vat=True)
    taxable(ana, country="DE", vat_id="DE811569869")
    first = invoice(ana)
    taxable(ana, country="DE", vat_id="")  # registered for VAT no more
    adjust(ana, -10_000, "All returned.", make.at(days=20), "ruth")
    note = invoice(ana, "2026-06")
    assert (note.kind, note.original_id) == ("credit_note", first.pk)
    assert (note.net_minor, note.vat_minor, note.gross_minor) == (-10_000, -1_900, -11_900)
    assert balances([ana.pk])[ana.pk].payable_minor == 0
    assert verify_statements() == []


@pytest.mark.parametrize(("was_added", "is_added"), [(False, True), (True, False)])
def test_a_credit_note_takes_back_vat_as_it_was_charged_also_when_the_program_adds_it_otherwise_now(
    hafen: Program, was_added: bool, is_added: bool
) -> None:
    ana = owed(hafen, "Ana", 11_900)
    billed(hafen, adds_vat=was_added)
    taxable(ana, country="DE", vat_id="DE811569869")
    first = invoice(ana)
    set_billing(hafen, adds_vat=is_added, now=make.NOON, by="ruth")
    adjust(ana, -11_900, "All returned.", make.at(days=20), "ruth")
    note = invoice(ana, "2026-06")
    assert (note.net_minor, note.vat_minor) == (-first.net_minor, -first.vat_minor)
    assert balances([ana.pk])[ana.pk].payable_minor == 0
    assert verify_statements() == []


@pytest.mark.django_db(transaction=True)
def test_a_month_is_issued_while_another_hand_books_in_the_program() -> None:
    with transaction.atomic():
        hafen = program()
        ana = owed(hafen, "Ana", 1000)
        billed(hafen)
        taxable(ana)
    books_are_held = threading.Event()

    def book() -> None:
        try:
            with transaction.atomic():
                lock_chain()
                books_are_held.set()
                time.sleep(0.5)  # meanwhile the issue begins
                make.enrolment(make.partner("Ben"), hafen)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        booking = pool.submit(book)
        books_are_held.wait(5)
        with transaction.atomic():
            work = start_issue(hafen, "2026-05", now=JULY, by="ruth")
            assert go_on(work, now=JULY) is False
        booking.result()
    assert Invoice.objects.count() == 1


def test_two_programs_of_a_business_do_not_write_invoices_of_the_same_number(hafen: Program) -> None:
    billed(hafen)
    other = program(slug="other")
    with pytest.raises(Invalid) as refusal:
        billed(other)
    assert [problem.code for problem in refusal.value.problems] == ["prefix_in_use"]
    billed(other, prefix="OT-")
    billed(hafen, nature="Words")


def test_a_statement_waits_for_what_may_still_be_booked_into_its_month(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1000)
    midnight = month_span("2026-05", hafen.time_zone)[1]
    with pytest.raises(Refused):
        issue_statement(ana, "2026-05", now=midnight + timedelta(minutes=20), by="ruth")
    adjust(ana, 500, "Read the clock before midnight.", midnight - timedelta(seconds=1), "ruth")
    assert issue_statement(ana, "2026-05", now=midnight + timedelta(minutes=60), by="ruth") is not None
    assert verify_statements() == []


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "0000-01", "2026-13"])
def test_a_month_at_the_end_of_all_years_is_refused(hafen: Program, month: str) -> None:
    with pytest.raises((Invalid, Refused)):
        start_issue(hafen, month, now=JULY, by="ruth")


def test_what_is_invoiced_is_what_became_payable(hafen: Program) -> None:
    ana = year_of_business(hafen)
    billed(hafen)
    taxable(ana)
    total = sum(invoice(ana, month).gross_minor for month in ("2026-05", "2026-06"))
    assert total == became_payable(ana.pk, make.BEGINNING, month_span("2026-06", hafen.time_zone)[1])
    paid = balances([ana.pk])[ana.pk]
    assert total == paid.paid_minor + paid.payable_minor + paid.in_transit_minor


def test_numbers_have_no_gap_and_a_month_is_billed_once(hafen: Program) -> None:
    billed(hafen)
    people = [owed(hafen, f"P{number}", 1000 * number) for number in range(1, 6)]
    for one in people[:-1]:
        taxable(one)
    work = start_issue(hafen, "2026-05", now=JULY, by="ruth")
    while go_on(work, now=JULY, limit=2):
        pass
    again = start_issue(hafen, "2026-05", now=JULY, by="ruth")
    go_on(again, now=JULY)
    assert list(Invoice.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert [entry["reason"] for entry in work.left_out] == ["no_tax_profile"]
    assert verify_statements() == []
    Invoice.objects.filter(number=2).delete()
    assert [finding.check for finding in verify_statements()] == ["invoices"]


def test_without_consent_nothing_is_invoiced_and_the_amount_waits(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1000)
    billed(hafen)
    taxable(ana)
    end_consent(ana, now=make.NOON, by="ana")
    assert issue_invoice(ana, "2026-05", now=JULY, by="ruth") == "no_consent"
    give_consent(ana, now=make.at(days=20), by="ana")
    adjust(ana, 500, "June.", make.at(days=22), "ruth")
    assert invoice(ana, "2026-06").gross_minor == 500  # an agreement does not reach back


def test_a_british_agreement_lapses_after_a_year(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1000)
    billed(hafen, country="GB", vat_id=BRITISH)
    taxable(ana, country="GB", vat_id="GB802311782")
    consent = Consent.objects.get()
    assert (consent.starts_on, consent.ends_on) == (date(2026, 1, 1), date(2026, 12, 31))
    assert "output tax due to HMRC" in words_of(pdf_of(invoice(ana).content))
    late = datetime.fromisoformat("2027-02-02T08:00:00+00:00")
    adjust(ana, 700, "Later.", late - timedelta(days=10), "ruth")
    assert issue_invoice(ana, "2027-01", now=late, by="ruth") == "consent_expired"


def test_another_vat_id_needs_another_agreement(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1000)
    billed(hafen)
    taxable(ana)
    set_tax_profile(ana.partner, vat_id="FR83404833048", now=make.NOON, by="ana")
    assert issue_invoice(ana, "2026-05", now=JULY, by="ruth") == "vat_id_changed"
    give_consent(ana, now=make.NOON, by="ana")
    assert invoice(ana).content["parties"]["partner"]["vat_id"] == "FR83404833048"


def test_a_partner_without_a_vat_id_charges_none_and_the_paper_says_why(hafen: Program) -> None:
    ana = owed(hafen, "Ana", 1000)
    billed(hafen)
    taxable(ana, vat_id="", is_business=False)
    made = invoice(ana)
    assert (made.vat_minor, made.gross_minor) == (0, 1000)
    assert "not registered for VAT" in words_of(pdf_of(made.content))


@pytest.mark.parametrize(
    ("supplier", "customer", "expected"),
    [
        (("DE", "DE1"), ("DE", "DE2"), "standard"), (("FR", "FR1"), ("DE", "DE2"), "reverse_charge"),
        (("GB", "GB1"), ("DE", "DE2"), "reverse_charge"), (("FR", "FR1"), ("DE", ""), "no_customer_vat_id"),
        (("FR", ""), ("DE", "DE2"), "not_registered"), (("DE", ""), ("DE", "DE2"), "not_registered"),
    ],
)  # fmt: skip
def test_how_a_service_is_taxed(supplier: tuple[str, str], customer: tuple[str, str], expected: str) -> None:
    assert treatment_of(Party(*supplier), Party(*customer)) == expected


@pytest.mark.parametrize("amount", [1, 2, 3, 118, 119, 120, 99_999, -119, -1])
def test_net_and_vat_add_up_to_what_is_paid(amount: int) -> None:
    vat = taxed(amount, "standard", "DE", date(2026, 5, 31), adds_vat=False)
    assert vat is not None
    assert vat.net_minor + vat.vat_minor == vat.gross_minor == amount


def test_a_month_that_somebody_else_has_finished_meanwhile_is_not_gone_through_again() -> None:
    hafen = program()
    owed(hafen, "Ana", 1560)
    first = start_issue(hafen, "2026-06", now=JULY, by="ruth")
    stale = Issue.objects.get(pk=first.pk)
    assert not go_on(first, now=JULY)
    assert not go_on(stale, now=JULY)
    assert (stale.done, stale.finished_at) == (1, JULY)


def test_figures_of_tax_laws_are_data() -> None:
    assert (vat_rate_ppm("DE", date(2026, 1, 1)), vat_rate_ppm("FI", date(2024, 8, 31))) == (190_000, 240_000)
    assert vat_rate_ppm("XX", date(2026, 1, 1)) is None
    assert form_lapses_on("w8ben", date(2026, 2, 3)) == date(2029, 12, 31)
    assert form_lapses_on("w9", date(2026, 2, 3)) is None


@pytest.mark.parametrize(
    ("country", "vat_id"),
    [("DE", "DE136695975"), ("DE", "DE1"), ("FR", "FR41303265045"), ("GB", "GB123"), ("PL", "PL1234567890")],
)
def test_a_vat_id_with_wrong_digits_is_refused(hafen: Program, country: str, vat_id: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_tax_profile(make.partner("Zoe"), country=country, legal_name="Z", vat_id=vat_id, now=make.NOON, by="z")
    assert refusal.value.problems[0].code == "bad_vat_id"


def test_an_american_form_needs_the_day_it_was_signed(hafen: Program) -> None:
    zoe = make.partner("Zoe")
    with pytest.raises(Invalid):
        set_tax_profile(zoe, country="US", legal_name="Z", us_form="w8ben", now=make.NOON, by="z")
    row = set_tax_profile(
        zoe, country="US", legal_name="Z", us_form="w8ben", us_form_signed_on=date(2026, 2, 3), now=make.NOON, by="z"
    )
    assert row.us_form_until == date(2029, 12, 31)
