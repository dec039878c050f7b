"""What a prompt is made of when it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict

from hanse.growth.care.models import UpcomingDay
from hanse.growth.kits.models import Kit
from hanse.programs.offers.models import Offer


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
