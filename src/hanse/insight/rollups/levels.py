"""The rollups that one set of cells is added to: by enrolment and day, by enrolment and month, by program and day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from hanse.insight.rollups.models import Counted, EnrolmentDay, EnrolmentMonth, ProgramDay
from hanse.insight.rollups.types import COUNTERS, NOBODY, Cells
from hanse.spine.bulk import add_many

Place = tuple[Any, ...]
Sums = dict[Place, Counter[str]]
NOTHING = dict.fromkeys(COUNTERS, 0)


@dataclass(frozen=True, slots=True)
class Level:
    """One rollup: its table, its key, and where a cell of it belongs (None: nowhere)."""

    model: type[Counted]
    keys: tuple[str, ...]
    place: Callable[[UUID, UUID, date], Place | None]

    def sums(self, cells: Cells) -> Sums:
        """Add cells up at this level."""
        sums: Sums = defaultdict(Counter)
        for key, counters in cells.items():
            place = self.place(*key)
            if place is not None:
                mine = sums[place]
                for name, number in counters.items():
                    mine[name] += number
        return dict(sums)

    def stored(self) -> Sums:
        """Return what the table holds, without rows of nothing."""
        rows = self.model._default_manager.values_list(*self.keys, *COUNTERS).iterator()
        width = len(self.keys)
        return {row[:width]: Counter(dict(zip(COUNTERS, row[width:], strict=True))) for row in rows if any(row[width:])}

    def add(self, cells: Cells) -> int:
        """Add cells to the table; return how many rows were touched."""
        rows: list[dict[str, object]] = [
            {**dict(zip(self.keys, place, strict=True)), **NOTHING, **counters}
            for place, counters in self.sums(cells).items()
            if any(counters.values())
        ]
        add_many(self.model, self.keys, rows)
        return len(rows)


LEVELS = (
    Level(EnrolmentDay, ("program_id", "enrolment_id", "day"), lambda program, who, day: (program, who, day)),
    Level(
        EnrolmentMonth, ("program_id", "month", "enrolment_id"),
        lambda program, who, day: (program, day.replace(day=1), who),
    ),
    Level(ProgramDay, ("program_id", "day"), lambda program, who, day: None if who == NOBODY else (program, day)),
)  # fmt: skip
