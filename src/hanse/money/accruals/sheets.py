"""The accrual file: CSV with a total, the program's own pots, and a checksum that ties it to the chain of the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.money.accruals.types import COLUMNS, AccrualRow, Accruals
from hanse.money.payouts.sheets import csv_text, guarded

HEADER = (
    "row", "partner", "enrolment", "type", "tier", "account", "currency", "opening", "accrued", "reversed", "moved",
    "paid", "closing",
)  # fmt: skip


def accruals_csv(found: Accruals) -> str:
    """Write a month: one line a pot; `total` adds the partners' pots; `difference` adds all of them and is zero.

    In each line opening + accrued − reversed + moved − paid is closing. The last line is the SHA-256 of every line
    before it, with the number and hash of the last transaction that is in the file: the same month of the same books
    gives the same file.
    """
    body = csv_text(HEADER, list(_lines(found)))
    seal = checksum(body, found.booked_until, found.chain_hash)
    return body + csv_text(("checksum", seal, f"ledger {found.booked_until}", found.chain_hash), [])


def checksum(body: str, number: int, chain_hash: str) -> str:
    """Return what the last line of a file says of the lines before it."""
    return sha256(f"{body}{number}|{chain_hash}".encode()).hexdigest()


def file_name(found: Accruals) -> str:
    """Return what the file is called, without its ending."""
    return f"accruals-{found.slug}-{found.month:%Y-%m}"


def _lines(found: Accruals) -> Iterator[Sequence[str]]:
    for row in found.of_partners:
        yield _row(row)
    for currency, sums in found.totals().items():
        yield _sums("total", currency, sums)
    for row in found.rows:
        if row.enrolment_id is None:
            yield _row(row)
    for currency, sums in found.differences().items():
        yield _sums("difference", currency, sums)


def _row(row: AccrualRow) -> tuple[str, ...]:
    who = (
        ("partner", guarded(row.partner), text_id("enr", row.enrolment_id)) if row.enrolment_id else ("program", "", "")
    )
    amounts = (decimal_text(getattr(row, name), row.currency) for name in COLUMNS)
    return (*who, guarded(row.type), guarded(row.tier), row.account, row.currency, *amounts)


def _sums(kind: str, currency: str, sums: Mapping[str, int]) -> tuple[str, ...]:
    return (kind, "", "", "", "", "", currency, *(decimal_text(sums[name], currency) for name in COLUMNS))
