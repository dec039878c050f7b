"""The schedule: each task at its own pace, at once after the clock jumped, and none stops the others."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hanse.journal.sqlite import SqliteJournal
from hanse.runtime.caught_up import CaughtUp
from hanse.runtime.schedule import OUTWARD_TASKS, TASKS, Schedule, Task
from hanse.spine.positions.models import Position
from tests.make import NOON


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


def test_nothing_is_judged_before_what_came_during_a_pause_is_counted(clock: Any) -> None:
    holds, letters, are_in = Diary(), Diary(), [False]
    schedule = Schedule(
        (Task("holds", 60, holds, judges=True), Task("letters", 1, letters)), facts_are_in=lambda: are_in[0]
    )
    schedule.run_due(1000.0)
    schedule.run_due(1001.0)
    assert (len(holds.ran), len(letters.ran)) == (0, 2)
    are_in[0] = True
    schedule.run_due(1002.0)
    assert (len(holds.ran), len(letters.ran)) == (1, 3)


@pytest.mark.django_db
def test_the_facts_are_in_when_the_pipeline_stands_where_the_journal_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    try:
        assert CaughtUp(journal)(), "an empty journal"
        end = journal.append([b"one", b"two"])
        caught_up = CaughtUp(journal)
        assert not caught_up()
        Position.objects.create(name="pipeline", journal_id="j", sequence=end, moved_at=NOON)
        assert caught_up()
        journal.append([b"three"])
        assert caught_up(), "what comes later is no pause"
        monkeypatch.setattr("hanse.runtime.caught_up.PATIENCE_SECONDS", -1.0)
        assert CaughtUp(journal)(), "nobody waits for ever"
    finally:
        journal.close()
