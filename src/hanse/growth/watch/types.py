"""What watch works with, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """Tries and the good among them: clicks and sales of a link, or orders and those that came with a click."""

    tries: int = 0
    good: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tries + other.tries, self.good + other.good)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.tries - other.tries, self.good - other.good)

    @property
    def share(self) -> float:
        """Hits by tries; 0 without tries."""
        return self.good / self.tries if self.tries else 0.0


@dataclass(frozen=True, slots=True)
class Compared:
    """The last days of one thing beside its own past: `span_days` now, `past_days` before.

    `change` is what everybody else's rate has become against before: 1 the same, 0.5 half. `spread` is how much more
    its past differs from span to span than chance alone would let it, 1 and more.
    """

    key: str
    span_days: int
    now: Counts
    past: Counts
    past_days: int
    change: float = 1.0
    spread: float = 1.0

    @property
    def expected(self) -> float:
        """How many good were to be expected now at its own usual share, less what happened to all."""
        return self.now.tries * self.change * self.past.share


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of comparing: how likely so few are by chance, at what level that is an alarm, and whether it is."""

    compared: Compared
    chance: float
    level: float
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that were looked at together: how many could tell anything, the level for each, and the alarms."""

    looked_at: int
    able: int
    level: float
    verdicts: Sequence[Verdict]  # of those that are low enough to ask

    @property
    def alarms(self) -> list[Verdict]:
        """The alarms, one for each thing: the comparison that is least likely by chance."""
        best: dict[str, Verdict] = {}
        for one in self.verdicts:
            if one.is_alarm and (one.compared.key not in best or one.chance < best[one.compared.key].chance):
                best[one.compared.key] = one
        return sorted(best.values(), key=lambda one: (one.chance, one.compared.key))


@dataclass(frozen=True, slots=True)
class HostShown:
    """One checkout host: its orders now and before, whether it is listed, and how many tellings wait for it."""

    host: str
    now: Counts
    past: Counts
    is_listed: bool
    waiting: int
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault found in the data. `key` stays the same for as long as it is the same fault.

    `about` says what it concerns (host, addresses, link numbers), `evidence` the numbers that show it.
    """

    key: str
    kind: str
    since: datetime
    about: Mapping[str, object] = field(default_factory=dict)
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the rule would have said in a past year, day by day.

    `looks` counts links times days on which they were compared. An alarm is *false* where the link sold again within
    four weeks without anybody having noted a fault.
    """

    first: date
    last: date
    links: int
    looks: int
    alarms: int
    false_alarms: int

    @property
    def false_per_thousand_looks(self) -> float:
        """False alarms in a thousand looks."""
        return 1000 * self.false_alarms / self.looks if self.looks else 0.0
