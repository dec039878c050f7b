"""Rules of write-offs: how much somebody owes, and when that may be given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hanse.money.ledger.types import Balances

Obstacle = Literal["still_here", "on_hold", "on_its_way", "nothing_owed"]


@dataclass(frozen=True, slots=True)
class Debt:
    """What a partner owes the program, in minor units, both zero or more: beyond what was paid, and of advances."""

    payable_minor: int
    advance_minor: int

    @property
    def minor(self) -> int:
        """All of it."""
        return self.payable_minor + self.advance_minor


def debt_of(pots: Balances) -> Debt:
    """Return what pots below zero come to."""
    return Debt(max(0, -pots.payable_minor), max(0, -pots.advance_minor))


def obstacle_to(pots: Balances, *, has_left: bool) -> Obstacle | None:
    """Return what stands against giving up a debt (domain.md §6, exit); None when nothing does.

    Later earnings of somebody who is still here pay it. What is on hold or on its way may pay it yet, or add to it.
    """
    if not has_left:
        return "still_here"
    if pots.held_minor:
        return "on_hold"
    if pots.in_transit_minor:
        return "on_its_way"
    return None if debt_of(pots).minor else "nothing_owed"
