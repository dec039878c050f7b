"""Times until an event: tables of papers come out, and what holds for every table."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.insight.survival.rules import curve, part, ratio

# Freireich et al., Blood 21 (1963): weeks of remission under 6-MP, and under placebo; + is censored.
REMISSION = ((6, 6, 6, 7, 10, 13, 16, 22, 23), (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35))
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
# Miller, Survival Analysis (1997): maintained group of the AML study.
MAINTAINED = ((9, 13, 18, 23, 31, 34, 48), (13, 28, 45, 161))


def test_remission_under_6_mp_is_as_published() -> None:
    """Survival and Greenwood's errors of the table that every textbook prints; the median is 23 weeks."""
    found = curve(Counter(REMISSION[0]), Counter(REMISSION[1]))
    table = [(one.day, one.at_risk, one.events, round(one.waiting, 4), round(one.standard_error, 4)) for one in
             found.moments]  # fmt: skip
    assert table == [
        (6, 21, 3, 0.8571, 0.0764), (7, 17, 1, 0.8067, 0.0869), (10, 15, 1, 0.7529, 0.0963),
        (13, 12, 1, 0.6902, 0.1068), (16, 11, 1, 0.6275, 0.1141), (22, 7, 1, 0.5378, 0.1282),
        (23, 6, 1, 0.4482, 0.1346),
    ]  # fmt: skip
    assert (found.n, found.events, found.censored, found.last_day) == (21, 9, 12, 35)
    assert (found.median, found.median_low, found.median_high) == (23, 13, None)


def test_placebo_without_anybody_censored_is_the_plain_share() -> None:
    """Without censoring the curve is the empirical one, and ends at nothing."""
    found = curve(Counter(PLACEBO), {})
    for one in found.moments:
        assert one.waiting == pytest.approx(sum(week > one.day for week in PLACEBO) / len(PLACEBO))
    assert (found.median, found.median_low, found.median_high) == (8, 4, 11)
    assert found.moments[-1].waiting == 0


def test_the_maintained_group_of_the_aml_study_is_as_published() -> None:
    """Survival after each week, and a median of 31 weeks."""
    found = curve(Counter(MAINTAINED[0]), Counter(MAINTAINED[1]))
    shares = [round(one.waiting, 3) for one in found.moments]
    assert shares == [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184]
    assert found.median == 31


def test_a_half_is_a_half_even_after_thirds() -> None:
    """2/3 × 3/4 is one half in whole numbers."""
    assert curve({1: 2, 2: 1}, {1: 0, 5: 3}).median == 2
    assert curve({1: 1, 3: 1}, {2: 0, 9: 2}).median == 3


def test_nobody_is_nothing() -> None:
    """An empty table has no moments, no median and no shares."""
    found = curve({}, {})
    assert (found.n, found.median, found.share_by(30), list(found.moments)) == (0, None, 0.0, [])
    assert curve({}, {4: 3}).median is None
    assert part(0, 0).share is None
    assert ratio(part(0, 5), part(2, 5)) is None


def test_wilson_and_katz_are_as_published() -> None:
    """Newcombe 1998 (81 of 263: 0.2553 to 0.3662; 0 of 20: 0 to 0.1611); a ratio and its interval by hand."""
    found = part(81, 263)
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (0.2553, 0.3662)
    none = part(0, 20)
    assert (round(none.low or 0, 4), round(none.high or 0, 4)) == (0.0, 0.1611)
    times = ratio(part(30, 60), part(10, 60))
    assert times is not None
    assert (round(times.times, 2), round(times.low, 2), round(times.high, 2)) == (
        3.0,
        1.61,
        5.58,
    )  # 3 × or ÷ exp(1.96 √0.1)


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=60))
def test_every_curve_falls_and_stays_within_its_interval(rows: list[tuple[int, bool]]) -> None:
    """Shares never rise, lie within their interval, and censoring somebody later never raises the share that had it."""
    events, censored = Counter(day for day, had in rows if had), Counter(day for day, had in rows if not had)
    found = curve(events, censored)
    waiting = [1.0, *(one.waiting for one in found.moments)]
    assert waiting == sorted(waiting, reverse=True)
    for one in found.moments:
        if one.low is not None and one.high is not None:
            assert 0 <= one.low <= one.waiting + 1e-12 <= one.high + 1e-9 <= 1 + 1e-9
    assert found.n == len(rows)
    if found.median is not None:
        assert found.share_by(found.median) >= 0.5 - 1e-12
        assert found.share_by(found.median - 1) < 0.5
