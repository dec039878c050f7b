"""What every journal promises, wherever it keeps its records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID


class Entry(NamedTuple):
    """One record with its place: sequences rise, and none is ever given twice."""

    sequence: int
    body: bytes


class JournalError(Exception):
    """The journal cannot say that the records are safe: treat them as not written."""


class TooLarge(JournalError):
    """The records of one call do not fit into the journal, now or later: sending them again helps nobody."""


class Journal(Protocol):
    """The durable log of facts."""

    @property
    def journal_id(self) -> UUID:
        """Names this very log: a position is only good for the journal it was taken from. Raises JournalError."""

    @property
    def most_bytes(self) -> int:
        """How much one `append` should hold, 0 for no limit: who gathers records stops gathering there."""

    def append(self, records: Sequence[bytes]) -> int:
        """Write records together and return the last one's sequence, once they survive a power cut.

        The records of one call have consecutive sequences and are all there or none is. Raises JournalError.
        """

    def read(self, after: int, limit: int) -> list[Entry]:
        """Return up to `limit` records with sequences above `after`, in order."""

    def tail(self, limit: int) -> list[Entry]:
        """Return the latest records in order: up to `limit` of them, or of what was written together."""

    def prune(self, before: int, limit: int = 500) -> int:
        """Forget up to `limit` of the oldest records below `before`; return how many are gone."""

    def end(self) -> int:
        """Return the last sequence ever given (0 when none), pruned or not."""

    def behind(self, after: int) -> int:
        """Return how many records (or groups written together) come after a sequence."""

    def last_before(self, at_ms: int) -> int:
        """Return the last sequence written before a moment (milliseconds since 1970), 0 when none."""

    def listen(self, hear: Callable[[bytes], None]) -> None:
        """Let `hear` have every record that any writer appends from now on; a journal for one writer tells nothing.

        It is called on a thread of the journal's own and must neither block nor raise.
        """

    def probe(self) -> None:
        """Find out whether a record could be taken now. Raises JournalError when not."""

    def close(self) -> None:
        """Release files and connections. Nothing that was answered depends on it."""
