"""Reading the journal ahead: records become single facts, each with the place that stands behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from hanse.journal.port import Entry, Journal
from hanse.kernel.facts import ClickEnvelope, content_hash, decode_envelope
from hanse.spine.intake.types import Arrival
from hanse.spine.positions.types import Place
from hanse.traffic.clicks.types import ClickArrival

MOST_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A journal record that cannot be parsed."""

    sequence: int
    body: bytes
    error: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing to apply or set aside; `place` is where the reader stands once it is done."""

    item: ClickArrival | Arrival | Unreadable
    place: Place


class ReadAhead:
    """Units from a place on. Keeps what is parsed but not yet applied, so that nothing is parsed twice."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._units: deque[Unit] = deque()
        self._at = Place()
        self._read_until = 0
        self._per_record = 100  # facts in a record, as far as known: a record may hold one or a thousand

    def units(self, place: Place, limit: int) -> list[Unit]:
        """Return up to `limit` units behind a place (which is where the last ones ended, else it starts over)."""
        if place != self._at or not self._units:
            self._units.clear()
            self._read_until = place.sequence
            self._at = place
        while len(self._units) < limit:
            records = min(MOST_RECORDS, (limit - len(self._units)) // self._per_record + 1)
            entries, before = self._journal.read(self._read_until, records), len(self._units)
            for entry in entries:
                self._units.extend(unit for unit in units_of(entry, self._read_until) if unit.place > self._at)
                self._read_until = entry.sequence
            if len(entries) < records:
                break
            self._per_record = max(1, (len(self._units) - before) // records)
        return [self._units[index] for index in range(min(limit, len(self._units)))]

    def done(self, place: Place) -> None:
        """Forget the units up to a place: they are applied."""
        while self._units and self._units[0].place <= place:
            self._units.popleft()
        self._at = place


def units_of(entry: Entry, before: int) -> Iterator[Unit]:
    """Take a record apart; `before` is the sequence of the record before it.

    What cannot be parsed comes out as one unreadable unit, never as an error.
    """
    sequence = entry.sequence
    try:
        envelope = decode_envelope(entry.body)
    except Exception as error:  # whatever a damaged record does to the parser, the rest must go on
        yield Unit(Unreadable(sequence, entry.body, repr(error)), Place(sequence))
        return
    count = len(envelope.clicks if isinstance(envelope, ClickEnvelope) else envelope.facts)
    for index in range(count):
        place = Place(before, index + 1) if index + 1 < count else Place(sequence)
        if isinstance(envelope, ClickEnvelope):
            yield Unit(ClickArrival(envelope.clicks[index], sequence), place)
            continue
        fact = envelope.facts[index]
        arrival = Arrival(
            fact=fact, kind=envelope.fact_kind, source=envelope.source, program_id=envelope.program_id,
            content_hash=content_hash(fact), sequence=sequence, index=index, received_at=envelope.received_at,
            wait=envelope.wait,
        )  # fmt: skip
        yield Unit(arrival, place)
