"""What a kit is made of when it is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from hanse.growth.kits.types import CopyIn, StepIn
from hanse.programs.offers.models import Offer


class KitFields(TypedDict, total=False):
    """What a kit is made of. `tiers` are keys of tiers, `types` of partner types; empty lists stand for everybody."""

    key: str
    name: str
    prompt: str
    offer: Offer
    destination_url: str
    language: str
    tiers: Sequence[str]
    types: Sequence[str]
    code_rule: str
    code_ending: str
    starts_on: date | None
    ends_on: date | None
    steps: Sequence[StepIn]
    copies: Sequence[CopyIn]
