"""What every journal promises, wherever it keeps its records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID


class Entry(NamedTuple):
    """One record with its place: sequences rise, and none is ever given twice."""

    sequence: int
    body: bytes


class JournalError(Exception):
    """The journal cannot say that the records are safe: treat them as not written."""


class Journal(Protocol):
    """The durable log of facts."""

    @property
    def journal_id(self) -> UUID:
        """Names this very log: a position is only good for the journal it was taken from."""

    def append(self, records: Sequence[bytes]) -> int:
        """Write records together and return the last one's sequence, once they survive a power cut.

        The records of one call have consecutive sequences and are all there or none is. Raises JournalError.
        """

    def read(self, after: int, limit: int) -> list[Entry]:
        """Return up to `limit` records with sequences above `after`, in order."""

    def prune(self, before: int, limit: int = 500) -> int:
        """Forget up to `limit` of the oldest records below `before`; return how many are gone."""

    def end(self) -> int:
        """Return the last sequence ever given (0 when none), pruned or not."""

    def probe(self) -> None:
        """Write and sync something that is no record. Raises JournalError when a record could not be taken now."""

    def close(self) -> None:
        """Release the files. Nothing that was answered depends on it."""
