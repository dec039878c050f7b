"""What one run of the pipeline did."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Counts of one or several batches. `facts` counts everything that was applied, clicks included."""

    facts: int = 0
    clicks: int = 0
    conversions: int = 0
    repeated: int = 0
    parked: int = 0
    set_aside: int = 0
    batches: int = 0

    def __add__(self, other: BatchResult) -> BatchResult:
        return BatchResult(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))
