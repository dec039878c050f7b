"""Rules of referrals (domain.md §5): a share of a recruit's commission on conversions, for some months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hanse.kernel.clock import add_months, local_day
from hanse.kernel.money import PPM, round_half_away
from hanse.money.referrals.types import Referred
from hanse.programs.terms.types import DatedTerms, Referral

_ON_TOP: Final = frozenset(("bonus", "milestone"))


def counted_minor(owed_minor: int, explanation: Mapping[str, Any]) -> int:
    """Return how much of a commission counts: without the fixed sums for steps and milestones, never below 0."""
    earned = sum(step["amount"] for step in explanation["steps"] if step["step"] in _ON_TOP)
    changed = sum(step["amount"] for step in explanation["changes"] if step.get("of") in _ON_TOP)
    return max(0, owed_minor - int(earned) - int(changed))


def referred(
    base_minor: int, occurred_at: datetime, recruited_at: datetime, zone: str, promised: DatedTerms | None,
    present: DatedTerms | None,
) -> Referred | None:  # fmt: skip
    """Return what a recruit's commission earns the recruiter, or None where nothing is promised.

    `promised` is the recruiter's version when the recruit was enrolled: it holds for its months, as clauses that span a
    period do. Where it says nothing about recruits, `present` does, the one in force at the conversion. The months
    count local days from the recruit's enrolment; the day on which they end is out.
    """
    for version in (promised, present):
        clauses = _clauses(version)
        if version is None or not clauses:
            continue
        first, day = local_day(recruited_at, zone), local_day(occurred_at, zone)
        parts = tuple(
            (clause.scope.number, clause.rate_ppm, round_half_away(base_minor * clause.rate_ppm, PPM))
            for clause in clauses
            if day < add_months(first, clause.months)
        )
        return Referred(version.id, base_minor, parts) if parts else None
    return None


def _clauses(version: DatedTerms | None) -> list[Referral]:
    if version is None:
        return []
    return [clause for clause in version.body.clauses if isinstance(clause, Referral)]
