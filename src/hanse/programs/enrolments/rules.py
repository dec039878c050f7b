"""Rules of enrolments: which status may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Status = Literal["pending", "active", "paused", "suspended", "ended"]
STATUSES: tuple[Status, ...] = ("pending", "active", "paused", "suspended", "ended")

MAY_FOLLOW: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"active", "ended"}),
    "active": frozenset({"paused", "suspended", "ended"}),
    "paused": frozenset({"active", "suspended", "ended"}),
    "suspended": frozenset({"active", "paused", "ended"}),
    "ended": frozenset({"active"}),
}
NEEDS_REASON = frozenset({"suspended", "ended"})


def may_follow(status: str, next_status: str) -> bool:
    """Say whether an enrolment may go from one status to another."""
    return next_status in MAY_FOLLOW.get(status, frozenset())
