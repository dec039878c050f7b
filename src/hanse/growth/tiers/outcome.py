"""What an evaluation found about one enrolment, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hanse.growth.tiers.needed import Needed
from hanse.growth.tiers.types import Decided, Standing


@dataclass(frozen=True, slots=True)
class Found:
    """`standing` is what the evaluation began from, `state` what it leaves; `actual` the tier in the enrolment's row.

    `waits` is why a move was not made: `review`, `case`, `kept`, or "".
    """

    id: UUID
    standing: Standing
    decided: Decided
    state: Standing
    waits: str
    needed: Needed | None
    is_strategic: bool
    actual: str
    is_first: bool

    @property
    def kind(self) -> str:
        """Which decision is told of it; "" for an evaluation that changed nothing."""
        before, after = self.standing, self.state
        if before.tier is None or (self.is_first and before.tier == after.tier and not self.waits):
            return "placed"
        if self.waits in ("review", "case"):
            return "waits"
        if before.tier != after.tier:
            return self.decided.moved or "left_new"
        if bool(before.below_exit) == bool(after.below_exit):
            return ""
        return "warned" if after.below_exit else "cleared"

    def numbers(self, window_days: int, size: int) -> dict[str, Any]:
        """Return the numbers that the decision was made on."""
        return {
            "rank": self.decided.rank, "field": size, "value_minor": self.standing.value_minor,
            "conversions": self.standing.conversions, "window_days": window_days, "given": self.decided.given,
            "below_exit": self.state.below_exit, "is_locked": self.standing.is_locked,
            **({"metrics": dict(self.standing.metrics)} if self.standing.metrics else {}),
            **({"months": list(self.standing.months)} if self.standing.months else {}),
        }  # fmt: skip
