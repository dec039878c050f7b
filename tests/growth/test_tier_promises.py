"""Our promises per tier: they fall due by themselves, are kept by what really happened, and are scored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.growth.care.actions import add_day, end_promise, keep_briefing, keep_promise, promise, set_treatment
from hanse.growth.care.falling_due import find_dues
from hanse.growth.care.models import PromiseDue, TierPromise
from hanse.growth.care.queries import overdue_in, score_with, scores_of, treatments_of
from hanse.growth.care.rules import score
from hanse.growth.claims.actions import claim_sale
from hanse.growth.claims.models import Claim
from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.negotiations.actions import Offered, propose, withdraw
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.enrolments.actions import move_to_tier
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Ana is in power, Ben in new."""
    made = build()
    Enrolment.objects.filter(pk=made.anas.pk).update(tier=tier(made, "power"))
    return made


def tier(cast: Cast, key: str) -> Tier:
    return Tier.objects.get(program=cast.program, key=key)


def dues(cast: Cast) -> list[PromiseDue]:
    return list(PromiseDue.objects.filter(dropped_at=None).order_by("due_at"))


def test_a_call_falls_due_in_turns_and_only_for_the_tier(cast: Cast) -> None:
    promise(tier(cast, "power"), "call", 30, now=make.at(0), by="ruth")
    assert (find_dues(cast.program, make.at(1)), find_dues(cast.program, make.at(2))) == (1, 0)
    first = dues(cast)[0]
    assert (first.enrolment_id, first.due_at) == (cast.anas.pk, make.at(30))
    assert not overdue_in(cast.program.pk, make.at(29)).exists()
    assert overdue_in(cast.program.pk, make.at(31)).count() == 1
    keep_promise(first, note="Talked about candles", now=make.at(33), by="ruth")
    with pytest.raises(Refused):
        keep_promise(first, now=make.at(34), by="ruth")
    find_dues(cast.program, make.at(34))
    assert [one.due_at for one in dues(cast)] == [make.at(30), make.at(63)]
    mark = scores_of(cast.program.pk, make.at(34))[first.promise_id]
    assert (mark.in_time, mark.late, mark.overdue, mark.open, mark.n) == (0, 1, 0, 1, 1)


def test_a_meeting_that_was_held_keeps_the_call(cast: Cast) -> None:
    promise(tier(cast, "power"), "call", 30, now=make.at(0), by="ruth")
    find_dues(cast.program, make.at(0))
    held = Meeting.objects.create(
        program=cast.program, kind="call", title="Monthly", starts_at=make.at(9), minutes=30, created_at=make.at(1),
        held_at=make.at(10),
    )  # fmt: skip
    MeetingInvitation.objects.create(meeting=held, enrolment=cast.anas, invited_at=make.at(1))
    find_dues(cast.program, make.at(11))
    assert [(one.kept_at, one.due_at) for one in dues(cast)] == [(make.at(10), make.at(30)), (None, make.at(40))]
    assert score_with(cast.anas.pk, make.at(11)).in_time == 1


def test_questions_are_answered_in_time_or_late(cast: Cast) -> None:
    promise(tier(cast, "power"), "answer", 24, now=make.at(0), by="ruth")
    talk = Conversation.objects.create(
        program=cast.program, partner=cast.ana, enrolment=cast.anas, subject="Pictures?", channel="portal",
        opened_at=make.at(1), changed_at=make.at(1),
    )  # fmt: skip
    for day, answered in ((1, make.at(1.5)), (3, make.at(5)), (8, None)):
        Entry.objects.create(
            conversation=talk, program=cast.program, direction="in", channel="portal", at=make.at(day),
            promised_at=make.at(day + 1), answered_at=answered,
        )  # fmt: skip
    claim_sale(cast.anas, external_id="LOST-1", note="mine", now=make.at(8.5), by="ana")
    find_dues(cast.program, make.at(8.6))
    mark = score_with(cast.anas.pk, make.at(8.6))
    assert (mark.in_time, mark.late, mark.overdue, mark.open) == (1, 1, 0, 2)
    Claim.objects.update(answered_at=make.at(8.9))
    find_dues(cast.program, make.at(10))
    mark = score_with(cast.anas.pk, make.at(10))
    assert (mark.in_time, mark.late, mark.overdue, mark.open) == (2, 1, 1, 0)


def test_a_briefing_is_due_three_weeks_ahead_and_kept_for_all_at_once(cast: Cast) -> None:
    promise(tier(cast, "power"), "briefing", 21, now=make.at(0), by="ruth")
    on = local_day(make.at(40), cast.program.time_zone)
    day = add_day(cast.program, name="Winter sale", on=on, now=make.at(0), by="ruth")
    assert find_dues(cast.program, make.at(11)) == 0
    assert find_dues(cast.program, make.at(12)) == 1
    only = dues(cast)[0]
    assert local_day(only.due_at - timedelta(seconds=1), cast.program.time_zone) == on - timedelta(days=21)
    assert keep_briefing(cast.program, f"day:{day.pk}", now=make.at(15), by="ruth") == 1
    assert score_with(cast.anas.pk, make.at(16)).in_time == 1


def test_who_leaves_the_tier_is_owed_nothing_more(cast: Cast) -> None:
    promise(tier(cast, "power"), "call", 30, now=make.at(0), by="ruth")
    find_dues(cast.program, make.at(1))
    Enrolment.objects.filter(pk=cast.anas.pk).update(tier=tier(cast, "growth"))
    find_dues(cast.program, make.at(2))
    assert dues(cast) == []


def test_another_number_ends_the_promise_before(cast: Cast) -> None:
    old = promise(tier(cast, "power"), "call", 30, now=make.at(0), by="ruth")
    assert promise(tier(cast, "power"), "call", 30, now=make.at(1), by="ruth").pk == old.pk
    promise(tier(cast, "power"), "call", 14, now=make.at(1), by="ruth")
    assert TierPromise.objects.filter(ended_at=None).count() == 1
    own = promise(tier(cast, "power"), "own", 90, words="A visit to the workshop", now=make.at(1), by="ruth")
    find_dues(cast.program, make.at(2))
    assert len(dues(cast)) == 2
    end_promise(own, now=make.at(3), by="ruth")
    assert len(dues(cast)) == 1


@pytest.mark.parametrize(
    ("kind", "number", "words"), [("answer", 0, ""), ("call", 400, ""), ("own", 30, " "), ("x", 1, "")]
)
def test_promises_that_cannot_be_are_refused(cast: Cast, kind: str, number: int, words: str) -> None:
    with pytest.raises(Invalid):
        promise(tier(cast, "power"), kind, number, words=words, now=make.at(0), by="ruth")


def test_what_a_tier_gets_is_kept(cast: Cast) -> None:
    power = tier(cast, "power")
    set_treatment(power, contact=cast.ruth, benefits="A box each quarter", now=make.at(0), by="ruth")
    set_treatment(power, contact=cast.ruth, benefits="A box each month", now=make.at(1), by="ruth")
    kept = treatments_of(cast.program.pk)[power.pk]
    assert (kept.benefits, kept.contact, kept.changed_at) == ("A box each month", cast.ruth, make.at(1))


def test_scores_forget_what_is_long_past_but_never_what_is_still_owed() -> None:
    now = make.at(0)
    old = now - timedelta(days=91)
    found = score([(old, old), (old, old + timedelta(hours=1)), (old, None)], now)
    assert (found.in_time, found.late, found.overdue) == (0, 0, 1)
    assert found.share == 0
    assert score([], now).share is None


def test_who_comes_into_a_tier_is_owed_its_promises_from_then_on(cast: Cast) -> None:
    power = tier(cast, "power")
    promise(power, "call", 30, now=make.at(-100), by="ruth")
    promise(power, "answer", 4, now=make.at(-100), by="ruth")
    claim_sale(cast.bens, external_id="LOST-1", note="mine", now=make.at(-20), by="ben")
    Claim.objects.update(answered_at=make.at(-18), status="declined")
    find_dues(cast.program, make.at(-1))
    move_to_tier(cast.bens, power, reason="Grown", now=make.at(0), by="ruth")
    find_dues(cast.program, make.at(0, hours=1))
    bens = PromiseDue.objects.filter(enrolment=cast.bens, dropped_at=None)
    assert [one.due_at for one in bens] == [make.at(30)]
    mark = score_with(cast.bens.pk, make.at(1))
    assert (mark.in_time, mark.late, mark.overdue, mark.open) == (0, 0, 0, 1)


def test_who_comes_back_into_a_tier_is_owed_its_turns_again(cast: Cast) -> None:
    power, growth = tier(cast, "power"), tier(cast, "growth")
    promise(power, "call", 30, now=make.at(0), by="ruth")
    move_to_tier(cast.bens, power, now=make.at(0), by="ruth")
    find_dues(cast.program, make.at(1))
    move_to_tier(cast.bens, growth, now=make.at(2), by="ruth")
    find_dues(cast.program, make.at(3))
    move_to_tier(cast.bens, power, now=make.at(5), by="ruth")
    find_dues(cast.program, make.at(6))
    assert [one.due_at for one in dues(cast) if one.enrolment_id == cast.bens.pk] == [make.at(35)]


def test_who_was_paused_is_owed_turns_again_from_when_they_are_active_again(cast: Cast) -> None:
    promise(tier(cast, "power"), "call", 30, now=make.at(0), by="ruth")
    find_dues(cast.program, make.at(1))
    make.change_status(cast.anas, "paused", make.at(2))
    find_dues(cast.program, make.at(3))
    make.change_status(cast.anas, "active", make.at(50))
    find_dues(cast.program, make.at(51))
    assert [one.due_at for one in dues(cast)] == [make.at(80)]


def test_a_proposal_that_the_partner_took_back_waits_for_no_answer(cast: Cast) -> None:
    promise(tier(cast, "power"), "answer", 24, now=make.at(0), by="ruth")
    body = {"clauses": [{"kind": "percent", "rate": "25%", "goal": "sale"}]}
    made = propose(cast.anas, Offered(body), side="partner", now=make.at(1), by="ana")
    find_dues(cast.program, make.at(1, hours=1))
    assert len(dues(cast)) == 1
    withdraw(made, side="partner", now=make.at(1, hours=2), by="ana")
    find_dues(cast.program, make.at(5))
    assert dues(cast) == []
    assert not overdue_in(cast.program.pk, make.at(5)).exists()
