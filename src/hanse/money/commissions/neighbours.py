"""Which conversions must be priced together with those that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hanse.kernel.clock import period_of
from hanse.money.commissions.types import EarnerRecord
from hanse.money.pricing.choice import version_spanning
from hanse.money.pricing.plan import SPANS, Needs
from hanse.money.pricing.rules import needs_of
from hanse.traffic.attribution.models import Credit
from hanse.traffic.attribution.queries import credits_of
from hanse.traffic.attribution.types import CreditShare
from hanse.traffic.conversions.queries import conversions_of_pairs, sold_conversions
from hanse.traffic.conversions.types import SoldConversion

Credits = dict[UUID, dict[UUID, CreditShare]]  # by enrolment, then by conversion


@dataclass(slots=True)
class Neighbourhood:
    """Everything that one batch of pricing reads: each enrolment's credits, and the conversions under them."""

    credits: Credits = field(default_factory=lambda: defaultdict(dict))
    sold: dict[UUID, SoldConversion] = field(default_factory=dict)


def touched_credits(conversion_ids: Collection[UUID]) -> Credits:
    """Return the credits of conversions by enrolment."""
    found: Credits = defaultdict(dict)
    for shares in credits_of(conversion_ids).values():
        for share in shares:
            found[share.enrolment_id][share.conversion_id] = share
    return found


def neighbourhood(
    touched: Mapping[UUID, Collection[UUID]], credits: Credits, earners: Mapping[UUID, EarnerRecord],
    dated: Mapping[UUID, Collection[datetime]],
) -> Neighbourhood:  # fmt: skip
    """Widen the touched conversions of each enrolment to all that its terms make depend on one another.

    `touched` also holds conversions whose credit has gone: what is left of their customer or period depends on them.
    `dated` says by enrolment when their commissions occurred as stored: an order that was amended to another date
    leaves the period that it lay in.
    """
    found = Neighbourhood(credits, sold_conversions({one for ids in touched.values() for one in ids}))
    wide: dict[UUID, tuple[datetime, datetime]] = {}
    pairs: set[tuple[UUID, UUID]] = set()
    for enrolment_id, ids in touched.items():
        sold = [found.sold[one] for one in ids if one in found.sold]
        moments = [*(one.occurred_at for one in sold), *dated.get(enrolment_id, ())]
        needs = _needs(earners[enrolment_id], moments)
        if needs.reach is not None:
            wide[enrolment_id] = _window(earners[enrolment_id], moments, needs)
        elif needs.customer:
            pairs |= {(enrolment_id, one.customer_id) for one in sold if one.customer_id is not None}
    _take(found, _credits_within(wide))
    _take(found, _credits_of_pairs(pairs))
    missing = {one for of_enrolment in found.credits.values() for one in of_enrolment} - found.sold.keys()
    if missing:
        found.sold |= sold_conversions(missing)
    return found


def _needs(earner: EarnerRecord, moments: Collection[datetime]) -> Needs:
    """Ask every version that may look at conversions from the first of these moments on: what was in force then, what
    counts for the periods that it lies in, and what another start, end or tier brought into force later."""
    if not moments:
        return Needs()
    first, zone = min(moments), earner.program.time_zone
    turns = {at for row in earner.versions for at in (row.starts_at, row.ends_at) if at is not None}
    turns |= {at for at, _tier in earner.tier_moves}
    in_force = (earner.version_at(at) for at in (first, *(turn for turn in turns if turn > first)))
    spanning = (version_spanning(earner.earner, period_of(first, span, zone)) for span in SPANS)
    return needs_of(row for row in (*in_force, *spanning) if row is not None)


def _window(earner: EarnerRecord, moments: Collection[datetime], needs: Needs) -> tuple[datetime, datetime]:
    span, zone = needs.reach or "life", earner.program.time_zone
    return period_of(min(moments), span, zone).starts_at, period_of(max(moments), span, zone).ends_at


def _credits_within(windows: Mapping[UUID, tuple[datetime, datetime]]) -> Iterable[CreditShare]:
    if not windows:
        return
    rows = Credit.objects.filter(
        enrolment_id__in=windows,
        occurred_at__gte=min(start for start, _end in windows.values()),
        occurred_at__lt=max(end for _start, end in windows.values()),
    )
    columns = ("conversion_id", "enrolment_id", "share_ppm", "occurred_at", "unpaid_reason")
    for row in rows.values_list(*columns):
        share = CreditShare(*row)
        start, end = windows[share.enrolment_id]
        if start <= share.occurred_at < end:
            yield share


def _credits_of_pairs(pairs: Collection[tuple[UUID, UUID]]) -> Iterable[CreditShare]:
    if not pairs:
        return
    wanted = {(enrolment_id, one) for (enrolment_id, _), ids in conversions_of_pairs(pairs).items() for one in ids}
    for shares in credits_of({one for _, one in wanted}).values():
        yield from (share for share in shares if (share.enrolment_id, share.conversion_id) in wanted)


def _take(found: Neighbourhood, shares: Iterable[CreditShare]) -> None:
    for share in shares:
        found.credits[share.enrolment_id][share.conversion_id] = share
