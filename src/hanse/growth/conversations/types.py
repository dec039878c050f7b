"""Conversations as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CHANNELS = ("email", "portal", "slack", "discord", "copy", "forwarded", "call", "meeting")
TALKS = ("call", "meeting", "email")
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who writes: a name and an address as they say, either may be empty."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it came in: already cut to size and free of what cannot be shown."""

    text: str
    who: Who
    channel: str
    subject: str = ""
    message_id: str = ""
    references: Sequence[str] = ()
    attachments: Sequence[Mapping[str, object]] = ()
    is_automatic: bool = False
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class CareOf:
    """What we promise a tier: an answer within `answer_hours`, a word within `silence_days`; urgent ones first."""

    answer_hours: int
    silence_days: int
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a message goes."""

    topic: str
    assignee_id: UUID | None = None
    is_urgent: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How fast a tier got its first answers: counted are those whose promise is over or was kept."""

    tier: str
    promised_hours: int
    asked: int
    kept: int
    median_minutes: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class OurSilence:
    """One partner with whom nobody spoke for too long; `spoken_at` None: never since they joined."""

    enrolment_id: UUID
    partner_id: UUID
    name: str
    tier: str
    tier_name: str
    spoken_at: datetime | None
    days: int
    limit_days: int
    value_at_stake_minor: int
    owner: str = ""
