"""A place in the journal."""

from __future__ import annotations

from dataclasses import dataclass

PIPELINE = "pipeline"
ROUND = "pipeline:round"  # until when the pipeline has looked for what people did; tells too that it works


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Everything up to `sequence` is done, and so are the first `index` facts of the record after it."""

    sequence: int = 0
    index: int = 0
