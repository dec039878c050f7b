"""The schedule: each task at its own pace, at once after the clock jumped, and none stops the others."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest

from hanse.runtime.schedule import OUTWARD_TASKS, TASKS, Schedule, Task


class Diary:
    """A task that notes when it ran."""

    def __init__(self) -> None:
        self.ran: list[datetime] = []

    def __call__(self, now: datetime) -> None:
        self.ran.append(now)


def test_a_task_runs_at_its_own_pace(clock: Any) -> None:
    often, seldom = Diary(), Diary()
    schedule = Schedule((Task("often", 1, often), Task("seldom", 60, seldom)))
    for second in range(61):
        schedule.run_due(1000.0 + second)
    assert (len(often.ran), len(seldom.ran)) == (61, 2)


def test_a_clock_that_jumped_makes_tasks_due_at_once(clock: Any) -> None:
    diary = Diary()
    schedule = Schedule((Task("holds", 60, diary),))
    schedule.run_due(1000.0)
    clock.move(days=30)
    schedule.run_due(1000.2)
    assert diary.ran[-1] == clock.now


def test_a_task_that_fails_stops_no_other_and_is_tried_again(clock: Any) -> None:
    tried, diary = [], Diary()

    def fail(now: datetime) -> None:
        tried.append(now)
        raise RuntimeError("planted")

    schedule = Schedule((Task("bad", 1, fail), Task("good", 1, diary)))
    schedule.run_due(1000.0)
    schedule.run_due(1001.0)
    assert (len(tried), len(diary.ran)) == (2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("task", TASKS + OUTWARD_TASKS, ids=lambda task: task.name)
def test_every_task_runs_on_an_empty_installation_and_twice(task: Task, clock: Any) -> None:
    before = set(threading.enumerate())
    task.run(clock.now)
    task.run(clock.now)
    for started in set(threading.enumerate()) - before:  # one that asks outside has a thread of its own
        started.join(10)
