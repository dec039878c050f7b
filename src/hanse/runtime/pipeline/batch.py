"""What the steps of one batch hand on to each other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hanse.insight.rollups.deriving import cells_by_conversion
from hanse.insight.rollups.types import Cells
from hanse.spine.intake.types import Arrival, FactKey, KnownFact
from hanse.spine.parked.types import Parking
from hanse.traffic.clicks.types import RecordedClick


@dataclass(slots=True)
class Batch:
    """One batch under way. `arrivals` come from the journal, `returning` have waited and are tried again."""

    now: datetime
    arrivals: list[Arrival] = field(default_factory=list)
    returning: list[Arrival] = field(default_factory=list)
    clicks: list[RecordedClick] = field(default_factory=list)
    calls_back: bool = True
    late_credit: set[UUID] = field(default_factory=set)

    known: dict[FactKey, KnownFact] = field(default_factory=dict)
    fresh: list[Arrival] = field(default_factory=list)
    repeated: list[Arrival] = field(default_factory=list)
    parkings: list[Parking] = field(default_factory=list)
    released: list[UUID] = field(default_factory=list)
    stood_for: dict[FactKey, UUID] = field(default_factory=dict)
    new: set[UUID] = field(default_factory=set)
    changed: set[UUID] = field(default_factory=set)
    undecided: set[UUID] = field(default_factory=set)
    turned: set[UUID] = field(default_factory=set)
    moved: dict[UUID, datetime] = field(default_factory=dict)
    renamed: set[UUID] = field(default_factory=set)
    before: dict[UUID, Cells] = field(default_factory=dict)

    def watch(self, conversion_ids: Collection[UUID]) -> None:
        """Note what conversions that are about to change have added to the rollups so far."""
        unseen = set(conversion_ids) - self.new - self.before.keys()
        if unseen:
            found = cells_by_conversion(unseen)
            self.before |= {id_: found.get(id_, {}) for id_ in unseen}

    @property
    def current(self) -> list[Arrival]:
        """Everything to apply: what is fresh, and what comes back."""
        return [*self.fresh, *self.returning]
