"""Rebuilding the rollups while everything else goes on: step by step, each in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import transaction

from hanse.insight.rollups.rebuilding import rebuild_steps
from hanse.kernel import clock
from hanse.runtime.pipeline.lead import NAME
from hanse.spine.positions.queries import place_of

REST_SECONDS = 0.02  # lets the pipeline and pages take the write lock between two steps
_PATIENCE = 100


def rebuild_in_steps(tell: Callable[[int, int], None]) -> int:
    """Mend every program's days and months and return how many days; tells (done, total) as it goes."""
    steps = rebuild_steps(clock.now())
    days = 0
    for place, step in enumerate(steps, 1):
        _await_whole_record()
        with transaction.atomic():
            days += step()
        tell(place, len(steps))
        time.sleep(REST_SECONDS)
    return days


def _await_whole_record() -> None:
    """Wait (2 s at most) while the pipeline stands inside a record: its clicks say only which record brought them."""
    for _ in range(_PATIENCE):
        if not place_of(NAME)[0].index:
            return
        time.sleep(REST_SECONDS)
