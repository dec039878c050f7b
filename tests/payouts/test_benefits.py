"""Benefits: promised by terms, owed for each period, delivered with a day and a worth; not in the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hanse.kernel.errors import Invalid, Refused
from hanse.money.benefits.actions import deliver_benefit, owe_benefits, take_delivery_back
from hanse.money.benefits.models import Benefit
from hanse.money.benefits.queries import benefit_sums, benefits_of, overdue
from hanse.money.benefits.rules import state_of
from hanse.money.ledger.models import Entry
from hanse.programs.enrolments.models import Enrolment
from tests import make

pytestmark = pytest.mark.django_db
BOX = {"kind": "benefit", "name": "Sample box", "worth": 4500, "period": "quarter"}


def owe(now: datetime) -> None:
    while (after := owe_benefits(now, limit=1)) is not None:
        assert owe_benefits(now, after=after, limit=1_000) is None
        return


@pytest.fixture
def anas() -> Enrolment:
    program = make.program("harbour")
    make.terms(program, BOX, {"kind": "benefit", "name": "Seat", "worth": 20000, "period": "life"})
    return make.enrolment(make.partner("Ana"), program, enrolled_at=datetime(2026, 2, 10, tzinfo=UTC))


def starts(name: str = "Sample box") -> list[str]:
    rows = Benefit.objects.filter(name=name, dropped_at=None).order_by("starts_at")
    return [str(row.starts_at.date()) for row in rows]


def test_every_period_that_has_begun_owes_its_benefit_once(anas: Enrolment) -> None:
    owe(make.NOON)
    owe(make.NOON)
    owe(make.at(days=1))
    assert starts() == ["2026-01-01", "2026-03-31"]  # 1 April in London begins the evening before
    assert starts("Seat") == ["2026-02-10"]
    assert not Entry.objects.exists()


def test_what_a_later_version_promises_is_owed_from_the_next_period(anas: Enrolment) -> None:
    make.terms(anas.program, BOX | {"name": "Bigger box"}, starts_at=datetime(2026, 5, 1, tzinfo=UTC))
    owe(datetime(2026, 7, 2, tzinfo=UTC))
    assert starts() == ["2026-01-01", "2026-03-31"]
    assert starts("Bigger box") == ["2026-06-30"]


def test_who_comes_back_at_the_first_moment_of_a_period_is_owed_nothing_for_the_one_before(anas: Enrolment) -> None:
    make.change_status(anas, "ended", datetime(2026, 3, 1, tzinfo=UTC))
    make.change_status(anas, "active", datetime(2026, 6, 30, 23, tzinfo=UTC))  # 1 July in London
    owe(datetime(2026, 8, 1, tzinfo=UTC))
    assert starts() == ["2026-01-01", "2026-06-30"]


def test_who_has_left_is_owed_nothing_for_later_periods(anas: Enrolment) -> None:
    make.change_status(anas, "ended", datetime(2026, 3, 1, tzinfo=UTC))
    owe(make.NOON)
    assert starts() == ["2026-01-01"]


def test_what_is_not_owed_any_more_drops_out_unless_it_was_delivered(anas: Enrolment) -> None:
    owe(make.NOON)
    first, second = Benefit.objects.filter(name="Sample box").order_by("starts_at")
    deliver_benefit(first, on=date(2026, 3, 2), now=make.NOON, by="ruth")
    make.change_status(anas, "ended", datetime(2025, 12, 1, tzinfo=UTC))
    Enrolment.objects.get(pk=anas.pk).status_changes.filter(status="active").delete()
    owe(make.at(days=1))
    second.refresh_from_db()
    assert second.dropped_at is not None
    assert [row.pk for row in benefits_of([anas.pk])] == [first.pk]
    with pytest.raises(Refused):
        deliver_benefit(second, on=date(2026, 5, 2), now=make.NOON, by="ruth")


def test_a_benefit_is_overdue_when_its_period_ends_without_it(anas: Enrolment) -> None:
    owe(make.NOON)
    (late,) = overdue(anas.program_id, make.NOON)
    assert (late.name, str(late.ends_at.date())) == ("Sample box", "2026-03-31")
    assert state_of(False, late.ends_at, late.ends_at) == "overdue"
    assert state_of(False, late.ends_at, late.ends_at - timedelta(seconds=1)) == "owed"
    deliver_benefit(late, on=date(2026, 5, 10), worth_minor=5000, note="By post", now=make.NOON, by="ruth")
    assert list(overdue(anas.program_id, make.NOON)) == []
    assert benefit_sums(anas.program_id, make.NOON) == {
        "owed": 2, "late": 0, "owed_minor": 24500, "delivered_minor": 5000,
    }  # fmt: skip
    take_delivery_back(late, now=make.NOON, by="ruth")
    assert overdue(anas.program_id, make.NOON).count() == 1


def test_a_delivery_has_a_day_that_has_come(anas: Enrolment) -> None:
    owe(make.NOON)
    late = overdue(anas.program_id, make.NOON)[0]
    with pytest.raises(Invalid):
        deliver_benefit(late, on=date(2026, 5, 16), now=make.NOON, by="ruth")
    deliver_benefit(late, on=date(2026, 5, 16), now=datetime(2026, 5, 15, 23, 30, tzinfo=UTC), by="ruth")  # in London
    deliver_benefit(late, on=date(2026, 5, 15), now=make.NOON, by="ruth")
    late.refresh_from_db()
    assert late.delivered_worth_minor == 4500
