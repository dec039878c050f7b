"""Issued papers: statements and self-billing invoices, with their PDF; and the tax data that they need."""

from __future__ import annotations

import base64
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, find_own_partner, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, SignedMinor, Text, shown_id
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.money.payouts.statements import statement_csv
from hanse.money.statements.content import statement_of
from hanse.money.statements.issuing import go_on, start_issue
from hanse.money.statements.models import Invoice, IssuedStatement
from hanse.money.statements.papers import pdf_of
from hanse.people.partners.models import TaxProfile
from hanse.people.partners.tax import set_tax_profile, tax_profile
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Statements"])
Month = Annotated[Text, Field(max_length=7, description="A closed month, like 2026-05.")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Like 2026-05-31.")]


class StatementOut(Output):
    """An issued month of an enrolment. It never changes."""

    id: str
    program: str
    enrolment: str
    month: str
    number: str
    closing_payable: SignedMinor
    paid: SignedMinor
    currency: str
    digest: str
    issued_at: Instant


class StatementPage(Page):
    """A page of statements."""

    data: list[StatementOut]


class StatementPaper(StatementOut):
    """A statement with its papers; both add up to the ledger."""

    csv: str
    pdf: str = Field(description="Base64.")


class IssueIn(Input):
    """A month to issue for everybody of a program."""

    program: Text | None = None
    month: Month


class LeftOut(Output):
    """Somebody for whom no invoice could be written, and why."""

    enrolment: str
    reason: str


class IssueOut(Output):
    """How far the issue of a month has come; the rest goes on in the background."""

    program: str
    month: str
    done: int
    total: int
    is_finished: bool
    left_out: list[LeftOut]


class InvoiceOut(Output):
    """A self-billing invoice, or a credit note that names its invoice."""

    id: str
    program: str
    enrolment: str
    month: str
    number: str
    kind: Literal["invoice", "credit_note"]
    original: str | None
    net: SignedMinor
    vat: SignedMinor
    gross: SignedMinor
    currency: str
    issued_on: str


class InvoicePage(Page):
    """A page of invoices."""

    data: list[InvoiceOut]


class InvoicePaper(InvoiceOut):
    """An invoice with its paper."""

    notes: list[str]
    pdf: str = Field(description="Base64.")


class TaxIn(Input):
    """What tax papers need of a partner."""

    legal_name: Annotated[Text, Field(max_length=140)]
    country: Annotated[Text, Field(max_length=2)]
    is_business: bool = False
    street: Annotated[Text, Field(max_length=140)] = ""
    postal_code: Annotated[Text, Field(max_length=20)] = ""
    city: Annotated[Text, Field(max_length=80)] = ""
    vat_id: Annotated[Text, Field(max_length=20, description="Checked by its country's check digits.")] = ""
    tax_number: Annotated[Text, Field(max_length=40)] = ""
    us_form: Literal["", "w9", "w8ben", "w8bene", "w8eci", "w8exp", "w8imy"] = ""
    us_form_signed_on: Day | None = None


class TaxOut(Output):
    """What is known of a partner for tax papers; the tax number only by its end."""

    partner: str
    legal_name: str
    country: str
    is_business: bool
    street: str
    postal_code: str
    city: str
    vat_id: str
    tax_number_ending: str
    us_form: str
    us_form_until: str | None


@router.get("/statements", auth=READ, response=StatementPage)
def list_statements(
    request: HttpRequest, program: str = "", enrolment: str = "", month: str = "", cursor: Cursor = "",
    limit: Limit = PAGE,
) -> StatementPage:  # fmt: skip
    """List issued statements, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, IssuedStatement), filters)
    page, following = take_page(rows.filter(month=month) if month else rows, cursor, limit)
    return StatementPage(data=[StatementOut(**_statement(row)) for row in page], next_cursor=following)


@router.post("/statements", auth=WRITE, response={201: IssueOut})
def issue_month(request: HttpRequest, body: IssueIn) -> IssueOut:
    """Issue a closed month for everybody: statements, and invoices where they are agreed. Once each."""
    program, now = own_program(asker(request), body.program), clock.now()
    work = start_issue(program, body.month, now=now, by=actor(request))
    go_on(work, now=now)
    return IssueOut(
        program=text_id("prg", program.pk), month=work.month, done=work.done, total=work.total,
        is_finished=work.finished_at is not None, left_out=[LeftOut(**one) for one in work.left_out],
    )  # fmt: skip


@router.get("/statements/{statement_id}", auth=READ, response=StatementPaper)
def read_statement(request: HttpRequest, statement_id: str) -> StatementPaper:
    """Read one issued statement with its CSV and PDF."""
    row = find(asker(request), IssuedStatement, statement_id)
    csv, pdf = statement_csv(statement_of(row.content)), base64.b64encode(pdf_of(row.content)).decode()
    return StatementPaper(**_statement(row), csv=csv, pdf=pdf)


def _statement(row: IssuedStatement) -> dict[str, Any]:
    return {
        "id": text_id("stm", row.pk), "program": text_id("prg", row.program_id),
        "enrolment": text_id("enr", row.enrolment_id), "month": row.month, "number": row.number,
        "closing_payable": row.closing_payable_minor, "paid": row.paid_minor, "currency": row.currency,
        "digest": row.digest, "issued_at": row.issued_at,
    }  # fmt: skip


@router.get("/invoices", auth=READ, response=InvoicePage)
def list_invoices(
    request: HttpRequest, program: str = "", enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> InvoicePage:
    """List invoices and credit notes, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    page, following = take_page(narrow(key, reach(key, Invoice), filters), cursor, limit)
    return InvoicePage(data=[InvoiceOut(**_invoice(row)) for row in page], next_cursor=following)


@router.get("/invoices/{invoice_id}", auth=READ, response=InvoicePaper)
def read_invoice(request: HttpRequest, invoice_id: str) -> InvoicePaper:
    """Read one invoice with its PDF."""
    row = find(asker(request), Invoice, invoice_id)
    pdf = base64.b64encode(pdf_of(row.content)).decode()
    return InvoicePaper(**_invoice(row), notes=row.content["notes"], pdf=pdf)


def _invoice(row: Invoice) -> dict[str, Any]:
    return {
        "id": text_id("inv", row.pk), "program": text_id("prg", row.program_id),
        "enrolment": text_id("enr", row.enrolment_id), "month": row.month, "number": row.name, "kind": row.kind,
        "original": shown_id("inv", row.original_id), "net": row.net_minor, "vat": row.vat_minor,
        "gross": row.gross_minor, "currency": row.currency, "issued_on": row.issued_on.isoformat(),
    }  # fmt: skip


@router.get("/partners/{partner_id}/tax-profile", auth=READ, response=TaxOut | None)
def read_tax_profile(request: HttpRequest, partner_id: str) -> TaxOut | None:
    """Read what is known of a partner for tax papers; null where nothing is."""
    row = tax_profile(find_own_partner(asker(request), partner_id))
    return _tax(row) if row else None


@router.post("/partners/{partner_id}/tax-profile", auth=WRITE, response=TaxOut)
def put_tax_profile(request: HttpRequest, partner_id: str, body: TaxIn) -> TaxOut:
    """Keep a partner's tax data. Another VAT id ends an agreement to self-billing."""
    partner = find_own_partner(asker(request), partner_id)
    values = body.model_dump()
    values["us_form_signed_on"] = _day(body.us_form_signed_on)
    return _tax(set_tax_profile(partner, **values, now=clock.now(), by=actor(request)))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid([Problem("/us_form_signed_on", _("There is no such day."), "bad_date")]) from error


def _tax(row: TaxProfile) -> TaxOut:
    return TaxOut(
        partner=text_id("prt", row.partner_id), legal_name=row.legal_name, country=row.country,
        is_business=row.is_business, street=row.street, postal_code=row.postal_code, city=row.city, vat_id=row.vat_id,
        tax_number_ending=row.tax_number[-4:], us_form=row.us_form,
        us_form_until=row.us_form_until.isoformat() if row.us_form_until else None,
    )  # fmt: skip
