"""What-if: history priced under a draft of terms by the code that pays, without booking anything (domain.md §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from hanse.kernel.ids import new_id
from hanse.kernel.money import PPM
from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.models import Commission
from hanse.money.commissions.rules import price_credits
from hanse.money.commissions.types import EarnerRecord
from hanse.money.promises.rules import has_promises
from hanse.money.promises.trying import promised_between
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.types import DatedTerms, TermsBody
from hanse.traffic.attribution.models import Credit
from hanse.traffic.attribution.types import CreditShare
from hanse.traffic.conversions.queries import sold_conversions
from hanse.traffic.conversions.types import SoldConversion

_AT_A_TIME = 5_000
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("conversion_id", "enrolment_id", "share_ppm", "occurred_at", "unpaid_reason")


@dataclass(frozen=True, slots=True)
class Draft:
    """Terms that somebody thinks of: for a whole program, one of its tiers or one enrolment."""

    program_id: UUID
    tier_id: UUID | None
    enrolment_id: UUID | None
    body: TermsBody


@dataclass(frozen=True, slots=True)
class Effect:
    """What a draft would change for one enrolment; value is its share of what is left of the orders, in minor units."""

    enrolment_id: UUID
    name: str
    orders: int
    value_minor: int
    before_minor: int
    after_minor: int

    @property
    def change_minor(self) -> int:
        """What the partner would gain, or (below zero) lose."""
        return self.after_minor - self.before_minor


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a draft would have cost over a period, partner by partner, the largest change first."""

    effects: Sequence[Effect]

    @property
    def orders(self) -> int:
        """How many credited orders were priced."""
        return sum(effect.orders for effect in self.effects)

    @property
    def value_minor(self) -> int:
        """What they brought."""
        return sum(effect.value_minor for effect in self.effects)

    @property
    def before_minor(self) -> int:
        """What they cost under the terms that were in force."""
        return sum(effect.before_minor for effect in self.effects)

    @property
    def after_minor(self) -> int:
        """What they would have cost under the draft."""
        return sum(effect.after_minor for effect in self.effects)

    @property
    def gain(self) -> int:
        """How many partners would have earned more."""
        return sum(effect.change_minor > 0 for effect in self.effects)

    @property
    def lose(self) -> int:
        """How many partners would have earned less."""
        return sum(effect.change_minor < 0 for effect in self.effects)


def what_if(draft: Draft, since: datetime, until: datetime) -> WhatIf:
    """Price every order of the period under the draft, beside what it earned in truth. Nothing is stored.

    The draft stands in for all versions of its scope; more special terms still go before it. Earlier orders are read
    too: months, payments and totals count from them. Voided commissions are left out on both sides. Floors and fees of
    the period count on both sides, also for those who sold nothing.
    """
    shares = _shares(draft, until)
    records = earner_records(shares.keys() | _promised_to(draft))
    sold = _sold({conversion_id for of_one in shares.values() for conversion_id in of_one})
    names = dict(Enrolment.objects.filter(pk__in=records).values_list("pk", "partner__name"))
    owed, row = _owed(draft, since, until), _row(draft)
    reached = {id: one for id, one in records.items() if not one.is_test and _reaches(draft, one)}
    tried = {id: replace(one, versions=_with(row, one.versions)) for id, one in reached.items()}
    after = {id: _after(tried[id], shares.get(id, {}), sold, owed.get(id, {})) for id in reached}
    added = promised_between(reached, {}, since, until)
    adds = promised_between(tried, after, since, until, draft_id=row.id)
    effects = [
        _effect(
            id, names[id], shares.get(id, {}), sold, owed.get(id, {}), after[id], (added.get(id, 0), adds.get(id, 0))
        )
        for id in reached
    ]
    kept = [effect for effect in effects if effect.orders or effect.before_minor or effect.after_minor]
    return WhatIf(sorted(kept, key=lambda effect: (-abs(effect.change_minor), -effect.value_minor, effect.name)))


def _reaches(draft: Draft, record: EarnerRecord) -> bool:
    if draft.enrolment_id is not None:
        return record.id == draft.enrolment_id
    return draft.tier_id is None or draft.tier_id in {tier_id for _at, tier_id in record.tier_moves}


def _promised_to(draft: Draft) -> set[UUID]:
    """Return everybody whom the draft, or terms of the program, may promise something for a time."""
    (rows,) = dated_terms([draft.program_id]).values()
    if not has_promises(draft.body) and not any(has_promises(row.body) for row in rows):
        return set()
    found = Enrolment.objects.filter(program_id=draft.program_id, is_test=False)
    return set(
        (found if draft.enrolment_id is None else found.filter(pk=draft.enrolment_id)).values_list("pk", flat=True)
    )


def _after(
    record: EarnerRecord, shares: dict[UUID, CreditShare], sold: dict[UUID, SoldConversion], owed: dict[UUID, int]
) -> dict[UUID, int]:
    """Return what the conversions of the period would be owed under the draft, which the record has."""
    within = [one for one in shares if one in owed and not sold[one].is_test]
    priced = price_credits(record, shares, sold) if within else {}
    return {one: priced[one][1].owed_minor for one in within}


def _effect(
    enrolment_id: UUID, name: str, shares: dict[UUID, CreditShare], sold: dict[UUID, SoldConversion],
    owed: dict[UUID, int], after: dict[UUID, int], promised: tuple[int, int],
) -> Effect:  # fmt: skip
    left = ((sold[one].amount_minor - sold[one].refunded_minor) * shares[one].share_ppm // PPM for one in after)
    before = sum(owed[one] for one in after)
    return Effect(
        enrolment_id, name, len(after), sum(left), before + promised[0], sum(after.values()) + promised[1]
    )  # fmt: skip


def _owed(draft: Draft, since: datetime, until: datetime) -> dict[UUID, dict[UUID, int]]:
    """Return what is owed for each conversion of the period, by enrolment, as the books have it."""
    rows = Commission.objects.filter(program_id=draft.program_id, occurred_at__gte=since, occurred_at__lt=until)
    found: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    for enrolment_id, conversion_id, minor in rows.filter(voided_at=None).values_list(
        "enrolment_id", "conversion_id", "owed_minor"
    ):
        found[enrolment_id][conversion_id] = minor
    return found


def _row(draft: Draft) -> DatedTerms:
    return DatedTerms(new_id(), draft.program_id, draft.tier_id, draft.enrolment_id, 1, _EVER, None, draft.body)


def _with(row: DatedTerms, versions: Collection[DatedTerms]) -> tuple[DatedTerms, ...]:
    return (*(one for one in versions if (one.tier_id, one.enrolment_id) != (row.tier_id, row.enrolment_id)), row)


def _shares(draft: Draft, until: datetime) -> dict[UUID, dict[UUID, CreditShare]]:
    rows = Credit.objects.filter(enrolment__program_id=draft.program_id, occurred_at__lt=until)
    if draft.enrolment_id is not None:
        rows = rows.filter(enrolment_id=draft.enrolment_id)
    found: defaultdict[UUID, dict[UUID, CreditShare]] = defaultdict(dict)
    for row in rows.values_list(*_COLUMNS):
        share = CreditShare(*row)
        found[share.enrolment_id][share.conversion_id] = share
    return dict(found)


def _sold(ids: Collection[UUID]) -> dict[UUID, SoldConversion]:
    found: dict[UUID, SoldConversion] = {}
    for part in _parts(ids):
        found |= sold_conversions(part)
    return found


def _parts(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while part := list(islice(rest, _AT_A_TIME)):
        yield part
