"""Today ranks what waits, says why, and forgets nothing that was put off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.conversations.models import Conversation
from hanse.growth.incidents.models import Incident
from hanse.growth.negotiations.actions import Offered, decline, propose
from hanse.growth.recruiting.models import Application
from hanse.growth.today import actions, queries, rules
from hanse.growth.today.models import Snooze
from hanse.growth.today.types import Kind, Theme, Thing
from hanse.growth.watch.destinations import note_destination
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id, text_id
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.runtime.watch import watch_program
from hanse.spine.parked.models import ParkedFact
from tests import make
from tests.cast import Cast
from tests.faces.conftest import day
from tests.make import NOON


def apply(cast: Cast, name: str, days_ago: int) -> Application:
    return Application.objects.create(
        program=cast.program, name=name, email=f"{name}@x.example", secret=name, status="waiting",
        sent_at=NOON - timedelta(days=days_ago),
    )  # fmt: skip


def park(cast: Cast, status: str, sequence: int, days: int = 1) -> ParkedFact:
    return ParkedFact.objects.create(
        status=status, source="shop", kind="refund", program_id=cast.program.id, external_id=f"R-{sequence}", body={},
        reason="test", sequence=sequence, occurred_at=NOON, received_at=NOON - timedelta(days=days),
    )  # fmt: skip


def kinds(cast: Cast) -> list[Kind]:
    return [thing.kind for thing in queries.to_do(cast.program, NOON).things]


def test_money_at_risk_comes_first_and_then_what_waits_longest() -> None:
    things = [
        Thing("a", Kind.NEVER_CLICKED, 3), Thing("b", Kind.APPLICATIONS, 1), Thing("c", Kind.CASE, 1, 500),
        Thing("d", Kind.CASE, 1, 900), Thing("e", Kind.RUN_TO_APPROVE, 4, 99_999),
    ]  # fmt: skip
    assert [thing.key for thing in rules.rank(things)] == ["d", "c", "e", "b", "a"]


def some(kind: Kind, number: int, **more: object) -> list[Thing]:
    return [Thing(f"{kind}:{place}", kind, 1, **more) for place in range(number)]  # type: ignore[arg-type]


def test_every_kind_of_thing_has_a_theme() -> None:
    assert set(rules.THEME) == set(Kind)
    assert set(rules.THEME.values()) == set(Theme)


def test_half_an_hour_is_for_now_and_the_rest_is_folded_by_theme() -> None:
    things = rules.rank([*some(Kind.CLAIMS, 20), *some(Kind.SILENT, 5), *some(Kind.TIER_REVIEWS, 1)])
    agenda = rules.agenda(things)
    assert rules.minutes(agenda.now) == rules.NOW_MINUTES
    assert [thing.kind for thing in agenda.now] == [Kind.CLAIMS] * 13 + [Kind.SILENT, Kind.TIER_REVIEWS]
    assert {theme: len(later) for theme, later in agenda.later.items()} == {Theme.ANSWERS: 7, Theme.TALK: 4}
    assert agenda.later_count == 11


def test_money_at_risk_is_never_folded_however_much_there_is() -> None:
    agenda = rules.agenda(rules.rank([*some(Kind.CASE, 12, amount_minor=500), *some(Kind.CLAIMS, 6)]))
    assert [thing.kind for thing in agenda.now] == [Kind.CASE] * 12 + [Kind.CLAIMS]
    assert agenda.later_count == 5


def test_a_thing_that_takes_too_long_for_now_lets_no_lesser_one_overtake_it() -> None:
    many = [Thing("a", Kind.APPLICATIONS, 40), *some(Kind.RESALE_REPORTED, 1), *some(Kind.TIPS, 6)]
    agenda = rules.agenda(rules.rank(many))
    assert [thing.kind for thing in agenda.now] == [Kind.RESALE_REPORTED]
    assert agenda.later_count == 7


def test_a_few_more_are_shown_and_not_folded() -> None:
    things = rules.rank(some(Kind.CLAIMS, 18))
    assert rules.agenda(things).now == things
    assert rules.agenda([]).now == []


def test_what_can_wait_stays_open_while_it_is_put_off(cast: Cast, ruth: Client) -> None:
    told = ruth.post("/console/snooze", {"key": "x", "until": "week", "open": "talk"})
    assert told["location"] == "/console/?open=talk#later-talk"
    told = ruth.post("/console/snooze", {"key": "x", "until": "week", "open": "//evil.example"})
    assert told["location"] == "/console/"


def test_a_quiet_program_has_nothing_to_do_but_its_quiet_partners(cast: Cast, ruth: Client) -> None:
    day(cast.anas, 3, clicks=1)
    assert kinds(cast) == [Kind.NEVER_CLICKED]
    page = ruth.get("/console/").content.decode()
    assert "One partner joined and never had a click" in page
    assert "Ben" in page


def test_applications_conflicts_and_failed_facts_are_told(cast: Cast, ruth: Client) -> None:
    day(cast.anas, 3, clicks=1)
    day(cast.bens, 3, clicks=1)
    apply(cast, "Cora", 3)
    apply(cast, "Dan", 1)
    for sequence, status in enumerate(("conflict", "failed", "waiting", "resolved", "dismissed")):
        park(cast, status, sequence)
    assert kinds(cast) == [Kind.FACTS_CONFLICT, Kind.FACTS_FAILED, Kind.APPLICATIONS]
    park(cast, "waiting", 9, days=8)
    assert kinds(cast)[-1] is Kind.FACTS_WAITING
    page = ruth.get("/console/").content.decode()
    assert "Two applications, the oldest 3 days" in page
    assert "Cora has waited longest" in page
    assert "Four things" in page


def test_a_payout_that_came_back_is_told_until_a_later_one_goes_out(cast: Cast) -> None:
    run = PayoutRun.objects.create(
        program=cast.program, number="R-1", currency="GBP", rail="manual", state="closed", as_of=NOON, drafted_at=NOON
    )
    values = {"run": run, "partner": cast.ana, "enrolment": cast.anas, "currency": "GBP", "amount_minor": 16_715}
    Payout.objects.create(**values, state="failed", failed_at=NOON - timedelta(days=2), reason="Account closed")
    thing = next(one for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.PAYOUTS_BACK)
    assert (thing.count, thing.amount_minor, thing.named[0].name) == (1, 16_715, "Ana")
    later = PayoutRun.objects.create(
        program=cast.program, number="R-2", currency="GBP", rail="manual", state="opened", as_of=NOON, drafted_at=NOON
    )
    Payout.objects.create(**{**values, "run": later}, state="in_transit", opened_at=NOON)
    assert Kind.PAYOUTS_BACK not in kinds(cast)
    assert Kind.RUN_TO_READ_BACK in kinds(cast)


def test_a_payout_that_came_back_after_it_arrived_is_told_from_the_day_it_came_back(cast: Cast) -> None:
    run = PayoutRun.objects.create(
        program=cast.program, number="R-1", currency="GBP", rail="manual", state="closed", as_of=NOON, drafted_at=NOON
    )
    back_at = NOON - timedelta(days=1)
    Payout.objects.create(
        run=run, partner=cast.ana, enrolment=cast.anas, currency="GBP", amount_minor=16_715, state="returned",
        settled_at=NOON - timedelta(days=5), returned_at=back_at, reason="Account closed",
    )  # fmt: skip
    thing = next(one for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.PAYOUTS_BACK)
    assert (thing.count, thing.amount_minor, thing.since) == (1, 16_715, back_at)


def test_what_is_put_off_comes_back_by_itself(cast: Cast) -> None:
    apply(cast, "Cora", 3)
    key = next(one.key for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.APPLICATIONS)
    actions.snooze(cast.program, key, until=NOON + timedelta(days=1), now=NOON, by="ruth@harbour.example")
    todo = queries.to_do(cast.program, NOON)
    assert key not in [thing.key for thing in todo.things]
    assert [thing.key for thing in todo.snoozed] == [key]
    assert key in [thing.key for thing in queries.to_do(cast.program, NOON + timedelta(days=1, minutes=1)).things]


def test_nothing_is_put_off_into_the_past(cast: Cast) -> None:
    with pytest.raises(Refused):
        actions.snooze(cast.program, "x", until=NOON, now=NOON, by="ruth@harbour.example")
    assert not Snooze.objects.exists()


def test_another_application_is_another_thing_than_the_one_put_off(cast: Cast, ruth: Client) -> None:
    apply(cast, "Cora", 3)
    key = next(one.key for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.APPLICATIONS)
    ruth.post("/console/snooze", {"key": key, "until": "week"})
    assert Kind.APPLICATIONS not in kinds(cast)
    apply(cast, "Dan", 0)
    assert Kind.APPLICATIONS in kinds(cast)


def test_putting_off_can_be_undone_from_the_toast(cast: Cast, ruth: Client) -> None:
    apply(cast, "Cora", 3)
    key = next(one.key for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.APPLICATIONS)
    page = ruth.post("/console/snooze", {"key": key, "until": "tomorrow"}, follow=True).content.decode()
    assert f'action="/console/wake?key={key}"' in page
    ruth.post(f"/console/wake?key={key}")
    assert Kind.APPLICATIONS in kinds(cast)


def test_the_same_queries_serve_a_small_and_a_large_program(cast: Cast, ruth: Client) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries_made:
            assert ruth.get(path).status_code == 200
        return len(queries_made)

    partner_page = f"/console/partners/{text_id('prt', cast.ana.id)}"
    paths = (
        "/console/",
        "/console/overview",
        "/console/partners",
        "/console/recruit",
        partner_page,
        f"{partner_page}/events",
        f"{partner_page}/side",
        "/console/find?q=an",
    )
    day(cast.anas, 1, value_minor=100, conversions=1, clicks=3)
    apply(cast, "Cora", 3)
    ruth.get("/console/")
    few = [cost(path) for path in paths]
    for number in range(15):
        enrolled = make.enrolment(make.partner(f"Anders {number}"), cast.program)
        make.link(enrolled, slug=f"and-{number}")
        make.coupon(enrolled, f"AND{number}")
        make.link(cast.anas, slug=f"an-{number}")
        for ago in (1, 31, 90):
            day(enrolled, ago, value_minor=1_000 * number, conversions=1, clicks=9)
        apply(cast, f"Eve{number}", number)
    ruth.get("/console/")
    many = [cost(path) for path in paths]
    assert dict(zip(paths, many, strict=True)) == dict(zip(paths, few, strict=True))
    today, *others = many
    assert max(others) <= 30
    assert today <= 60, "each kind of thing that can wait for somebody is a question or two of its own"


def test_a_partners_proposal_waits_for_us_until_it_is_answered(cast: Cast, ruth: Client) -> None:
    body = {"clauses": [{"kind": "percent", "rate": "25%"}]}
    asked = propose(cast.anas, Offered(body, message="I doubled my sales."), side="partner", now=NOON, by="ana")
    propose(cast.bens, Offered(body, reason="A good year"), side="team", now=NOON, by="ruth")
    things = [one for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.PROPOSAL]
    assert [(one.named[0].name, one.about) for one in things] == [("Ana", cast.anas.pk)]
    page = ruth.get("/console/").content.decode()
    assert "Ana proposes other terms" in page
    assert "I doubled my sales." in page
    assert f"/{text_id('enr', cast.anas.pk)}" in page
    decline(asked, side="team", reason="Not this year", now=NOON, by="ruth")
    assert Kind.PROPOSAL not in kinds(cast)


def test_a_proposal_whose_time_is_over_waits_for_nobody(cast: Cast) -> None:
    short = Offered({"clauses": [{"kind": "percent", "rate": "25%"}]}, expires_at=NOON + timedelta(days=2))
    propose(cast.anas, short, side="partner", now=NOON, by="ana")
    later = queries.to_do(cast.program, NOON + timedelta(days=2)).things
    assert (Kind.PROPOSAL in kinds(cast), Kind.PROPOSAL in [one.kind for one in later]) == (True, False)


def test_what_is_put_off_makes_room_for_the_next_of_its_kind() -> None:
    cases = [Thing(f"c{number}", Kind.CASE, 1, 100 - number) for number in range(7)]
    others = some(Kind.OCCASION, 7)
    todo = rules.split([*cases, *others], {"c0", "c3"})
    assert [one.key for one in todo.things if one.kind is Kind.CASE] == ["c1", "c2", "c4", "c5", "c6"]
    assert [one.key for one in todo.snoozed] == ["c0", "c3"]
    assert sum(one.kind is Kind.OCCASION for one in todo.things) == 7, "only what one alone can fill is cut"
    assert [one.key for one in rules.split(cases, ()).things] == ["c0", "c1", "c2", "c3", "c4"]


def break_pages(cast: Cast, count: int) -> None:
    for number in range(count):
        url = f"https://s{number}.example/x"
        make.link(cast.anas, cast.offer, destination_url=url)
        for hours in (-60 + number, -50 + number):
            note_destination(url, reason="status_503", now=make.at(hours=hours))
    watch_program(cast.program, NOON, daily=False)


def test_the_sixth_fault_comes_up_when_five_are_put_off(cast: Cast) -> None:
    break_pages(cast, 6)
    faults = [one for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.FAULT]
    assert len(faults) == 5
    for thing in faults:
        actions.snooze(cast.program, thing.key, until=make.at(7), now=NOON, by="ruth")
    left = [one.key for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.FAULT]
    assert len(left) == 1
    assert left[0] not in [one.key for one in faults]


def test_the_dearest_fault_is_shown_though_it_is_the_newest(cast: Cast) -> None:
    break_pages(cast, 6)
    dear = Incident.objects.order_by("starts_at").last()
    assert dear is not None
    dear.touched.update(commission_minor=900)
    things = [one for one in queries.to_do(cast.program, NOON).things if one.kind is Kind.FAULT]
    assert things[0].key == f"fault:{dear.pk}"


def test_a_sixth_urgent_question_is_told_with_the_others(cast: Cast) -> None:
    for number in range(6):
        at = NOON - timedelta(hours=number)
        Conversation.objects.create(
            id=new_id(NOON), program=cast.program, partner=cast.ana, enrolment=cast.anas, subject=f"Q{number}",
            channel="mail", is_urgent=True, opened_at=at, changed_at=at, waiting_since=at,
        )  # fmt: skip
    things = queries.to_do(cast.program, NOON).things
    assert sum(one.count for one in things if one.kind in (Kind.URGENT_QUESTION, Kind.QUESTIONS)) == 6
