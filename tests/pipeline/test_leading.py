"""One worker leads: the lease and the position are kept in the transaction of the effects, or there are none."""

from __future__ import annotations

import threading

import pytest

from hanse.money.commissions.actions import release_holds
from hanse.money.ledger.verify import verify_books
from hanse.runtime.pipeline import STEPS, Batch, LostLead, Pipeline
from hanse.runtime.pipeline.lead import NAME
from hanse.runtime.schedule import Schedule, Task
from hanse.runtime.tenure import Tenure
from hanse.spine.health import worker_health
from hanse.spine.positions.models import Lease
from hanse.spine.positions.queries import database_now, is_led, place_of
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.sending import World


def test_a_leader_whose_lease_was_taken_has_no_effect_though_the_position_stands_where_it_was(world: World) -> None:
    world.sell("A-1", 10_000)
    cut_off = Pipeline(world.journal, holder="cut off")
    place = cut_off._place(world.now)
    assert cut_off._leads()
    units = cut_off._ahead.units(place, 10)
    Lease.objects.filter(name=NAME).update(holder="another")
    with pytest.raises(LostLead):
        cut_off._apply(units, place, world.now)
    assert not Conversion.objects.exists()
    assert place_of(NAME)[0] == place
    assert cut_off.run_once(world.now).facts == 0, "it asks for the lease again and does not get it"


def test_a_leader_that_lost_in_the_midst_of_a_batch_undoes_all_of_it(world: World) -> None:
    world.sell("A-1", 10_000)
    world.sell("A-2", 10_000)

    def another_was_faster(batch: Batch) -> None:
        raise LostLead("as if the database had said so at the end")

    loser = Pipeline(world.journal, (*STEPS, another_was_faster), holder="loser")
    with pytest.raises(LostLead):
        loser.run_once(world.now)
    assert not Conversion.objects.exists()
    assert Pipeline(world.journal, holder="loser").run_once(world.now).conversions == 2
    assert verify_books() == []


def test_a_batch_renews_the_lease(world: World) -> None:
    leader = Pipeline(world.journal, holder="leader")
    world.sell("A-1")
    leader.run_once(world.now)
    Lease.objects.filter(name=NAME).update(until=database_now())
    world.sell("A-2")
    leader.run_once(world.now)
    assert Lease.objects.get(name=NAME).until > database_now()


def test_who_steps_down_lets_the_next_one_lead_at_once(world: World) -> None:
    first, second = Pipeline(world.journal, holder="first"), Pipeline(world.journal, holder="second")
    world.sell("A-1")
    assert first.run_once(world.now).facts == 1
    world.sell("A-2")
    assert second.run_once(world.now).facts == 0
    assert is_led(NAME)
    first.step_down()
    assert not is_led(NAME)
    assert second.run_once(world.now).facts == 1


@pytest.mark.django_db
def test_of_two_schedules_on_one_database_one_runs() -> None:
    ran: list[str] = []
    stopped = threading.Event()
    stopped.set()  # no thread: the lease is taken once
    schedules = {}
    for name in ("one", "two"):
        schedules[name] = Schedule((Task("t", 60, lambda _now, name=name: ran.append(name)),), holder=name)
        schedules[name]._tenure._renew()
    for schedule in schedules.values():
        schedule.run_due(1_000)
    assert ran == ["one"]
    Lease.objects.filter(name="schedule").update(until=database_now())
    schedules["one"]._tenure._until = 0
    schedules["two"]._tenure._renew()
    for schedule in schedules.values():
        schedule.run_due(2_000)
    assert ran == ["one", "two"]


def test_a_tenure_without_a_name_is_always_held() -> None:
    assert Tenure("schedule", "").held
    assert not Tenure("schedule", "somebody").held


def test_a_worker_that_needs_no_lease_is_seen_to_run_and_its_place_is_the_journals(world: World) -> None:
    for number in ("A-1", "A-2", "A-3"):
        world.sell(number, coupon="ANA10")
    Pipeline(world.journal).run_once(world.now)
    release_holds(make.at(31), 10)
    Pipeline(world.journal).run_once(make.at(31))
    health = worker_health(make.at(31, seconds=5))
    assert (health.is_running, health.is_well, health.sequence) == (True, True, world.journal.end())
    assert not worker_health(make.at(32)).is_running


def test_a_worker_whose_schedule_alone_goes_on_is_not_seen_to_run(world: World) -> None:
    Tenure("schedule", "somebody")._renew()
    assert not worker_health(database_now()).is_running
