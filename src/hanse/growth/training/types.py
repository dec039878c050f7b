"""Training as values: questions, how far somebody is, and the effect on first sales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from hanse.insight.survival.comparing import Gap, Pace, Share
from hanse.insight.survival.types import Curve

LESSON, TRAINING, RECORDING = "lesson", "training", "recording"
"""Kinds of events: one lesson done, all lessons of the start done, a recording opened."""
LEAST = 10
"""So many each group needs before it is compared."""


class LessonFields(TypedDict, total=False):
    """What may be said about a lesson; left out means as before."""

    title: str
    summary: str
    text: str
    minutes: int
    video_address: str
    questions: object
    tiers: Sequence[str]
    types: Sequence[str]
    language: str
    position: int
    is_basic: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its options, which of them is right (from 0), and why, for whoever got it right."""

    text: str
    options: Sequence[str]
    right: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """One enrolment's days: joined, first sale, left, and when the training was done; None where it never was."""

    joined_on: date
    sale_on: date | None = None
    left_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """Those who joined in one month and had no sale by the landmark: with and without training, and who sold since."""

    month: date
    done: int
    done_sold: int
    others: int
    others_sold: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Training and the first sale. All times count from the landmark, so that nobody is favoured for having waited.

    Left out: who had sold before the landmark, who had left, who joined too lately to have reached it, and who joined
    before there was anything to learn.
    """

    landmark_days: int
    horizon_days: int
    done: Curve
    others: Curve
    done_share: Share | None
    others_share: Share | None
    gap: Gap | None
    pace: Pace | None
    months: Sequence[Month]
    sold_before: int
    left_before: int
    too_new: int
    not_offered: int

    @property
    def is_enough(self) -> bool:
        """Whether both groups are large enough for anything to be said; how little is sure, the intervals say."""
        return min(self.done.n, self.others.n) >= LEAST and self.gap is not None and self.pace is not None


@dataclass(frozen=True, slots=True)
class Learned:
    """How many of the lessons meant for one enrolment are done."""

    enrolment_id: UUID
    done: int
    meant: int
