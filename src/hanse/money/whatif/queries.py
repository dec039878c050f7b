"""What-if: history priced under a draft of terms by the code that pays, without booking anything (domain.md §5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.db.models import Sum

from hanse.kernel.clock import period_of
from hanse.kernel.ids import new_id
from hanse.kernel.money import PPM
from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.models import Commission
from hanse.money.commissions.types import EarnerRecord
from hanse.money.pricing.rules import needs_of, owed_in_order
from hanse.money.promises.rules import has_promises
from hanse.money.promises.trying import promised_between
from hanse.money.whatif.portions import in_turn_or_at_once, portions
from hanse.money.whatif.reading import Reach, counts_of, credited_orders, voided_places
from hanse.money.whatif.types import Draft, Effect, WhatIf
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.types import DatedTerms

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def what_if(
    draft: Draft, since: datetime, until: datetime, among: Collection[UUID] | None = None, *, workers: int = 1
) -> WhatIf:
    """Price every order of the period under the draft, beside what it earned in truth. Nothing is stored.

    The draft stands in for all versions of its scope, and more special terms still go before it; with `instead_of_all`
    nothing goes before it. `among` keeps the answer to some enrolments. Earlier orders are read too where months,
    payments or totals count from them. Voided commissions are left out on both sides. Floors and fees of the period
    count on both sides, also for those who sold nothing. Enrolments go through in portions, each with a fixed number
    of queries, so that memory does not grow with the program; `workers` of them at once in processes of their own, for
    commands only: they begin as copies of this one.
    """
    chosen = {draft.enrolment_id} if draft.enrolment_id is not None else None if among is None else set(among)
    counts = counts_of(draft.program_id, chosen, until)
    counts |= dict.fromkeys(_promised_to(draft, chosen) - counts.keys(), 0)
    price = partial(_effects, draft, since, until)
    found = (effect for part in in_turn_or_at_once(price, list(portions(counts)), workers) for effect in part)
    kept = [effect for effect in found if effect.orders or effect.before_minor or effect.after_minor]
    return WhatIf(sorted(kept, key=lambda effect: (-abs(effect.change_minor), -effect.value_minor, effect.name)))


def _effects(draft: Draft, since: datetime, until: datetime, part: list[UUID]) -> list[Effect]:
    return _Portion(draft, since, until, earner_records(part)).effects()


@dataclass(slots=True)
class _Priced:
    """What one enrolment's orders of the period come to."""

    orders: int = 0
    value_minor: int = 0
    after_minor: int = 0


class _Portion:
    """Some enrolments, priced together."""

    def __init__(self, draft: Draft, since: datetime, until: datetime, records: Mapping[UUID, EarnerRecord]) -> None:
        self.draft, self.since, self.until = draft, since, until
        self.records = {id: one for id, one in records.items() if not one.is_test and _reaches(draft, one)}
        self.row = DatedTerms(
            new_id(), draft.program_id, draft.tier_id, draft.enrolment_id, 1, _EVER, None, draft.body
        )  # fmt: skip
        self.tried = {id: replace(one, versions=self._versions(one)) for id, one in self.records.items()}

    def effects(self) -> list[Effect]:
        """Return what changes for each enrolment that the draft reaches."""
        if not self.records:
            return []
        names = dict(Enrolment.objects.filter(pk__in=self.records).values_list("pk", "partner__name"))
        booked, priced, owed = self._booked(), dict[UUID, _Priced](), dict[UUID, dict[UUID, int]]()
        self._price(priced, owed)
        added = promised_between(self.records, {}, self.since, self.until)
        adds = promised_between(self.tried, owed, self.since, self.until, draft_id=self.row.id)
        found = []
        for id in self.records:
            one = priced.get(id, _Priced())
            before, after = booked.get(id, 0) + added.get(id, 0), one.after_minor + adds.get(id, 0)
            found.append(Effect(id, names[id], one.orders, one.value_minor, before, after))
        return found

    def _versions(self, record: EarnerRecord) -> tuple[DatedTerms, ...]:
        if self.draft.instead_of_all:
            return (replace(self.row, tier_id=None, enrolment_id=record.id),)
        scope = (self.row.tier_id, self.row.enrolment_id)
        return (*(one for one in record.versions if (one.tier_id, one.enrolment_id) != scope), self.row)

    def _booked(self) -> dict[UUID, int]:
        rows = Commission.objects.filter(
            enrolment_id__in=self.records, occurred_at__gte=self.since, occurred_at__lt=self.until, voided_at=None
        )
        return dict(rows.values_list("enrolment_id").annotate(sum=Sum("owed_minor")).order_by())

    def _price(self, priced: dict[UUID, _Priced], owed: dict[UUID, dict[UUID, int]]) -> None:
        versions = {row.id: row for one in self.tried.values() for row in one.versions}.values()
        keeps = any(has_promises(row.body) for row in versions)
        voided = voided_places(self.records, self.since, self.until)
        for record, credits in credited_orders(self.tried, Reach.of(versions), self._from(versions), self.until):
            ordered, minors = owed_in_order((one for one in credits if not one.conversion.is_test), record.earner)
            sums = priced[record.id] = _Priced()
            own = owed.setdefault(record.id, {}) if keeps else {}
            for one, minor in zip(ordered, minors, strict=True):
                sold = one.conversion
                if sold.occurred_at < self.since or (voided and (record.id, sold.id) in voided):
                    continue
                sums.orders += 1
                sums.value_minor += (sold.amount_minor - sold.refunded_minor) * one.share_ppm // PPM
                sums.after_minor += minor
                if keeps:
                    own[sold.id] = minor

    def _from(self, versions: Collection[DatedTerms]) -> datetime | None:
        """Return since when orders count for the price of those in the period; None: all there are."""
        needs = needs_of(versions)
        if needs.customer or needs.span == "life":
            return None
        zone = next(iter(self.records.values())).program.time_zone
        return self.since if needs.span is None else period_of(self.since, needs.span, zone).starts_at


def _reaches(draft: Draft, record: EarnerRecord) -> bool:
    if draft.enrolment_id is not None:
        return record.id == draft.enrolment_id
    return draft.tier_id is None or draft.tier_id in {tier_id for _at, tier_id in record.tier_moves}


def _promised_to(draft: Draft, among: set[UUID] | None) -> set[UUID]:
    """Return everybody whom the draft, or terms of the program, may promise something for a time."""
    (rows,) = dated_terms([draft.program_id]).values()
    if not has_promises(draft.body) and not any(has_promises(row.body) for row in rows):
        return set()
    found = Enrolment.objects.filter(program_id=draft.program_id, is_test=False)
    found = found if among is None else found.filter(pk__in=among)
    return set(found.values_list("pk", flat=True))
