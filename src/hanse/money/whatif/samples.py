"""Sample orders: a few real ones with each step that a draft would take, beside what they earned in truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from hanse.kernel.ids import new_id
from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.models import Commission
from hanse.money.commissions.rules import price_credits
from hanse.money.pricing.words import Arithmetic, ArithmeticLine
from hanse.money.whatif.types import Draft
from hanse.programs.terms.types import DatedTerms
from hanse.traffic.attribution.models import Credit
from hanse.traffic.attribution.types import CreditShare
from hanse.traffic.conversions.queries import sold_conversions

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("conversion_id", "enrolment_id", "share_ppm", "occurred_at", "unpaid_reason")


@dataclass(frozen=True, slots=True)
class Sample:
    """One order: what it earned, and what it would earn with the steps that lead there."""

    order: str
    occurred_at: datetime
    value_minor: int
    before_minor: int
    after_minor: int
    steps: Sequence[ArithmeticLine]


def samples(draft: Draft, currency: str, until: datetime, count: int = 3) -> list[Sample]:
    """Return the latest orders that a draft would reach, of different values, with their steps. About ten queries.

    They are priced with all orders of their partner before them, so that months and totals count as they would.
    """
    rows = Commission.objects.filter(program_id=draft.program_id, occurred_at__lt=until, voided_at=None)
    rows = rows.filter(conversion__is_test=False, enrolment__is_test=False)
    if draft.enrolment_id is not None:
        rows = rows.filter(enrolment_id=draft.enrolment_id)
    elif draft.tier_id is not None:
        rows = rows.filter(enrolment__tier_id=draft.tier_id)
    latest = rows.order_by("-occurred_at").values_list("enrolment_id", "conversion_id", "owed_minor", "value_minor")
    chosen: dict[int, tuple[UUID, UUID, int]] = {}
    for enrolment_id, conversion_id, owed, value in latest[:60]:
        chosen.setdefault(value, (enrolment_id, conversion_id, owed))
    return [found for one in list(chosen.values())[:count] if (found := _sample(draft, currency, *one)) is not None]


def _sample(draft: Draft, currency: str, enrolment_id: UUID, conversion_id: UUID, before: int) -> Sample | None:
    record = earner_records([enrolment_id])[enrolment_id]
    row = DatedTerms(new_id(), draft.program_id, draft.tier_id, draft.enrolment_id, 1, _EVER, None, draft.body)
    scope = (row.tier_id, row.enrolment_id)
    versions = (*(one for one in record.versions if (one.tier_id, one.enrolment_id) != scope), row)
    at = Credit.objects.filter(conversion_id=conversion_id, enrolment_id=enrolment_id).values_list("occurred_at")
    shares = {
        one.conversion_id: one
        for one in (
            CreditShare(*values)
            for values in Credit.objects.filter(
                enrolment_id=enrolment_id, occurred_at__lte=at[0][0] if at else _EVER
            ).order_by("-occurred_at").values_list(*_COLUMNS)[:2_000]
        )
    }  # fmt: skip
    if conversion_id not in shares:
        return None
    sold = sold_conversions(shares)
    credited, priced = price_credits(replace(record, versions=versions), shares, sold)[conversion_id]
    order = credited.conversion
    body = credited.terms.body if credited.terms is not None else None
    words = Arithmetic(body, [line.sku or line.category for line in order.lines], currency)
    steps = words.lines([*priced.steps, *priced.changes])
    return Sample(order.external_id, order.occurred_at, order.amount_minor, before, priced.owed_minor, steps)
