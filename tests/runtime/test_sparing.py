"""One on whom a task fails keeps nobody else from their turn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError

from hanse.kernel.ids import new_id
from hanse.money.commissions import releasing
from hanse.money.commissions.models import Commission
from hanse.money.promises import actions as promises
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.schedule import close_due_periods, release_due_holds
from hanse.runtime.sparing import by_halves
from tests import make
from tests.money.books import pots, price, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> list[Enrolment]:
    """Three partners of a program that promises 50.00 a month."""
    program = make.program(time_zone="UTC", hold_days=1)
    percent = {"kind": "percent", "rate": "20%"}
    make.terms(program, percent, {"kind": "floor", "amount": 5_000, "period": "month", "mode": "added"})
    return [make.enrolment(make.partner(name, email=f"{name}@p.example"), program) for name in ("ana", "ben", "cleo")]


def break_for(who: Enrolment, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a bug in settling that meets one enrolment."""
    sound = module.settlement_for

    def settlement_for(ids: Collection[UUID], now: Any) -> Any:
        if who.pk in ids:
            raise ValueError("planted")
        return sound(ids, now)

    monkeypatch.setattr(module, "settlement_for", settlement_for)


def test_the_hold_that_cannot_end_keeps_no_other_and_ends_when_it_can(
    three: list[Enrolment], monkeypatch: pytest.MonkeyPatch
) -> None:
    price(*(sell(one, 10_000, at=make.at()) for one in three))
    with monkeypatch.context() as planted:
        break_for(three[0], releasing, planted)
        assert release_due_holds(make.at(2)) == 2
    assert [pots(one).held_minor for one in three] == [2_000, 0, 0]
    assert release_due_holds(make.at(2) + timedelta(minutes=1)) == 1
    assert not Commission.objects.filter(approved_at=None).exists()


def test_the_partner_whose_floor_cannot_be_booked_keeps_nobody_elses_back(
    three: list[Enrolment], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = make.at(70)
    with monkeypatch.context() as planted:
        break_for(three[1], promises, planted)
        close_due_periods(later)
    paid = [pots(one).payable_minor for one in three]
    assert paid[0] == paid[2] > 0
    assert paid[1] == 0
    close_due_periods(later)
    assert pots(three[1]).payable_minor == paid[0]


def test_the_databases_own_trouble_is_nobodys_fault() -> None:
    def lose(_ids: Sequence[UUID]) -> None:
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        by_halves("holds", [new_id(), new_id()], lose)
