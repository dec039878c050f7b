"""The shapes of accruals."""

from __future__ import annotations

from hanse.faces.api.values import Instant, Output, SignedMinor, shown_id
from hanse.money.accruals.sheets import accruals_csv
from hanse.money.accruals.types import Accruals


class AccrualRowOut(Output):
    """One pot's month. A partner's pot has an enrolment; the program's own have none."""

    enrolment: str | None
    partner_name: str
    type: str
    tier: str
    account: str
    currency: str
    opening: SignedMinor
    accrued: SignedMinor
    reversed: SignedMinor
    moved: SignedMinor
    paid: SignedMinor
    closing: SignedMinor


class AccrualsOut(Output):
    """A month's accruals, and the same as the CSV file."""

    program: str
    month: str
    starts_at: Instant
    ends_at: Instant
    closed: bool
    equals_ledger: bool
    booked_until: int
    chain_hash: str
    rows: list[AccrualRowOut]
    csv: str


def accruals_out(found: Accruals) -> AccrualsOut:
    """Show a month."""
    rows = [
        AccrualRowOut(
            enrolment=shown_id("enr", row.enrolment_id), partner_name=row.partner, type=row.type, tier=row.tier,
            account=row.account, currency=row.currency, opening=row.opening_minor, accrued=row.accrued_minor,
            reversed=row.reversed_minor, moved=row.moved_minor, paid=row.paid_minor, closing=row.closing_minor,
        )
        for row in found.rows
    ]  # fmt: skip
    return AccrualsOut(
        program=found.slug, month=f"{found.month:%Y-%m}", starts_at=found.period.starts_at,
        ends_at=found.period.ends_at, closed=found.is_closed, equals_ledger=not found.wrong,
        booked_until=found.booked_until, chain_hash=found.chain_hash, rows=rows, csv=accruals_csv(found),
    )  # fmt: skip
