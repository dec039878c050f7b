"""Clicks as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hanse.kernel.fact_types import ClickFact

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ClickArrival:
    """A click fact with the sequence of the journal record that holds it."""

    fact: ClickFact
    sequence: int


@dataclass(frozen=True, slots=True)
class RecordedClick:
    """A click as it was stored; program and enrolment are the zero UUID where the link is unknown.

    What follows the reason tells clicks apart in rollups; it is filled where a click has just been recorded.
    """

    id: str
    link_number: int
    program_id: UUID
    enrolment_id: UUID
    occurred_at: datetime
    visitor: str
    reason: str
    country: str = ""
    device: str = ""
    referrer_host: str = ""
    variant: str = ""
    subs: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether it may earn credit."""
        return not self.reason
