"""The ideal partner as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

CRITERIA = ("audience", "relevance", "trust", "evidence", "fit", "reach")
FROM_DATA = ("audience", "trust", "evidence")
DEFAULT_WEIGHTS: Mapping[str, int] = {
    "audience": 25, "relevance": 20, "trust": 20, "evidence": 20, "fit": 10, "reach": 5
}  # fmt: skip
HIGHEST = 10


@dataclass(frozen=True, slots=True)
class Weighing:
    """What counts how much; `reach_cap` is the most points of 100 that reach may give, `qualify_at` in points."""

    weights: Mapping[str, int]
    reach_cap: int = 10
    qualify_at: int = 50


@dataclass(frozen=True, slots=True)
class Known:
    """A value of 0 to 10 and where it comes from: a person's `note`, or numbers (`count` of what)."""

    value: int
    note: str = ""
    by: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """What one criterion gives: its value (None: not known), tenths of points, and whether the cap cut it."""

    criterion: str
    weight: int
    known: Known | None
    tenths: int
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """A score in tenths of a point, 0 to 1000, with what each criterion gives to it."""

    tenths: int
    reasons: Sequence[Reason]

    @property
    def points(self) -> int:
        """The score in whole points of 100, halves up."""
        return (self.tenths + 5) // 10

    @property
    def known_count(self) -> int:
        """On how many criteria anything is known."""
        return sum(1 for one in self.reasons if one.known is not None)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A partner with the value brought and the score; ranks are from 1, ties share the mean of theirs, doubled."""

    partner_id: UUID
    name: str
    value_minor: int
    score: Score
    value_rank2: int
    score_rank2: int


@dataclass(frozen=True, slots=True)
class BackTest:
    """What the profile would have said of the partners there are: the best by value, and where it ranks them."""

    n: int
    known: int
    best: Sequence[Ranked]
    found: int
    correlation: float | None
