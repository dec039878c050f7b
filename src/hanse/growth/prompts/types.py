"""Prompts as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from hanse.growth.care.models import UpcomingDay
from hanse.growth.kits.models import Kit
from hanse.programs.offers.models import Offer

Kind = Literal["launch", "season", "theme"]
Stage = Literal["draft", "planned", "shown", "over", "withdrawn"]


class PromptFields(TypedDict, total=False):
    """What a prompt is made of. `leads` are days ahead by a tier's key, where they differ from the program's own."""

    kind: str
    title: str
    hook: str
    why_now: str
    how: str
    sample: str
    language: str
    tiers: Sequence[str]
    types: Sequence[str]
    leads: Mapping[str, int]
    on: date
    ends_on: date | None
    deadline_on: date | None
    offer: Offer | None
    kit: Kit | None
    day: UpcomingDay | None
    tells_by_mail: bool


@dataclass(frozen=True, slots=True)
class SeenFrom:
    """From when on a tier sees a prompt."""

    tier: str
    name: str
    lead_days: int
    from_on: date
