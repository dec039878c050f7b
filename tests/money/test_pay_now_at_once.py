"""Many who press "pay now" at once, with refunds in between: every line is in at most one payout."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from hanse.kernel.errors import Refused
from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import approve_run, draft_run, open_run, settle_payout
from hanse.money.payouts.models import Payout, PayoutLine, PayoutRun
from tests import cast, make
from tests.money.books import pots, price, refund, sell
from tests.money.test_payouts import ready

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES, AT_ONCE = 50, 8


def in_own_connection(work: threading.local | object) -> str:
    """Run work as another process would: with its own connection and transaction."""
    try:
        with transaction.atomic():
            work()
    except Refused as refusal:
        return refusal.code
    finally:
        connections.close_all()
    return "done"


def test_a_run_opened_fifty_times_at_once_pays_once() -> None:
    crew = cast.build()
    ready(crew.anas, crew)
    with transaction.atomic():
        price(sell(crew.anas, 7800))
        release_holds(make.at(days=31), 10)
        run = draft_run(crew.program, "csv", as_of=make.at(days=40), now=make.at(days=40), by="ruth")
        approve_run(run, now=make.at(days=40), by="ruth")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = Counter(
            pool.map(
                in_own_connection,
                [lambda: open_run(PayoutRun.objects.get(pk=run.pk), now=make.at(days=40), by="ruth")] * TRIES,
            )
        )
    assert ends == {"done": 1, "wrong_state": TRIES - 1}
    assert pots(crew.anas).in_transit_minor == 1560
    assert verify_books() == []


def test_fifty_whole_runs_at_once_with_refunds_between_them_pay_no_line_twice() -> None:
    crew = cast.build()
    ready(crew.anas, crew)
    with transaction.atomic():
        sold = [sell(crew.anas, 1000) for _ in range(12)]
        price(*sold)
        release_holds(make.at(days=31), 100)

    def pay_now() -> None:
        run = draft_run(crew.program, "csv", as_of=make.at(days=40), now=make.at(days=40), by="ruth")
        approve_run(run, now=make.at(days=40), by="ruth")
        open_run(run, now=make.at(days=40), by="ruth")
        for payout in Payout.objects.filter(run=run, state=Payout.State.IN_TRANSIT):
            settle_payout(payout, f"B-{payout.pk}", now=make.at(days=40), by="ruth")

    def take_back(index: int) -> None:
        refund(sold[index], 1000)
        price(sold[index], now=make.at(days=40))

    jobs: list[object] = [pay_now] * TRIES
    for index in range(6):
        jobs.insert(index * 8, lambda index=index: take_back(index))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = Counter(pool.map(in_own_connection, jobs))
    assert set(ends) == {"done"}
    living = PayoutLine.objects.filter(released_at=None).values_list("entry_id", flat=True)
    assert len(living) == len(set(living))
    now = pots(crew.anas)
    assert now.paid_minor + now.payable_minor == 6 * 200
    assert verify_books() == verify_commissions() == []
    assert connection.vendor in ("sqlite", "postgresql")
