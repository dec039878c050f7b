"""Offers beside budgets: each counts once and in its quarter, and one approval is for one of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connections, transaction

from hanse.growth.budgets.actions import ask_approval, decide_overrun, keep_budget, set_when_over
from hanse.growth.budgets.models import Overrun
from hanse.growth.budgets.queries import standing
from hanse.growth.budgets.types import OverBudget
from hanse.growth.comarketing.actions import agree_project, ask_project, move_project, propose_again
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.proving import send_proof
from hanse.growth.comarketing.settling import write_result
from hanse.growth.deliverables.actions import ask_for, cancel, change
from hanse.growth.deliverables.deciding import accept as accept_work
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.working import ask_changes, send_draft
from hanse.growth.negotiations.actions import Offered, accept, propose
from hanse.kernel.ids import text_id
from hanse.money.ledger.models import Entry
from hanse.money.promises.actions import settle
from hanse.money.publishing.actions import publish_terms
from hanse.programs.enrolments.actions import accept_terms
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.models import Terms
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db
NOW = make.at()  # 15 May 2026, noon: the second quarter runs
Q2, Q3, IN_Q2, IN_Q3 = date(2026, 4, 1), date(2026, 7, 1), date(2026, 6, 1), date(2026, 7, 2)
BY, ANA = "ruth@harbour.example", "ana@partners.example"
SAID: dict[str, Any] = {"now": NOW, "by": BY}
TEN = {"kind": "percent", "rate": "20%", "goal": "sale"}
SIGN = {"kind": "fee", "amount": 6_000, "due": "signing"}


@pytest.fixture
def cast() -> Cast:
    return build()


def plan(cast: Cast, minor: int, quarter: str = "2026-Q2") -> None:
    """Plan a sum; whatever goes beyond it needs approval."""
    keep_budget(cast.program, quarter, minor, **SAID)
    set_when_over(cast.program, "approve", **SAID)


def used(cast: Cast, first: date = Q2, now: datetime = NOW) -> int:
    return standing(cast.program, first, now).whole.used_minor


def work(who: Enrolment, fee: int = 6_000, due_on: date = IN_Q2) -> Deliverable:
    return ask_for(who, title="A film", brief="Two minutes.", due_on=due_on, fee_minor=fee, **SAID)


def joint(cast: Cast, minor: int = 6_000, side: Any = "us", ours_ppm: int = 1_000_000) -> JointProject:
    return ask_project(
        cast.anas, side=side, kind="joint_event", title="A fair", happens_on=IN_Q2, our_cost_ppm=ours_ppm,
        costs=[{"name": "Room", "planned_minor": minor, "paid_by": "us"}], **SAID,
    )  # fmt: skip


def clauses(*more: dict[str, Any]) -> dict[str, Any]:
    return {"clauses": [TEN, *more]}


def fee_for(row: Deliverable, minor: int = 30_000) -> dict[str, Any]:
    return {"kind": "fee", "amount": minor, "due": {"deliverable": text_id("dlv", row.pk)}}


def publish(cast: Cast, who: Enrolment | None, *more: dict[str, Any], **said: Any) -> Terms:
    values: dict[str, Any] = {"starts_at": NOW, **SAID} | said
    return publish_terms(program=cast.program, enrolment=who, body=clauses(*more), **values)


def payable(who: Enrolment) -> int:
    rows = Entry.objects.filter(account__enrolment=who, account__kind="payable")
    return sum(rows.values_list("amount_minor", flat=True))


def approve(error: OverBudget) -> Overrun:
    row = ask_approval(error, **SAID)
    return decide_overrun(row, approve=True, reason="The season", now=NOW, by="fin")


def test_our_own_proposal_for_a_project_counts_once(cast: Cast) -> None:
    plan(cast, 10_000)
    row = joint(cast, 6_000)
    propose_again(row, side="us", costs=[{"name": "Room", "planned_minor": 10_000, "paid_by": "us"}], **SAID)
    with pytest.raises(OverBudget), transaction.atomic():
        propose_again(row, side="us", costs=[{"name": "Room", "planned_minor": 10_001, "paid_by": "us"}], **SAID)
    assert used(cast) == 10_000


def test_one_approval_lets_one_offer_pass_and_one_that_fails_does_not_use_it_up(cast: Cast) -> None:
    plan(cast, 1_000)
    with pytest.raises(OverBudget) as refused, transaction.atomic():
        work(cast.anas)
    row = approve(refused.value)
    with transaction.atomic():
        work(cast.anas)
        transaction.set_rollback(True)
    work(cast.anas)
    row.refresh_from_db()
    assert row.state == "used"
    with pytest.raises(OverBudget):
        work(cast.anas)


def test_who_asks_again_does_not_take_an_approval_back(cast: Cast) -> None:
    plan(cast, 1_000)
    with pytest.raises(OverBudget) as refused, transaction.atomic():
        work(cast.anas)
    row = approve(refused.value)
    assert ask_approval(refused.value, **SAID) == row
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.reason) == ("approved", "fin", "The season")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_offers_at_once_the_second_sees_the_first() -> None:
    with transaction.atomic():
        cast = build()
        plan(cast, 10_000)

    def once(id: object) -> str:
        try:
            with transaction.atomic():
                work(Enrolment.objects.select_related("program", "partner").get(pk=id))
        except OverBudget:
            return "refused"
        finally:
            connections.close_all()
        return "asked"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, [cast.anas.pk, cast.bens.pk])) == ["asked", "refused"]


def _put_off(cast: Cast) -> dict[str, Callable[[], object]]:
    """Every way to put a promise off into the third quarter."""
    films, fair, fairs = [work(cast.anas), work(cast.anas)], joint(cast), joint(cast, 7_000)
    send_draft(films[1], text="x", now=NOW, by=ANA)
    agree_project(fairs, side="partner", now=NOW, by=ANA)
    return {
        "changed": lambda: change(films[0], due_on=IN_Q3, **SAID),
        "sent back": lambda: ask_changes(films[1], text="Shorter", due_on=IN_Q3, **SAID),
        "proposed again": lambda: propose_again(fair, side="us", happens_on=IN_Q3, **SAID),
        "moved": lambda: move_project(fairs, happens_on=IN_Q3, **SAID),
    }


def test_what_is_put_off_into_another_quarter_meets_that_quarters_budget(cast: Cast) -> None:
    acts = _put_off(cast)
    plan(cast, 1_000, "2026-Q3")
    for act in acts.values():
        with pytest.raises(OverBudget), transaction.atomic():
            act()
    plan(cast, 25_000, "2026-Q3")
    for act in acts.values():
        act()
    assert (used(cast, Q2), used(cast, Q3)) == (0, 25_000)


def test_what_terms_pay_for_work_that_is_put_off_meets_the_other_quarters_budget_too(cast: Cast) -> None:
    row = work(cast.anas, 0)
    publish(cast, cast.anas, fee_for(row), is_agreed=True)
    plan(cast, 29_999, "2026-Q3")
    with pytest.raises(OverBudget), transaction.atomic():
        change(row, due_on=IN_Q3, **SAID)
    plan(cast, 30_000, "2026-Q3")
    change(row, due_on=IN_Q3, **SAID)
    assert (used(cast, Q2), used(cast, Q3)) == (0, 30_000)


def test_what_is_overdue_and_put_off_within_the_quarter_that_runs_adds_nothing(cast: Cast) -> None:
    film = work(cast.anas, due_on=date(2026, 5, 20))
    later = make.at(60)  # in the third quarter, where it counts by now
    keep_budget(cast.program, "2026-Q3", 6_000, **SAID)
    set_when_over(cast.program, "approve", **SAID)
    change(film, due_on=date(2026, 8, 1), now=later, by=BY)
    assert used(cast, Q3, later) == 6_000


@pytest.mark.parametrize("first", [Q2, Q3])
def test_a_fee_that_terms_promise_for_work_meets_the_budget_of_the_quarter_in_which_it_is_due(
    cast: Cast, first: date
) -> None:
    plan(cast, 1_000, "2026-Q2" if first == Q2 else "2026-Q3")
    row = work(cast.anas, 0, due_on=IN_Q3)
    for act in (
        lambda: propose(cast.anas, Offered(clauses(fee_for(row))), **SAID),
        lambda: publish(cast, None, fee_for(row)),  # for everybody: but the work is Ana's
    ):
        if first == Q3:
            with pytest.raises(OverBudget) as refused, transaction.atomic():
                act()
            assert refused.value.breaches[0].added_minor == 30_000
        else:
            act()
    if first == Q2:
        assert (used(cast, Q2), used(cast, Q3)) == (0, 30_000)


def test_terms_for_work_that_was_put_away_or_is_paid_leave_no_room_for_others(cast: Cast) -> None:
    gone, done = work(cast.anas, 0), work(cast.anas, 0)
    publish(cast, cast.anas, fee_for(gone), fee_for(done), is_agreed=True)
    cancel(gone, reason="No room", **SAID)
    send_draft(done, text="x", now=NOW, by=ANA)
    accept_work(done, **SAID)
    assert used(cast) == 30_000
    plan(cast, 35_999)
    with pytest.raises(OverBudget), transaction.atomic():
        publish(cast, cast.anas, SIGN, starts_at=make.at(1))
    plan(cast, 36_000)
    publish(cast, cast.anas, SIGN, starts_at=make.at(1))


def test_signing_fees_of_published_terms_are_promised_until_they_are_signed(cast: Cast) -> None:
    plan(cast, 10_000)
    terms = publish(cast, cast.anas, SIGN)
    publish(cast, cast.bens, {**SIGN, "amount": 3_000}, starts_at=make.at(3))
    assert used(cast) == 9_000
    with pytest.raises(OverBudget), transaction.atomic():
        publish(cast, cast.bens, SIGN, starts_at=make.at(4))
    accept_terms(cast.anas, terms, by=ANA, at=make.at(1))
    settle([cast.anas.pk], make.at(1))
    assert payable(cast.anas) == 6_000
    assert used(cast, now=make.at(1)) == 9_000


def test_a_signing_fee_is_added_where_terms_of_another_scope_paid_one_already(cast: Cast) -> None:
    before = make.at(-5)
    old = publish(cast, None, SIGN, starts_at=before, now=before, is_agreed=True)
    for who in (cast.anas, cast.bens):
        accept_terms(who, old, by="p", at=before)
        settle([who.pk], before)
    plan(cast, 17_999)
    with pytest.raises(OverBudget), transaction.atomic():
        propose(cast.anas, Offered(clauses(SIGN)), **SAID)
    plan(cast, 18_000)
    offer = propose(cast.anas, Offered(clauses(SIGN)), **SAID)
    accept(offer, side="partner", now=NOW, by=ANA)
    assert payable(cast.anas) == 12_000
    assert used(cast) == 18_000


def test_publishing_what_is_on_offer_to_a_partner_already_adds_nothing(cast: Cast) -> None:
    plan(cast, 10_000)
    propose(cast.anas, Offered(clauses(SIGN)), **SAID)
    publish(cast, cast.anas, SIGN)
    assert used(cast) == 6_000
    with pytest.raises(OverBudget):
        publish(cast, cast.anas, {**SIGN, "amount": 10_001}, starts_at=make.at(1))


def test_what_acceptance_will_book_is_promised_also_by_terms_to_come_or_over_and_of_who_left(cast: Cast) -> None:
    coming, own = work(cast.anas, 0), work(cast.bens, 5_000)
    publish(cast, cast.anas, fee_for(coming), starts_at=make.at(4), is_agreed=True)
    make.change_status(cast.bens, "ended", make.at(1))
    assert used(cast, now=make.at(2)) == 35_000
    ended = work(cast.anas, 0)
    publish(cast, cast.anas, fee_for(ended, 700), starts_at=NOW, ends_at=make.at(2), is_agreed=True)
    assert used(cast, now=make.at(3)) == 35_700
    for row in (coming, own, ended):
        send_draft(row, text="x", now=make.at(5), by=ANA)
        accept_work(row, now=make.at(5), by=BY)
    assert payable(cast.anas) + payable(cast.bens) == 35_700
    assert used(cast, now=make.at(5)) == 35_700


@pytest.mark.parametrize("ours_ppm", [1_000_000, 500_000, 0])
def test_our_share_of_a_project_that_we_paid_counts_the_same_before_and_after_its_result(
    cast: Cast, ours_ppm: int
) -> None:
    row = agree_project(joint(cast, side="partner", ours_ppm=ours_ppm), side="us", **SAID)
    share = 6_000 * ours_ppm // 1_000_000
    assert used(cast) == share
    send_proof(row, side="us", number=1, unit="guests", now=make.at(20), by=BY)
    write_result(row, leads=0, costs={row.costs.get().pk: 6_000}, now=make.at(20), by=BY)
    found = standing(cast.program, Q2, make.at(20)).whole
    assert (found.used_minor, found.committed_minor) == (share, 0)
    assert found.accrued_minor == share - 6_000
