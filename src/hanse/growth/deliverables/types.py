"""Deliverables as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, TypedDict
from uuid import UUID

Side = Literal["team", "partner"]


class DeliverableFields(TypedDict, total=False):
    """What is agreed. `fee_minor` is an own sum beside the terms, 0 for none; `answer_days` are ours for a draft;
    `live_on` is when it should be public, where it is at all."""

    title: str
    sort: str
    brief: str
    channel: str
    due_on: date
    live_on: date | None
    answer_days: int
    fee_minor: int
    usage: str
    usage_where: str
    usage_until: date | None
    disclosure: str


class Dated(Protocol):
    """What rules need to know of a deliverable."""

    state: str
    state_at: datetime
    due_on: date
    live_on: date | None
    answer_days: int
    unanswered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waits:
    """On whom a deliverable waits, until which local day, and how many days that has passed (0: in time)."""

    on: Side
    until: date
    days_late: int


@dataclass(frozen=True, slots=True)
class Promised:
    """What a deliverable's acceptance pays: its own sum, and what terms promise for it (by their version)."""

    own_minor: int
    terms_minor: int = 0
    terms_id: UUID | None = None

    @property
    def minor(self) -> int:
        """All of it, in minor units of the program's currency."""
        return self.own_minor + self.terms_minor
