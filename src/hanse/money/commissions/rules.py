"""Rules of commissions: how credits are priced for one enrolment, and the postings of each event (domain.md §6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hanse.money.commissions.types import EarnerRecord
from hanse.money.ledger.types import Line, Posting, PotKind
from hanse.money.pricing.rules import price
from hanse.money.pricing.types import Credited, Priced
from hanse.traffic.attribution.types import CreditShare
from hanse.traffic.conversions.types import SoldConversion


def price_credits(
    record: EarnerRecord, shares: Mapping[UUID, CreditShare], sold: Mapping[UUID, SoldConversion],
    *, since: datetime | None = None,
) -> dict[UUID, tuple[Credited, Priced]]:  # fmt: skip
    """Price an enrolment's credits, by conversion. Test orders are priced by themselves and owe nothing.

    With `since` those that occurred before only add to the totals of the others.
    """
    credits = [_credited(record, share, sold[one]) for one, share in shares.items()]
    by_id = {one.conversion.id: one for one in credits}
    real = [one for one in credits if not (one.conversion.is_test or record.is_test)]
    found = {one.conversion_id: (by_id[one.conversion_id], one) for one in price(real, record.earner, since=since)}
    for one in credits:
        is_test = one.conversion.is_test or record.is_test
        if is_test and (since is None or one.conversion.occurred_at >= since):
            (alone,) = price([one], record.earner)
            found[one.conversion.id] = (one, _as_test(alone))
    return found


def _credited(record: EarnerRecord, share: CreditShare, sold: SoldConversion) -> Credited:
    at = sold.occurred_at
    return Credited(sold, share.share_ppm, record.version_at(at), record.tier_key_at(at), share.unpaid_reason)


def _as_test(priced: Priced) -> Priced:
    nothing = {"step": "test_order", "amount": -priced.owed_minor}
    return replace(priced, owed_minor=0, changes=(*priced.changes, nothing))


def move(
    key: str, cause: str, occurred_at: datetime, *, commission: CommissionKey, pots: tuple[PotKind, PotKind],
    amount_minor: int, note: str = "", actor: str = "",
) -> Posting:  # fmt: skip
    """Return the posting that moves an amount of one commission from the first pot to the second."""
    program_id, enrolment_id, commission_id, currency = commission
    lines = tuple(
        Line(pot, program_id, None if pot.startswith("program_") else enrolment_id, amount, currency, commission_id)
        for pot, amount in zip(pots, (-amount_minor, amount_minor), strict=True)
    )
    return Posting(key, cause, occurred_at, lines, note[:300], actor[:200])


def booking(
    key: str, cause: str, occurred_at: datetime, *, commission: CommissionKey, changes: Mapping[PotKind, int],
    note: str = "", actor: str = "",
) -> Posting:  # fmt: skip
    """Return the posting that changes pots of an enrolment; what they gain or lose in all is the program's cost."""
    program_id, enrolment_id, commission_id, currency = commission
    cost = -sum(changes.values())
    lines = [Line("program_cost", program_id, None, cost, currency, commission_id)] if cost else []
    lines += [
        Line(pot, program_id, enrolment_id, amount, currency, commission_id)
        for pot, amount in changes.items()
        if amount
    ]
    return Posting(key, cause, occurred_at, tuple(lines), note[:300], actor[:200])


CommissionKey = tuple[UUID, UUID, UUID | None, str]  # program, enrolment, commission, currency


def exceeds_ceiling(owed_minor: int, ceiling_minor: int | None, decided: Collection[int]) -> bool:
    """Say whether a person must approve an amount: above the ceiling, and above what one has approved already."""
    return ceiling_minor is not None and owed_minor > ceiling_minor and all(owed_minor > amount for amount in decided)
