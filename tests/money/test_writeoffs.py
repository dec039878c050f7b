"""What somebody who has left owes is written off by a person, once, and no promise or paper forgets it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from hanse.kernel.errors import Conflict, Invalid, Refused
from hanse.money.accruals.queries import accruals_of
from hanse.money.commissions.actions import adjust
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.payouts.beside import beside_orders
from hanse.money.payouts.statements import statement
from hanse.money.payouts.words import cause_words
from hanse.money.statements.invoicing import became_payable
from hanse.money.writeoffs.actions import write_off
from hanse.money.writeoffs.queries import debtors_of
from hanse.programs.enrolments.actions import change_status
from hanse.programs.enrolments.models import Enrolment
from tests import make
from tests.money.books import close_periods
from tests.money.test_promises import day, floor, partner, proven, release, sale, sums

pytestmark = pytest.mark.django_db


def leave(who: Enrolment, at: datetime) -> Enrolment:
    change_status(who, "ended", at=at, reason="Moved abroad", by="olga")
    who.refresh_from_db()
    return who


def owing(minor: int = 1_500, at: datetime | None = None) -> Enrolment:
    """Return somebody whose balance is below zero."""
    ana = partner()
    adjust(ana, -minor, "Paid twice", at or day(2), "olga")
    return ana


def test_what_somebody_owes_who_has_left_becomes_the_programs_loss() -> None:
    ana = leave(owing(), day(3))
    number = write_off(ana, 1_500, "Not worth a letter", day(4), "olga")
    assert sums(ana) == (0, 0, 0)
    lines = Entry.objects.filter(transaction_id=number).values_list("account__kind", "amount_minor")
    assert sorted(lines) == [("payable", 1_500), ("program_loss", -1_500)]
    booked = Transaction.objects.get(number=number)
    assert (booked.cause, booked.note, booked.actor) == ("written_off", "Not worth a letter", "olga")
    assert proven()


def test_it_is_written_off_once() -> None:
    ana = leave(owing(), day(3))
    write_off(ana, 1_500, "Gone", day(4), "olga")
    with pytest.raises(Refused, match="owe nothing"):
        write_off(ana, 1_500, "Gone", day(4), "olga")


def test_nobody_writes_off_another_amount_than_they_saw() -> None:
    ana = leave(owing(), day(3))
    with pytest.raises(Conflict, match="changed meanwhile"):
        write_off(ana, 1_499, "Gone", day(4), "olga")
    assert sums(ana) == (0, -1_500, 0)


def test_a_reason_is_needed() -> None:
    with pytest.raises(Invalid):
        write_off(leave(owing(), day(3)), 1_500, "  ", day(4), "olga")


def test_whoever_is_still_here_pays_by_what_they_earn() -> None:
    ana = owing()
    with pytest.raises(Refused, match="later earnings pay it"):
        write_off(ana, 1_500, "Kind", day(4), "olga")


def test_what_is_on_hold_pays_first() -> None:
    ana = owing()
    sale(ana, 1_000, day(2, 20))
    leave(ana, day(3))
    with pytest.raises(Refused, match="on hold"):
        write_off(ana, 1_500, "Gone", day(3, 2), "olga")
    release(day(4))
    write_off(ana, 1_300, "Gone", day(4), "olga")
    assert sums(ana) == (0, 0, 0)


def test_an_open_advance_is_written_off_and_asked_back_by_nobody_who_returns() -> None:
    ana = partner(floor("recoupable", carry=True))
    close_periods(day(1, 2))
    sale(ana, 60_000, day(1, 5))
    release(day(2, 10))
    assert sums(ana) == (0, 20_000, -8_000)
    leave(ana, day(3, 1))
    close_periods(day(3, 2))
    owed = -sums(ana)[2]
    assert [(one.enrolment.pk, one.debt.minor) for one in debtors_of(ana.program_id, 9).rows] == [(ana.pk, owed)]
    write_off(ana, owed, "Gone", day(5), "olga")
    assert sums(ana)[2] == 0
    close_periods(day(6))
    assert proven()
    change_status(ana, "active", at=day(7), reason="Is back", by="olga")
    paid_before = sums(ana)[1]
    close_periods(day(7, 2))
    advance = -sums(ana)[2]
    assert sums(ana)[1] == paid_before + advance, "a new advance, as the terms say"
    sale(ana, 200_000, day(7, 5))
    release(day(9))
    assert sums(ana)[2] == 0
    assert sums(ana)[1] == paid_before + 40_000, "only the new advance is paid back"
    assert proven()


def test_what_terms_forgive_by_themselves_is_no_loss() -> None:
    ana = partner(floor("recoupable"))
    close_periods(day(1, 2))
    leave(ana, day(2))
    close_periods(day(2, 2))
    owed = -sums(ana)[2]
    assert owed > 0
    with pytest.raises(Refused, match="owe nothing"):
        write_off(ana, owed, "Gone", day(4, 2), "olga")
    assert proven()


def test_it_is_no_earning_no_supply_and_no_cost_of_another_month() -> None:
    ana = leave(owing(at=day(2)), day(3))
    write_off(ana, 1_500, "Gone", day(4), "olga")
    assert became_payable(ana.pk, day(3), day(5)) == 0
    assert [row.cause for row in beside_orders(ana.pk)] == ["adjustment"]
    found = statement(ana, day(4) - timedelta(days=1), day(5))
    assert [(row.cause, row.moved.payable_minor) for row in found.rows] == [("written_off", 1_500)]
    assert cause_words("written_off") == "Written off"
    april = accruals_of(ana.program, date(2026, 4, 1), day(9))
    assert {row.account: (row.opening_minor, row.closing_minor) for row in april.rows} == {
        "payable": (-1_500, 0),
        "program_cost": (1_500, 1_500),
        "program_loss": (0, -1_500),
    }
    assert not april.wrong


def test_those_who_owe_the_most_are_read_in_three_queries_and_the_others_counted(
    django_assert_num_queries: object,
) -> None:
    program = make.program(time_zone="UTC")
    make.terms(program)
    for minor in (500, 900, 100):
        one = make.enrolment(make.partner(email=f"{minor}@partners.example"), program)
        adjust(one, -minor, "Paid twice", day(2), "olga")
        leave(one, day(3))
    with django_assert_num_queries(3):  # type: ignore[operator]
        found = debtors_of(program.pk, 2)
    assert [one.debt.minor for one in found.rows] == [900, 500]
    assert found.count == 3
