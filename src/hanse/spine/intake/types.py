"""Facts on their way in, as the pipeline's steps hand them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hanse.kernel.fact_types import Fact, FactKind

FactKey = tuple[str, str, UUID, str, str]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One fact with where it came from and where in the journal it stands.

    `parked_id` names the parked row when the fact comes back from waiting; `amends` says that it replaces an earlier
    revision; `is_taken` that a person took it against what was known; `is_overdue` that it has waited as long as it
    may.
    """

    fact: Fact
    kind: FactKind
    source: str
    program_id: UUID
    content_hash: str
    sequence: int
    index: int
    received_at: datetime
    wait: bool = False
    parked_id: UUID | None = None
    amends: bool = False
    is_overdue: bool = False
    is_taken: bool = False

    @property
    def key(self) -> FactKey:
        """What makes it one fact: source, kind, program, goal (of conversions) and outside id."""
        return (self.source, self.kind, self.program_id, self.fact.goal_of_identity, self.fact.external_id)

    @property
    def revision(self) -> int:
        """The sender's count of edits; refunds are never edited."""
        return getattr(self.fact, "revision", 0)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """What is remembered of a fact that came before."""

    content_hash: str
    revision: int
    verdict: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A fact that says something else than the same fact said before."""

    arrival: Arrival
    first_hash: str
    reason: str = "conflict"
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sorting:
    """A batch, sorted: what is new or amends, what repeats, what contradicts."""

    fresh: tuple[Arrival, ...]
    repeated: tuple[Arrival, ...]
    contradicting: tuple[Contradiction, ...]
