"""Rules of negotiations: who may answer what, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

Side = Literal["team", "partner"]
State = Literal["open", "expired", "accepted", "declined", "countered", "withdrawn"]
EXPIRED: Final = "expired"
LONGEST: Final = timedelta(days=400)


def state_of(answer: str, answer_reason: str, expires_at: datetime | None, now: datetime) -> State:
    """Return how a proposal stands: one that nobody answered in time has expired, and stays so."""
    if answer == "":
        return "expired" if expires_at is not None and expires_at <= now else "open"
    if answer == "withdrawn" and answer_reason == EXPIRED:
        return "expired"
    return answer  # type: ignore[return-value]  # the column's choices are the other states


def other_side(side: str) -> Side:
    """Return who answers a proposal of this side."""
    return "partner" if side == "team" else "team"
