"""Statements: a partner's entries of a period by the day they were booked, so that an issued one never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.money.commissions.models import Commission
from hanse.money.ledger.models import Entry
from hanse.money.payouts.files import csv_text, guarded
from hanse.money.payouts.models import Payout
from hanse.programs.enrolments.models import Enrolment

HEADER = (
    "booked_at", "occurred_at", "what", "order", "commission", "payout_run", "note", "on_hold", "payable", "on_its_way",
    "advance", "paid", "currency",
)  # fmt: skip
_POTS = {
    "held": "held_minor", "payable": "payable_minor", "in_transit": "in_transit_minor", "advance": "advance_minor",
}  # fmt: skip
_COLUMNS = (
    "transaction_id", "account__kind", "amount_minor", "commission_id", "transaction__cause", "transaction__note",
    "transaction__key", "transaction__posted_at", "transaction__occurred_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts of a partner's pots, in minor units. Paid is what has reached the partner.

    An advance is below zero while commissions have not paid it back.
    """

    held_minor: int = 0
    payable_minor: int = 0
    in_transit_minor: int = 0
    paid_minor: int = 0
    advance_minor: int = 0

    def plus(self, other: Sums) -> Sums:
        """Add pot by pot."""
        return Sums(
            self.held_minor + other.held_minor, self.payable_minor + other.payable_minor,
            self.in_transit_minor + other.in_transit_minor, self.paid_minor + other.paid_minor,
            self.advance_minor + other.advance_minor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One transaction as it moved the partner's pots. Times are UTC."""

    number: int
    cause: str
    note: str
    posted_at: datetime
    occurred_at: datetime
    moved: Sums
    commission_id: UUID | None = None
    order: str = ""
    run_number: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What was there, what happened, what is there: `opening` plus all rows is `closing`, to the minor unit."""

    enrolment_id: UUID
    currency: str
    starts_at: datetime
    ends_at: datetime
    opening: Sums
    rows: tuple[StatementRow, ...]
    closing: Sums

    @property
    def has_advance(self) -> bool:
        """Whether an advance was open or moved in this time."""
        return bool(self.opening.advance_minor or any(row.moved.advance_minor for row in self.rows))


def statement(enrolment: Enrolment, starts_at: datetime, ends_at: datetime) -> Statement:
    """Return an enrolment's statement of everything booked in `[starts_at, ends_at)`. Five queries."""
    entries = Entry.objects.filter(account__enrolment=enrolment)
    opening = _sums_of(entries.filter(transaction__posted_at__lt=starts_at))
    within = entries.filter(transaction__posted_at__gte=starts_at, transaction__posted_at__lt=ends_at)
    rows = tuple(_named(_rows(within)))
    closing = opening
    for row in rows:
        closing = closing.plus(row.moved)
    return Statement(enrolment.pk, enrolment.program.currency, starts_at, ends_at, opening, rows, closing)


def statement_csv(found: Statement) -> str:
    """Write a statement as CSV: an opening line, every row, a closing line; amounts as plain decimals."""
    return csv_text(
        HEADER,
        [
            _csv_row(found, found.starts_at, "opening", found.opening),
            *(_csv_row(found, row.posted_at, row.cause, row.moved, row) for row in found.rows),
            _csv_row(found, found.ends_at, "closing", found.closing),
        ],
    )


def _csv_row(found: Statement, at: datetime, what: str, sums: Sums, row: StatementRow | None = None) -> tuple[str, ...]:
    amounts = (sums.held_minor, sums.payable_minor, sums.in_transit_minor, sums.advance_minor, sums.paid_minor)
    return (
        at.isoformat(), row.occurred_at.isoformat() if row else "", what, guarded(row.order) if row else "",
        text_id("com", row.commission_id) if row and row.commission_id else "", row.run_number if row else "",
        guarded(row.note) if row else "", *(decimal_text(amount, found.currency) for amount in amounts),
        found.currency,
    )  # fmt: skip


def _sums_of(entries: QuerySet[Entry]) -> Sums:
    of = {kind: Sum("amount_minor", filter=Q(account__kind=kind)) for kind in _POTS}
    settled = Q(account__kind="in_transit", transaction__cause="payout_settled")
    returned = Q(account__kind="payable", transaction__cause="payout_returned")
    sums = entries.aggregate(**of, settled=Sum("amount_minor", filter=settled | returned))
    held, payable, in_transit, advance = (sums[kind] or 0 for kind in _POTS)
    return Sums(held, payable, in_transit, -(sums["settled"] or 0), advance)


def _rows(entries: QuerySet[Entry]) -> list[tuple[StatementRow, str]]:
    found: dict[int, tuple[StatementRow, str]] = {}
    for number, pot, amount, commission_id, cause, note, key, posted_at, occurred_at in (
        entries.order_by("transaction_id", "position").values_list(*_COLUMNS)
    ):  # fmt: skip
        blank = StatementRow(number, cause, note, posted_at, occurred_at, Sums(), commission_id)
        row, _key = found.get(number, (blank, key))
        paid = -amount if (pot, cause) in (("in_transit", "payout_settled"), ("payable", "payout_returned")) else 0
        moved = row.moved.plus(replace(Sums(paid_minor=paid), **{_POTS[pot]: amount}))
        found[number] = (replace(row, moved=moved), key)
    return list(found.values())


def _named(rows: list[tuple[StatementRow, str]]) -> Iterable[StatementRow]:
    """Yield rows with the order that each commission came from and the run of each payout."""
    orders = dict(
        Commission.objects.filter(pk__in={row.commission_id for row, _key in rows if row.commission_id}).values_list(
            "pk", "conversion__external_id"
        )
    )
    payouts = {key.split(":")[1] for _row, key in rows if key.startswith("payout:")}
    runs = {str(pk): number for pk, number in Payout.objects.filter(pk__in=payouts).values_list("pk", "run__number")}
    for row, key in rows:
        run_number = runs.get(key.split(":")[1], "") if key.startswith("payout:") else ""
        order = orders.get(row.commission_id, "") if row.commission_id else ""
        yield replace(row, order=order, run_number=run_number)
