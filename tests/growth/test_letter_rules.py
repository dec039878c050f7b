"""Caps, quiet hours, who wins, who is held out, and lift: pure rules, tried on any number of letters."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.newsletters.rules import Part, body_of, readers_of
from hanse.growth.reach.rules import OPTIONAL, stays_away
from hanse.growth.sends.lift import Arm, lift_of, wilson
from hanse.growth.sends.rules import Waiting, decide, expiry, is_held_out, next_slot
from hanse.growth.sends.types import Priority
from hanse.growth.templates.models import LetterKind

LONDON, TOKYO, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
MONDAY = datetime(2026, 5, 11, 10, 0, tzinfo=UTC)  # 11:00 in London


def _letter(number: int, priority: Priority = Priority.SEQUENCE, due_at: datetime = MONDAY) -> Waiting:
    return Waiting(UUID(int=number), priority, due_at, expiry(priority, due_at))


def test_of_letters_that_compete_honesty_goes_before_a_note_a_first_win_a_sequence_and_a_newsletter() -> None:
    letters = [_letter(number, priority) for number, priority in enumerate(reversed(Priority)) if priority]
    order = []
    while letters:
        decision = decide(letters, [], LONDON, MONDAY)
        (first,) = decision.go
        order.append(next(one.priority for one in letters if one.id == first))
        letters = [one for one in letters if one.id != first]
    assert order == [Priority.HONESTY, Priority.NOTE, Priority.FIRST_WIN, Priority.SEQUENCE, Priority.NEWSLETTER]


def test_one_letter_a_day_goes_and_the_next_waits_for_the_morning_after() -> None:
    decision = decide([_letter(1), _letter(2)], [], LONDON, MONDAY)
    assert decision.go == (UUID(int=1),)
    assert decision.wait == ((UUID(int=2), datetime(2026, 5, 12, 7, 0, tzinfo=UTC)),)  # 8:00 in London


def test_after_two_letters_in_a_week_the_next_waits_for_monday() -> None:
    written = [MONDAY, MONDAY + timedelta(days=1)]
    decision = decide([_letter(1)], written, LONDON, MONDAY + timedelta(days=2))
    assert decision.go == ()
    assert decision.wait[0][1] == datetime(2026, 5, 18, 7, 0, tzinfo=UTC)


def test_a_week_ends_on_the_readers_own_sunday() -> None:
    sunday_evening = datetime(2026, 5, 10, 15, 30, tzinfo=UTC)  # Monday 00:30 in Tokyo, Sunday 16:30 in London
    written = [datetime(2026, 5, 5, 3, tzinfo=UTC), datetime(2026, 5, 6, 3, tzinfo=UTC)]
    assert decide([_letter(1)], written, LONDON, sunday_evening).wait[0][1] == datetime(2026, 5, 11, 7, tzinfo=UTC)
    assert decide([_letter(1)], written, TOKYO, sunday_evening).wait[0][1] == datetime(2026, 5, 10, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "goes"), [("07:59", False), ("08:00", True), ("19:59", True), ("20:00", False), ("00:10", False)]
)
def test_nothing_goes_from_eight_in_the_evening_to_eight_in_the_morning_of_the_reader(local: str, goes: bool) -> None:
    now = datetime.fromisoformat(f"2026-05-13T{local}:00").replace(tzinfo=NEW_YORK)
    decision = decide([_letter(1, due_at=now)], [], NEW_YORK, now)
    assert bool(decision.go) is goes
    if not goes:
        at = decision.wait[0][1].astimezone(NEW_YORK)
        assert (at.hour, at.minute) == (8, 0)
        assert at > now


def test_a_transactional_letter_goes_at_night_and_counts_for_nothing() -> None:
    night = datetime(2026, 5, 13, 1, 0, tzinfo=UTC)
    decision = decide([_letter(1, Priority.TRANSACTIONAL), _letter(2)], [night] * 5, LONDON, night)
    assert decision.go == (UUID(int=1),)
    assert [pk for pk, _at in decision.wait] == [UUID(int=2)]


def test_a_newsletter_that_waited_a_week_comes_too_late_and_a_notice_never_does() -> None:
    late = MONDAY + timedelta(days=30)
    decision = decide([_letter(1, Priority.NEWSLETTER), _letter(2, Priority.HONESTY)], [], LONDON, late)
    assert decision.late == (UUID(int=1),)
    assert decision.go == (UUID(int=2),)


_MOMENTS = st.integers(0, 21 * 24 * 4).map(lambda quarter: MONDAY + timedelta(minutes=15 * quarter))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_MOMENTS, st.sampled_from(list(Priority))), max_size=14),
    st.sampled_from([LONDON, TOKYO, NEW_YORK, ZoneInfo("Pacific/Chatham")]),
)
def test_whoever_is_written_to_gets_at_most_one_a_day_two_a_week_and_none_at_night(
    planned: list[tuple[datetime, Priority]], zone: ZoneInfo
) -> None:
    waiting = [_letter(number, priority, at) for number, (at, priority) in enumerate(planned)]
    gone: dict[UUID, datetime] = {}
    dues = {one.id: one.due_at for one in waiting}
    written: list[datetime] = []
    for quarter in range(0, 35 * 24 * 4, 2):
        now = MONDAY + timedelta(minutes=15 * quarter)
        due = [one for one in waiting if dues[one.id] <= now]
        decision = decide(due, written, zone, now)
        for pk in decision.go:
            gone[pk] = now
            written += [now] if next(one for one in due if one.id == pk).priority else []
        dues |= dict(decision.wait)
        waiting = [one for one in waiting if one.id not in gone and one.id not in decision.late]
    days = Counter(at.astimezone(zone).date() for at in written)
    weeks = Counter(at.astimezone(zone).isocalendar()[:2] for at in written)
    assert max(days.values(), default=0) <= 1
    assert max(weeks.values(), default=0) <= 2
    assert all(8 <= at.astimezone(zone).hour < 20 for at in written)
    assert all(isinstance(next_slot([], zone, at), datetime) for at in written)


def test_the_same_name_holds_out_the_same_people_and_about_as_many_as_it_says() -> None:
    people = [UUID(int=number * 7919) for number in range(4_000)]
    held = {one for one in people if is_held_out("spring", one, 100_000)}
    assert held == {one for one in people if is_held_out("spring", one, 100_000)}
    assert 320 <= len(held) <= 480
    assert held != {one for one in people if is_held_out("autumn", one, 100_000)}
    assert held <= {one for one in people if is_held_out("spring", one, 200_000)}, "more is drawn on top"
    assert not any(is_held_out("spring", one, 0) for one in people)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    """Newcombe 1998, table II, method 10: (a) 56/70 against 48/80, (b) 9/10 against 3/10 (hidden here: too few)."""
    found = lift_of(Arm(70, 56), Arm(80, 48))
    assert found.difference_ppm == 200_000
    assert (found.low_ppm, found.high_ppm) == (pytest.approx(52_400, abs=60), pytest.approx(333_900, abs=60))
    assert found.is_clear
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662), "Newcombe 1998a, table I, method 3"


def test_a_lift_is_hidden_while_an_arm_has_fewer_than_thirty_people() -> None:
    assert not lift_of(Arm(500, 100), Arm(29, 3)).is_shown
    assert not lift_of(Arm(29, 3), Arm(500, 100)).is_shown
    assert lift_of(Arm(30, 3), Arm(30, 3)).is_shown
    assert lift_of(Arm(30, 30), Arm(30, 0)).high_ppm == 1_000_000


def test_passing_bounces_on_three_days_of_thirty_close_an_address() -> None:
    days = [MONDAY, MONDAY + timedelta(hours=1), MONDAY + timedelta(days=2)]
    assert not stays_away(days, MONDAY + timedelta(days=3))
    assert stays_away([*days, MONDAY + timedelta(days=9)], MONDAY + timedelta(days=9))
    assert not stays_away([*days, MONDAY + timedelta(days=40)], MONDAY + timedelta(days=40))


def test_what_is_owed_to_partners_cannot_be_switched_off() -> None:
    assert LetterKind.HONESTY not in OPTIONAL
    assert LetterKind.TRANSACTIONAL not in OPTIONAL
    assert len(OPTIONAL) == len(LetterKind) - 2


def test_each_section_of_a_newsletter_stands_in_its_tiers_alone() -> None:
    parts = [Part((), "", "Hello."), Part(("power", "growth"), "For you", "Numbers.")]
    assert body_of(parts) == (
        'Hello.\n\n{% if tier.key == "power" or tier.key == "growth" %}\n\n## For you\n\nNumbers.\n\n{% endif %}\n'
    )
    assert readers_of(parts) is None
    assert readers_of(parts[1:]) == {"power", "growth"}
