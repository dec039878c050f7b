"""The steps of a batch, in their order. All run in one database transaction, together with the position's move."""

from __future__ import annotations

from collections.abc import Callable

from hanse.insight.rollups.actions import add_clicks, add_conversions
from hanse.kernel.fact_types import ConversionFact, RefundFact
from hanse.money.commissions.actions import price_conversions
from hanse.money.holds.browser import vouch_for
from hanse.runtime.pipeline.batch import Batch
from hanse.runtime.pipeline.verdicts import verdicts_of
from hanse.spine.intake.actions import leave_verdicts, remember_facts
from hanse.spine.intake.queries import known_facts
from hanse.spine.intake.rules import is_outdated, sort_arrivals
from hanse.spine.intake.types import Arrival
from hanse.spine.parked.actions import close_outdated, park_facts, release_facts
from hanse.spine.parked.queries import conflicts_parked, waiting_for
from hanse.spine.parked.rules import chargeback_key, conversion_key, customer_key
from hanse.spine.parked.types import Parking
from hanse.traffic.attribution.actions import attribute_conversions
from hanse.traffic.attribution.subjects import (
    conversions_of_customers,
    customers_of,
    of_the_same_address,
    renewals_after,
    touched_by_clicks,
)
from hanse.traffic.conversions.actions import record_conversions
from hanse.traffic.conversions.refunds import record_refunds
from hanse.traffic.conversions.types import Recorded

Step = Callable[[Batch], None]
_ROUNDS = 4  # a sale releases a renewal, that its refund, a chargeback its won dispute


def deduplicate(batch: Batch) -> None:
    """Sort what is new from what repeats and what contradicts; a contradiction is parked once."""
    if not batch.arrivals:
        return
    batch.known = known_facts(batch.arrivals)
    sorting = sort_arrivals(batch.arrivals, batch.known)
    batch.fresh, batch.repeated = list(sorting.fresh), list(sorting.repeated)
    seen = conflicts_parked([one.arrival for one in sorting.contradicting])
    for one in sorting.contradicting:
        source, kind, program_id, _goal, external_id = one.arrival.key
        key = (source, kind, program_id, external_id, one.arrival.content_hash)
        if key not in seen:
            seen.add(key)
            detail = {"first_hash": one.first_hash, "second_hash": one.arrival.content_hash}
            batch.parkings.append(Parking(one.arrival, "conflict", "content_differs", detail=detail))


def call_back(batch: Batch) -> None:
    """Fetch the parked facts that something in this batch releases."""
    found = {arrival.parked_id for arrival in batch.returning}
    offered = batch.current if batch.calls_back else []
    for _ in range(_ROUNDS):
        returning = [one for one in waiting_for(offers_of(offered)) if one.parked_id not in found]
        if not returning:
            break
        found |= {one.parked_id for one in returning}
        batch.returning += returning
        offered = returning
    if batch.returning:
        _leave_out_outdated(batch)


def _leave_out_outdated(batch: Batch) -> None:
    """Close what waited and was edited since: it would contradict its own edit, or undo it."""
    known = known_facts(batch.returning)
    newer = {one.key: one.revision for one in batch.fresh}
    outdated = [one for one in batch.returning if is_outdated(one, known.get(one.key), newer.get(one.key, 0))]
    if outdated:
        closed = {one.parked_id for one in outdated if one.parked_id}
        close_outdated(closed, batch.now)
        batch.returning = [one for one in batch.returning if one.parked_id not in closed]


def record_sales(batch: Batch) -> None:
    """Record conversions, each once over all sources."""
    arrivals = [one for one in batch.current if one.kind == "conversion"]
    if arrivals:
        _keep(batch, record_conversions(arrivals, batch.now, batch.watch))
        batch.undecided = batch.new | batch.changed


def record_returns(batch: Batch) -> None:
    """Record refunds, chargebacks and won disputes, and fold them anew."""
    arrivals = [one for one in batch.current if one.kind == "refund"]
    if arrivals:
        _keep(batch, record_refunds(arrivals, batch.now, batch.watch))


def attribute(batch: Batch) -> None:
    """Decide new conversions, and those that late clicks, earlier sales, new coupons or refunds could change."""
    to_decide = batch.undecided | touched_by_clicks(batch.clicks) | batch.late_credit
    to_decide |= conversions_of_customers(batch.renamed)
    to_decide |= of_the_same_address(to_decide)
    if to_decide or batch.turned:
        since = customers_of(to_decide | batch.turned)
        since |= {customer: min(at, since.get(customer, at)) for customer, at in batch.moved.items()}
        to_decide |= renewals_after(since)
        batch.changed |= attribute_conversions(to_decide, batch.now, batch.watch) - batch.new


def price(batch: Batch) -> None:
    """Accrue, re-price and book what the changed conversions earn; let go what a browser said and a shop confirms."""
    touched = batch.new | batch.changed | conversions_of_customers(batch.moved)  # payments are counted by customer
    if touched:
        price_conversions(touched, batch.now)
    if batch.changed:
        vouch_for(batch.changed, batch.now)


def roll_up(batch: Batch) -> None:
    """Add the differences to the pre-added numbers."""
    if batch.clicks:
        add_clicks(batch.clicks)
    touched = batch.new | batch.before.keys()
    add_conversions(batch.before, touched, batch.clicks, batch.new, batch.now)


def set_aside(batch: Batch) -> None:
    """Park what has to wait or contradicts, and let go what has found what it waited for."""
    if batch.parkings:
        park_facts(batch.parkings)
    if batch.released:
        release_facts(batch.released, batch.now)


def remember(batch: Batch) -> None:
    """Remember every fact by its content, and leave verdicts for those who wait."""
    verdicts = verdicts_of(batch)
    bodies = {arrival.key: body for arrival, _, body in verdicts}
    if batch.fresh:
        remember_facts(batch.fresh, bodies)
    waiting = [(one.sequence, one.index, status, body) for one, status, body in verdicts if one.wait]
    if waiting:
        leave_verdicts(waiting, batch.now)


STEPS: tuple[Step, ...] = (
    deduplicate, call_back, record_sales, record_returns, attribute, price, roll_up, set_aside, remember,
)  # fmt: skip


def _keep(batch: Batch, recorded: Recorded) -> None:
    batch.new |= recorded.new
    batch.changed |= recorded.changed - batch.new
    batch.turned |= recorded.turned
    batch.moved |= recorded.moved
    batch.renamed |= recorded.renamed
    batch.parkings += recorded.parkings
    batch.released += recorded.released
    batch.stood_for |= recorded.stood_for


def offers_of(arrivals: list[Arrival]) -> set[str]:
    """Name everything that parked facts could wait for and that these facts bring."""
    offers = set()
    for one in arrivals:
        fact = one.fact
        if isinstance(fact, ConversionFact):
            offers.add(conversion_key(one.program_id, fact.external_id))
            if fact.customer is not None:
                offers.add(customer_key(one.program_id, fact.customer.external_id))
        elif isinstance(fact, RefundFact) and fact.kind == "chargeback":
            offers.add(chargeback_key(one.program_id, fact.external_id))
    return offers
