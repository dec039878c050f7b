"""Sequences: begun by what happened, walked step by step, stopped in time, told from history before they run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from hanse.growth.sends.measuring import note_sequence_actions
from hanse.growth.sends.models import Send
from hanse.growth.sends.results import lifts_by_tier, lifts_of_sequences, results_by_letter
from hanse.growth.sequences.actions import end_sequence, keep_sequence, rest_sequence, start_sequence, take_out
from hanse.growth.sequences.models import Journey, Sequence
from hanse.growth.sequences.queries import counts_of, steps_of
from hanse.growth.sequences.reading import trigger_of
from hanse.growth.sequences.rules import moved_places
from hanse.growth.sequences.simulation import simulate
from hanse.growth.sequences.triggers import occurrences
from hanse.growth.sequences.walking import due_journeys, walk
from hanse.growth.silence.models import SilentSpell
from hanse.growth.tiers.models import TierStanding
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.enrolments.models import TierChange
from hanse.programs.tiers.models import Tier
from hanse.runtime.letters import walk_sequences
from hanse.traffic.conversions.models import Conversion
from tests import cast, make
from tests.cast import Cast
from tests.growth import post
from tests.money import books

MONDAY = datetime(2026, 5, 11, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def actors(db: None) -> Cast:
    return cast.build()


@pytest.fixture
def keep(actors: Cast) -> Callable[..., Sequence]:
    """Keep a sequence of as many letters as there are waits."""

    def kept(*waits: int, **columns: object) -> Sequence:
        messages = [
            post.version(actors.program, MONDAY - 200 * DAY, name=f"Part {n}", kind="welcome").template_id
            for n, _wait in enumerate(waits, 1)
        ]
        steps = [{"message": str(one), "wait_days": wait} for one, wait in zip(messages, waits, strict=True)]
        values: dict[str, object] = {"name": "Welcome", "trigger": {"kind": "enrolled"}, "steps": steps} | columns
        return keep_sequence(actors.program, now=MONDAY - 100 * DAY, by="ruth", **values)  # type: ignore[arg-type]

    return kept


def _run(from_: datetime, days: int) -> list[tuple[str, str]]:
    """Let the clock go by hours; return who got what."""
    for hour in range(days * 24):
        now = from_ + timedelta(hours=hour)
        walk_sequences(now)
        post.pass_time(now)
    return list(Send.objects.exclude(queued_at=None).order_by("queued_at").values_list("partner__name", "subject"))


def test_a_newcomer_gets_one_letter_after_the_other_and_old_partners_none(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, 2, 3)
    start_sequence(sequence, now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=2))
    assert _run(MONDAY, 8) == [("Cleo", "Part 1 for Cleo"), ("Cleo", "Part 2 for Cleo"), ("Cleo", "Part 3 for Cleo")]
    days = [at.date() for at in Send.objects.order_by("queued_at").values_list("queued_at", flat=True)]
    assert [(day - MONDAY.date()).days for day in days] == [0, 2, 7], "two in a week, the third on the Monday after"
    assert counts_of([sequence.pk])[sequence.pk].done == 1
    assert Journey.objects.get().ended_why == "done"


def test_what_was_stopped_for_stops_at_once_even_when_the_next_letter_waits_already(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, 1, stop_when=["sale"])
    start_sequence(sequence, now=MONDAY, by="ruth")
    cleo = make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
    dora = make.enrolment(make.partner("Dora"), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
    walk_sequences(MONDAY + timedelta(hours=2))
    assert post.pass_time(MONDAY + timedelta(hours=2)) == 2
    night = MONDAY + timedelta(hours=1 + 24 - 0)
    walk_sequences(night)
    assert Send.objects.filter(state="planned").count() == 2
    books.sell(cleo, 7800, at=night)
    assert post.pass_time(night + timedelta(minutes=5)) == 1
    assert Send.objects.get(enrolment=cleo, state="dropped").dropped_why == "stopped"
    assert Send.objects.filter(enrolment=dora, letter_id__isnull=False).count() == 2


def test_the_same_happening_begins_a_sequence_once_however_often_the_clock_looks(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0)
    start_sequence(sequence, now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
    for minute in range(5):
        walk_sequences(MONDAY + timedelta(hours=2, minutes=minute))
    assert Journey.objects.count() == Send.objects.count() == 1


def test_what_is_told_late_begins_a_sequence_still(actors: Cast, keep: Callable[..., Sequence]) -> None:
    sequence = keep(0, trigger={"kind": "first_sale"})
    start_sequence(sequence, now=MONDAY, by="ruth")
    walk_sequences(MONDAY + DAY)
    books.sell(actors.anas, 5000, at=MONDAY + timedelta(hours=3))
    walk_sequences(MONDAY + DAY + timedelta(hours=1))
    assert Journey.objects.get().enrolment == actors.anas


def test_a_condition_keeps_others_out_and_asks_them_no_second_time(actors: Cast, keep: Callable[..., Sequence]) -> None:
    sequence = keep(0, condition={"field": "partner.country", "op": "eq", "value": "PL"})
    start_sequence(sequence, now=MONDAY, by="ruth")
    for name, country in (("Cleo", "PL"), ("Dora", "GB")):
        make.enrolment(make.partner(name, country=country), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
    walk_sequences(MONDAY + timedelta(hours=2))
    assert Send.objects.get().partner.name == "Cleo"
    assert Journey.objects.get(ended_why="not_meant").enrolment.partner.name == "Dora"
    assert counts_of([sequence.pk])[sequence.pk].entered == 1


def test_a_sequence_at_rest_sends_nothing_and_what_happened_meanwhile_begins_nothing(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, 1)
    start_sequence(sequence, now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
    walk_sequences(MONDAY + timedelta(hours=2))
    rest_sequence(sequence, now=MONDAY + timedelta(hours=2), by="ruth")
    assert post.pass_time(MONDAY + timedelta(hours=3)) == 0, "even what was planned stays"
    make.enrolment(make.partner("Dora"), actors.program, enrolled_at=MONDAY + timedelta(hours=5))
    start_sequence(sequence, now=MONDAY + timedelta(hours=9), by="ruth")
    walk_sequences(MONDAY + timedelta(hours=10))
    assert {one.enrolment.partner.name for one in Journey.objects.all()} == {"Cleo"}
    with pytest.raises(Refused):
        end_sequence(sequence, now=MONDAY, by="ruth") and start_sequence(sequence, now=MONDAY, by="ruth")


def test_a_running_sequence_is_not_changed_and_one_without_a_text_not_started(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, 1)
    steps = [{"message": str(step.message_id), "wait_days": 4} for step in steps_of([sequence.pk])]
    start_sequence(sequence, now=MONDAY, by="ruth")
    values = {"name": "Welcome", "trigger": {"kind": "enrolled"}, "steps": steps, "now": MONDAY, "by": "ruth"}
    with pytest.raises(Refused):
        keep_sequence(actors.program, instead_of=sequence, **values)  # type: ignore[arg-type]
    rest_sequence(sequence, now=MONDAY, by="ruth")
    keep_sequence(actors.program, instead_of=sequence, **values)  # type: ignore[arg-type]
    assert [step.wait_days for step in steps_of([sequence.pk])] == [4, 4]


def test_one_partner_can_be_taken_out(actors: Cast, keep: Callable[..., Sequence]) -> None:
    start_sequence(keep(0, 1), now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
    walk_sequences(MONDAY + timedelta(hours=2))
    take_out(Journey.objects.get(), now=MONDAY, by="ruth")
    assert _run(MONDAY + timedelta(hours=2), 3) == []


@pytest.mark.parametrize(
    ("columns", "pointer"),
    [
        ({"trigger": {"kind": "moon"}}, "/trigger/kind"),
        ({"trigger": {"kind": "sales", "count": 1}}, "/trigger/count"),
        ({"trigger": {"kind": "season", "month": 2, "day": 30}}, "/trigger/day"),
        ({"trigger": {"kind": "enrolled", "days": 3}}, "/trigger/days"),
        ({"trigger": {"kind": "silent", "name": "bored"}}, "/trigger/name"),
        ({"trigger": "enrolled"}, "/trigger"),
        ({"stop_when": ["rain"]}, "/stop_when"),
        ({"condition": {"field": "figures.rate", "op": "gt", "value": 1}}, "/condition/field"),
        ({"steps": [{"message": "nothing"}]}, "/steps/0/message"),
        ({"steps": []}, "/steps"),
        ({"holdout_ppm": 100_000}, "/action"),
        ({"holdout_ppm": 900_000, "action": "sale"}, "/holdout_ppm"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    actors: Cast, keep: Callable[..., Sequence], columns: dict[str, object], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        keep(0, **columns)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert not Sequence.objects.exists()


def test_each_trigger_names_who_it_happened_to_and_nobody_twice(actors: Cast) -> None:
    anas, program = actors.anas, actors.program
    for days in (1, 3, 5):
        books.sell(anas, 5000, at=MONDAY + days * DAY)
    tiers = {tier.key: tier for tier in Tier.objects.filter(program=program)}
    for days, key in ((-30, "new"), (2, "casual"), (4, "growth"), (6, "casual")):
        TierChange.objects.create(enrolment=anas, tier=tiers[key], at=MONDAY + days * DAY)
    SilentSpell.objects.create(
        enrolment=actors.bens, program=program, cause="link_cold", found_on=(MONDAY + 2 * DAY).date(), gap_days=9
    )
    make.enrolment(make.partner("Cleo"), program, enrolled_at=MONDAY + DAY)
    tester = make.enrolment(make.partner("Test"), program, enrolled_at=MONDAY + DAY, is_test=True)

    def named(**trigger: object) -> list[tuple[str, int]]:
        found = occurrences(program.pk, trigger_of(trigger), MONDAY, MONDAY + 30 * DAY)
        assert tester.pk not in {one.enrolment_id for one in found}
        names = {anas.pk: "Ana", actors.bens.pk: "Ben"}
        return [(names.get(one.enrolment_id, "Cleo"), (one.at - MONDAY).days) for one in found]

    assert named(kind="enrolled") == [("Cleo", 1)]
    assert named(kind="enrolled_for", days=14) == [("Cleo", 15)]
    assert named(kind="first_sale") == [("Ana", 1)]
    assert named(kind="sales", count=3) == [("Ana", 5)]
    assert named(kind="sales", count=4) == []
    assert named(kind="tier_up") == [("Ana", 2), ("Ana", 4)]
    assert named(kind="tier_up", name="growth") == [("Ana", 4)]
    assert named(kind="tier_down") == [("Ana", 6)]
    assert named(kind="silent") == named(kind="silent", name="link_cold") == [("Ben", 1)]
    assert named(kind="silent", name="faded") == []
    assert {name for name, _day in named(kind="season", month=6, day=1)} == {"Ana", "Ben", "Cleo"}
    year = occurrences(program.pk, trigger_of({"kind": "anniversary"}), MONDAY + 200 * DAY, MONDAY + 300 * DAY)
    assert sorted(one.mark for one in year) == ["anniversary:1", "anniversary:1"]


def test_the_simulation_tells_what_the_clock_would_have_sent(actors: Cast, keep: Callable[..., Sequence]) -> None:
    """Both by the same functions: twelve days of history told at once equal the days lived through."""
    sequence = keep(0, 2, 2, stop_when=["sale"])
    people = []
    for number in range(9):
        moment = MONDAY + timedelta(days=number % 5, hours=number * 5 + 2, minutes=-1)
        partner = make.partner(f"P{number}", time_zone=("Asia/Tokyo", "America/Los_Angeles", "UTC")[number % 3])
        people.append(make.enrolment(partner, actors.program, enrolled_at=moment))
    books.sell(people[0], 5000, at=people[0].enrolled_at + DAY)
    books.sell(people[4], 5000, at=people[4].enrolled_at + 3 * DAY)
    end = MONDAY + 12 * DAY
    told = simulate(sequence, end, days=12)
    assert (told.named, told.entered) == (9, 9)
    start_sequence(sequence, now=MONDAY, by="ruth")
    for hour in range(12 * 24 + 1):
        now = MONDAY + timedelta(hours=hour)
        walk_sequences(now)
        post.pass_time(now)
    lived = Send.objects.exclude(queued_at=None).values_list("enrolment_id", "queued_at")
    next_hour = timedelta(minutes=59)  # the clock looks once an hour here
    told_hours = sorted((one.enrolment_id, (one.at + next_hour).replace(minute=0)) for one in told.letters)
    assert told_hours == sorted(lived)
    assert told.people == len({who for who, _at in lived})
    assert told.dropped["stopped"] > 0
    assert simulate(sequence, end, days=0).letters == []


def test_who_is_held_out_gets_nothing_and_is_compared_with_the_others(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, holdout_ppm=400_000, action="sale", action_days=14)
    start_sequence(sequence, now=MONDAY, by="ruth")
    TierStanding.objects.create(
        enrolment=actors.anas, program_id=actors.program.pk, on=MONDAY.date(), as_of=MONDAY, tier="new", given="new",
        rank=1, field_size=2,
    )  # fmt: skip
    people = [
        make.enrolment(make.partner(f"P{number}"), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
        for number in range(100)
    ]
    walk_sequences(MONDAY + timedelta(hours=2))
    post.pass_time(MONDAY + timedelta(hours=2))
    held = set(Journey.objects.filter(is_held_out=True).values_list("enrolment_id", flat=True))
    assert 25 <= len(held) <= 55
    assert not Send.objects.filter(enrolment__in=held).exists()
    written = [one for one in people if one.pk not in held]
    for one in written[: len(written) // 2]:
        books.sell(one, 5000, at=MONDAY + DAY)
    books.sell(written[-1], 5000, at=MONDAY + 20 * DAY)  # too late
    with transaction.atomic():
        assert note_sequence_actions(sequence, MONDAY + 2 * DAY) == len(written) // 2
        assert note_sequence_actions(sequence, MONDAY + 21 * DAY) == 0
    lift = lifts_of_sequences([sequence.pk])[sequence.pk]
    assert (lift.written.people, lift.held_out.people) == (len(written), len(held))
    assert (lift.written.acted, lift.held_out.acted) == (len(written) // 2, 0)
    assert lift.is_shown == (len(held) >= 30)
    (row,) = results_by_letter(actors.program.pk, MONDAY, MONDAY + DAY)
    assert (row.name, row.tier, row.sent, row.acted) == ("Part 1", "New", len(written), len(written) // 2)


def test_what_happens_often_begins_a_sequence_again_after_a_rest_only(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, trigger={"kind": "link_made", "again_days": 10})
    start_sequence(sequence, now=MONDAY, by="ruth")
    for number, day in enumerate((1, 2, 9, 12)):
        make.link(actors.anas, actors.offer, number=50 + number, slug=f"l{number}", created_at=MONDAY + day * DAY)
    for day in range(14):
        walk_sequences(MONDAY + day * DAY + timedelta(hours=1))
    entered = Journey.objects.exclude(ended_why="not_meant").order_by("entered_at").values_list("entered_at", flat=True)
    assert [(at - MONDAY).days for at in entered] == [1, 12]
    assert [(one.at - MONDAY).days for one in simulate(sequence, MONDAY + 14 * DAY, 14).letters] == [1, 12]


def test_whoever_is_taken_out_gets_the_last_letter_neither_which_waits_already(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    start_sequence(keep(0), now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=12))
    walk_sequences(MONDAY + timedelta(hours=13))
    journey = Journey.objects.get()
    assert (journey.ended_why, Send.objects.get().state) == ("done", "planned")
    take_out(journey, now=MONDAY + timedelta(hours=14), by="ruth")
    assert _run(MONDAY + timedelta(hours=14), 2) == []


def test_whoever_is_taken_out_while_the_clock_walks_stays_out(actors: Cast, keep: Callable[..., Sequence]) -> None:
    start_sequence(keep(1, 1), now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY)
    walk_sequences(MONDAY + timedelta(hours=1))
    read = due_journeys(MONDAY + 2 * DAY)
    take_out(Journey.objects.get(), now=MONDAY + 2 * DAY, by="ruth")
    assert walk(read, MONDAY + 2 * DAY) == 0
    assert Journey.objects.get().ended_why == "stop:by_hand"
    assert not Send.objects.exists()


def test_a_letter_put_before_the_others_repeats_none_for_those_on_the_way(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, 2)
    start_sequence(sequence, now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY)
    assert _run(MONDAY, 1) == [("Cleo", "Part 1 for Cleo")]
    rest_sequence(sequence, now=MONDAY + DAY, by="ruth")
    first = post.version(actors.program, MONDAY, name="Prologue", kind="welcome").template_id
    steps = [{"message": str(step.message_id), "wait_days": step.wait_days} for step in steps_of([sequence.pk])]
    values = {"name": "Welcome", "trigger": {"kind": "enrolled"}, "steps": [{"message": str(first)}, *steps]}
    keep_sequence(actors.program, instead_of=sequence, now=MONDAY + DAY, by="ruth", **values)  # type: ignore[arg-type]
    start_sequence(sequence, now=MONDAY + DAY, by="ruth")
    assert _run(MONDAY + DAY, 6) == [("Cleo", "Part 1 for Cleo"), ("Cleo", "Part 2 for Cleo")]


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ("ab", "ab", [0, 1, 2]),
        ("ab", "xab", [0, 2, 3]),
        ("abc", "bc", [0, 0, 1, 2]),
        ("ab", "axb", [0, 1, 3]),
        ("ab", "cb", [0, 1, 2]),
        ("ab", "ba", [0, 2, 2]),
        ("aba", "aba", [0, 1, 2, 3]),
        ("ab", "a", [0, 1, 1]),
    ],
)
def test_who_had_some_letters_goes_on_behind_them(before: str, after: str, places: list[int]) -> None:
    ids = {letter: UUID(int=ord(letter)) for letter in "abcx"}
    assert moved_places([ids[one] for one in before], [ids[one] for one in after]) == places


def test_a_sale_that_was_refunded_long_ago_is_no_part_of_the_count(actors: Cast) -> None:
    books.sell(actors.anas, 5000, at=MONDAY - 30 * DAY)
    Conversion.objects.update(refunded_minor=5000)
    books.sell(actors.anas, 5000, at=MONDAY + DAY)
    books.sell(actors.anas, 5000, at=MONDAY + 2 * DAY)
    trigger = trigger_of({"kind": "sales", "count": 2})
    assert [one.at for one in occurrences(actors.program.pk, trigger, MONDAY, MONDAY + 9 * DAY)] == [MONDAY + 2 * DAY]


def test_many_who_enter_at_once_let_sign_in_links_go_between(
    actors: Cast, keep: Callable[..., Sequence], monkeypatch: pytest.MonkeyPatch
) -> None:
    start_sequence(keep(0), now=MONDAY, by="ruth")
    for number in range(5):
        make.enrolment(make.partner(f"P{number}"), actors.program, enrolled_at=MONDAY + timedelta(minutes=number))
    monkeypatch.setattr("hanse.runtime.letters.AT_ONCE", 2)
    monkeypatch.setattr("hanse.runtime.letters.TURN_SECONDS", 0)
    assert walk_sequences(MONDAY + timedelta(hours=1)) == 2, "a turn is over after one part"
    while walk_sequences(MONDAY + timedelta(hours=1)):
        pass
    assert Journey.objects.count() == Send.objects.count() == 5


def test_a_letter_that_falls_due_while_its_sequence_rests_goes_when_it_runs_again(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0)
    start_sequence(sequence, now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=12))
    walk_sequences(MONDAY + timedelta(hours=13))
    rest_sequence(sequence, now=MONDAY + timedelta(hours=20), by="ruth")
    assert post.pass_time(MONDAY + DAY) == 0
    start_sequence(sequence, now=MONDAY + DAY + timedelta(minutes=5), by="ruth")
    assert post.pass_time(MONDAY + DAY + timedelta(minutes=6)) == 1


def test_whoever_enters_a_sequence_again_is_one_person_in_its_comparison(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0, trigger={"kind": "link_made", "again_days": 0}, holdout_ppm=500_000, action="sale")
    for number in range(40):
        who = make.enrolment(make.partner(f"P{number}"), actors.program)
        for turn in range(2):
            Journey.objects.create(
                sequence=sequence, enrolment=who, occurrence=f"link:{turn}", entered_at=MONDAY + turn * DAY,
                is_held_out=number % 2 == 0, tier=who.tier, acted_at=MONDAY if number % 4 else None,
            )  # fmt: skip
    lift = lifts_of_sequences([sequence.pk])[sequence.pk]
    assert (lift.written.people, lift.written.acted, lift.held_out.people, lift.held_out.acted) == (20, 20, 20, 10)
    assert not lift.is_shown, "twenty people an arm are too few to say"
    ((_tier, by_tier),) = lifts_by_tier(sequence.pk)
    assert by_tier.written.people == 20


def test_a_first_click_on_the_day_on_which_a_sequence_is_switched_on_begins_it(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    start_sequence(keep(0, trigger={"kind": "first_click"}), now=MONDAY, by="ruth")
    EnrolmentMark.objects.create(enrolment_id=actors.anas.pk, program_id=actors.program.pk, first_click=MONDAY.date())
    EnrolmentMark.objects.create(
        enrolment_id=actors.bens.pk, program_id=actors.program.pk, first_click=(MONDAY - DAY).date()
    )
    for hours in (1, 30, 80):
        walk_sequences(MONDAY + timedelta(hours=hours))
    assert Journey.objects.get().enrolment == actors.anas


def test_a_sequence_switched_on_twice_forgets_nobody_who_came_between(
    actors: Cast, keep: Callable[..., Sequence]
) -> None:
    sequence = keep(0)
    start_sequence(sequence, now=MONDAY, by="ruth")
    make.enrolment(make.partner("Cleo"), actors.program, enrolled_at=MONDAY + timedelta(hours=1))
    start_sequence(sequence, now=MONDAY + timedelta(hours=2), by="ruth")
    walk_sequences(MONDAY + timedelta(hours=3))
    assert Journey.objects.get().enrolment.partner.name == "Cleo"
