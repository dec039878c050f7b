"""The roadmap as values: what somebody may read of it now, and where a text mentions what is under embargo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID


class PreviewFields(TypedDict, total=False):
    """What may be said about a preview; left out means as before."""

    teaser: str
    title: str
    text: str
    address: str
    tiers: Sequence[str]
    types: Sequence[str]
    embargo_until: datetime | None
    embargo_text: str
    words: Sequence[str]
    feature: str
    feature_from: datetime | None
    feature_until: datetime | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a preview says, for those who may read it."""

    title: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as one partner may see it now. `content` is None while an embargo that she has not accepted is open.

    Nothing else here gives away what it is about. `digest` is what she accepts.
    """

    preview_id: UUID
    number: int
    teaser: str
    embargo_until: datetime | None
    embargo_text: str
    digest: str
    accepted_at: datetime | None
    is_under_embargo: bool
    content: Content | None
    feature: str
    has_feature: bool
    feature_from: datetime | None
    feature_until: datetime | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Embargo:
    """An embargo that is open: nobody who has not accepted it may read these words."""

    preview_id: UUID
    title: str
    until: datetime
    words: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Where a text mentions something under embargo: line and column from 1, the word as it stands there."""

    embargo: Embargo
    word: str
    line: int
    column: int
