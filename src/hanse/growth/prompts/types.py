"""Prompts as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["launch", "season", "theme"]
Stage = Literal["draft", "planned", "shown", "over", "withdrawn"]


@dataclass(frozen=True, slots=True)
class SeenFrom:
    """From when on a tier sees a prompt."""

    tier: str
    name: str
    lead_days: int
    from_on: date
