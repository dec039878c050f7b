"""A crash between any two steps, and a second worker: every effect once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from hanse.insight.rollups.models import EnrolmentDay
from hanse.insight.rollups.rebuilding import compare_rollups
from hanse.journal.sqlite import SqliteJournal
from hanse.money.ledger.verify import verify_books
from hanse.runtime.pipeline import STEPS, Batch, LostLead, Pipeline, WrongJournal
from hanse.spine.positions.actions import give_back_lease, move, take_lease
from hanse.spine.positions.models import Position
from hanse.spine.positions.types import Place
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion, Refund
from tests import cast, make
from tests.sending import World

NAMES = [step.__name__ for step in STEPS]


class Crash(BaseException):
    """The process is gone: nobody catches this."""


def crash(_batch: Batch) -> None:
    raise Crash


def send_everything(world: World) -> None:
    world.sell("A-1", 10_000, click=world.click(1, make.at(-1)).text)
    world.sell("A-2", 5_000, coupon="BEN10", customer={"external_id": "c-1"})
    world.refund("R-1", "A-1", 2_500)


def effects() -> tuple[object, ...]:
    days = EnrolmentDay.objects.order_by("day", "enrolment_id")
    return (
        Click.objects.count(), Conversion.objects.count(), Refund.objects.count(),
        list(days.values_list("clicks", "value_minor", "commission_minor")),
        compare_rollups(), verify_books(),
    )  # fmt: skip


@pytest.mark.parametrize("place", range(len(STEPS) + 1), ids=["clicks", *NAMES])
def test_a_crash_after_any_step_is_made_good_by_the_next_run(world: World, place: int) -> None:
    send_everything(world)
    dying = Pipeline(world.journal, (*STEPS[:place], crash, *STEPS[place:]))
    with pytest.raises(Crash):
        dying.drain(world.now)
    assert not Conversion.objects.exists()
    Pipeline(world.journal).drain(world.now)
    after = effects()
    Pipeline(world.journal).drain(world.now)
    assert effects() == after
    assert after[:3] == (1, 2, 1)
    assert after[4:] == ([], [])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["clicks", "record_sales", "price", "remember"])
def test_a_killed_process_leaves_nothing_half_done(tmp_path: Path, step: str) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    world = World(cast.build(), journal)
    send_everything(world)
    place = 0 if step == "clicks" else NAMES.index(step) + 1

    def die() -> None:
        def kill(_batch: Batch) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        Pipeline(SqliteJournal(tmp_path / "journal.sqlite3"), (*STEPS[:place], kill)).drain(world.now)

    assert _in_a_child(die) == signal.SIGKILL
    assert not Conversion.objects.exists()
    Pipeline(journal).drain(world.now)
    assert effects()[:3] == (1, 2, 1)
    assert effects()[4:] == ([], [])
    journal.close()


def _in_a_child(act: Callable[[], None]) -> int:
    """Run something in a forked process with its own connections; return the signal that ended it."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def test_a_second_worker_that_was_faster_ends_the_first(world: World) -> None:
    world.sell("A-1")
    first = Pipeline(world.journal)
    place = first._place(world.now)
    units = first._ahead.units(place, 10)
    Pipeline(world.journal).drain(world.now)
    with pytest.raises(LostLead):
        first._apply(units, place, world.now)
    assert Conversion.objects.count() == 1


def test_a_position_of_another_journal_is_refused(world: World, tmp_path: Path) -> None:
    world.sell("A-1")
    world.run()
    other = SqliteJournal(tmp_path / "other.sqlite3", sync="normal")
    with pytest.raises(WrongJournal):
        Pipeline(other).run_once(world.now)
    other.close()


def test_a_position_beyond_the_journals_end_is_refused(world: World) -> None:
    world.sell("A-1")
    world.run()
    Position.objects.filter(name="pipeline").update(sequence=99)
    with pytest.raises(WrongJournal):
        Pipeline(world.journal).run_once(world.now)


def test_trouble_of_the_database_sets_no_fact_aside(world: World) -> None:
    world.sell("A-1")

    def locked(_batch: Batch) -> None:
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError):
        Pipeline(world.journal, (locked,)).drain(world.now)
    assert world.run().conversions == 1


@pytest.mark.django_db
def test_a_position_moves_only_from_where_it_stands() -> None:
    Position.objects.create(name="reader", journal_id="j", moved_at=make.NOON)
    assert move("reader", Place(), Place(5, 2), make.NOON)
    assert not move("reader", Place(), Place(9), make.NOON)
    assert move("reader", Place(5, 2), Place(6), make.NOON)


@pytest.mark.django_db
def test_a_lease_has_one_holder_until_it_ends_or_is_given_back() -> None:
    assert take_lease("work", "one", make.NOON)
    assert take_lease("work", "one", make.NOON)
    assert not take_lease("work", "two", make.at(seconds=29))
    assert take_lease("work", "two", make.at(seconds=30))
    give_back_lease("work", "two", make.at(seconds=31))
    assert take_lease("work", "three", make.at(seconds=31))


def test_of_two_workers_with_names_only_the_holder_of_the_lease_works(world: World) -> None:
    world.sell("A-1")
    first, second = Pipeline(world.journal, holder="one"), Pipeline(world.journal, holder="two")
    assert first.run_once(world.now).facts == 1
    world.sell("A-2")
    assert second.run_once(world.now).facts == 0
    assert first.run_once(world.now).facts == 1
