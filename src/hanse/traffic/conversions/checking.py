"""Proving the numbers that are kept beside the rows: what refunds took back, and who is new."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from hanse.spine.findings import Finding
from hanse.traffic.attribution.queries import frozen_among
from hanse.traffic.conversions.customer_history import first_purchases, is_new
from hanse.traffic.conversions.foreign import FOLDED, refunded_of
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.conversions.queries import taken_of
from hanse.traffic.conversions.types import Row

_CHUNK = 2_000
_COLUMNS = (
    *FOLDED, "external_id", "refunded_minor", "refunded_lines", "customer_id", "occurred_at", "sent_is_new",
    "is_new",
)  # fmt: skip


def compare_refunded() -> list[Finding]:
    """Fold all refunds and derive who is new again; return what differs from what is stored."""
    return [finding for rows in _chunks() for finding in (*_refunds(rows), *_newness(rows))]


def _chunks() -> Iterator[list[Row]]:
    last = UUID(int=0)
    ordered = Conversion.objects.order_by("id").values(*_COLUMNS)
    while rows := [dict(row) for row in ordered.filter(id__gt=last)[:_CHUNK]]:
        yield rows
        last = rows[-1]["id"]


def _refunds(rows: list[Row]) -> Iterator[Finding]:
    taken = taken_of([row["id"] for row in rows])
    for row in rows:
        value = refunded_of(row, taken[row["id"]])
        lines = list(value.line_amounts) if value.amount_minor else None
        if (value.amount_minor, lines) != (row["refunded_minor"], row["refunded_lines"]):
            message = f"{row['refunded_minor']} is stored as refunded, {value.amount_minor} follows from the refunds"
            yield Finding("refunded", row["external_id"], message)


def _newness(rows: list[Row]) -> Iterator[Finding]:
    first = first_purchases({row["customer_id"] for row in rows if row["customer_id"]})
    differing = [row for row in rows if is_new(row, first.get(row["customer_id"])) != row["is_new"]]
    frozen = frozen_among([row["id"] for row in differing])
    for row in differing:
        if row["id"] not in frozen:
            yield Finding("newness", row["external_id"], "whether the customer was new does not follow from the rows")
