"""Challenges: goals in a window, prizes through the ledger or in kind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.challenges.actions import cancel_challenge, keep_challenge, open_challenge
from hanse.growth.challenges.deciding import accept_entry, decline_entry, send_proof, take_prize_back
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.challenges.queries import challenges_for, standings_of, to_settle, waiting_entries
from hanse.growth.challenges.rules import reached_on, stage_of
from hanse.growth.challenges.settling import notice_reached, settle_due
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.errors import Invalid, Refused
from hanse.money.benefits.models import Benefit
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.ledger.verify import verify_books
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.make import at
from tests.money.books import sell

pytestmark = pytest.mark.django_db
BY = "ruth@harbour.example"


@pytest.fixture
def cast() -> Cast:
    return build()


def _challenge(cast: Cast, *, is_open: bool = True, **fields: Any) -> Challenge:
    values: dict[str, Any] = {
        "name": "Ten in May", "metric": "conversions", "target": 10, "starts_on": date(2026, 5, 1),
        "ends_on": date(2026, 5, 31), "prize_minor": 5000,
    } | fields  # fmt: skip
    row = keep_challenge(cast.program, **values, now=at(-10), by=BY)
    return open_challenge(row, now=at(-10), by=BY) if is_open else row


def _day(enrolment: Enrolment, amount: int, days: float = -1, *, refunded: int = 0, clicks: int = 0) -> None:
    EnrolmentDay.objects.create(
        program_id=enrolment.program_id, enrolment_id=enrolment.pk, day=at(days).date(), conversions=1,
        value_minor=amount, refunded_minor=refunded, clicks=clicks,
    )  # fmt: skip


def _payable(enrolment: Enrolment) -> int:
    rows = Entry.objects.filter(account__enrolment=enrolment, account__kind="payable")
    return sum(rows.values_list("amount_minor", flat=True))


def _run(challenge: Challenge, days: float) -> None:
    notice_reached(challenge, at(days))
    settle_due(challenge, at(days))


def test_who_reaches_the_goal_is_paid_after_the_hold_and_once(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=50_000)
    _day(cast.anas, 30_000, -3)
    _day(cast.anas, 25_000, -1)
    _day(cast.bens, 49_999, -1)
    _run(challenge, 0)
    (entry,) = challenge.entries.all()
    assert (entry.enrolment, entry.state, entry.reached_on) == (cast.anas, "reached", at(-1).date())
    assert _payable(cast.anas) == 0
    for days in (29, 30.5, 31):
        _run(challenge, days)
    assert _payable(cast.anas) == 5000
    assert Transaction.objects.get().cause == "bounty"
    assert verify_books() == []
    assert OutboxItem.objects.filter(key=f"challenge:{entry.pk}:won").count() == 1


def test_a_refund_before_the_hold_is_over_takes_the_goal_away_and_more_sales_bring_it_back(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=50_000)
    _day(cast.anas, 50_000)
    _run(challenge, 0)
    EnrolmentDay.objects.update(refunded_minor=1)
    _run(challenge, 31)
    assert challenge.entries.get().state == "lapsed"
    assert _payable(cast.anas) == 0
    EnrolmentDay.objects.update(refunded_minor=0)
    _run(challenge, 32)
    assert challenge.entries.get().state == "won"


def test_clicks_cannot_be_refunded_so_they_are_settled_at_once(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=100)
    _day(cast.anas, 0, clicks=100)
    _run(challenge, 0)
    assert _payable(cast.anas) == 5000


def test_days_outside_the_window_do_not_count(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=100)
    _day(cast.anas, 0, -20, clicks=500)
    EnrolmentDay.objects.create(
        program_id=cast.program.pk, enrolment_id=cast.bens.pk, day=date(2026, 6, 1), clicks=500
    )  # fmt: skip
    _run(challenge, 20)
    assert not challenge.entries.exists()


def test_sales_count_when_they_are_worth_something_and_are_kept(cast: Cast) -> None:
    challenge = _challenge(cast, target=2)
    sell(cast.anas, 10_000, at=at(-2))
    sell(cast.anas, 10_000, at=at(-1), refunded_minor=10_000)
    sell(cast.anas, 0, at=at(-1))
    sell(cast.anas, 10_000, at=at(-30))
    sell(cast.anas, 10_000, at=at(-1), is_test=True)
    assert standings_of(challenge, [cast.anas], at())[cast.anas.pk].amount == 1
    sell(cast.anas, 10_000, at=at(0), refunded_minor=9_999)
    _run(challenge, 0)
    assert challenge.entries.get().reached_on == at().date()


def test_only_the_audience_takes_part(cast: Cast) -> None:
    audience = {"field": "partner.country", "op": "eq", "value": "PL"}
    challenge = _challenge(cast, metric="clicks", target=1, audience=audience)
    cast.ben.country = "PL"
    cast.ben.save()
    _day(cast.anas, 0, clicks=5)
    _day(cast.bens, 0, clicks=5)
    assert challenges_for(cast.anas, at()) == []
    assert [one.challenge for one in challenges_for(cast.bens, at())] == [challenge]
    _run(challenge, 0)
    assert [row.enrolment for row in challenge.entries.all()] == [cast.bens]


def test_paused_and_test_enrolments_take_no_part(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=1)
    make.change_status(cast.anas, "paused", at(-1))
    Enrolment.objects.filter(pk=cast.bens.pk).update(is_test=True)
    _day(cast.anas, 0, clicks=5)
    _day(cast.bens, 0, clicks=5)
    _run(challenge, 0)
    assert not challenge.entries.exists()


def test_with_limited_prizes_the_earlier_day_wins_and_who_lapses_makes_room(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=1000, most_winners=1)
    _day(cast.anas, 1000, -1)
    _day(cast.bens, 1000, -2)
    _run(challenge, 0)
    assert challenge.entries.get().enrolment == cast.bens
    assert standings_of(challenge, [cast.anas], at())[cast.anas.pk].standing == "full"
    EnrolmentDay.objects.filter(enrolment_id=cast.bens.pk).update(refunded_minor=1000)
    _run(challenge, 1)
    _run(challenge, 40)
    states = {row.enrolment: row.state for row in challenge.entries.all()}
    assert states == {cast.bens: "lapsed", cast.anas: "won"}
    EnrolmentDay.objects.filter(enrolment_id=cast.bens.pk).update(refunded_minor=0)
    _run(challenge, 41)
    assert challenge.entries.get(enrolment=cast.bens).state == "lapsed"


def test_a_prize_in_kind_is_owed_as_a_benefit_and_stands_in_no_ledger(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=1, gift="Sample box", prize_minor=4500)
    _day(cast.anas, 0, clicks=1)
    _run(challenge, 0)
    _run(challenge, 1)
    benefit = Benefit.objects.get()
    assert (benefit.name, benefit.worth_minor, benefit.enrolment) == ("Sample box", 4500, cast.anas)
    assert not Transaction.objects.exists()


def test_the_clock_of_benefits_leaves_gifts_alone(cast: Cast) -> None:
    from hanse.money.benefits.actions import owe_benefits, owe_once

    make.terms(cast.program, {"kind": "benefit", "name": "Box", "worth": 100, "period": "month"})
    owe_once(cast.anas, name="Cup", worth_minor=900, origin="thanks:1", now=at(), by=BY)
    owe_once(cast.anas, name="Cup", worth_minor=900, origin="thanks:1", now=at(1), by=BY)
    owe_benefits(at(2))
    assert Benefit.objects.get(origin="thanks:1").dropped_at is None


def test_proof_waits_for_a_person_who_accepts_or_says_why_not(cast: Cast) -> None:
    challenge = _challenge(cast, metric="proof")
    with pytest.raises(Invalid):
        send_proof(challenge, cast.anas, now=at(), by="ana")
    with pytest.raises(Invalid):
        send_proof(challenge, cast.anas, link="javascript:alert(1)", now=at(), by="ana")
    entry = send_proof(challenge, cast.anas, link="https://ana.example/post", now=at(), by="ana")
    assert list(waiting_entries(cast.program.pk)) == [entry]
    with pytest.raises(Invalid):
        decline_entry(entry, reason="", now=at(), by=BY)
    decline_entry(entry, reason="The link is not marked as paid.", now=at(), by=BY)
    again = send_proof(challenge, cast.anas, text="Marked now.", now=at(1), by="ana")
    assert again.pk == entry.pk
    accept_entry(again, now=at(2), by=BY)
    assert (again.state, _payable(cast.anas)) == ("won", 5000)
    with pytest.raises(Refused):
        accept_entry(again, now=at(2), by=BY)
    with pytest.raises(Refused):
        send_proof(challenge, cast.anas, text="Once more", now=at(3), by="ana")


def test_proof_after_the_last_day_or_when_prizes_are_gone_is_refused(cast: Cast) -> None:
    challenge = _challenge(cast, metric="proof", most_winners=1)
    send_proof(challenge, cast.anas, text="Done", now=at(), by="ana")
    with pytest.raises(Refused, match="taken"):
        send_proof(challenge, cast.bens, text="Done", now=at(), by="ben")
    with pytest.raises(Refused, match="no proof"):
        send_proof(challenge, cast.bens, text="Done", now=at(17), by="ben")


def test_a_reviewed_goal_is_paid_only_after_a_person_said_yes(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=1, is_reviewed=True)
    _day(cast.anas, 0, clicks=1)
    _run(challenge, 0)
    entry = challenge.entries.get()
    assert (entry.state, _payable(cast.anas)) == ("waiting", 0)
    accept_entry(entry, now=at(), by=BY)
    assert _payable(cast.anas) == 5000


def test_a_prize_is_taken_back_by_a_second_booking(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=1)
    _day(cast.anas, 0, clicks=1)
    _run(challenge, 0)
    entry = challenge.entries.get()
    with pytest.raises(Invalid):
        take_prize_back(entry, reason="", now=at(1), by=BY)
    take_prize_back(entry, reason="The clicks were bought.", now=at(1), by=BY)
    assert (entry.state, _payable(cast.anas), Transaction.objects.count()) == ("taken_back", 0, 2)
    _run(challenge, 2)
    assert _payable(cast.anas) == 0
    with pytest.raises(Refused):
        take_prize_back(entry, reason="Again", now=at(2), by=BY)


def test_what_was_promised_stays_once_it_is_open(cast: Cast) -> None:
    challenge = _challenge(cast, most_winners=3)
    for change in (
        {"target": 11}, {"prize_minor": 4999}, {"ends_on": date(2026, 5, 30)}, {"most_winners": 2},
        {"audience": {"field": "partner.country", "op": "eq", "value": "PL"}}, {"metric": "clicks"},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            keep_challenge(cast.program, instead_of=challenge, now=at(), by=BY, **change)
    keep_challenge(
        cast.program, instead_of=challenge, prize_minor=6000, most_winners=None, ends_on=date(2026, 6, 7),
        text="More time", now=at(), by=BY,
    )  # fmt: skip
    assert (challenge.prize_minor, challenge.most_winners) == (6000, None)


def test_ending_early_still_pays_who_had_reached_it(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=1000)
    _day(cast.anas, 1000)
    with pytest.raises(Invalid):
        cancel_challenge(challenge, reason="", now=at(), by=BY)
    cancel_challenge(challenge, reason="The product is sold out.", now=at(), by=BY)
    _day(cast.bens, 5000)
    assert challenge in to_settle(at(40))
    _run(challenge, 40)
    assert [(row.enrolment, row.state) for row in challenge.entries.all()] == [(cast.anas, "won")]


def test_drafts_are_nobodys_and_stages_follow_the_days(cast: Cast) -> None:
    draft = _challenge(cast, is_open=False)
    assert challenges_for(cast.anas, at()) == []
    challenge = open_challenge(draft, now=at(), by=BY)
    stages = [stage_of(challenge, date(2026, 4, 30) + timedelta(days=n), 30) for n in (0, 1, 31, 32, 61, 62)]
    assert stages == ["upcoming", "running", "running", "settling", "settling", "over"]
    with pytest.raises(Refused):
        open_challenge(challenge, now=at(), by=BY)
    with pytest.raises(Refused, match="last day"):
        open_challenge(_challenge(cast, is_open=False), now=at(60), by=BY)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"metric": "luck"}, "/metric"),
        ({"target": 0}, "/target"),
        ({"prize_minor": 0}, "/prize"),
        ({"ends_on": date(2026, 4, 1)}, "/ends_on"),
        ({"ends_on": date(2029, 4, 1)}, "/ends_on"),
        ({"most_winners": 0}, "/most_winners"),
        ({"audience": {"field": "partner.secret", "op": "eq", "value": "x"}}, "/audience/field"),
    ],
)
def test_what_cannot_be_a_challenge_is_refused_with_its_place(
    cast: Cast, fields: dict[str, Any], pointer: str
) -> None:  # fmt: skip
    with pytest.raises(Invalid) as refused:
        _challenge(cast, is_open=False, **fields)
    assert pointer in [problem.pointer for problem in refused.value.problems]


def test_the_day_a_goal_was_reached_is_the_first_on_which_the_sum_was_there() -> None:
    days = [(date(2026, 5, 3), 4), (date(2026, 5, 1), 5), (date(2026, 5, 2), 4)]
    assert reached_on(days, 9) == date(2026, 5, 2)
    assert reached_on(days, 14) is None


def test_entries_are_one_a_partner(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=1)
    _day(cast.anas, 0, clicks=1)
    assert notice_reached(challenge, at()) == 1
    assert notice_reached(challenge, at()) == 0
    assert ChallengeEntry.objects.count() == 1


def test_a_partners_page_costs_the_same_queries_for_many_challenges(cast: Cast) -> None:
    _challenge(cast, metric="value", target=50_000)
    _challenge(cast, target=3)
    _day(cast.anas, 12_345)
    sell(cast.anas, 10_000, at=at(-2))
    with CaptureQueriesContext(connection) as few:
        found = {one.challenge.metric: one.progress.amount for one in challenges_for(cast.anas, at())}
    assert found == {"value": 12_345, "conversions": 1}
    for metric in ("clicks", "value", "new_customers", "conversions", "proof"):
        _challenge(cast, metric=metric)
    with CaptureQueriesContext(connection) as many:
        assert len(challenges_for(cast.anas, at())) == 7
    assert len(many) == len(few)


def test_a_refund_of_the_last_days_counts_also_for_who_reached_the_goal_on_the_last_day(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=50_000)
    _day(cast.anas, 50_000, 16)
    _run(challenge, 17)
    EnrolmentDay.objects.update(refunded_minor=50_000)
    _run(challenge, 47)
    assert stage_of(challenge, at(47).date(), 30) == "over"
    assert (challenge.entries.get().state, _payable(cast.anas)) == ("lapsed", 0)


def test_a_reviewed_prize_is_not_accepted_when_refunds_took_the_goal_away(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=50_000, is_reviewed=True)
    _day(cast.anas, 50_000, 10)
    _run(challenge, 11)
    _run(challenge, 42)
    entry = challenge.entries.get()
    assert entry.state == "waiting"
    EnrolmentDay.objects.update(refunded_minor=1)
    _run(challenge, 50)
    assert challenge in to_settle(at(50))
    with pytest.raises(Refused):
        accept_entry(entry, now=at(51), by=BY)
    assert _payable(cast.anas) == 0


def test_a_goal_reached_anew_by_other_sales_rests_anew(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=50_000)
    _day(cast.anas, 50_000, -10)
    _run(challenge, -9)
    EnrolmentDay.objects.update(refunded_minor=50_000)
    _run(challenge, 10)
    _day(cast.anas, 50_000, 15)
    _run(challenge, 22)
    entry = challenge.entries.get()
    assert (entry.state, entry.reached_on, _payable(cast.anas)) == ("reached", at(15).date(), 0)
    _run(challenge, 46)
    assert _payable(cast.anas) == 5000


def test_sales_after_an_early_end_bring_no_lapsed_prize_back(cast: Cast) -> None:
    challenge = _challenge(cast, metric="value", target=1000)
    _day(cast.anas, 1000)
    _run(challenge, 0)
    cancel_challenge(challenge, reason="The product is sold out.", now=at(1), by=BY)
    EnrolmentDay.objects.update(refunded_minor=1000)
    _run(challenge, 2)
    _day(cast.anas, 1000, 5)
    _run(challenge, 6)
    _run(challenge, 60)
    assert (challenge.entries.get().state, _payable(cast.anas)) == ("lapsed", 0)


def test_a_partner_who_sent_nothing_is_not_asked_to_send_it_again(cast: Cast) -> None:
    challenge = _challenge(cast, metric="clicks", target=1, is_reviewed=True)
    _day(cast.anas, 0, clicks=1)
    _run(challenge, 0)
    decline_entry(challenge.entries.get(), reason="The clicks are your own.", now=at(), by=BY)
    letter = str(OutboxItem.objects.get(key__contains="declined").payload)
    assert "The clicks are your own." in letter
    assert "what you sent" not in letter
    assert "send it again" not in letter
