"""The pipeline as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

OPEN_STAGES = ("prospect", "qualified", "contacted", "talks", "signed", "onboarding", "active")
STAGES = (*OPEN_STAGES, "closed")
SOURCES = ("candidate", "referral", "hand", "import", "application")
REMARKS = ("note", "sent", "reply")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one prospect: into which stage, when."""

    to_stage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage in numbers: who came this far, who went further, how long the finished stays were in the middle."""

    stage: str
    here: int
    reached: int
    went_on: int
    stays: int
    median: timedelta | None

    @property
    def share(self) -> float | None:
        """Which part of those who came this far went further; nothing for nobody."""
        return self.went_on / self.reached if self.reached else None


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """All stages in numbers, how many were closed, and how many came in at all."""

    stages: Sequence[StageReport]
    closed: int
    came: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter filled from evidence; `missing` names the slots that nothing fills, and then it must not leave."""

    subject: str
    text: str
    missing: tuple[str, ...]
