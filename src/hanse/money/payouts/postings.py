"""The postings of a payout's life (domain.md §6), each with its own key."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hanse.money.ledger.types import PARTNER_POTS, Line, Posting, PotKind
from hanse.money.payouts.models import Payout


def opened(payout: Payout, program_id: UUID, at: datetime, run_number: str, by: str) -> Posting:
    """Payable −p, in transit +p."""
    return _posting(payout, program_id, "opened", at, ("payable", "in_transit"), run_number, by)


def settled(payout: Payout, program_id: UUID, at: datetime, reference: str, by: str) -> Posting:
    """In transit −p, program bank +p; for store credit program credit +p."""
    return _posting(payout, program_id, "settled", at, ("in_transit", _outside(payout)), reference, by)


def failed(payout: Payout, program_id: UUID, at: datetime, reason: str, by: str) -> Posting:
    """In transit −p, payable +p."""
    return _posting(payout, program_id, "failed", at, ("in_transit", "payable"), reason, by)


def returned(payout: Payout, program_id: UUID, at: datetime, reason: str, by: str) -> Posting:
    """Program bank (or credit) −p, payable +p."""
    return _posting(payout, program_id, "returned", at, (_outside(payout), "payable"), reason, by)


def fee(payout: Payout, program_id: UUID, at: datetime, fee_minor: int, by: str) -> Posting:
    """Program cost −k, program bank +k: what the rail took for carrying the payment."""
    lines = (
        Line("program_cost", program_id, None, -fee_minor, payout.currency),
        Line("program_bank", program_id, None, fee_minor, payout.currency),
    )
    return Posting(f"payout:{payout.pk}:fee", "rail_fee", at, lines, payout.run.rail, by[:200])


def _outside(payout: Payout) -> PotKind:
    return "program_credit" if payout.run.rail == "credit" else "program_bank"


def _posting(
    payout: Payout, program_id: UUID, event: str, at: datetime, pots: tuple[PotKind, PotKind], note: str, by: str
) -> Posting:
    lines = tuple(
        Line(pot, program_id, payout.enrolment_id if pot in PARTNER_POTS else None, amount, payout.currency)
        for pot, amount in zip(pots, (-payout.amount_minor, payout.amount_minor), strict=True)
    )
    return Posting(f"payout:{payout.pk}:{event}", f"payout_{event}", at, lines, note[:300], by[:200])
