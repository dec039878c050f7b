"""A place in the journal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Everything up to `sequence` is done; with an index above 0, of that record only the facts before it."""

    sequence: int = 0
    index: int = 0
