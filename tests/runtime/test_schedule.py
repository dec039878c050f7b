"""The schedule: each task at its own pace, and at once after the clock jumped."""

from __future__ import annotations

from datetime import datetime

from hanse.runtime.schedule import Schedule, Task
from tests.conftest import Clock


def test_a_task_runs_at_its_pace_and_at_once_after_the_machine_slept(clock: Clock) -> None:
    ran: list[datetime] = []
    schedule = Schedule((Task("holds", 60, ran.append),))
    schedule.run_due(100.0)
    schedule.run_due(159.0)
    assert len(ran) == 1
    schedule.run_due(160.0)
    assert len(ran) == 2
    slept = clock.move(hours=9)
    schedule.run_due(161.0)
    schedule.run_due(162.0)
    assert ran[2:] == [slept]


def test_a_task_that_fails_is_tried_next_time(clock: Clock) -> None:
    tries: list[datetime] = []

    def fail(now: datetime) -> None:
        tries.append(now)
        raise OSError

    schedule = Schedule((Task("letters", 1, fail),))
    schedule.run_due(1.0)
    schedule.run_due(2.0)
    assert len(tries) == 2
