"""Reading the credited orders of many enrolments in portions, with only the columns that the terms look at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from hanse.money.commissions.models import Commission
from hanse.money.commissions.types import EarnerRecord
from hanse.money.pricing.plan import plan_of
from hanse.money.pricing.types import Credited
from hanse.money.whatif.portions import AT_ONCE
from hanse.programs.terms.types import DatedTerms, Fixed
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.queries import sold_conversions
from hanse.traffic.conversions.rules import sold_lines
from hanse.traffic.conversions.types import SoldConversion

_ALWAYS = (
    "enrolment_id", "conversion_id", "share_ppm", "unpaid_reason", "conversion__occurred_at", "conversion__external_id",
    "conversion__goal__key", "conversion__amount_minor", "conversion__lines", "conversion__refunded_minor",
    "conversion__refunded_lines", "conversion__is_new", "conversion__is_test", "conversion__country",
    "conversion__coupon_code", "conversion__currency", "conversion__original_currency",
)  # fmt: skip
_PER_CUSTOMER = "conversion__customer_id"
_METADATA = "conversion__metadata"
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
Quantities = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What pricing under some versions looks at, beyond what it always needs."""

    customer: bool
    metadata: bool
    units: bool

    @classmethod
    def of(cls, versions: Collection[DatedTerms]) -> Reach:
        """Return what any of these versions looks at."""
        rules = [rule for version in versions for rule in plan_of(version).rules]
        return cls(
            customer=any(plan_of(version).needs.customer for version in versions),
            metadata=any(name.startswith("metadata.") for rule in rules for name in rule.fields),
            units=any(isinstance(rule.clause, Fixed) and rule.clause.per == "unit" for rule in rules),
        )


def counts_of(program_id: UUID, enrolment_ids: Collection[UUID] | None, until: datetime) -> dict[UUID, int]:
    """Return how many credits each enrolment has before a moment. One query."""
    rows = Credit.objects.filter(enrolment__program_id=program_id, occurred_at__lt=until)
    if enrolment_ids is not None:
        rows = rows.filter(enrolment_id__in=enrolment_ids)
    return dict(rows.values_list("enrolment_id").annotate(count=Count("id")).order_by())


def credited_orders(
    records: Mapping[UUID, EarnerRecord], reach: Reach, since: datetime | None, until: datetime
) -> Iterator[tuple[EarnerRecord, list[Credited]]]:
    """Yield the credits of each enrolment in `[since, until)` with the terms and tier at their time.

    One query, and four more where units of partly refunded orders count.
    """
    rows = Credit.objects.filter(enrolment_id__in=records, occurred_at__lt=until)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    quantities = _quantities_left(rows) if reach.units else {}
    found = rows.order_by("enrolment_id", "occurred_at").values_list(*_ALWAYS, *_wanted(reach))
    for enrolment_id, own in groupby(found.iterator(chunk_size=AT_ONCE), key=itemgetter(0)):
        record = records[enrolment_id]
        course = Course(record)
        yield record, [_credited(record, course, row, reach, quantities) for row in own]


def voided_places(enrolments: Collection[UUID], since: datetime, until: datetime) -> set[tuple[UUID, UUID]]:
    """Return (enrolment, conversion) of each commission of a period that a person voided. One query."""
    rows = Commission.objects.filter(enrolment_id__in=enrolments, occurred_at__gte=since, occurred_at__lt=until)
    return set(rows.exclude(voided_at=None).values_list("enrolment_id", "conversion_id"))


class Course:
    """Which terms and tier an enrolment had from when to when, looked up once for each stretch."""

    def __init__(self, record: EarnerRecord) -> None:
        own = [row for row in record.versions if row.enrolment_id in (None, record.id)]
        narrow = replace(record, versions=tuple(own))
        turns = {at for row in own for at in (row.starts_at, row.ends_at) if at is not None}
        self._turns = sorted(turns | {at for at, _tier in record.tier_moves})
        firsts = [_EVER, *self._turns]
        self._stretches = [(narrow.version_at(at), narrow.tier_key_at(at)) for at in firsts]

    def at(self, at: datetime) -> tuple[DatedTerms | None, str]:
        """Return terms and tier at a moment."""
        return self._stretches[bisect_right(self._turns, at)]


def _quantities_left(rows: QuerySet[Credit]) -> dict[UUID, tuple[Fraction, ...]]:
    ids = set(rows.filter(conversion__refunded_minor__gt=0).values_list("conversion_id", flat=True))
    return {one.id: one.quantities_left for one in sold_conversions(ids).values()}


def _wanted(reach: Reach) -> Sequence[str]:
    named = ((reach.customer, _PER_CUSTOMER), (reach.metadata, _METADATA))
    return [column for is_wanted, column in named if is_wanted]


def _credited(
    record: EarnerRecord, course: Course, row: tuple[Any, ...], reach: Reach, quantities: Mapping[UUID, Quantities]
) -> Credited:
    (_enrolment_id, id, share_ppm, unpaid, at, order, goal, minor, stored, refunded_minor, refunded, is_new, is_test,
     country, coupon, currency, original, *more) = row  # fmt: skip
    lines = sold_lines(stored)
    left = tuple([line[3] for line in lines])
    if refunded:
        left = tuple([whole - taken for whole, taken in zip(left, refunded, strict=True)])
    rest = iter(more)
    customer_id = next(rest) if reach.customer else None
    metadata = next(rest) if reach.metadata else {}
    units: Quantities = ()
    if reach.units:
        units = quantities.get(id) or tuple([_whole(line.quantity) for line in lines])
    sold = SoldConversion(
        id, record.program.id, goal, order, at, minor, currency, lines, refunded_minor, left, units, customer_id,
        is_new, country, coupon, metadata, is_test, original,
    )  # fmt: skip
    return Credited(sold, share_ppm, *course.at(at), unpaid)


@lru_cache(maxsize=4_096)
def _whole(units: int) -> Fraction:
    return Fraction(units)
