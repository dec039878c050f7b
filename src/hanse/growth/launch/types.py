"""Launch checks and pilots as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from hanse.insight.survival.types import Curve

CheckKey = Literal["terms", "assets", "test_sale", "payout", "playbook", "aim"]
CHECKS: tuple[CheckKey, ...] = ("terms", "assets", "test_sale", "payout", "playbook", "aim")
Suggested = Literal["scale", "change", "stop", "early"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a program needs before it opens; `missing` says in codes what lacks, nothing where it is there."""

    key: CheckKey
    missing: Sequence[str]
    at: datetime | None = None
    detail: str = ""

    @property
    def passed(self) -> bool:
        """Whether it is there."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Member:
    """One partner of a pilot: since when watched, on which day the first sale came, in so many days."""

    enrolment_id: UUID
    partner_id: UUID
    name: str
    since: date
    sold_on: date | None
    days: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pilot shows: `suggested` is computed and never decides. `share` had a first sale within the aim's days."""

    members: Sequence[Member]
    curve: Curve
    share: float
    low: float | None
    high: float | None
    is_over: bool
    is_too_small: bool
    suggested: Suggested
