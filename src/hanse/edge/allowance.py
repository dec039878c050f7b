"""How often one source may knock: a bucket that refills steadily."""

from __future__ import annotations

import time
from collections.abc import Callable

_MAX_SOURCES = 100_000


class Allowance:
    """`burst` at once, then `per_minute`; forgets everybody when too many sources are known, which only helps them."""

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate_per_s, self._burst, self._clock = per_minute / 60, float(burst), clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, source: str, turns: int = 1) -> bool:
        """Use some of the source's turns; False, and none used, when it has not so many left."""
        now = self._clock()
        left, at = self._left.get(source, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate_per_s)
        if len(self._left) >= _MAX_SOURCES:
            self._left = {}
        enough = left >= turns
        self._left[source] = (left - turns if enough else left, now)
        return enough
