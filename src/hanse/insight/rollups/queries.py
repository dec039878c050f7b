"""Reading the pre-added numbers as a whole."""

from __future__ import annotations

from collections import Counter

from hanse.insight.rollups.deriving import all_cells
from hanse.insight.rollups.models import EnrolmentDay
from hanse.insight.rollups.rules import differing
from hanse.insight.rollups.types import COUNTERS, Cells
from hanse.spine.findings import Finding

_KEYS = ("program_id", "enrolment_id", "day")
LEDGER_PLACE = "rollups:ledger"


def compare_rollups() -> list[Finding]:
    """Return every number that is not what the rows say."""
    return [Finding("rollups", subject, message) for subject, message in differing(_stored_cells(), all_cells())]


def _stored_cells() -> Cells:
    cells: Cells = {}
    for program_id, enrolment_id, day, *numbers in EnrolmentDay.objects.values_list(*_KEYS, *COUNTERS).iterator():
        if any(numbers):
            cells[(program_id, enrolment_id, day)] = Counter(dict(zip(COUNTERS, numbers, strict=True)))
    return cells
