"""A crash at each named point of a batch and of a letter: the next run ends in the same books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from hanse.journal.sqlite import SqliteJournal
from hanse.money.commissions.models import Commission
from hanse.money.ledger.models import Transaction
from hanse.runtime import schedule
from hanse.runtime.pipeline import STEPS, Pipeline
from hanse.runtime.pipeline import lead as leading
from hanse.spine.outbox.actions import enqueue
from hanse.spine.positions.queries import place_of
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion
from tests import cast, make
from tests.sending import World

pytestmark = pytest.mark.django_db(transaction=True)
POINTS = [f"before_{step.__name__}" for step in STEPS] + ["before_commit", "after_clicks"]


class Crash(BaseException):
    """The process dies here: nothing catches this."""


def crash(*_ignored: Any) -> None:
    raise Crash


@pytest.fixture
def world(journal: SqliteJournal) -> World:
    """Ana's link clicked once, the order that followed, its refund and an order that waits for nothing."""
    world = World(cast.build(), journal)
    token = world.click(world.cast.anas_link.number, make.at(hours=-1))
    world.sell("o1", 10_000, click=token.text)
    world.refund("r1", "o1", 2_500)
    world.sell("o2", 5_000, coupon="ANA10")
    return world


def books() -> tuple[Any, ...]:
    return (
        sorted(Conversion.objects.values_list("external_id", "amount_minor", "refunded_minor")),
        sorted(Commission.objects.values_list("conversion__external_id", "owed_minor")),
        Click.objects.count(),
        sorted(Transaction.objects.values_list("key", flat=True)),
    )


def crash_at(point: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[..., Any], ...]:
    """Return the steps of a batch that dies at a point."""
    if point == "after_clicks":
        if connection.vendor != "sqlite":
            pytest.skip("on PostgreSQL clicks are part of the same transaction")
        really = leading._clicks_first

        def click_and_crash(arrivals: Any) -> None:
            really(arrivals)
            raise Crash

        monkeypatch.setattr(leading, "_clicks_first", click_and_crash)
        return STEPS
    if point == "before_commit":
        return (*STEPS, crash)
    number = POINTS.index(point)
    return (*STEPS[:number], crash, *STEPS[number:])


@pytest.mark.parametrize("point", POINTS)
def test_a_batch_that_dies_anywhere_is_applied_once_by_the_next(
    point: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as planted, pytest.raises(Crash):
        Pipeline(world.journal, crash_at(point, planted)).drain(world.now)
    assert place_of("pipeline")[0].sequence == 0, "nothing is done before the position says so"
    assert Conversion.objects.count() == 0
    Pipeline(world.journal).drain(world.now)
    assert books()[0] == [("o1", 10_000, 2_500), ("o2", 5_000, 0)]
    assert books()[1] == [("o1", 1_500), ("o2", 1_000)]
    assert books()[2] == 1
    after = books()
    Pipeline(world.journal).drain(world.now)
    assert books() == after


@pytest.mark.parametrize("lost", ["record_sales", "record_returns", "price"])
def test_a_pipeline_that_moves_on_without_a_steps_effects_is_found_out(lost: str, world: World) -> None:
    """The planted bug: a step dies and the position moves on all the same."""
    assert lost in [step.__name__ for step in STEPS]
    Pipeline(world.journal, [step for step in STEPS if step.__name__ != lost]).drain(world.now)
    Pipeline(world.journal).drain(world.now)
    sold, earned, *_ = books()
    assert sold != [("o1", 10_000, 2_500), ("o2", 5_000, 0)] or earned != [("o1", 1_500), ("o2", 1_000)]


def test_effects_whose_position_was_lost_are_not_had_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Effects are kept, the position is not (a store restored alone): facts that come again are the same facts."""
    monkeypatch.setattr(leading, "move", lambda *_: True)
    Pipeline(world.journal)._attempt(*_first_batch(world))
    monkeypatch.undo()
    Pipeline(world.journal).drain(world.now)
    assert books()[0] == [("o1", 10_000, 2_500), ("o2", 5_000, 0)]


def _first_batch(world: World) -> tuple[Any, ...]:
    pipeline = Pipeline(world.journal)
    place = pipeline._place(world.now)
    return pipeline._ahead.units(place, 100), place, world.now


def test_a_letter_sent_before_a_crash_is_sent_again_as_the_same_letter(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    now = make.NOON
    enqueue("mail", "paid:1", {"to": "ana@x.example", "subject": "Paid", "text": "…"}, due_at=now, now=now)
    with monkeypatch.context() as planted:
        planted.setattr(schedule, "mark_done", crash)
        with pytest.raises(Crash):
            schedule.send_letters(now)
    schedule.send_letters(make.at(minutes=2))
    ids = {
        line
        for path in (tmp_path / "mail").glob("*.eml")
        for line in path.read_text().splitlines()
        if "Message-ID" in line
    }
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2
    assert len(ids) == 1, "the receiver can tell that it is the same letter"
