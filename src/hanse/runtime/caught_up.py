"""Whether what lay in the journal when the worker began is applied: nothing is judged by the facts before a pause."""

from __future__ import annotations

import time

import structlog
from django.db import Error

from hanse.journal.port import Journal, JournalError
from hanse.spine.positions.queries import place_of
from hanse.spine.positions.types import PIPELINE

PATIENCE_SECONDS = 900.0
_log = structlog.get_logger("hanse.work")


class CaughtUp:
    """Says so once it is, and from then on. Who waited in vain for a quarter of an hour goes on all the same: something
    is wrong with the pipeline then, and the health page tells it."""

    def __init__(self, journal: Journal) -> None:
        self._waits_until = time.monotonic() + PATIENCE_SECONDS
        try:
            self._end = journal.end()
        except JournalError as error:  # it cannot be asked now; the pipeline waits for it as well
            _log.warning("journal_out_of_reach", why=str(error))
            self._end = 0
        self._is_so = False

    def __call__(self) -> bool:
        """Say whether it is so. One query until then, none afterwards. Raises nothing."""
        if not self._is_so:
            self._is_so = self._is_applied() or time.monotonic() > self._waits_until
        return self._is_so

    def _is_applied(self) -> bool:
        try:
            return place_of(PIPELINE)[0].sequence >= self._end
        except Error:  # the database's trouble; the next look tells
            return False
