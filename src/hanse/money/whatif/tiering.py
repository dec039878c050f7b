"""What another history of tiers would have cost: orders priced by the code that pays, beside one rate for everybody."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hanse.kernel.clock import period_of
from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.types import EarnerRecord
from hanse.money.pricing.rules import needs_of, owed_in_order
from hanse.money.whatif.portions import portions
from hanse.money.whatif.reading import Reach, counts_of, credited_orders, voided_places
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.types import DatedTerms

Course = Sequence[tuple[datetime, UUID | None]]


@dataclass(frozen=True, slots=True)
class TierCost:
    """Commission of a span under the tiers' terms, and had the program's terms held for everybody."""

    tiers_minor: int
    one_minor: int

    @property
    def more_minor(self) -> int:
        """What the tiers cost more, or (below zero) less."""
        return self.tiers_minor - self.one_minor


def credits_before(program_id: UUID, until: datetime) -> int:
    """Return how many credits would be priced. One query."""
    return sum(counts_of(program_id, None, until).values())


def cost_of_tiers(
    program_id: UUID, moves: Mapping[UUID, Course], starts: Sequence[datetime], until: datetime
) -> list[TierCost]:
    """Price the orders of each span (each begins at a start, the last ends at `until`) by an imagined course of tiers.

    Terms agreed one to one stay in both. Floors and fees go by enrolment, not by order, and are left out. Nothing is
    stored. Voided commissions are left out too.
    """
    versions = dated_terms([program_id])[program_id]
    sums = [[0, 0] for _start in starts]
    counts = counts_of(program_id, set(moves), until)
    for part in portions(counts):
        records = {id: one for id, one in earner_records(part).items() if not one.is_test}
        voided = voided_places(list(records), starts[0], until)
        for place, choose in enumerate((_tiered, _untiered)):
            tried = {id: choose(one, moves[id], versions) for id, one in records.items()}
            for at, minor in _owed(tried, starts[0], until, voided):
                sums[bisect_right(starts, at) - 1][place] += minor
    return [TierCost(tiers, one) for tiers, one in sums]


def _tiered(record: EarnerRecord, course: Course, versions: Collection[DatedTerms]) -> EarnerRecord:
    """Return an earner who took an imagined course; before it, the tier that it began with."""
    reached = {tier_id for _at, tier_id in course}
    own = tuple(
        row for row in versions
        if row.enrolment_id == record.id or (row.enrolment_id is None and row.tier_id in {None, *reached})
    )  # fmt: skip
    return replace(record, tier_moves=tuple(course), versions=own)


def _untiered(record: EarnerRecord, _course: Course, versions: Collection[DatedTerms]) -> EarnerRecord:
    own = tuple(row for row in versions if row.enrolment_id in (None, record.id) and row.tier_id is None)
    return replace(record, tier_moves=(), versions=own)


def _owed(
    records: Mapping[UUID, EarnerRecord], since: datetime, until: datetime, voided: Collection[tuple[UUID, UUID]]
) -> list[tuple[datetime, int]]:
    if not records:
        return []
    versions = {row.id: row for one in records.values() for row in one.versions}.values()
    needs, zone = needs_of(versions), next(iter(records.values())).program.time_zone
    first: datetime | None = since
    if needs.customer or needs.span == "life":
        first = None
    elif needs.span is not None:
        first = period_of(since, needs.span, zone).starts_at
    found = []
    for record, credits in credited_orders(records, Reach.of(versions), first, until):
        ordered, minors = owed_in_order((one for one in credits if not one.conversion.is_test), record.earner)
        for one, minor in zip(ordered, minors, strict=True):
            sold = one.conversion
            if sold.occurred_at >= since and (record.id, sold.id) not in voided:
                found.append((sold.occurred_at, minor))
    return found
