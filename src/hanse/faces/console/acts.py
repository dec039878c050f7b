"""Which roles may do what on the console's pages: read from the one table in `people.access.rules`."""

from __future__ import annotations

from hanse.people.access.rules import MAY, Act


def who_may(act: Act) -> frozenset[str]:
    """Return the roles that may do an act."""
    return frozenset(role for role, acts in MAY.items() if act in acts)


DRAFT = who_may(Act.DRAFT_PAYOUTS)
APPROVE = who_may(Act.APPROVE_PAYOUTS)
DECIDE = who_may(Act.DECIDE_CASES)
ADJUST = who_may(Act.ADJUST_MONEY)
CHANGE = who_may(Act.CHANGE_PROGRAM)
KEYS = who_may(Act.KEEP_KEYS)
TEAM = who_may(Act.KEEP_TEAM)
EVERYBODY = who_may(Act.READ)
