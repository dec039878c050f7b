"""Rules of prompts: who sees one from when on, and until when. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Protocol

from hanse.growth.kits.rules import is_for
from hanse.growth.prompts.types import Stage

USUAL_LEADS: Final = (28, 21, 14, 7)
"""Days ahead by a tier's place from the top; lower tiers get the last of them."""
MOST_LEAD_DAYS: Final = 180
LONGEST_DAYS: Final = 366


class Dated(Protocol):
    """What the rules need to know of a prompt."""

    language: str
    tiers: list[str]
    types: list[str]
    leads: dict[str, int]
    on: date
    ends_on: date | None
    deadline_on: date | None

    @property
    def is_published(self) -> bool:
        """Whether partners may see it when their time has come."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken from partners again."""


def usual_lead(place: int) -> int:
    """Return how many days ahead a tier hears of things, by its place from the top (0 is the highest)."""
    return USUAL_LEADS[min(max(place, 0), len(USUAL_LEADS) - 1)]


def lead_of(prompt: Dated, tier: str, leads: Mapping[str, int]) -> int:
    """Return how many days ahead a tier sees a prompt. Who has no tier sees it as late as the last one."""
    own = prompt.leads.get(tier)
    return own if own is not None else leads.get(tier, USUAL_LEADS[-1])


def seen_from(prompt: Dated, tier: str, leads: Mapping[str, int]) -> date:
    """Return the first local day on which a tier sees a prompt."""
    return prompt.on - timedelta(days=lead_of(prompt, tier, leads))


def last_day(prompt: Dated) -> date:
    """Return the last local day of a prompt: of its time, or of its deadline where that is later."""
    return max(day for day in (prompt.on, prompt.ends_on, prompt.deadline_on) if day is not None)


def is_seen(
    prompt: Dated, today: date, leads: Mapping[str, int], *, tier: str, types: Sequence[str], language: str
) -> bool:
    """Say whether a partner sees a prompt today: published, for them, their lead has begun, not over."""
    if not prompt.is_published or prompt.is_withdrawn or today > last_day(prompt):
        return False
    return today >= seen_from(prompt, tier, leads) and is_for(prompt, tier=tier, types=types, language=language)


def stage_of(prompt: Dated, today: date, leads: Mapping[str, int]) -> Stage:
    """Say where a prompt is: `planned` until the first tier sees it."""
    if prompt.is_withdrawn:
        return "withdrawn"
    if not prompt.is_published:
        return "draft"
    if today > last_day(prompt):
        return "over"
    meant = prompt.tiers or list(leads)
    first = min((seen_from(prompt, tier, leads) for tier in meant), default=prompt.on)
    return "shown" if today >= first else "planned"
