"""Who is credited: levels, windows, models, exclusions (domain.md §4)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.traffic.attribution.rules import LEVELS, decide, level_order
from hanse.traffic.attribution.sharing import MODELS
from hanse.traffic.attribution.types import Decision, Policy, Touch
from tests.make import NOON

A, B, C = (UUID(int=number) for number in (1, 2, 3))
NAMES = {A: "a", B: "b", C: "c"}


def click(owner: UUID | None, days: float, **fields: object) -> Touch:
    return Touch("click", owner, NOON - timedelta(days=days), f"{days:024}"[:24], **fields)  # type: ignore[arg-type]


def shares(decision: Decision) -> dict[str, int]:
    return {NAMES[share.enrolment_id]: share.share_ppm for share in decision.shares}


def verdicts(decision: Decision) -> list[tuple[str, str]]:
    return [(one.verdict, one.reason) for one in decision.judged]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("last", {"c": 1_000_000}),
        ("first", {"a": 1_000_000}),
        ("linear", {"a": 333_334, "b": 333_333, "c": 333_333}),
        ("position", {"a": 400_000, "b": 200_000, "c": 400_000}),
        ("time_decay", {"a": 142_857, "b": 285_714, "c": 571_429}),
    ],
)
def test_each_model_shares_three_clicks_a_week_apart(model: str, expected: dict[str, int]) -> None:
    decision = decide(Policy(model=model), NOON, [click(A, 14), click(B, 7), click(C, 0)])
    assert shares(decision) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, {"a": 1_000_000}), (2, {"a": 500_000, "b": 500_000}), (3, {"a": 400_000, "b": 200_000, "c": 400_000})],
)
def test_position_shares_one_two_or_three(count: int, expected: dict[str, int]) -> None:
    touches = [click(owner, 10 - place) for place, owner in enumerate((A, B, C)[:count])]
    assert shares(decide(Policy(model="position"), NOON, touches)) == expected


def test_several_clicks_of_one_partner_add_up_before_rounding() -> None:
    touches = [click(A, 5), click(B, 4), click(A, 3)]
    assert shares(decide(Policy(model="linear"), NOON, touches)) == {"a": 666_667, "b": 333_333}


def test_the_last_valid_click_wins_and_the_others_say_why_not() -> None:
    touches = [click(B, 9), click(A, 8), click(B, 40), click(B, 2, excluded="bot_declared"), click(A, 1)]
    decision = decide(Policy(), NOON, touches)
    assert verdicts(decision) == [
        ("lost", "later_touch_won"), ("agrees", "same_partner"), ("excluded", "outside_window"),
        ("excluded", "bot_declared"), ("won", "last_touch"),
    ]  # fmt: skip


def test_a_click_beats_a_coupon_unless_the_program_is_coupon_first() -> None:
    touches = [click(A, 1), Touch("coupon", B)]
    plain = decide(Policy(), NOON, touches)
    assert (plain.level, verdicts(plain)) == ("click", [("won", "last_touch"), ("lost", "stronger_evidence")])
    first = decide(Policy(order=("coupon",)), NOON, touches)
    assert (first.level, verdicts(first)) == ("coupon", [("lost", "stronger_evidence"), ("won", "coupon")])


def test_a_coupon_of_the_winner_agrees() -> None:
    decision = decide(Policy(), NOON, [click(A, 1), Touch("coupon", A)])
    assert verdicts(decision)[1] == ("agrees", "same_partner")


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(days=30), True), (timedelta(days=30, microseconds=1), False), (timedelta(0), True),
        (timedelta(microseconds=-1), False),
    ],
)  # fmt: skip
def test_the_window_is_thirty_times_24_hours_to_its_very_end(age: timedelta, counts: bool) -> None:
    decision = decide(Policy(), NOON, [Touch("click", A, NOON - age)])
    assert bool(decision.shares) is counts


def test_a_coupon_needs_no_window_unless_one_is_set() -> None:
    old = Touch("coupon", A, NOON - timedelta(days=400))
    assert decide(Policy(), NOON, [old]).level == "coupon"
    assert decide(Policy(windows={"coupon": 90}), NOON, [old]).level == ""


def test_owners_share_as_they_were_credited() -> None:
    touches = [Touch("owner", A, share_ppm=700_000), Touch("owner", B, share_ppm=300_000), click(C, 1)]
    decision = decide(Policy(), NOON, touches)
    assert (decision.level, shares(decision)) == ("owner", {"a": 700_000, "b": 300_000})


def test_without_evidence_nobody_is_credited() -> None:
    assert decide(Policy(), NOON, []) == Decision("", (), ())


def test_an_order_names_the_first_levels_and_keeps_the_rest() -> None:
    assert level_order(["coupon", "nonsense"])[0] == "coupon"
    assert sorted(level_order(["coupon", "click"])) == sorted(LEVELS)


TOUCHES = st.lists(
    st.builds(click, st.sampled_from((A, B, C)), st.integers(0, 2_000_000).map(lambda seconds: seconds / 86_400)),
    min_size=1, max_size=12,
)  # fmt: skip


@given(TOUCHES, st.sampled_from(MODELS), st.integers(1, 60))
def test_credits_always_add_up_to_a_million(touches: list[Touch], model: str, half_life_days: int) -> None:
    decision = decide(Policy(model=model, half_life_days=half_life_days), NOON, touches)
    assert sum(share.share_ppm for share in decision.shares) == 1_000_000
    assert all(share.share_ppm > 0 for share in decision.shares)


@given(TOUCHES, st.sampled_from(MODELS), st.randoms())
def test_the_order_in_which_touches_are_found_does_not_matter(touches: list[Touch], model: str, mixed: object) -> None:
    other = list(touches)
    mixed.shuffle(other)  # type: ignore[attr-defined]
    assert shares(decide(Policy(model=model), NOON, other)) == shares(decide(Policy(model=model), NOON, touches))
