"""Statements and invoices: issue a month for everybody, see what was issued, hand it on; who bills."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.papers import paper_file
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState
from hanse.faces.console.acts import DRAFT
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.money.frame import money_page
from hanse.faces.console.money.paper_words import left_out_words
from hanse.kernel import clock
from hanse.kernel.clock import add_months, first_day_of, local_day
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.money.payouts.sheets import guarded
from hanse.money.payouts.statements import statement_csv
from hanse.money.statements.billing import billing_profile
from hanse.money.statements.content import statement_of
from hanse.money.statements.issuing import go_on, start_issue
from hanse.money.statements.models import Invoice, Issue, IssuedStatement
from hanse.money.statements.papers import pdf_of
from hanse.money.statements.rules import REST, may_issue
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

MONTHS, A_ZIP = 12, 200


@console_page()
@needs_program
def papers(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the months and the papers of one of them."""
    months = _months(program)
    month = UrlState(request.GET).choice("month", [key for key, _name in months], months[0][0])
    issued = IssuedStatement.objects.filter(program=program, month=month).select_related("enrolment__partner")
    table = Table(UrlState(request.GET), issued, _columns(), "name", page_size=100)
    rows = list(table.page_rows)
    invoices = {
        one.enrolment_id: one
        for one in Invoice.objects.filter(month=month, enrolment__in=[r.enrolment_id for r in rows])
    }
    sums = Invoice.objects.filter(program=program, month=month).aggregate(n=Count("pk"), gross=Sum("gross_minor"))
    latest = Issue.objects.filter(program=program, month=month).order_by("-started_at").first()
    context = {
        "months": months, "month": month, "month_name": dict(months)[month], "table": table,
        "rows": [
            (
                row, text_id("enr", row.enrolment_id), partner_href(row.enrolment.partner_id),
                invoices.get(row.enrolment_id),
            )
            for row in rows
        ],
        "count": table.total, "paid_minor": issued.aggregate(sum=Sum("paid_minor"))["sum"] or 0,
        "invoices": sums["n"], "gross_minor": sums["gross"] or 0, "issue": latest,
        "left_out": _left_out(latest), "left_out_count": len(latest.left_out) if latest else 0,
        "may_issue": may(request, DRAFT) and may_issue(month, program.time_zone, clock.now()),
        "billing": billing_profile(program), "zips": range(1, -(-table.total // A_ZIP) + 1),
    }  # fmt: skip
    return money_page(request, program, "console/money/papers.html", "papers", context)


def _months(program: Program) -> list[tuple[str, str]]:
    """Return the closed months, the latest first."""
    month = add_months(first_day_of(local_day(clock.now() - REST, program.time_zone), "month"), -1)
    found = []
    for _number in range(MONTHS):
        found.append((f"{month:%Y-%m}", fmt.month(month, reader().language, year=True)))
        month = add_months(month, -1)
    return found


def _left_out(issue: Issue | None) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Return why invoices could not be written, each reason with the partners it keeps without one. One query."""
    entries: list[dict[str, Any]] = issue.left_out if issue else []
    ids = {entry["enrolment"]: parse_id("enr", entry["enrolment"]) for entry in entries}
    rows = {row.pk: row for row in Enrolment.objects.filter(pk__in=ids.values()).select_related("partner")}
    found: dict[str, list[tuple[str, str | None]]] = {}
    for entry in entries:
        row = rows.get(ids[entry["enrolment"]])
        if row is not None:
            found.setdefault(left_out_words(entry["reason"]), []).append(
                (row.partner.name, partner_href(row.partner_id))
            )
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def _columns() -> Sequence[Column[IssuedStatement]]:
    return [
        Column("name", _("Partner"), order=("enrolment__partner__name",), cell=lambda row: row.enrolment.partner.name),
        Column("number", _("Number"), order=("number",), cell=lambda row: row.number),
        Column("paid", _("Paid out"), ("paid_minor",), lambda row: decimal_text(row.paid_minor, row.currency), True),
        Column(
            "payable", _("Payable"), ("closing_payable_minor",),
            lambda row: decimal_text(row.closing_payable_minor, row.currency), True,
        ),
    ]  # fmt: skip


@console_page(roles=DRAFT, write_roles=DRAFT)
@writes
@needs_program
def issue(request: HttpRequest, program: Program) -> HttpResponse:
    """Issue a month: the first part at once, the rest in the background."""
    if request.method != "POST":
        raise Http404
    month, now = request.POST.get("month", ""), clock.now()

    def begin() -> None:
        go_on(start_issue(program, month, now=now, by=actor(request)), now=now)

    attempt_or_warn(request, begin, _("The month is being issued. Issued papers never change."))
    return HttpResponseRedirect(f"{reverse('console:papers')}?month={month[:7]}", status=303)


@console_page()
@needs_program
def progress(request: HttpRequest, program: Program, month: str) -> HttpResponse:
    """Show how far the issue of a month has come; the page asks every second until it is done."""
    found = Issue.objects.filter(program=program, month=month).order_by("-started_at").first()
    if found is None:
        raise Http404
    response = render(request, "console/money/paper_progress.html", {"issue": found, "month": month})
    if found.finished_at is not None:
        response["HX-Refresh"] = "true"
    return response


@console_page()
@needs_program
def paper(request: HttpRequest, program: Program, enrolment_id: str, month: str, kind: str) -> HttpResponse:
    """Answer with an issued statement as PDF or CSV, or with its month's invoice as PDF."""
    enrolment = get_object_or_404(Enrolment, pk=id_or_404("enr", enrolment_id), program=program)
    return paper_file(enrolment, month, kind)


@console_page()
@needs_program
def bundle(request: HttpRequest, program: Program, month: str, part: int) -> HttpResponseBase:
    """Answer with the papers of a month in one file: 200 partners at a time, and a list of all sums."""
    rows = IssuedStatement.objects.filter(program=program, month=month).order_by("number")
    some = list(rows[(part - 1) * A_ZIP : part * A_ZIP]) if part > 0 else []
    if not some:
        raise Http404
    bills = {one.enrolment_id: one for one in Invoice.objects.filter(program=program, month=month)}
    file = tempfile.SpooledTemporaryFile(max_size=20_000_000)  # noqa: SIM115  # the answer closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{month}.csv", _sums(program, month))
        for row in some:
            archive.writestr(f"{row.number}.pdf", pdf_of(row.content))
            archive.writestr(f"{row.number}.csv", "\ufeff" + statement_csv(statement_of(row.content)))
            if row.enrolment_id in bills:
                bill = bills[row.enrolment_id]
                archive.writestr(f"{bill.name}.pdf", pdf_of(bill.content))
    file.seek(0)
    name = f"{program.slug}-{month}-{part}.zip" if rows.count() > A_ZIP else f"{program.slug}-{month}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _sums(program: Program, month: str) -> str:
    """Return every statement and invoice of a month, one row a partner."""
    rows = IssuedStatement.objects.filter(program=program, month=month).select_related("enrolment__partner")
    bills = {one.enrolment_id: one for one in Invoice.objects.filter(program=program, month=month)}
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(("partner", "statement", "paid", "payable", "invoice", "net", "vat", "gross", "currency"))
    for row in rows.order_by("number"):
        bill = bills.get(row.enrolment_id)
        sums = (bill.net_minor, bill.vat_minor, bill.gross_minor) if bill else ()
        writer.writerow(
            (
                guarded(row.enrolment.partner.name), row.number, decimal_text(row.paid_minor, row.currency),
                decimal_text(row.closing_payable_minor, row.currency), bill.name if bill else "",
                *((decimal_text(one, row.currency) for one in sums) if bill else ("", "", "")), row.currency,
            )
        )  # fmt: skip
    return "\ufeff" + buffer.getvalue()
