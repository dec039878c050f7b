"""What is forgotten, when, and that nothing which is still needed goes with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from hanse.insight.rollups.models import EnrolmentDay
from hanse.insight.rollups.rebuilding import compare_rollups, rebuild_rollups
from hanse.journal.sqlite import SqliteJournal
from hanse.runtime import sweeps
from hanse.runtime.environment import BadSetting, read_environment
from hanse.spine.idempotency.actions import begin_answer, keep_answer
from hanse.spine.idempotency.models import KeptAnswer
from hanse.spine.outbox.actions import enqueue, mark_done
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.clicks.models import Click
from tests import cast, make
from tests.sending import World

NOW = make.at(400)


@pytest.fixture
def world(db: None, journal: SqliteJournal) -> World:
    return World(cast.build(), journal, NOW)


def counted() -> int:
    return EnrolmentDay.objects.aggregate(clicks=Sum("clicks"))["clicks"] or 0


def clicks_of_two_years(world: World) -> None:
    for days in (-30, -1, 0, 1, 399):
        world.click(1, make.at(days), f"v{days}")
    world.click(99, make.at(-30), "lost")
    world.run()


def test_old_clicks_go_and_their_numbers_stay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "AT_ONCE", 2)
    clicks_of_two_years(world)
    assert sweeps.forget_old_clicks(NOW + timedelta(hours=1)) == 4
    assert Click.objects.count() == 2
    assert sweeps.forget_old_clicks(NOW + timedelta(hours=1)) == 0
    assert (counted(), compare_rollups()) == (5, [])


def test_a_rebuild_keeps_the_numbers_of_forgotten_clicks_and_mends_the_others(world: World) -> None:
    clicks_of_two_years(world)
    sweeps.forget_old_clicks(NOW)
    EnrolmentDay.objects.filter(day=make.at(399).date()).update(clicks=7)
    assert [one.message for one in compare_rollups()] == ["7 is stored, 1 is right"]
    rebuild_rollups(NOW)
    assert (counted(), compare_rollups()) == (5, [])


def test_a_sale_before_the_cut_is_still_compared(world: World) -> None:
    clicks_of_two_years(world)
    world.sell("A-1", 5_000, make.at(-30), coupon="ana10")
    world.run()
    sweeps.forget_old_clicks(NOW)
    EnrolmentDay.objects.filter(day=make.at(-30).date()).update(value_minor=1)
    assert [one.message for one in compare_rollups()] == ["1 is stored, 5000 is right"]


def test_an_earlier_cut_does_not_undo_a_later_one(world: World) -> None:
    clicks_of_two_years(world)
    sweeps.forget_old_clicks(NOW)
    sweeps.forget_old_clicks(NOW - timedelta(days=100))
    assert compare_rollups() == []


@pytest.mark.django_db
def test_answers_are_kept_for_a_day_and_sent_letters_for_a_season() -> None:
    for number, at in enumerate((make.at(-2), make.at())):
        begin_answer("key", str(number), "hash", at)
        keep_answer("key", str(number), 200, "{}", at)
        enqueue("mail", f"letter:{number}", {}, due_at=at, now=at)
    mark_done(OutboxItem.objects.get(key="letter:0").id, make.at(-100))
    for _ in range(2):
        sweeps.forget_old_answers(make.at(minutes=1))
        sweeps.forget_old_letters(make.at())
        sweeps.forget_old_verdicts(make.at())
        assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["1"]
        assert list(OutboxItem.objects.values_list("key", flat=True)) == ["letter:1"]


@pytest.mark.parametrize("text", ["0", "29", "-1", "ten", "40000000"])
def test_a_retention_time_without_meaning_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANSE_CLICK_RETENTION_DAYS", text)
    with pytest.raises(BadSetting, match="number of days"):
        read_environment()


def test_clicks_are_kept_for_four_hundred_days_by_default(monkeypatch: Any) -> None:
    monkeypatch.delenv("HANSE_CLICK_RETENTION_DAYS", raising=False)
    assert read_environment().click_retention_days == 400
