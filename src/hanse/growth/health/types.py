"""Health as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Known:
    """What an enrolment's health is told from. Money in minor units; days since something are None where it never was.

    `is_…_quiet` is None for a signal without a rhythm. `program_…` is the whole program's value.
    """

    enrolment_id: UUID
    now_minor: int = 0
    before_minor: int = 0
    program_now_minor: int = 0
    program_before_minor: int = 0
    is_click_quiet: bool | None = None
    is_sale_quiet: bool | None = None
    days_since_click: int | None = None
    days_since_sale: int | None = None
    days_since_login: int | None = None
    clicks_30d: int = 0
    clicks_60d_before: int = 0
    has_link: bool = False
    has_terms: bool = False
    has_payout_details: bool = False
    lessons_done: int = 0
    lessons_meant: int = 0
    held_minor: int = 0
    open_deals: int = 0
    days_since_we_spoke: int | None = None
    days_since_they_spoke: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """Some of the hundred points: how many of how many, in which area, for what, resting on which numbers."""

    area: str
    key: str
    points: int
    of: int
    numbers: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """An enrolment's health: all points add up to it."""

    enrolment_id: UUID
    points: Sequence[Point]

    @property
    def total(self) -> int:
        """The score, 0 to 100."""
        return sum(point.points for point in self.points)
