"""From checked facts to journal records: the same steps for the HTTP door, the importer and the demo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from hanse.journal.port import Journal
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.facts import (
    ClickFact,
    ConversionFact,
    Fact,
    FactDefaults,
    FactEnvelope,
    FactKind,
    click_line,
    encode_envelope,
    fact_id,
    join_clicks,
    parse_conversion,
    parse_refund,
)
from hanse.kernel.reading import MAX_PROBLEMS

MAX_FACTS = 1_000
CLICKS_A_RECORD = 500
_T = TypeVar("_T")


@dataclass(slots=True)
class FactBatch:
    """Facts of one request on their way into the journal: collected with `add`, written as one record a program."""

    source: str
    kind: FactKind
    received_at: datetime
    wait: bool = False
    problems: list[Problem] = field(default_factory=list)
    places: list[tuple[UUID, int]] = field(default_factory=list)
    _facts: dict[UUID, list[Fact]] = field(default_factory=dict)

    def add(
        self, value: object, program_id: UUID, defaults: FactDefaults, pointer: str = "", *, page_host: str = ""
    ) -> None:
        """Check one JSON object; its problems join `problems`, a sound one waits for `records`.

        `page_host` is the host of the page that tells a conversion, as the door saw it.
        """
        try:
            if self.kind == "conversion":
                fact = parse_conversion(value, defaults, pointer)
                self.take(replace(fact, page_host=page_host) if page_host else fact, program_id)
            else:
                self.take(parse_refund(value, defaults, pointer), program_id)
        except Invalid as invalid:
            self.problems.extend(invalid.problems[: MAX_PROBLEMS - len(self.problems)])

    def take(self, fact: Fact, program_id: UUID) -> None:
        """Add a fact that is checked already."""
        kept = self._facts.setdefault(program_id, [])
        self.places.append((program_id, len(kept)))
        kept.append(fact)

    def clicks(self) -> Iterator[tuple[UUID, str]]:
        """Name the clicks that conversions were sent with, each with its program."""
        for program_id, facts in self._facts.items():
            for fact in facts:
                if isinstance(fact, ConversionFact) and fact.click:
                    yield program_id, fact.click

    def records(self) -> list[bytes]:
        """Return the journal records, one for each program. Raises Invalid when any fact had a problem."""
        if self.problems:
            raise Invalid(self.problems)
        return [
            encode_envelope(FactEnvelope(self.source, program_id, self.kind, self.received_at, self.wait, tuple(facts)))
            for program_id, facts in self._facts.items()
        ]

    def answers(self) -> list[dict[str, str]]:
        """Return what the sender is told of each fact, in the order of sending."""
        return [self._answer(program_id, self._facts[program_id][index]) for program_id, index in self.places]

    def _answer(self, program_id: UUID, fact: Fact) -> dict[str, str]:
        name = fact_id(self.source, self.kind, program_id, fact.goal_of_identity, fact.external_id)
        return {"id": name, "kind": self.kind, "external_id": fact.external_id, "status": "accepted"}

    def record_places(self, last_sequence: int) -> list[tuple[int, int]]:
        """Return each fact's (sequence, index) once the records' last sequence is known."""
        first = last_sequence - len(self._facts) + 1
        sequences = {program_id: first + place for place, program_id in enumerate(self._facts)}
        return [(sequences[program_id], index) for program_id, index in self.places]


def capture_facts(
    journal: Journal,
    source: str,
    program_id: UUID,
    kind: FactKind,
    objects: Iterable[object],
    received_at: datetime,
    defaults: FactDefaults,
) -> list[dict[str, str]]:
    """Check JSON objects as the fact doors do and write them, up to 1,000 a record. Returns the doors' answers.

    Each thousand is durable before the next is read. Raises Invalid with pointers (`/3/amount`, counted from the start)
    before anything of its thousand is written; JournalError when the journal cannot take it.
    """  # fmt: skip
    told: list[dict[str, str]] = []
    for chunk in _chunks(objects, MAX_FACTS):
        batch = FactBatch(source, kind, received_at)
        for index, value in enumerate(chunk, start=len(told)):
            batch.add(value, program_id, defaults, f"/{index}")
        journal.append(batch.records())
        told += batch.answers()
    return told


def capture_clicks(journal: Journal, clicks: Iterable[ClickFact]) -> int:
    """Write clicks as the redirect does; return the journal's last sequence (0 when there were none)."""
    last = 0
    for chunk in _chunks(clicks, CLICKS_A_RECORD):
        last = journal.append([join_clicks([click_line(click) for click in chunk])])
    return last


def _chunks(values: Iterable[_T], size: int) -> Iterator[Sequence[_T]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, size)):
        yield chunk
