"""Verbs of commissions: price, release, approve, hold, void, adjust. All booking goes through the ledger."""

from __future__ import annotations

from hanse.money.commissions.deciding import adjust, approve_commission, hold_commission, void_commission
from hanse.money.commissions.moving import move_to_tier
from hanse.money.commissions.pricing import price_conversions, reprice_since
from hanse.money.commissions.releasing import due_holds, release_holds, release_these

__all__ = [
    "adjust",
    "approve_commission",
    "due_holds",
    "hold_commission",
    "move_to_tier",
    "price_conversions",
    "release_holds",
    "release_these",
    "reprice_since",
    "void_commission",
]
