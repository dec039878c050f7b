"""Rules of recruiting: what may happen to an application in which state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

Step = Literal["confirm", "approve", "decline", "ask", "answer"]
OPEN = frozenset({"unconfirmed", "waiting", "asked"})
WELCOME_LINK_LASTS = timedelta(days=7)
BY_RULE = "rule: "

_MAY: Mapping[Step, frozenset[str]] = {
    "confirm": frozenset({"unconfirmed"}),
    "approve": frozenset({"waiting", "asked"}),
    "decline": OPEN,
    "ask": frozenset({"waiting", "asked"}),
    "answer": frozenset({"asked"}),
}


def may_take(step: Step, status: str) -> bool:
    """Say whether a step can be taken in a status. A decision is final."""
    return status in _MAY[step]
