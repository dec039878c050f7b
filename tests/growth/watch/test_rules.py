"""Watch's arithmetic: exact tails by tables and by counting, no alarm on noise, planted faults found."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from functools import partial
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.watch.exact import (
    binomial_at_most,
    hypergeometric_at_most,
    level_for,
    lower_rate,
    lower_share,
)
from hanse.growth.watch.replay import Days, replay
from hanse.growth.watch.rules import (
    FALSE_ALARMS_A_YEAR,
    LEVEL,
    has_healed,
    judge_hosts,
    judge_links,
    program_change,
    spread_of,
)
from hanse.growth.watch.types import Compared, Counts

YEAR = 365


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9)


def test_tails_are_those_of_the_tables() -> None:
    assert binomial_at_most(3, 10, 0.5) == near(176 / 1024)
    assert binomial_at_most(2, 20, 0.1) == pytest.approx(0.6769, abs=5e-5)
    # Fisher's lady tasting tea: three or more of four right by chance 17/70, all four 1/70
    assert 1 - hypergeometric_at_most(2, 4, 4, 8) == near(17 / 70)
    assert 1 - hypergeometric_at_most(3, 4, 4, 8) == near(1 / 70)
    # Fisher 1935, criminal twins: 2 of 15 alike against 10 of 13, one-sided 0.000465
    assert lower_share(2, 17, 10, 13) == pytest.approx(0.000465, abs=5e-7)


def test_two_rates_compare_as_in_przyborowski_and_wilenski() -> None:
    # dodder seeds: 3 against 10 from equal amounts: P(X <= 3 | 13, 1/2) = 0.0461
    assert lower_rate(3, 1.0, 10, 1.0) == near(sum(comb(13, i) for i in range(4)) / 2**13)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(1, 60), st.integers(1, 99))
def test_the_binomial_tail_is_exact(good: int, tries: int, percent: int) -> None:
    chance = Fraction(percent, 100)
    exact = sum(comb(tries, i) * chance**i * (1 - chance) ** (tries - i) for i in range(min(good, tries) + 1))
    assert binomial_at_most(good, tries, percent / 100) == pytest.approx(float(exact), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_fishers_tail_is_exact(good: int, misses: int, past_good: int, past_misses: int) -> None:
    drawn, marked, whole = good + misses, good + past_good, good + misses + past_good + past_misses
    ways = sum(comb(marked, i) * comb(whole - marked, drawn - i) for i in range(good + 1) if drawn - i >= 0)
    exact = Fraction(ways, comb(whole, drawn))
    assert lower_share(good, drawn, past_good, past_good + past_misses) == pytest.approx(float(exact), rel=1e-8)


def test_large_numbers_neither_underflow_nor_overflow() -> None:
    assert binomial_at_most(500_000, 1_000_000, 0.5) == pytest.approx(0.5004, abs=1e-4)
    assert 0.0 < binomial_at_most(0, 10_000, 0.05) < 1e-200
    assert hypergeometric_at_most(50_000, 100_000, 500_000, 1_000_000) == pytest.approx(0.5, abs=0.01)


def test_a_level_is_shared_by_those_that_could_ever_tell() -> None:
    assert level_for([0.001, 0.02, 0.03, 0.2], 0.05) == near(0.025)
    assert level_for([1e-9] * 10 + [0.5] * 1_000_000, 0.05) == near(0.005)
    assert level_for([], 0.05) == 0.05
    for seed in range(30):
        dice = random.Random(seed)
        least = [dice.random() ** 6 for _ in range(200)]
        slow = next(m for m in range(1, 300) if sum(1 for one in least if one <= 0.05 / m) <= m)
        assert level_for(least, 0.05) == near(0.05 / slow)


def test_a_link_that_stopped_is_an_alarm_and_one_that_sells_a_little_less_is_none() -> None:
    past = Counts(9_000, 180)
    quiet = [Compared(f"l{number}", 7, Counts(700, 14), past, 90) for number in range(60)]
    stopped = judge_links([*quiet, Compared("x", 7, Counts(700, 0), past, 90)])
    assert [one.compared.key for one in stopped.alarms] == ["x"]
    assert stopped.alarms[0].chance < stopped.level < LEVEL
    assert lower_rate(12, 6_000, 180, 9_000) < stopped.level  # half of the usual: surely fewer, and yet not stopped
    assert not judge_links([*quiet, Compared("x", 28, Counts(6_000, 60), past, 90)]).alarms
    crowd = Compared("x", 3, Counts(3_000, 6), past, 90)  # as many sales as always, among many who only look
    assert not judge_links([crowd]).alarms
    assert not judge_links([Compared("x", 7, Counts(20, 0), Counts(300, 9), 90)]).looked_at  # too few to say anything
    assert not judge_links([Compared("x", 7, Counts(0, 0), past, 90)]).verdicts  # without clicks nothing could sell


def test_what_happens_to_all_is_no_links_fault() -> None:
    past, now = Counts(9_000, 180), Counts(700, 0)
    assert program_change(Counts(7_000, 14), Counts(90_000, 1_800), now, past) == pytest.approx(0.111, abs=1e-3)
    closed = Compared("x", 7, now, past, 90, change=program_change(Counts(7_000, 0), Counts(90_000, 1_800), now, past))
    assert not judge_links([closed]).alarms


def test_lost_tokens_are_an_alarm_and_fewer_clicks_are_none() -> None:
    past = Counts(9_000, 2_700)
    lost = judge_hosts(
        [Compared("pay.shop", 3, Counts(60, 0), past, 90), Compared("shop", 3, Counts(400, 120), past, 90)]
    )
    assert [one.compared.key for one in lost.alarms] == ["pay.shop"]
    quiet = Compared("shop", 7, Counts(400, 12), past, 90, change=0.1)  # a tenth of the clicks: a campaign has ended
    assert not judge_hosts([quiet]).alarms
    assert judge_hosts([Compared("shop", 7, Counts(400, 12), past, 90)]).alarms
    assert not judge_hosts([Compared("new", 3, Counts(9, 0), past, 90)]).verdicts  # nine orders say nothing yet


def test_weeks_that_differ_more_than_chance_need_more() -> None:
    assert spread_of([Counts(100, 2), Counts(100, 2), Counts(100, 2), Counts(100, 3)]) == 1.0
    wild = [Counts(100, 1), Counts(100, 15), Counts(100, 0), Counts(100, 12), Counts(100, 2)]
    assert spread_of(wild) > 5
    link = Compared("x", 7, Counts(100, 0), Counts(1_300, 170), 90)
    assert judge_links([link]).alarms
    assert not judge_links([link], lambda _one: 8.0).alarms


def test_a_fault_has_healed_when_half_of_the_usual_is_back() -> None:
    assert has_healed(Counts(10, 3), 0.3)
    assert not has_healed(Counts(10, 2), 0.3)
    assert not has_healed(Counts(1_000, 100), 0.3)
    assert not has_healed(Counts(), 0.3)


def noise(dice: random.Random, links: int, days: int, *, lively: bool) -> dict[str, list[tuple[int, int]]]:
    """Make days of links whose rates never change: clicks by the day, sales by chance, lively ones in bursts too."""
    found = {}
    for number in range(links):
        busy, rate = 2 + 120 / (1 + number), 0.02 + 0.1 * dice.random()
        rows = []
        for _day in range(days):
            burst = 6 if lively and dice.random() < 0.04 else 1
            clicks = int(dice.expovariate(1 / busy) if lively else dice.gauss(busy, busy**0.5)) * burst
            of_day = rate * (dice.gammavariate(4, 0.25) if lively else 1) / burst
            rows.append((max(0, clicks), sum(dice.random() < of_day for _ in range(max(0, clicks)))))
        found[f"l{number}"] = rows
    return found


def test_a_replayed_year_of_noise_raises_hardly_an_alarm_also_where_days_are_lively() -> None:
    alarms, looks = 0, 0
    for seed in range(2):
        days = Days(date(2025, 1, 1), noise(random.Random(seed), 20, YEAR + 90, lively=bool(seed)))
        result = replay(days, 90)
        alarms, looks = alarms + result.alarms, looks + result.looks
        assert result.links == 20
    assert looks > 5_000
    assert alarms <= 2 * FALSE_ALARMS_A_YEAR


def test_planted_breaks_are_found_within_days() -> None:
    series = noise(random.Random(5), 20, 200, lively=False)
    broken = {key: [(clicks, sales if day < 150 else 0) for day, (clicks, sales) in enumerate(series[key])]
              for key in ("l0", "l1", "l2")}  # fmt: skip
    days = Days(date(2025, 1, 1), {**series, **broken})
    raised: dict[str, int] = {}
    for end in range(140, 201):
        for alarm in judge_links(days.compared(end), partial(days.spread, end=end)).alarms:
            raised.setdefault(alarm.compared.key, end)
    assert set(raised) == set(broken)
    assert all(150 < day <= 165 for day in raised.values())
    assert replay(days, 140).false_alarms == 0


def test_a_link_that_is_young_is_judged_in_the_replay_as_it_is_live() -> None:
    """Born 17 days before the end, ten good days, then seven without a sale: its own past is ten days long."""
    old, young = [(100, 5)] * 120, [(0, 0)] * 103 + [(30, 3)] * 10 + [(25, 0)] * 7
    days = Days(date(2026, 1, 1), {"old": old, "young": young})
    replayed = judge_links(days.compared(120), partial(days.spread, end=120)).alarms
    assert [(one.compared.key, one.compared.past_days) for one in replayed] == [("young", 10)]


def test_an_alarm_of_the_replay_lasts_until_it_heals_and_then_another_counts() -> None:
    good, bad = [(60, 6)] * 100, [(60, 0)] * 14
    series = [*good, *bad, *good[:40], *bad, *good[:10]]
    result = replay(Days(date(2026, 1, 1), {"a": series, "b": [(60, 6)] * len(series)}), 90)
    assert (result.alarms, result.false_alarms) == (2, 2)


def test_where_all_stop_the_replay_counts_one_alarm() -> None:
    series = {key: [(60, 6)] * 100 + [(60, 0)] * 14 for key in ("a", "b", "c")}
    assert replay(Days(date(2026, 1, 1), series), 90).alarms == 1
