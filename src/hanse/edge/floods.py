"""Floods: more clicks on one link than people make, from one source or in all."""

from __future__ import annotations

WINDOW_MS = 60_000
SOURCE_LIMIT = 60  # valid clicks of one daily address hash on one link in a window
_MAX_SOURCES = 200_000


class Floods:
    """Counts valid clicks by link and source in fixed windows. Constant time, bounded memory."""

    def __init__(self, source_limit: int = SOURCE_LIMIT) -> None:
        self._source_limit = source_limit
        self._window, self._sources = -1, dict[tuple[int, str], int]()

    def over(self, link_number: int, ip_hash: str, at_ms: int) -> bool:
        """Count one click that is valid so far; say whether it is one too many."""
        window = at_ms // WINDOW_MS
        if window != self._window or len(self._sources) >= _MAX_SOURCES:
            self._window, self._sources = window, {}
        key = (link_number, ip_hash)
        count = self._sources[key] = self._sources.get(key, 0) + 1
        return count > self._source_limit
