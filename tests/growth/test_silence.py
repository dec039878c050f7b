"""Silence: rhythms, pools, causes in their order, what is stored, what the past would have said."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.silence import rules
from hanse.growth.silence.actions import keep_looks, note_play
from hanse.growth.silence.backtest import alarms_of, result_of
from hanse.growth.silence.history import left_alone
from hanse.growth.silence.models import Silence, SilentSpell
from hanse.growth.silence.queries import silence_of, silent_in
from hanse.growth.silence.reading import pools_of, signs_of
from hanse.growth.silence.types import Look, Pools, Rhythm, Signal, Signs
from hanse.growth.watch.destinations import note_destination
from hanse.insight.events.actions import note_visit, take_events
from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import GivenEvent
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.marks import move_marks
from hanse.insight.rollups.models import SaleDay
from hanse.insight.rollups.types import Cells
from hanse.kernel.errors import Conflict, Invalid, Refused
from hanse.runtime.relations import look_again, look_for_silence
from tests import make
from tests.cast import Cast, build

TODAY = date(2026, 5, 15)
LONG_AGO = date(2025, 1, 1)


def on(*ago: int) -> list[date]:
    """Return days so many days ago, in order."""
    return sorted(TODAY - timedelta(days=days) for days in ago)


def signs(days: dict[Signal, list[date]], **known: object) -> Signs:
    """Return the signs of somebody who joined long ago."""
    had = frozenset(days) | known.pop("had", frozenset())  # type: ignore[operator]
    return Signs(uuid4(), None, known.pop("enrolled_on", LONG_AGO), days, had, **known)  # type: ignore[arg-type]


def cause(days: dict[Signal, list[date]], **known: object) -> str:
    """Return why somebody is silent, "" for who is not."""
    return rules.look_at(signs(days, **known), TODAY, Pools()).cause


# --- rhythms


def test_five_active_days_make_a_rhythm_of_ones_own() -> None:
    """Gaps 10, 10, 10, 30: median 10, MAD 0; the limit is one and a half medians."""
    rhythm = rules.rhythm_of(on(70, 60, 50, 40, 10), TODAY, Decimal(3))
    assert (rhythm.is_own, rhythm.usual_days, rhythm.spread_days, rhythm.limit_days) == (
        True,
        Decimal(10),
        Decimal(0),
        Decimal(15),
    )
    assert (rhythm.days_since, rhythm.is_quiet) == (10, False)


def test_a_signal_is_quiet_only_behind_its_limit() -> None:
    days = on(70, 60, 50, 40, 30)
    assert not rules.rhythm_of(days, TODAY - timedelta(days=15), Decimal(3)).is_quiet
    assert rules.rhythm_of(days, TODAY - timedelta(days=14), Decimal(3)).is_quiet


def test_spread_widens_the_limit() -> None:
    """Gaps 2, 4, 10, 20: median 7, deviations 5, 3, 3, 13, MAD 4: 7 + 3 · 1.4826 · 4 = 24.7912."""
    rhythm = rules.rhythm_of(on(46, 44, 40, 30, 10), TODAY, Decimal(3))
    assert (rhythm.usual_days, rhythm.spread_days) == (Decimal(7), Decimal(4))
    assert rhythm.limit_days == Decimal("24.7912")


def test_nobody_is_quiet_within_a_week() -> None:
    rhythm = rules.rhythm_of(on(11, 10, 9, 8, 7), TODAY, Decimal(3))
    assert (rhythm.limit_days, rhythm.is_quiet) == (Decimal(7), False)


def test_four_active_days_take_the_pools_gap() -> None:
    rhythm = rules.rhythm_of(on(40, 39, 38, 37), TODAY, Decimal(20))
    assert (rhythm.is_own, rhythm.usual_days, rhythm.limit_days, rhythm.is_quiet) == (
        False,
        Decimal(20),
        Decimal(30),
        True,
    )


def test_a_pool_of_nineteen_gaps_is_none() -> None:
    assert rules.pool_of(Counter({4: 19})) == 30
    assert rules.pool_of(Counter({4: 19, 9: 1})) == 4
    assert rules.pool_of(Counter({4: 10, 9: 10})) == Decimal("6.5")


@given(st.lists(st.integers(1, 200), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_the_median_of_counts_is_the_median(numbers: list[int]) -> None:
    assert rules.median_of_counts(Counter(numbers)) == rules.median(numbers)


@given(st.sets(st.integers(0, 364), min_size=1, max_size=40), st.integers(1, 60))
@settings(max_examples=80, deadline=None)
def test_who_is_silent_stays_silent_without_a_sign(ago: set[int], later: int) -> None:
    days = {Signal.CLICK: on(*ago)}
    if rules.look_at(signs(days), TODAY, Pools()).cause:
        assert rules.look_at(signs(days), TODAY + timedelta(days=later), Pools()).cause


@given(st.sets(st.integers(0, 364), min_size=1, max_size=40))
@settings(max_examples=80, deadline=None)
def test_the_first_silent_day_is_the_first_on_which_the_rule_says_so(ago: set[int]) -> None:
    found = signs({Signal.CLICK: on(*ago)})
    look = rules.look_at(found, TODAY, Pools())
    if look.cause:
        assert look.since is not None
        assert rules.look_at(found, look.since, Pools()).cause
        assert not rules.look_at(found, look.since - timedelta(days=1), Pools()).cause


# --- who is silent


def test_one_sales_signal_that_is_heard_is_enough() -> None:
    assert cause({Signal.CLICK: on(200, 190, 180), Signal.CONVERSION: on(2)}) == ""


def test_visits_and_pieces_only_warn() -> None:
    look = rules.look_at(signs({Signal.CLICK: on(1, 2, 3), Signal.PIECE: on(300), Signal.LOGIN: on(0)}), TODAY, Pools())
    assert (look.cause, look.warns) == ("", (Signal.PIECE,))


def test_a_visit_does_not_end_a_silence() -> None:
    assert cause({Signal.CLICK: on(200), Signal.LOGIN: on(0)}) == "link_cold"


def test_who_never_launched_is_silent_from_two_weeks_on() -> None:
    assert cause({}, enrolled_on=TODAY - timedelta(days=13)) == ""
    assert cause({}, enrolled_on=TODAY - timedelta(days=14)) == "never_launched"
    assert cause({Signal.LOGIN: on(0)}, enrolled_on=TODAY - timedelta(days=14)) == "never_launched"


def test_who_was_there_more_than_a_year_ago_did_launch() -> None:
    look = rules.look_at(signs({}, had=frozenset({Signal.CLICK}), last_seen=LONG_AGO), TODAY, Pools())
    assert (look.cause, look.since, look.last_sign_on) == ("link_cold", TODAY - timedelta(days=365), LONG_AGO)


def test_causes_are_looked_for_in_their_order() -> None:
    quiet = {Signal.CLICK: on(200), Signal.PIECE: on(300), Signal.LOGIN: on(300)}
    sold = {"value_minor": 100, "before_minor": 1000, "sales_before": 5}
    assert cause(quiet, has_broken_link=True, clicks_since_sale=100) == "link_broken"
    assert cause(quiet, clicks_since_sale=100) == "clicks_no_sales"
    assert cause(quiet, clicks_since_sale=99) == "content_stopped"
    assert cause({Signal.CLICK: on(200), Signal.PIECE: on(1)}) == "link_cold"
    assert cause({Signal.COUPON: on(200), Signal.LOGIN: on(300)}) == "link_cold"
    assert cause({Signal.CONVERSION: on(200), Signal.LOGIN: on(300)}, **sold) == "login_lapsed"
    assert cause({Signal.CONVERSION: on(200), Signal.LOGIN: on(0)}, **sold) == "faded"
    assert cause({Signal.CONVERSION: on(200)}) == "unexplained"


def test_fading_is_measured_beside_the_programs_own_change() -> None:
    mine = signs({Signal.CONVERSION: on(100)}, value_minor=500, before_minor=1000, sales_before=5)
    assert rules.has_faded(mine, Pools())
    assert rules.has_faded(mine, Pools({}, 1000, 1000))
    assert not rules.has_faded(mine, Pools({}, 900, 1000)), "the whole program fell too"
    few = signs({Signal.CONVERSION: on(100)}, value_minor=0, before_minor=1000, sales_before=4)
    assert not rules.has_faded(few, Pools())


def test_at_stake_is_a_usual_month() -> None:
    look = rules.look_at(
        signs({Signal.CONVERSION: on(100)}, value_days=[(day, 600) for day in on(300, 279, 101, 100)]), TODAY, Pools()
    )
    assert look.at_stake_minor == 300, "the 180 days until the last sign hold three of the four"


# --- the past


def weekly(last: int, count: int = 20) -> list[date]:
    """Return a click a week, the last one so many days ago."""
    return on(*(last + 7 * number for number in range(count)))


def test_an_alarm_is_false_when_they_came_back_within_one_more_gap() -> None:
    back_soon = {Signal.CLICK: [*weekly(40), *on(40 - 11 - 5)]}  # limit 10.5: raised on the eleventh day
    alarm, *_more = alarms_of(back_soon, {}, LONG_AGO, TODAY)
    assert ((alarm.raised_on - alarm.last_on).days, alarm.gap_days, alarm.is_false) == (11, 7, True)
    back_late = {Signal.CLICK: [*weekly(40), *on(40 - 11 - 8)]}
    assert not alarms_of(back_late, {}, LONG_AGO, TODAY)[0].is_false


def test_an_alarm_is_what_the_rule_would_have_said_that_day() -> None:
    days = {Signal.CLICK: weekly(40), Signal.CONVERSION: on(*(41 + 14 * number for number in range(9)))}
    (alarm,) = alarms_of(days, {}, TODAY - timedelta(days=60), TODAY)
    for offset, expected in ((0, True), (-1, False)):
        day = alarm.raised_on + timedelta(days=offset)
        known = {signal: [one for one in found if one <= day] for signal, found in days.items()}
        assert bool(rules.look_at(signs(known), day, Pools()).cause) is expected


def test_rates_say_how_often_it_was_wrong_and_whom_it_found() -> None:
    gone, regular = {Signal.CLICK: weekly(100)}, {Signal.CLICK: weekly(0, 40)}
    false = {Signal.CLICK: [*weekly(40), *on(24)]}
    unknown: dict[Signal, Decimal] = {}
    many = [(gone, unknown)] * 20 + [(regular, unknown)] * 5 + [(false, unknown)] * 10
    result = result_of(many, TODAY - timedelta(days=200), TODAY)
    assert (result.gone, result.found, result.days_to_find) == (20, 20, 11)
    assert (result.alarms, result.judged, result.false) == (40, 30 + 10, 10), "who came back has fallen silent since"
    assert result.false_rate == Decimal(10) / 40
    assert result_of(many[:20], LONG_AGO, TODAY).false_rate is None, "too few to say"


# --- stored


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast."""
    return build()


def clicked(cast: Cast, who: object, *ago: int, sales: int = 0, value: int = 0) -> None:
    """Let an enrolment have a click (or sales) on days so many days ago."""
    for days in ago:
        numbers = Counter(conversions=sales, value_minor=value) if sales else Counter(clicks=1)
        cells: Cells = {(cast.program.id, who.id, TODAY - timedelta(days=days)): numbers}  # type: ignore[attr-defined]
        for level in LEVELS:
            level.add(cells)
        move_marks(cells)


def test_signs_are_read_from_rollups_codes_and_events(cast: Cast) -> None:
    clicked(cast, cast.anas, 3, 10, 400)
    clicked(cast, cast.anas, 5, sales=1, value=700)
    SaleDay.objects.create(
        enrolment_id=cast.anas.id, dimension="coupon", day=TODAY, link_number=0, value="ANA10", conversions=1
    )
    given = [GivenEvent(cast.anas.id, "piece", f"p{n}", make.at(-n), {}) for n in (1, 2)]
    take_events(cast.program, given, now=make.at())
    ana = next(one for one in signs_of(cast.program, [cast.anas.id], TODAY) if one.enrolment_id == cast.anas.id)
    assert ana.days == {
        Signal.CLICK: on(3, 10), Signal.CONVERSION: on(5), Signal.COUPON: on(0), Signal.PIECE: on(1, 2),
    }  # fmt: skip
    assert ana.had == {Signal.CLICK, Signal.CONVERSION, Signal.COUPON}
    assert (ana.clicks_since_sale, ana.value_minor, ana.last_seen) == (1, 700, TODAY - timedelta(days=3))


def test_a_pool_is_the_median_gap_of_the_tier(cast: Cast) -> None:
    clicked(cast, cast.anas, *range(0, 84, 4))
    pools = pools_of(cast.program, TODAY)
    assert pools.gaps[cast.anas.tier_id, Signal.CLICK] == 4


def test_a_second_look_on_a_day_changes_nothing(cast: Cast) -> None:
    clicked(cast, cast.anas, 60, 70, 80)

    def state() -> list[object]:
        rows = Silence.objects.order_by("enrolment_id").values_list("id", "enrolment_id", "cause", "since", "found_on")
        spells = SilentSpell.objects.order_by("id").values_list("id", "found_on", "cause", "ended_on")
        return [*rows, *spells]

    look_again(cast.program, make.at())
    first = state()
    look_again(cast.program, make.at())
    assert state() == first
    assert silence_of([cast.anas.id])[cast.anas.id].cause == "link_cold"
    assert silence_of([cast.bens.id])[cast.bens.id].cause == "never_launched"


def test_a_sign_ends_the_silence_and_its_spell(cast: Cast) -> None:
    clicked(cast, cast.anas, 60, 70, 80)
    look_for_silence(cast.program, make.at(-1))
    clicked(cast, cast.anas, 0)
    look_for_silence(cast.program, make.at())
    assert cast.anas.id not in silence_of([cast.anas.id])
    spell = SilentSpell.objects.get(enrolment=cast.anas)
    assert (spell.found_on, spell.ended_on) == (TODAY - timedelta(days=1), TODAY)


def test_paused_and_test_enrolments_are_not_called_silent(cast: Cast) -> None:
    make.change_status(cast.anas, "paused", make.at(-1))
    look_again(cast.program, make.at())
    assert {row.enrolment_id for row in silent_in(cast.program.id)} == {cast.bens.id}


def test_the_strategic_track_is_never_left_alone(cast: Cast) -> None:
    ids = [make.enrolment(make.partner(f"P {number}"), cast.program).id for number in range(60)]
    looks = [rules.look_at(Signs(key, None, LONG_AGO), TODAY, Pools()) for key in ids]
    keep_looks(cast.program, looks, ids[:30], TODAY, make.at())
    alone = set(SilentSpell.objects.filter(is_left_alone=True).values_list("enrolment_id", flat=True))
    assert not alone & set(ids[:30])


def test_those_left_alone_tell_how_often_the_alarm_is_false(cast: Cast) -> None:
    for number, (ended, gap) in enumerate(((3, 5), (8, 5), (None, 5), (None, 200))):
        found = TODAY - timedelta(days=100)
        SilentSpell.objects.create(
            enrolment=make.enrolment(make.partner(f"P {number}"), cast.program), program=cast.program,
            cause="link_cold", found_on=found, gap_days=gap, is_left_alone=True,
            ended_on=found + timedelta(days=ended) if ended else None,
        )  # fmt: skip
    alone = left_alone(cast.program.id, TODAY)
    assert (alone.spells, alone.judged, alone.back, alone.false_rate) == (4, 3, 1, None)


def test_who_gave_no_sign_did_not_come_back_though_the_pool_calls_them_silent_no_more(cast: Cast) -> None:
    last, key = TODAY - timedelta(days=40), cast.anas.pk
    quiet = Rhythm(3, False, Decimal(30), Decimal(0), Decimal(39), last, 40)
    slower = Rhythm(3, False, Decimal(60), Decimal(0), Decimal(90), last, 41)
    silent = Look(key, {Signal.CLICK: quiet}, "link_cold", TODAY, last, 30, 0)
    keep_looks(cast.program, [silent], [], TODAY, make.at())
    SilentSpell.objects.update(is_left_alone=True)
    keep_looks(cast.program, [Look(key, {Signal.CLICK: slower})], [], TODAY + timedelta(days=1), make.at(1))
    alone = left_alone(cast.program.pk, TODAY + timedelta(days=60))
    assert (alone.judged, alone.back) == (1, 0)


def test_a_play_is_noted_only_for_who_is_silent(cast: Cast) -> None:
    look_for_silence(cast.program, make.at())
    spell = note_play(cast.bens.id, note=" Called. ", now=make.at(), by="ruth@harbour.example")
    assert (spell.play, spell.note, spell.acted_by) == ("start_together", "Called.", "ruth@harbour.example")
    Silence.objects.all().delete()
    with pytest.raises(Refused, match="not silent"):
        note_play(cast.bens.id, note="", now=make.at(), by="ruth@harbour.example")


def test_a_page_counts_as_broken_when_it_failed_twice(cast: Cast) -> None:
    clicked(cast, cast.anas, 60, 70, 80)
    url = cast.anas_link.destination_url
    note_destination(url, reason="status_404", now=make.at(-1))
    look_for_silence(cast.program, make.at())
    assert silence_of([cast.anas.id])[cast.anas.id].cause == "link_cold"
    note_destination(url, reason="status_404", now=make.at())
    look_for_silence(cast.program, make.at())
    assert silence_of([cast.anas.id])[cast.anas.id].cause == "link_broken"
    note_destination(url, reason="", now=make.at())
    look_for_silence(cast.program, make.at())
    assert silence_of([cast.anas.id])[cast.anas.id].cause == "link_cold"


def test_more_partners_cost_no_more_queries(cast: Cast) -> None:
    def queries() -> int:
        ids = list(cast.program.enrolments.values_list("id", flat=True))
        with CaptureQueriesContext(connection) as caught:
            signs_of(cast.program, ids, TODAY)
            pools_of(cast.program, TODAY)
        return len(caught)

    few = queries()
    for number in range(6):
        clicked(cast, make.enrolment(make.partner(f"P {number}"), cast.program), 3)
    assert queries() == few


# --- events


def test_an_event_told_again_is_one_and_other_content_is_a_conflict(cast: Cast) -> None:
    one = GivenEvent(cast.anas.id, "product_use", "u-1", make.at(-1), {})
    assert [new for _row, new in take_events(cast.program, [one, one], now=make.at())] == [True, False]
    assert [new for _row, new in take_events(cast.program, [one], now=make.at())] == [False]
    with pytest.raises(Conflict):
        take_events(cast.program, [GivenEvent(cast.anas.id, "product_use", "u-1", make.at(-2), {})], now=make.at())
    assert PartnerEvent.objects.count() == 1


def test_bad_events_are_refused_with_their_places_and_none_is_kept(cast: Cast) -> None:
    other = make.enrolment(cast.ana, make.program("other"))
    given = [
        GivenEvent(cast.anas.id, "piece", "p-1", make.at(-1), {}),
        GivenEvent(cast.anas.id, "Bad Kind", "p-2", make.at(-1), {}),
        GivenEvent(cast.anas.id, "portal_login", "p-3", make.at(-1), {}),
        GivenEvent(other.id, "piece", "p-4", make.at(-1), {}),
        GivenEvent(cast.anas.id, "piece", "a\nb", make.at(1), {}),
    ]
    with pytest.raises(Invalid) as caught:
        take_events(cast.program, given, now=make.at())
    assert [problem.pointer for problem in caught.value.problems] == [
        "/events/1/kind", "/events/2/kind", "/events/3/enrolment", "/events/4/external_id", "/events/4/occurred_at",
    ]  # fmt: skip
    assert not PartnerEvent.objects.exists()


def test_two_visits_on_a_day_are_one(cast: Cast) -> None:
    note_visit(cast.ana.id, make.at())
    note_visit(cast.ana.id, make.at(hours=2))
    note_visit(cast.ana.id, make.at(1))
    assert PartnerEvent.objects.filter(enrolment_id=cast.anas.id, kind="portal_login").count() == 2
