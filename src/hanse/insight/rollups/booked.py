"""What the ledger booked on commissions, in the words of the rollups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import QuerySet

from hanse.insight.rollups.queries import LEDGER_PLACE
from hanse.money.ledger.models import Entry
from hanse.spine.positions.queries import place_of

Booked = Mapping[UUID, Counter[str]]  # commission → what its numbers move by, minor units
_BOOKED = {"program_cost": ("commission_minor", -1), "held": ("held_minor", 1)}


def booked_between(after: int, until: int) -> Booked:
    """Return what the transactions behind one and up to another booked on commissions."""
    return _summed(_behind(after).filter(transaction_id__lte=until))


def booked_up_to(until: int, commission_ids: Collection[UUID]) -> Booked:
    """Return what the transactions up to one booked on some commissions."""
    entries = Entry.objects.filter(
        transaction_id__lte=until, commission_id__in=commission_ids, account__kind__in=_BOOKED
    )  # fmt: skip
    return _summed(entries)


def not_counted() -> Booked:
    """Return what was booked on commissions and is not in the rollups yet: the next batch adds it."""
    return _summed(_behind(place_of(LEDGER_PLACE)[0].sequence))


def _behind(after: int) -> QuerySet[Entry]:
    return Entry.objects.filter(
        transaction_id__gt=after, commission_id__isnull=False, account__kind__in=_BOOKED
    )  # fmt: skip


def _summed(entries: QuerySet[Entry]) -> Booked:
    sums: dict[UUID, Counter[str]] = {}
    for commission_id, kind, minor in entries.values_list("commission_id", "account__kind", "amount_minor"):
        if commission_id is not None:
            name, sign = _BOOKED[kind]
            sums.setdefault(commission_id, Counter())[name] += sign * minor
    return {commission_id: numbers for commission_id, numbers in sums.items() if any(numbers.values())}
