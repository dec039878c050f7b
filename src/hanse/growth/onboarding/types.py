"""Onboarding as values: steps, paths, how far somebody is, and what the report says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from hanse.insight.survival.types import Curve, Part, Ratio

Who = Literal["partner", "owner", "us"]
EVENTS = ("terms", "link", "copied", "click", "piece", "sale", "details", "payout")
"""Kinds of which a path has each at most once; their key is their kind. A piece is told by an event or by hand."""
BY_HAND = ("piece", "training", "call", "own")
KINDS = (*EVENTS, "training", "call", "own")
WAY = ("link", "copied", "click", "sale", "payout")
"""The way to the money: who got to one of them has passed those before it, however they did."""
TIMED = ("click", "sale", "payout")
MORE_TIMED = ("engaged", "referral")
"""Firsts that are no step: the first day with as many clicks as an audience that cares, the first partner brought."""
ENGAGED_CLICKS = 5
FIRST_MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. `title` and `text` of one's own replace those that are shipped."""

    key: str
    kind: str
    who: Who
    title: str = ""
    text: str = ""
    address: str = ""
    due_days: int = 0


@dataclass(frozen=True, slots=True)
class Path:
    """Steps for some partners: those of any of the types (none named: all) in any of the tiers (none named: all)."""

    key: str
    name: str
    types: Sequence[str]
    tiers: Sequence[str]
    steps: Sequence[Step]

    @property
    def is_for_all(self) -> bool:
        """Whether everybody may take it."""
        return not self.types and not self.tiers

    @property
    def is_high_touch(self) -> bool:
        """Whether an owner has something to do on it."""
        return any(step.who == "owner" for step in self.steps)


@dataclass(frozen=True, slots=True)
class Placed:
    """One step of somebody's way: done on a day, or not yet. `is_implied`: a later step shows that it was passed."""

    step: Step
    done_on: date | None
    is_implied: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is on a path. `next` is the one step that the partner takes next."""

    path: Path
    steps: Sequence[Placed]
    next: Step | None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(placed.done_on is not None for placed in self.steps)

    @property
    def completed_on(self) -> date | None:
        """The day on which the last step was done; None while one is open."""
        days = [placed.done_on for placed in self.steps]
        return max((day for day in days if day), default=None) if all(days) else None


@dataclass(frozen=True, slots=True)
class Reached:
    """One step of the funnel: how many got here or further, and how many of the step before did not."""

    key: str
    partners: int
    lost: int


@dataclass(frozen=True, slots=True)
class Group:
    """One cohort, type or source: who joined, the funnel, the time to a first sale, and wins in the first month.

    `fresh` joined less than a month ago and have no sale yet: they are on their way, not lost.
    """

    key: str
    joined: int
    fresh: int
    steps: Sequence[Reached]
    until_sale: Curve
    first_month: Part

    @property
    def worst(self) -> Reached | None:
        """The step at which most are lost."""
        lost = [step for step in self.steps if step.lost]
        return max(lost, key=lambda step: step.lost) if lost else None


@dataclass(frozen=True, slots=True)
class Retention:
    """Who sold in days 91 to 180, of those with and of those without a sale in the first month."""

    with_win: Part
    without: Part
    ratio: Ratio | None


@dataclass(frozen=True, slots=True)
class Report:
    """Onboarding in numbers, of those who joined since a day."""

    since: date
    joined: int
    fresh: int
    steps: Sequence[Reached]
    beside: Mapping[str, int]
    times: Mapping[str, Curve]
    first_month: Part
    retention: Retention
    by: str
    groups: Sequence[Group] = field(default_factory=tuple)
