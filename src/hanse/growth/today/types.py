"""What Today says, as values: the faces turn them into sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavCounts:
    """What the side nav counts for one program."""

    today: int
    partners: int
    applications: int
