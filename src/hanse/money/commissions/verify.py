"""Proof of commissions: each priced again from its stored terms, each compared with what the ledger holds for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Sum

from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.models import Commission
from hanse.money.commissions.rules import price_credits
from hanse.money.commissions.types import EarnerRecord
from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Finding
from hanse.money.pricing.rules import needs_of
from hanse.traffic.attribution.models import Credit
from hanse.traffic.attribution.types import CreditShare
from hanse.traffic.conversions.queries import sold_conversions
from hanse.traffic.conversions.types import SoldConversion

_STEP = 2_000
_COLUMNS = (
    "id", "conversion_id", "enrolment_id", "terms_id", "share_ppm", "earned_minor", "owed_minor", "approved_at",
    "voided_at",
)  # fmt: skip
Row = dict[str, Any]


def verify_commissions() -> list[Finding]:
    """Price every commission again and compare it, and the ledger's sums for it, to the cent; return what is wrong.

    Bounded memory where terms look at single conversions; an enrolment whose terms add up over periods is read whole.
    """
    findings: list[Finding] = []
    enrolments = Commission.objects.order_by().values_list("enrolment_id", flat=True).distinct()
    for enrolment_id, record in earner_records(set(enrolments)).items():
        needs = needs_of(record.versions)
        whole = needs.customer or needs.reach is not None
        for rows in _batches(enrolment_id, None if whole else _STEP):
            findings += _reprice(record, rows)
            findings += _compare_books(rows)
    return findings


def _batches(enrolment_id: UUID, size: int | None) -> Iterator[list[Row]]:
    rows = iter(Commission.objects.filter(enrolment_id=enrolment_id).order_by("id").values(*_COLUMNS).iterator())
    while batch := list(islice(rows, size)):
        yield [dict(row) for row in batch]


def _reprice(record: EarnerRecord, rows: Sequence[Row]) -> Iterator[Finding]:
    ids = [row["conversion_id"] for row in rows]
    shares = {
        row[0]: CreditShare(*row)
        for start in range(0, len(ids), _STEP)
        for row in Credit.objects.filter(
            conversion_id__in=ids[start : start + _STEP], enrolment_id=record.id
        ).values_list("conversion_id", "enrolment_id", "share_ppm", "occurred_at", "unpaid_reason")
    }
    sold: dict[UUID, SoldConversion] = {}
    for start in range(0, len(ids), _STEP):
        sold |= sold_conversions(ids[start : start + _STEP])
    priced = price_credits(record, shares, sold)
    for row in rows:
        found = priced.get(row["conversion_id"])
        credited, result = found if found is not None else (None, None)
        terms_id = credited.terms.id if credited is not None and credited.terms is not None else None
        expected = (result.earned_minor, result.owed_minor, terms_id) if result is not None else (0, 0, row["terms_id"])
        if row["voided_at"] is not None:
            expected = (row["earned_minor"], 0, row["terms_id"])
        if (row["earned_minor"], row["owed_minor"], row["terms_id"]) != expected:
            message = (
                f"Earned {row['earned_minor']}, owed {row['owed_minor']}; priced again {expected[0]}, {expected[1]}."
            )
            yield Finding("commission price", str(row["id"]), message)


def _compare_books(rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield commissions whose entries do not add up to what is owed, in the pot that their state asks for."""
    pots: defaultdict[UUID | None, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    ids = [row["id"] for row in rows]
    for start in range(0, len(ids), _STEP):
        entries = Entry.objects.filter(commission_id__in=ids[start : start + _STEP]).order_by()
        for entry in entries.values("commission_id", "account__kind").annotate(sum=Sum("amount_minor")):
            pots[entry["commission_id"]][entry["account__kind"]] += entry["sum"]
    for row in rows:
        held, paid_back = pots[row["id"]]["held"], pots[row["id"]]["advance"]
        payable = pots[row["id"]]["payable"] + paid_back  # what pays back an advance was payable before
        released = row["approved_at"] is not None
        if (held, payable) != ((0, row["owed_minor"]) if released else (row["owed_minor"], 0)):
            message = f"Owed {row['owed_minor']}, but the ledger holds {held} and owes {payable}."
            yield Finding("commission books", str(row["id"]), message)
