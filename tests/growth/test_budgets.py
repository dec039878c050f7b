"""Budgets on stored rows: what counts against a plan, what offers meet there, and how many questions it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from hanse.growth.budgets.actions import (
    ask_approval,
    decide_overrun,
    drop_budget,
    keep_budget,
    look_at_budgets,
    set_when_over,
)
from hanse.growth.budgets.guarding import check_offer, would_exceed
from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.budgets.offers import sum_offer
from hanse.growth.budgets.queries import budgets_of, costs_by_week, planned, standing, sums_of
from hanse.growth.budgets.types import OverBudget, Standing
from hanse.growth.challenges.actions import keep_challenge, open_challenge
from hanse.growth.comarketing.actions import agree_project, ask_project
from hanse.growth.deliverables.actions import ask_for
from hanse.growth.negotiations.actions import Offered, accept, propose
from hanse.growth.today import budget_things
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import new_id
from hanse.money.benefits.actions import deliver_benefit, owe_once
from hanse.money.bounties.actions import pay_bounty
from hanse.money.ledger.models import Entry
from hanse.money.promises.actions import settle
from hanse.money.publishing.actions import publish_terms
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.models import AuditEntry
from tests import make
from tests.cast import Cast, build
from tests.money import books

pytestmark = pytest.mark.django_db
NOW = make.at()  # 15 May 2026, noon: the second quarter runs
Q2, Q3 = date(2026, 4, 1), date(2026, 7, 1)
TEN = {"kind": "percent", "rate": "20%", "goal": "sale"}


@pytest.fixture
def cast() -> Cast:
    return build()


def fee(minor: int) -> dict[str, Any]:
    return {"kind": "fee", "amount": minor, "due": "signing"}


def earn(who: Enrolment, minor: int, at: datetime = NOW) -> None:
    pay_bounty(who, minor, entry_id=new_id(), name="x", now=at, by="olga")


def sold(who: Enrolment, minor: int, at: datetime) -> None:
    books.price(books.sell(who, minor, at=at), now=at)


def daily(who: Enrolment, days: int) -> None:
    """A sale of 10.00 on each of the days before today."""
    books.price(*(books.sell(who, 1_000, at=make.at(-day)) for day in range(1, days + 1)), now=NOW)


def stands(program: Program, first: date = Q2, now: datetime = NOW) -> Standing:
    return standing(program, first, now)


def offered(*clauses: dict[str, Any]) -> Offered:
    return Offered({"clauses": [TEN, *clauses]})


def test_accrued_is_the_ledgers_cost_of_what_occurred_in_the_quarter_local_to_the_program(cast: Cast) -> None:
    midnight = datetime(2026, 3, 31, 23, 0, tzinfo=UTC)  # 1 April, 00:00 in London
    sold(cast.anas, 1_000, midnight - timedelta(seconds=1))
    sold(cast.anas, 2_000, midnight)
    late = books.sell(cast.bens, 5_000, at=midnight - timedelta(days=9))
    books.price(late, now=NOW)  # known only now: it belongs to the first quarter, and is booked in the second
    refunded = books.sell(cast.bens, 40_000, at=make.at(-20))
    books.price(refunded, now=make.at(-20))
    books.refund(refunded, 10_000, at=make.at(-1))
    books.price(refunded, now=NOW)
    found = stands(cast.program)
    assert found.whole.accrued_minor == 400 + 6_000
    assert found.booked_minor == found.whole.accrued_minor + 1_000
    assert stands(cast.program, date(2026, 1, 1)).whole.accrued_minor == 200 + 1_000
    entries = Entry.objects.filter(account__kind="program_cost").aggregate(sum=Sum("amount_minor"))
    assert -entries["sum"] == sum(
        stands(cast.program, first).whole.accrued_minor for first in (date(2026, 1, 1), Q2, Q3)
    )
    assert costs_by_week(cast.program, found, NOW)[-1][1] == found.whole.accrued_minor


def test_each_partner_counts_once_under_the_first_type_and_the_tier(cast: Cast) -> None:
    cast.ana.types = ["creator", "affiliate"]
    cast.ana.save()
    earn(cast.anas, 700)
    earn(cast.bens, 300)
    found = stands(cast.program)
    assert {place: sums.accrued_minor for place, sums in found.cells.items()} == {
        ("creator", "new"): 700, ("affiliate", "new"): 300,
    }  # fmt: skip
    assert found.of("creator", "").accrued_minor == 700
    assert found.of("", "new") == found.whole


def test_test_partners_and_those_who_wait_or_left_are_out(cast: Cast) -> None:
    make.terms(cast.program, TEN, {"kind": "floor", "amount": 9_000, "period": "quarter", "mode": "added"},
               starts_at=make.BEGINNING + timedelta(days=1))  # fmt: skip
    test = make.enrolment(make.partner("Tess"), cast.program, is_test=True)
    waits = make.enrolment(make.partner("Wim"), cast.program, status="pending")
    gone = make.enrolment(make.partner("Gus"), cast.program)
    make.change_status(gone, "ended", make.at(-60))
    owe_once(test, name="Box", worth_minor=100, origin="t", now=NOW, by="olga")
    found = stands(cast.program)
    promised = {one.enrolment_id for one in found.promised}
    assert promised == {cast.anas.pk, cast.bens.pk}
    assert found.whole.committed_minor == 18_000
    assert not {test.pk, waits.pk, gone.pk} & promised


def test_a_floor_is_promised_until_its_close_books_it_and_the_sum_stays(cast: Cast) -> None:
    make.terms(cast.program, TEN, {"kind": "floor", "amount": 9_100, "period": "quarter", "mode": "greater_of"},
               enrolment=cast.anas, starts_at=make.BEGINNING + timedelta(days=1))  # fmt: skip
    sold(cast.anas, 10_000, make.at(-3))
    before = stands(cast.program)
    assert (before.whole.accrued_minor, before.whole.committed_minor) == (2_000, 7_100)
    after_close = datetime(2026, 7, 1, 9, tzinfo=UTC)
    settle([cast.anas.pk], after_close)
    after = stands(cast.program, Q2, after_close)
    assert (after.whole.accrued_minor, after.whole.committed_minor) == (9_100, 0)
    assert after.whole.expected_minor == after.whole.used_minor == before.whole.used_minor
    assert [one.source for one in stands(cast.program, Q3, after_close).promised] == ["top_up"]


def test_everything_that_is_promised_stands_in_the_quarter_it_falls_due(cast: Cast) -> None:
    said: dict[str, Any] = {"now": NOW, "by": "olga"}
    propose(cast.anas, offered(fee(1_000)), **said)
    ask_for(cast.bens, title="A film", brief="Two minutes.", due_on=date(2026, 6, 1), fee_minor=2_000, **said)
    ask_for(cast.bens, title="Another", brief="Two minutes.", due_on=date(2026, 7, 1), fee_minor=4_000, **said)
    row = keep_challenge(
        cast.program, name="Ten in June", metric="conversions", target=10, starts_on=date(2026, 5, 15),
        ends_on=date(2026, 6, 30), most_winners=3, prize_minor=500, **said,
    )  # fmt: skip
    assert stands(cast.program).whole.committed_minor == 3_000
    open_challenge(row, **said)
    project = ask_project(
        cast.anas, side="partner", kind="joint_event", title="A fair", happens_on=date(2026, 6, 2),
        our_cost_ppm=250_000, costs=[{"name": "Stand", "planned_minor": 800, "paid_by": "us"}], **said,
    )  # fmt: skip
    assert stands(cast.program).whole.committed_minor == 4_500
    agree_project(project, side="us", **said)
    box = owe_once(cast.anas, name="Box", worth_minor=60, origin="o", **said)
    sources = {one.source: one.amount_minor for one in stands(cast.program).promised}
    assert sources == {"proposal": 1_000, "deliverable": 2_000, "prize": 1_500, "joint": 200, "benefit": 60}
    deliver_benefit(box, on=date(2026, 5, 15), worth_minor=75, **said)
    found = stands(cast.program).whole
    assert (found.committed_minor, found.in_kind_minor, found.used_minor) == (4_700, 75, 4_775)
    assert [one.amount_minor for one in stands(cast.program, Q3).promised] == [4_000]


def test_an_accepted_fee_moves_from_promised_to_accrued(cast: Cast) -> None:
    proposal = propose(cast.anas, offered(fee(1_000)), now=NOW, by="olga")
    accept(proposal, side="partner", now=make.at(1), by=cast.ana.email)
    found = stands(cast.program, now=make.at(1)).whole
    assert (found.accrued_minor, found.committed_minor) == (1_000, 0)


def test_the_pace_is_of_sales_and_goes_to_those_who_make_them(cast: Cast) -> None:
    daily(cast.anas, 56)
    sold(cast.bens, 56_000, make.at(-7))
    rebuild_rollups(NOW)
    found = stands(cast.program)
    assert found.pace.days == 56
    assert sum(found.pace.by_enrolment.values()) == found.pace.rest_minor
    anas, bens = (found.pace.by_enrolment[who.pk] for who in (cast.anas, cast.bens))
    assert abs(anas - bens) <= 1  # each brought 112.00 of commission in these weeks
    # 46 days and 11 hours to come at 2.00 each; the 112.00 of one Friday are 14.00 a Friday, of which 6 and a part come
    friday = 6 + 11 / 24
    assert abs(found.pace.rest_minor - (200 * (46 + 11 / 24) + 1_400 * friday)) < 2
    assert found.whole.expected_minor == found.whole.used_minor + found.pace.rest_minor


def test_a_plan_is_kept_once_changed_and_taken_back_and_the_log_knows(cast: Cast) -> None:
    power = Tier.objects.get(program=cast.program, key="power")
    for amount in (1_000, 2_000):
        for kind, tier in (("", None), ("affiliate", None), ("", power), ("affiliate", power)):
            keep_budget(cast.program, "2026-Q2", amount, partner_type=kind, tier=tier, now=NOW, by="fin")
    rows = list(budgets_of(cast.program, Q2))
    assert [row.amount_minor for row in rows] == [2_000] * 4
    drop_budget(rows[0], now=NOW, by="fin")
    assert Budget.objects.count() == 3
    assert AuditEntry.objects.filter(verb__in=["keep_budget", "change_budget", "drop_budget"]).count() == 9
    elsewhere = Tier.objects.get(program=make.program("orchard"), key="power")
    for said in ({"partner_type": "nobody"}, {"tier": elsewhere}):
        with pytest.raises(Invalid):
            keep_budget(cast.program, "2026-Q2", 1, now=NOW, by="fin", **said)
    for quarter, amount in (("2026-Q5", 1), ("2026-Q2", -1), ("2026-Q2", 10**19)):
        with pytest.raises(Invalid):
            keep_budget(cast.program, quarter, amount, now=NOW, by="fin")


def beyond(cast: Cast) -> dict[str, Callable[[], object]]:
    """Every way to promise money, each of 1,000 or more."""
    said: dict[str, Any] = {"now": NOW, "by": "olga"}
    row = keep_challenge(
        cast.program, name="Ten", metric="conversions", target=10, starts_on=date(2026, 5, 15),
        ends_on=date(2026, 6, 30), most_winners=2, prize_minor=500, **said,
    )  # fmt: skip
    costs: Any = [{"name": "Stand", "planned_minor": 2_000, "paid_by": "partner"}]
    floor = {"kind": "floor", "amount": 2_000, "period": "month", "mode": "added"}
    own = {"kind": "fee", "amount": 9_000, "due": "signing"}  # more than the floors that it would stand in for
    return {
        "proposal": lambda: propose(cast.anas, offered(own), **said),
        "terms": lambda: publish_terms(
            program=cast.program, body={"clauses": [TEN, floor]}, starts_at=NOW, **said
        ),
        "challenge": lambda: open_challenge(row, **said),
        "deliverable": lambda: ask_for(
            cast.bens, title="A film", brief="x", due_on=date(2026, 6, 1), fee_minor=1_000, **said
        ),
        "joint": lambda: ask_project(
            cast.bens, side="us", kind="joint_event", title="A fair", happens_on=date(2026, 6, 2), costs=costs, **said
        ),
    }  # fmt: skip


def test_without_a_plan_nothing_is_asked_and_with_one_offers_beyond_it_warn(cast: Cast) -> None:
    acts = beyond(cast)
    acts.pop("terms")()
    assert Overrun.objects.count() == 0
    keep_budget(cast.program, "2026-Q2", 0, now=NOW, by="fin")
    for act in acts.values():
        act()
    rows = Overrun.objects.order_by("asked_at", "id")
    assert {row.kind: row.state for row in rows} == dict.fromkeys(acts, "warned")
    assert AuditEntry.objects.filter(verb="go_beyond_budget").count() == len(acts)


def test_where_approval_is_needed_an_offer_waits_for_a_reason_and_then_passes_once_made_again(cast: Cast) -> None:
    keep_budget(cast.program, "2026-Q2", 900, now=NOW, by="fin")
    set_when_over(cast.program, "approve", now=NOW, by="fin")
    for kind, act in beyond(cast).items():
        with pytest.raises(OverBudget) as refused, transaction.atomic():
            act()
        assert refused.value.code == "over_budget"
        row = ask_approval(refused.value, now=NOW, by="olga")
        assert (row.kind, row.state) == (kind, "asked")
        assert ask_approval(refused.value, now=NOW, by="olga").pk == row.pk
        with pytest.raises(Invalid):
            decide_overrun(row, approve=True, reason=" ", now=NOW, by="fin")
        decide_overrun(row, approve=False, reason="Not this year", now=NOW, by="fin")
        with pytest.raises(OverBudget), transaction.atomic():
            act()
        row = ask_approval(refused.value, now=NOW, by="olga")
        decide_overrun(row, approve=True, reason="It replaces the fair", now=NOW, by="fin")
        with pytest.raises(Refused):
            decide_overrun(row, approve=True, reason="Twice", now=NOW, by="fin")
        act()
        assert AuditEntry.objects.filter(verb="approve_overrun", reason="It replaces the fair", actor="fin").exists()
    assert Overrun.objects.filter(state="used").count() == 5


def test_an_approval_is_for_one_offer_and_for_thirty_days(cast: Cast) -> None:
    keep_budget(cast.program, "2026-Q2", 900, now=NOW, by="fin")
    set_when_over(cast.program, "approve", now=NOW, by="fin")
    asked = sum_offer("deliverable", "a", cast.anas, "A film", 1_000, date(2026, 6, 1), NOW)
    with pytest.raises(OverBudget) as refused:
        check_offer(cast.program, asked, now=NOW, by="olga")
    decide_overrun(ask_approval(refused.value, now=NOW, by="olga"), approve=True, reason="Yes", now=NOW, by="fin")
    check_offer(cast.program, asked, now=make.at(29), by="olga")
    with pytest.raises(OverBudget):
        check_offer(cast.program, asked, now=make.at(31), by="olga")
    more = sum_offer("deliverable", "a", cast.anas, "A film", 1_001, date(2026, 6, 1), NOW)
    with pytest.raises(OverBudget):
        check_offer(cast.program, more, now=NOW, by="olga")


def test_an_offer_within_the_plan_passes_silently_and_the_next_counts_it(cast: Cast) -> None:
    keep_budget(cast.program, "2026-Q2", 1_500, now=NOW, by="fin")
    set_when_over(cast.program, "approve", now=NOW, by="fin")
    propose(cast.anas, offered(fee(1_000)), now=NOW, by="olga")
    assert Overrun.objects.count() == 0
    with pytest.raises(OverBudget):
        propose(cast.bens, offered(fee(501)), now=NOW, by="olga")
    propose(cast.bens, offered(fee(500)), now=NOW, by="olga")


def test_a_partners_proposal_meets_the_budget_when_we_accept_it_and_ours_when_we_make_it(cast: Cast) -> None:
    theirs = propose(cast.anas, offered(fee(1_000)), side="partner", now=NOW, by=cast.ana.email)
    ours = propose(cast.bens, offered(fee(1_000)), now=NOW, by="olga")
    keep_budget(cast.program, "2026-Q2", 1_500, now=NOW, by="fin")
    set_when_over(cast.program, "approve", now=NOW, by="fin")
    with pytest.raises(OverBudget):
        accept(theirs, side="team", now=NOW, by="olga")
    accept(ours, side="partner", now=NOW, by=cast.ben.email)


def test_a_better_rate_costs_what_it_would_have_cost_in_the_last_91_days(cast: Cast) -> None:
    daily(cast.anas, 91)  # 2.00 each: 182.00 in all; at 40 % twice as much
    keep_budget(cast.program, "2026-Q2", 10**9, now=NOW, by="fin")
    body = {"clauses": [{"kind": "percent", "rate": "40%", "goal": "sale"}]}
    from hanse.growth.budgets.guarding import terms_offer
    from hanse.growth.budgets.offers import Scope

    priced = terms_offer(Scope(cast.program), body, NOW, None, now=NOW)
    assert priced is not None
    added = sum(share.amount_minor for share in priced[0].shares)
    assert 46 * 200 < added < 47 * 200
    own = make.terms(cast.program, TEN, enrolment=cast.anas)  # who has own terms is not reached by the program's
    assert own.enrolment_id == cast.anas.pk
    priced = terms_offer(Scope(cast.program), body, NOW, None, now=NOW)
    assert priced is not None
    assert not priced[0].shares


def test_what_is_only_expected_beyond_warns_even_where_approval_is_needed(cast: Cast) -> None:
    daily(cast.anas, 56)
    rebuild_rollups(NOW)
    used = stands(cast.program).whole.used_minor
    keep_budget(cast.program, "2026-Q2", used + 1_200, now=NOW, by="fin")
    set_when_over(cast.program, "approve", now=NOW, by="fin")
    propose(cast.bens, offered(fee(1_000)), now=NOW, by="olga")
    (row,) = Overrun.objects.all()
    assert (row.state, [one["beyond"] for one in row.found]) == ("warned", [False])


def test_a_plan_of_one_type_is_not_met_by_another(cast: Cast) -> None:
    make.partner("Cleo", types=["creator"])
    keep_budget(cast.program, "2026-Q2", 0, partner_type="affiliate", now=NOW, by="fin")
    cast.bens.partner.types = ["creator"]
    cast.bens.partner.save()
    film = sum_offer("deliverable", "b", cast.bens, "A film", 1_000, date(2026, 6, 1), NOW)
    assert would_exceed(cast.program, film, NOW) == []
    film = sum_offer("deliverable", "a", cast.anas, "A film", 1_000, date(2026, 6, 1), NOW)
    assert [(one.type, one.over_minor) for one in would_exceed(cast.program, film, NOW)] == [("affiliate", 1_000)]


def test_programs_of_other_currencies_do_not_meet(cast: Cast) -> None:
    other = make.program("orchard", currency="JPY", time_zone="Asia/Tokyo")
    theirs = make.enrolment(cast.ana, other)
    earn(theirs, 5_000)
    earn(cast.anas, 300)
    assert stands(cast.program).whole.accrued_minor == 300
    assert stands(other).whole.accrued_minor == 5_000
    keep_budget(other, "2026-Q2", 0, now=NOW, by="fin")
    propose(cast.anas, offered(fee(1_000)), now=NOW, by="olga")
    assert Overrun.objects.count() == 0


def test_today_names_what_waits_and_the_worst_plan_after_a_look(cast: Cast) -> None:
    earn(cast.anas, 900)
    keep_budget(cast.program, "2026-Q2", 1_000, now=NOW, by="fin")
    keep_budget(cast.program, "2026-Q2", 10_000, partner_type="affiliate", now=NOW, by="fin")
    assert list(budget_things.things(cast.program, NOW)) == []
    assert look_at_budgets(cast.program, NOW) == 2
    (near,) = budget_things.things(cast.program, NOW)
    assert (near.count, near.amount_minor, near.detail["state"]) == (1, 100, "near")
    earn(cast.anas, 200)
    set_when_over(cast.program, "approve", now=NOW, by="fin")
    with pytest.raises(OverBudget) as refused:
        propose(cast.bens, offered(fee(1_000)), now=NOW, by="olga")
    ask_approval(refused.value, now=NOW, by="olga")
    look_at_budgets(cast.program, NOW)
    with CaptureQueriesContext(connection) as seen:
        asked, over = budget_things.things(cast.program, NOW)
    assert len(seen) == 2
    assert (asked.detail["by"], over.detail["state"], over.amount_minor) == ("olga", "over", 100)


def test_the_questions_stay_as_many_when_everything_grows(cast: Cast) -> None:
    make.terms(cast.program, TEN, {"kind": "floor", "amount": 9_000, "period": "quarter", "mode": "added"},
               {"kind": "benefit", "name": "Box", "worth": 20, "period": "month"},
               starts_at=make.BEGINNING + timedelta(days=1))  # fmt: skip
    keep_budget(cast.program, "2026-Q2", 10**9, now=NOW, by="fin")
    counts = []
    for batch in (1, 6):
        for number in range(batch):
            _grow(cast.program, f"{batch}-{number}")
        rebuild_rollups(NOW)
        with CaptureQueriesContext(connection) as seen:
            found = standing(cast.program, Q2, NOW)
            plans = planned(list(budgets_of(cast.program, Q2)))
            sums_of(plans, found)
        counts.append(len(seen))
    assert {one.source for one in found.promised} == {"floor", "proposal", "deliverable", "prize", "joint", "benefit"}
    assert counts[0] == counts[1] <= 40, [entry["sql"][:90] for entry in seen.captured_queries]


def _grow(program: Program, name: str) -> None:
    said: dict[str, Any] = {"now": NOW, "by": "olga"}
    who = make.enrolment(make.partner(f"P{name}"), program)
    sold(who, 1_000, make.at(-9))
    propose(who, offered(fee(100_000)), **said)
    ask_for(who, title="A film", brief="x", due_on=date(2026, 6, 1), fee_minor=10, **said)
    row = keep_challenge(
        program, name=name, metric="conversions", target=10, starts_on=date(2026, 5, 15), ends_on=date(2026, 6, 30),
        most_winners=2, prize_minor=500, **said,
    )  # fmt: skip
    open_challenge(row, **said)
    project = ask_project(
        who, side="partner", kind="joint_event", title=name, happens_on=date(2026, 6, 2),
        costs=[{"name": "Stand", "planned_minor": 800, "paid_by": "us"}], **said,
    )  # fmt: skip
    agree_project(project, side="us", **said)
