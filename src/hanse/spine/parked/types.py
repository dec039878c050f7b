"""Why a fact could not be applied, and what would release it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hanse.spine.intake.types import Arrival

ParkedAs = Literal["waiting", "conflict", "failed"]


@dataclass(frozen=True, slots=True)
class Parking:
    """One fact to set aside: `waits_for` is a key of `parked.rules`, `until` when it stops waiting."""

    arrival: Arrival
    status: ParkedAs
    reason: str
    waits_for: str = ""
    until: datetime | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
