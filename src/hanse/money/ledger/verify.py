"""Proof of the books: every transaction again from its entries, in one pass and bounded memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import connections, router

from hanse.money.ledger.models import Entry, Transaction
from hanse.money.ledger.protection import missing_protection
from hanse.money.ledger.rules import GENESIS, HashedLine, chain_hash, input_hash
from hanse.money.ledger.types import Finding

_STEP = 5_000
_ENTRY_COLUMNS = (
    "transaction_id",
    "account__kind",
    "account__program_id",
    "account__enrolment_id",
    "amount_minor",
    "currency",
    "commission_id",
)


def verify_books() -> list[Finding]:
    """Check protection, dense numbers, sums, contents and the chain of every transaction; return what is wrong."""
    findings = [
        Finding("ledger protection", name, "A trigger that protects the books is missing or changed.")
        for name in missing_protection(connections[router.db_for_write(Transaction)])
    ]
    number, previous = 0, GENESIS
    for row, lines in _transactions():
        number += 1
        if row.number != number:
            findings.append(Finding("ledger chain", str(row.number), f"Number {number} is missing."))
            number = row.number
        findings += _check(row, lines, previous)
        previous = row.hash
    return findings + _orphans(number)


def _check(row: Transaction, lines: list[HashedLine], previous: str) -> Iterator[Finding]:
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line[4]] += line[3]
    subject = f"{row.number} {row.key}"
    if any(sums.values()) or len(lines) != row.entry_count:
        message = f"{len(lines)} of {row.entry_count} entries, sums {dict(sums)}."
        yield Finding("ledger balance", subject, message)
    if input_hash(row.key, row.cause, row.occurred_at, row.note, row.actor, lines) != row.input_hash:
        yield Finding("ledger content", subject, "The content is not what was booked.")
    expected = chain_hash(row.previous_hash, row.number, row.posted_at, row.input_hash)
    if row.previous_hash != previous or row.hash != expected:
        yield Finding("ledger chain", subject, "The chain of hashes is broken here.")


def _transactions() -> Iterator[tuple[Transaction, list[HashedLine]]]:
    after = 0
    while rows := list(Transaction.objects.filter(number__gt=after).order_by("number")[:_STEP]):
        lines: defaultdict[int, list[HashedLine]] = defaultdict(list)
        entries = Entry.objects.filter(transaction_id__gt=after, transaction_id__lte=rows[-1].number)
        for found in entries.order_by("transaction_id", "position").values_list(*_ENTRY_COLUMNS):
            entry: tuple[Any, ...] = found
            lines[entry[0]].append((entry[1], entry[2], entry[3], entry[4], entry[5], entry[6]))
        for row in rows:
            yield row, lines[row.number]
        after = rows[-1].number


def _orphans(last_number: int) -> list[Finding]:
    stray = Entry.objects.filter(transaction_id__gt=last_number).count()
    return [Finding("ledger balance", "entries", f"{stray} entries belong to no transaction.")] if stray else []
