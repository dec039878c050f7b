"""Issuing a month: a statement for everybody with something booked, invoices where they are agreed; part by part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.kernel.ids import new_id, text_id
from hanse.money.ledger.actions import lock_chain
from hanse.money.ledger.models import Entry
from hanse.money.payouts.statements import Sums
from hanse.money.payouts.statements import statement as entries_of
from hanse.money.statements.content import parties_of, statement_content
from hanse.money.statements.invoicing import issue_invoice
from hanse.money.statements.models import BillingProfile, Invoice, Issue, IssuedStatement
from hanse.money.statements.rules import digest_of, may_issue, month_span
from hanse.people.partners.models import TaxProfile
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change


def issue_statement(enrolment: Enrolment, month: str, *, now: datetime, by: str) -> IssuedStatement | None:
    """Issue one closed month of one enrolment, once: issued again, the first one comes back unchanged.

    Returns None where nothing was ever booked. Raises Refused for a month that is not over, Invalid for none at all.
    """
    _refuse_open(month, enrolment.program.time_zone, now)
    known = IssuedStatement.objects.filter(enrolment=enrolment, month=month).first()
    if known is not None:
        return known
    starts_at, ends_at = month_span(month, enrolment.program.time_zone)
    found = entries_of(enrolment, starts_at, ends_at)
    if not found.rows and found.opening == Sums():
        return None
    number = f"S-{month}-{text_id('enr', enrolment.pk)[-10:]}"
    profile = TaxProfile.objects.filter(partner_id=enrolment.partner_id).first()
    payer = BillingProfile.objects.filter(program_id=enrolment.program_id).first()
    content = statement_content(enrolment, found, number, month, now, parties_of(enrolment, profile, payer))
    return IssuedStatement.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, month=month, number=number,
        content=content, digest=digest_of(content), closing_payable_minor=found.closing.payable_minor,
        paid_minor=found.closing.paid_minor - found.opening.paid_minor, currency=found.currency, issued_at=now,
        issued_by=by[:200],
    )  # fmt: skip


def start_issue(program: Program, month: str, *, now: datetime, by: str) -> Issue:
    """Begin to issue a month for everybody; the work goes on in parts. One that is under way already comes back."""
    _refuse_open(month, program.time_zone, now)
    lock_chain()  # who presses twice at once starts once; and a row locked before the books would block who books
    running = Issue.objects.filter(program=program, month=month, finished_at=None).first()
    if running is not None:
        return running
    row = Issue.objects.create(
        id=new_id(now), program=program, month=month, total=_booked(program, month).count(), started_at=now,
        started_by=by[:200],
    )  # fmt: skip
    record_change(
        actor=by, verb="issue_statements", subject_kind="program", subject_id=program.pk, before={},
        after={"month": month, "partners": row.total}, now=now,
    )  # fmt: skip
    return row


def go_on(issue: Issue, *, now: datetime, limit: int = 50) -> bool:
    """Issue the next part. Returns whether more is left; safe to run twice and at once, everything is issued once."""
    lock_chain()
    Issue.objects.select_for_update().get(pk=issue.pk)
    issue.refresh_from_db()
    if issue.finished_at is not None:
        return False
    rows = _booked(issue.program, issue.month).order_by("pk").select_related("partner", "program")
    part = list((rows.filter(pk__gt=issue.after) if issue.after else rows)[:limit])
    bills = BillingProfile.objects.filter(program=issue.program, issues_invoices=True).exists()
    for enrolment in part:
        issue_statement(enrolment, issue.month, now=now, by=issue.started_by)
        if bills:
            _note(issue, enrolment, issue_invoice(enrolment, issue.month, now=now, by=issue.started_by))
        issue.after, issue.done = enrolment.pk, issue.done + 1
    if len(part) < limit:
        issue.finished_at, issue.total = now, issue.done
    issue.save(update_fields=["after", "done", "total", "left_out", "finished_at"])
    return issue.finished_at is None


def unfinished() -> QuerySet[Issue]:
    """Return the work that is under way, the oldest first."""
    return Issue.objects.filter(finished_at=None).select_related("program").order_by("started_at")


def _note(issue: Issue, enrolment: Enrolment, made: Invoice | str | None) -> None:
    if isinstance(made, str):
        entry: dict[str, Any] = {"enrolment": text_id("enr", enrolment.pk), "reason": made}
        issue.left_out = [*issue.left_out, entry]


def _booked(program: Program, month: str) -> QuerySet[Enrolment]:
    """Return the enrolments of which anything was booked by the month's end, tests left out."""
    until = month_span(month, program.time_zone)[1]
    booked = Entry.objects.filter(account__enrolment_id=OuterRef("pk"), transaction__posted_at__lt=until)
    return Enrolment.objects.filter(Exists(booked), program=program, is_test=False)


def _refuse_open(month: str, zone: str, now: datetime) -> None:
    try:
        is_over = may_issue(month, zone, now)
    except (ValueError, OverflowError) as error:  # no month, or one at an end of all years
        message = _("A month is written like 2026-05.")
        raise Invalid([Problem("/month", message, "bad_month")]) from error
    if not is_over:
        raise Refused("month_open", _("This month is not over yet: it can be issued when it is closed."))
