"""Proof of papers: what was issued is what the ledger holds, unchanged, and invoice numbers have no gap."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from hanse.kernel.ids import text_id
from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Finding
from hanse.money.payouts.models import Payout
from hanse.money.payouts.statements import Sums
from hanse.money.payouts.statements import statement as entries_of
from hanse.money.rails.models import RunFile, Sending
from hanse.money.statements.content import statement_of
from hanse.money.statements.models import BillingProfile, Invoice, IssuedStatement
from hanse.money.statements.rules import digest_of

_AT_ONCE = 200


def verify_statements() -> list[Finding]:
    """Compare issued statements and invoices with the ledger, with their hashes, and with each other."""
    return [*_statements(), *_invoices(), *_numbers()]


def verify_rails() -> list[Finding]:
    """Compare the files and calls of opened runs with their payouts; no payment is in two files that name it anew."""
    return [*_files(), *_calls()]


def _statements() -> Iterator[Finding]:
    rows = IssuedStatement.objects.select_related("enrolment__program").order_by("enrolment_id", "month")
    for row in rows.iterator(_AT_ONCE):
        if digest_of(row.content) != row.digest:
            yield Finding("statements", row.number, "Its content is not the one that was issued.")
            continue
        issued = statement_of(row.content)
        closing = issued.opening
        for line in issued.rows:
            closing = closing.plus(line.moved)
        if closing != issued.closing:
            yield Finding("statements", row.number, "Its rows do not lead from the opening to the closing balance.")
        booked = entries_of(row.enrolment, issued.starts_at, issued.ends_at)
        if (booked.opening, booked.closing, _moves(booked.rows)) != (
            issued.opening,
            issued.closing,
            _moves(issued.rows),
        ):
            yield Finding("statements", row.number, "The ledger holds other entries for its time.")


def _moves(rows: Any) -> dict[int, Sums]:
    return {row.number: row.moved for row in rows}


def _invoices() -> Iterator[Finding]:
    for row in Invoice.objects.order_by("program_id", "number").iterator(_AT_ONCE):
        if digest_of(row.content) != row.digest:
            yield Finding("invoices", row.name, "Its content is not the one that was issued.")
        sums = (row.content["net_minor"], row.content["vat_minor"], row.content["gross_minor"])
        if sums != (row.net_minor, row.vat_minor, row.gross_minor) or row.net_minor + row.vat_minor != row.gross_minor:
            yield Finding("invoices", row.name, "Its sums do not agree.")
    booked = Entry.objects.filter(transaction__cause="vat", account__kind="payable").aggregate(sum=Sum("amount_minor"))
    added = set(Entry.objects.filter(transaction__cause="vat").values_list("transaction__key", flat=True))
    billed = sum(one.vat_minor for one in Invoice.objects.all() if f"vat:{one.pk}" in added)
    if (booked["sum"] or 0) != billed:
        yield Finding("invoices", "VAT", f"{booked['sum'] or 0} is booked as VAT, {billed} is invoiced.")


def _numbers() -> Iterator[Finding]:
    for profile in BillingProfile.objects.all():
        numbers = list(
            Invoice.objects.filter(program_id=profile.pk).order_by("number").values_list("number", flat=True)
        )
        last = profile.next_number - 1
        if numbers and numbers != list(range(numbers[0], last + 1)):
            yield Finding("invoices", str(profile.pk), "The numbers of invoices have a gap.")


def _files() -> Iterator[Finding]:
    for file in RunFile.objects.select_related("run").iterator(_AT_ONCE):
        if hashlib.sha256(file.body.encode()).hexdigest() != file.digest:
            yield Finding("run files", file.name, "The file is not the one that was made.")
        known = Payout.objects.filter(run=file.run, pk__in=file.payout_ids).exclude(opened_at=None).count()
        if known != len(file.payout_ids):
            yield Finding("run files", file.name, "The file names payments that its run did not open.")


def _calls() -> Iterator[Finding]:
    for sending in Sending.objects.select_related("run").iterator(_AT_ONCE):
        ids = [item["sender_item_id"] for item in sending.body["items"]]
        opened = Payout.objects.filter(run=sending.run).exclude(opened_at=None).values_list("pk", flat=True)
        if not set(ids) <= {text_id("pay", pk) for pk in opened} or len(set(ids)) != len(ids):
            yield Finding("run files", sending.key, "The call names payments that its run did not open, or one twice.")
