"""Statements: opening plus rows is closing, on the page, in the file and in the ledger."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest

from hanse.money.commissions.actions import adjust, release_holds
from hanse.money.payouts.actions import approve_run, draft_run, fail_payout, open_run, return_payout, settle_payout
from hanse.money.payouts.models import Payout
from hanse.money.payouts.queries import ready_to_pay
from hanse.money.payouts.statements import Statement, Sums, statement, statement_csv
from tests import cast, make
from tests.money.books import pots, price, refund, sell
from tests.money.test_payouts import ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew() -> cast.Cast:
    crew = cast.build()
    ready(crew.anas, crew)
    return crew


def live_through_two_months(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 7800, name="=cmd")
    price(sold)
    refund(sold, 1950, at=make.at(days=2))
    price(sold, now=make.at(days=2))
    release_holds(make.at(days=30), 10)
    for day, end in ((31, "fail"), (33, "return"), (36, "settle")):
        run = draft_run(crew.program, "csv", as_of=make.at(days=day), now=make.at(days=day), by="ruth")
        approve_run(run, now=make.at(days=day), by="ruth")
        open_run(run, now=make.at(days=day), by="ruth")
        payout = Payout.objects.get(run=run)
        if end == "fail":
            fail_payout(payout, "Closed.", now=make.at(days=day + 1), by="ruth")
        else:
            settle_payout(payout, f"B{day}", now=make.at(days=day + 1), by="ruth")
        if end == "return":
            return_payout(payout, "Sent back.", now=make.at(days=day + 2), by="ruth")
    adjust(crew.anas, 100, "Thanks.", make.at(days=40), "ruth")


def of(sums: Sums) -> tuple[int, int, int, int]:
    return (sums.held_minor, sums.payable_minor, sums.in_transit_minor, sums.paid_minor)


def months(crew: cast.Cast) -> list[Statement]:
    cuts = [make.at(days=day) for day in (-1, 20, 34, 60)]
    return [statement(crew.anas, start, end) for start, end in itertools.pairwise(cuts)]


def test_statements_follow_on_each_other_and_end_at_the_ledgers_balance(crew: cast.Cast) -> None:
    live_through_two_months(crew)
    found = months(crew)
    assert of(found[0].opening) == (0, 0, 0, 0)
    assert [one.opening for one in found[1:]] == [one.closing for one in found[:-1]]
    now = pots(crew.anas)
    assert of(found[-1].closing) == (now.held_minor, now.payable_minor, now.in_transit_minor, now.paid_minor)
    assert of(found[-1].closing) == (0, 100, 0, 1170)


def test_the_file_adds_up_like_the_page(crew: cast.Cast) -> None:
    live_through_two_months(crew)
    for found in months(crew):
        opening, *rows, closing = csv.DictReader(io.StringIO(statement_csv(found)))
        for column in ("on_hold", "payable", "on_its_way", "paid"):
            total = Decimal(opening[column]) + sum(Decimal(row[column]) for row in rows)
            assert total == Decimal(closing[column])
        assert {row["order"] for row in rows} <= {"", "'=cmd"}


def test_an_issued_statement_never_changes(crew: cast.Cast) -> None:
    sold = sell(crew.anas, 7800)
    price(sold)
    before = statement(crew.anas, make.at(days=-1), make.at(days=1))
    refund(sold, 7800, at=make.at())
    price(sold, now=make.at(days=1))
    assert statement(crew.anas, make.at(days=-1), make.at(days=1)) == before


def test_statements_cost_a_fixed_number_of_queries(
    crew: cast.Cast, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    live_through_two_months(crew)
    with django_assert_max_num_queries(5):
        statement(crew.anas, make.at(days=-1), make.at(days=60))


def test_what_is_ready_to_be_paid_can_be_seen_before_a_draft(crew: cast.Cast) -> None:
    price(sell(crew.anas, 1000), sell(crew.bens, 1000))
    release_holds(make.at(days=31), 10)
    found = {one.enrolment_id: one for one in ready_to_pay(crew.program, make.at(days=31))}
    assert (found[crew.anas.pk].amount_minor, found[crew.anas.pk].reasons) == (200, ())
    assert found[crew.bens.pk].reasons == ("no_details", "no_agreement")
