"""Issued papers as downloads: the same for the team and for the partner whose they are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from hanse.money.payouts.statements import statement_csv
from hanse.money.statements.content import statement_of
from hanse.money.statements.models import Invoice, IssuedStatement
from hanse.money.statements.papers import pdf_of
from hanse.programs.enrolments.models import Enrolment


def paper_file(enrolment: Enrolment, month: str, kind: str) -> HttpResponse:
    """Return one paper of an enrolment as a download. Raises Http404 where it was not issued."""
    if kind == "invoice":
        bill = get_object_or_404(Invoice, enrolment=enrolment, month=month)
        return _download(pdf_of(bill.content), "application/pdf", f"{bill.name}.pdf")
    row = get_object_or_404(IssuedStatement, enrolment=enrolment, month=month)
    if kind == "pdf":
        return _download(pdf_of(row.content), "application/pdf", f"{row.number}.pdf")
    text = "\ufeff" + statement_csv(statement_of(row.content))
    return _download(text.encode(), "text/csv; charset=utf-8", f"{row.number}.csv")


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
