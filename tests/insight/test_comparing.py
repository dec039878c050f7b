"""Two groups compared: tables of papers come out, strata are compared within, and what cannot be said is not said."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.insight.survival.comparing import Share, Times, gap_between, pace_over, share_by
from hanse.insight.survival.rules import curve, part
from tests.insight.test_survival import PLACEBO, REMISSION

SIX_MP = Times(Counter(REMISSION[0]), Counter(REMISSION[1]))
NONE = Times(Counter(PLACEBO), {})

# Newcombe, Stat Med 17 (1998), 873, table II: the hybrid score interval (method 10) of differences of shares.
NEWCOMBE = (
    ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0), ((10, 10), (0, 10), 0.6075, 1.0),
)  # fmt: skip


def _plain(had: int, of: int) -> Share:
    """So many of so many within ten days, everybody watched for twenty."""
    found = share_by(curve({10: had}, {20: of - had} if of > had else {20: 0}), 10)
    assert found is not None
    return found


def test_the_log_rank_test_of_6_mp_is_as_published() -> None:
    """9 relapses where 19.25 were to be expected; chi-square 16.79, as Kleinbaum & Klein and others print it."""
    found = pace_over([(SIX_MP, NONE)])
    assert found is not None
    assert (found.observed, round(found.expected, 2), round(found.variance, 3)) == (9, 19.25, 6.257)
    assert round((found.observed - found.expected) ** 2 / found.variance, 2) == 16.79
    assert (round(found.times, 3), round(found.low, 3), round(found.high, 3)) == (0.194, 0.089, 0.425)
    assert found.is_clear
    other = pace_over([(NONE, SIX_MP)])
    assert other is not None
    assert other.times == pytest.approx(1 / found.times)  # the same from the other side


def test_differences_of_shares_have_the_published_intervals() -> None:
    """Every row of the paper's table, to its four places."""
    for (a, m), (b, n), low, high in NEWCOMBE:
        found = gap_between(_plain(a, m), _plain(b, n))
        assert found is not None
        assert found.difference == pytest.approx(a / m - b / n)
        assert round(found.low, 4) == pytest.approx(low), (a, m, b, n)
        assert round(found.high, 4) == pytest.approx(high), (a, m, b, n)


def test_where_somebody_was_lost_from_sight_the_share_is_kaplan_and_meiers() -> None:
    """Remission under 6-MP by week 10: 1 − 0.7529, with the interval of log(−log S); placebo is the plain share."""
    found = share_by(curve(SIX_MP.events, SIX_MP.censored), 10)
    assert found is not None
    assert round(found.value, 4) == 0.2471
    assert 0 < found.low < found.value < found.high < 1
    early = share_by(curve(SIX_MP.events, SIX_MP.censored), 6)  # nobody was lost before: 3 of 21
    wilson = part(3, 21)
    assert early is not None
    assert (early.value, early.low, early.high) == (3 / 21, wilson.low, wilson.high)


def test_who_was_hardly_watched_makes_nothing_certain() -> None:
    """Of a thousand and one, one was watched for 60 days: what is known of day 60 hangs on that one."""
    for events, censored in (({}, {1: 1000, 60: 1}), ({2: 3}, {3: 997, 60: 1})):
        found = share_by(curve(events, censored), 60)
        assert found is not None
        assert found.high > 0.5
    of_ten, of_hundred = (share_by(curve({}, {1: 1000, 60: many}), 60) for many in (10, 100))
    assert of_ten is not None
    assert of_hundred is not None
    assert of_hundred.high == pytest.approx(part(0, 100).high)
    assert of_hundred.high < of_ten.high < 0.5


def test_nothing_is_said_of_days_that_nobody_was_watched_for() -> None:
    """A share by day 60 needs somebody who was watched for 60 days; a group of nobody has none."""
    assert share_by(curve({3: 1}, {40: 5}), 60) is None
    assert share_by(curve({}, {}), 1) is None
    assert gap_between(None, _plain(1, 2)) is None
    assert pace_over([]) is None
    assert pace_over([(Times({1: 3}, {}), Times({}, {}))]) is None  # nobody to compare with
    assert pace_over([(Times({}, {9: 3}), Times({}, {9: 3}))]) is None  # nothing happened to anybody


def test_strata_are_compared_within_and_simpsons_paradox_does_not_fool_us() -> None:
    """By hand: in each month both groups sell alike, but the keen month has more of the first group."""
    keen = (Times({5: 8}, {30: 2}), Times({5: 4}, {30: 1}))
    slow = (Times({5: 1}, {30: 4}), Times({5: 4}, {30: 16}))
    within = pace_over([keen, slow])
    pooled = pace_over([(Times({5: 9}, {30: 6}), Times({5: 8}, {30: 17}))])
    assert within is not None
    assert pooled is not None
    # stratum 1: 12 of 15 had it, 10 in the first group: E = 8, V = 12·10·5·3/(15²·14) = 0.5714; stratum 2: E = 1,
    # V = 5·5·20·20/(25²·24) = 0.6667.
    assert (within.observed, round(within.expected, 4), round(within.variance, 4)) == (9, 9.0, 1.2381)
    assert within.times == 1.0
    assert within.strata == 2
    assert pooled.times > 1.5  # what pooling would have claimed


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=40),
)
def test_intervals_hold_what_they_are_around(one: list[tuple[int, bool]], other: list[tuple[int, bool]]) -> None:
    """The estimate lies within its interval, and the two sides of a comparison say the same."""
    groups = [
        Times(Counter(day for day, had in rows if had), Counter(day for day, had in rows if not had))
        for rows in (one, other)
    ]
    found, back = pace_over([(groups[0], groups[1])]), pace_over([(groups[1], groups[0])])
    if found is not None and back is not None:
        assert found.low <= found.times <= found.high
        assert found.variance == pytest.approx(back.variance)
        assert found.observed + back.observed == pytest.approx(found.expected + back.expected)
    shares = [share_by(curve(each.events, each.censored), 20) for each in groups]
    gap = gap_between(*shares)
    if gap is not None:
        assert -1 <= gap.low <= gap.difference + 1e-9 <= gap.high + 2e-9 <= 1 + 2e-9
