"""The postings of promises, as the table of domain.md §6 has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hanse.kernel.clock import local_day
from hanse.money.commissions.rules import booking
from hanse.money.ledger.types import Posting, PotKind

POTS: Mapping[str, tuple[PotKind, PotKind]] = {
    "floor": ("program_cost", "payable"),
    "top_up": ("program_cost", "payable"),
    "fee": ("program_cost", "payable"),
    "advance": ("advance", "payable"),
    "forgiven": ("program_cost", "advance"),
}
AT_THE_CLOSE = ("floor", "top_up", "forgiven")


def promise_posting(row: Mapping[str, Any], change_minor: int, zone: str, note: str = "") -> Posting:
    """Return the posting of a line that is new or worth another amount: it lies within its period. `note` names what a
    fee is for; else the period is named."""
    source, target = POTS[row["kind"]]
    at = row["ends_at"] - timedelta(seconds=1) if row["kind"] in AT_THE_CLOSE else row["starts_at"]
    changes: dict[PotKind, int] = {target: change_minor}
    if source != "program_cost":
        changes[source] = -change_minor
    return booking(
        f"promise:{row['id']}:{row['revision']}", row["kind"], at,
        commission=(row["program_id"], row["enrolment_id"], None, row["currency"]), changes=changes,
        note=note or period_name(row["starts_at"], row["ends_at"], zone),
    )  # fmt: skip


def recoup_posting(
    row: tuple[UUID, UUID, str], commission_id: UUID, number: int, change_minor: int, occurred_at: datetime
) -> Posting:
    """Return the posting of a released commission that pays back more or less of an advance than before."""
    program_id, enrolment_id, currency = row
    return booking(
        f"recoup:{commission_id}:{number}", "recoup", occurred_at,
        commission=(program_id, enrolment_id, commission_id, currency),
        changes={"payable": -change_minor, "advance": change_minor},
    )  # fmt: skip


def period_name(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Name a period the same in every language: 2026-03, 2026-Q1, 2026, or the day of a fee."""
    first, end = local_day(starts_at, zone), local_day(ends_at, zone)
    months = (end.year - first.year) * 12 + end.month - first.month
    names = {1: f"{first:%Y-%m}", 3: f"{first.year}-Q{(first.month + 2) // 3}", 12: str(first.year)}
    return names.get(months, first.isoformat())
