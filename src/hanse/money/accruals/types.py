"""Accruals as values: a month of one pot, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hanse.kernel.clock import Period

COLUMNS = ("opening_minor", "accrued_minor", "reversed_minor", "moved_minor", "paid_minor", "closing_minor")
Place = tuple[str, UUID | None, str]  # pot, enrolment (None: the program's own), currency


@dataclass(frozen=True, slots=True)
class Part:
    """What one transaction, or many, did to one pot: opening + accrued − reversed + moved − paid is closing."""

    accrued_minor: int = 0
    reversed_minor: int = 0
    moved_minor: int = 0
    paid_minor: int = 0

    @property
    def change_minor(self) -> int:
        """By how much the pot changed."""
        return self.accrued_minor - self.reversed_minor + self.moved_minor - self.paid_minor

    def plus(self, other: Part) -> Part:
        """Add column by column."""
        return Part(
            self.accrued_minor + other.accrued_minor, self.reversed_minor + other.reversed_minor,
            self.moved_minor + other.moved_minor, self.paid_minor + other.paid_minor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccrualRow:
    """One pot's month, in minor units. `tier` is the partner's at the month's end, `type` the first of their types.

    What a partner is owed stands above zero, an advance below it; the program's own pots mirror them.
    """

    enrolment_id: UUID | None
    partner: str
    type: str
    tier: str
    account: str
    currency: str
    opening_minor: int
    accrued_minor: int
    reversed_minor: int
    moved_minor: int
    paid_minor: int
    closing_minor: int


@dataclass(frozen=True, slots=True)
class Accruals:
    """A program's month by the day of booking, in its zone. `booked_until` and `chain_hash` name the last transaction
    of the books that it covers; `wrong` lists pots whose closing the ledger does not confirm (always none)."""

    program: str
    slug: str
    currency: str
    month: date
    period: Period
    is_closed: bool
    rows: Sequence[AccrualRow]
    booked_until: int
    chain_hash: str
    wrong: Sequence[Place] = ()

    @property
    def of_partners(self) -> Sequence[AccrualRow]:
        """The rows of partners' pots."""
        return [row for row in self.rows if row.enrolment_id is not None]

    def totals(self) -> dict[str, dict[str, int]]:
        """Add the partners' pots up, by currency and column."""
        return {currency: summed(rows) for currency, rows in by_currency(self.of_partners).items()}

    def differences(self) -> dict[str, dict[str, int]]:
        """Add every pot up, by currency and column: double entry makes each of them zero."""
        return {currency: summed(rows) for currency, rows in by_currency(self.rows).items()}


def by_currency(rows: Iterable[AccrualRow]) -> dict[str, list[AccrualRow]]:
    """Part rows by their currency, in its alphabetical order."""
    found: dict[str, list[AccrualRow]] = {}
    for row in sorted(rows, key=lambda row: row.currency):
        found.setdefault(row.currency, []).append(row)
    return found


def summed(rows: Iterable[AccrualRow]) -> dict[str, int]:
    """Add rows of one currency up, column by column."""
    kept = list(rows)
    return {name: sum(getattr(row, name) for row in kept) for name in COLUMNS}
