"""A place in the journal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Everything up to `sequence` is done, and so are the first `index` facts of the record after it."""

    sequence: int = 0
    index: int = 0
