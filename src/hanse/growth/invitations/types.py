"""Invitations as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

STATES = ("sent", "opened", "applied", "joined", "declined", "withdrawn")


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """One row: whom to ask, what is known of them, and what to say to them alone.

    `tier` is a tier's key; `answers` fill in the form's own questions, by key or by the question's text.
    """

    email: str
    name: str = ""
    company: str = ""
    website: str = ""
    channels: tuple[str, ...] = ()
    country: str = ""
    language: str = ""
    note: str = ""
    tier: str = ""
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A row that changes nothing, and why: invited, partner, applied, said_no, unreachable or twice."""

    row: int
    email: str
    why: str


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of inviting many: how many were asked, in which batch, and who was left alone."""

    new: int
    left_alone: Sequence[LeftAlone]
    batch: UUID | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How far a program's invitations got; each number holds the ones after it."""

    sent: int
    opened: int
    applied: int
    joined: int
    declined: int
