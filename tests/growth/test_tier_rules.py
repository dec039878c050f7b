"""Tiers: rank, shares, exit bands and patience, read from the rules' text and worked out a second time naively."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.tiers.preview import preview
from hanse.growth.tiers.rules import strategic_track
from hanse.growth.tiers.types import Standing
from hanse.kernel.errors import Invalid

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
Entry = dict[str, Any]


def days_ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def entry(name: str, value: int = 0, conversions: int | None = None, **more: Any) -> Entry:
    sold = (1 if value else 0) if conversions is None else conversions
    return {"id": name, "enrolled_at": days_ago(400), "value": value, "conversions": sold, **more}


def decide(*field: Entry, rules: Any = None) -> dict[str, dict[str, Any]]:
    answer = preview({"rules": rules, "as_of": NOW.isoformat(), "field": list(field)})
    assert [one["id"] for one in answer["tiers"]] == [one["id"] for one in field]
    assert all(one["reason"].endswith(".") for one in answer["tiers"])
    return {one["id"]: one for one in answer["tiers"]}


def crowd(size: int, **named: Entry) -> list[Entry]:
    """Fill places 1, 2, … with sellers, each with less value than the one before; `p7=…` changes the seventh."""
    return [entry(f"p{place}", 1_000_000 - place) | named.get(f"p{place}", {}) for place in range(1, size + 1)]


@pytest.mark.parametrize(("size", "power", "growth"), [(1, 1, 1), (9, 1, 3), (10, 1, 3), (11, 2, 4), (100, 10, 30)])
def test_shares_are_rounded_up(size: int, power: int, growth: int) -> None:
    tiers = [one["tier"] for one in decide(*crowd(size)).values()]
    wanted = ["power"] * power + ["growth"] * (growth - power) + ["casual"] * (size - growth)
    assert tiers == wanted


def test_equal_numbers_rank_by_conversions_then_enrolment_then_id() -> None:
    found = decide(
        entry("d", 500, 2), entry("b", 500, 2), entry("a", 500, 1), entry("c", 500, 2, enrolled_at=days_ago(500)),
        entry("e", 600, 1),
    )  # fmt: skip
    assert sorted(found, key=lambda name: found[name]["rank"]) == ["e", "c", "b", "d", "a"]


def test_without_value_nobody_is_in_a_share() -> None:
    found = decide(entry("a", 0, 3), entry("b", 0, 0, enrolled_at=days_ago(59)), entry("c", enrolled_at=days_ago(60)))
    assert {name: one["tier"] for name, one in found.items()} == {"a": "casual", "b": "new", "c": "inactive"}


def test_a_first_placing_is_no_move() -> None:
    assert {one["moved"] for one in decide(*crowd(20)).values()} == {None}


def test_up_at_once_also_inside_the_minimum_stay() -> None:
    up = decide(*crowd(10, p1={"tier": "inactive", "tier_since": days_ago(1), "below_exit": 3}))["p1"]
    assert (up["tier"], up["moved"], up["below_exit"]) == ("power", "up", 0)


@pytest.mark.parametrize(("place", "tier", "stays"), [(12, "power", True), (13, "power", False), (36, "growth", True),
                                                      (37, "growth", False)])  # fmt: skip
def test_the_exit_is_a_fifth_wider_than_the_entry(place: int, tier: str, stays: bool) -> None:
    kept = {"tier": tier, "tier_since": days_ago(200), "below_exit": 1}
    found = decide(*crowd(100, **{f"p{place}": kept}))[f"p{place}"]
    assert found["below_exit"] == 0
    assert (found["tier"] == tier, found["moved"]) == (stays, None if stays else "down")


def test_the_band_is_rounded_up_like_the_entry() -> None:
    kept = {"tier": "power", "tier_since": days_ago(200), "below_exit": 1}  # 12 % of 11 are 1.32: two places
    assert decide(*crowd(11, p2=kept))["p2"]["tier"] == "power"
    assert decide(*crowd(11, p3=kept))["p3"]["moved"] == "down"


@pytest.mark.parametrize(
    ("below", "days", "tier", "moved", "counted"),
    [
        (0, 400, "power", None, 1),
        (1, 400, "casual", "down", 0),
        (1, 90, "casual", "down", 0),
        (1, 89.99, "power", None, 2),
        (5, 20, "power", None, 6),
        (5, 95, "casual", "down", 0),
    ],
)
def test_down_needs_two_evaluations_and_ninety_days(
    below: int, days: float, tier: str, moved: str | None, counted: int
) -> None:
    kept = {"tier": "power", "tier_since": days_ago(days), "below_exit": below}
    found = decide(*crowd(10, p9=kept))["p9"]
    assert (found["tier"], found["moved"], found["below_exit"]) == (tier, moved, counted)


def test_leaving_new_is_no_move_down_and_needs_no_patience() -> None:
    found = decide(entry("a", tier="new", tier_since=days_ago(61), enrolled_at=days_ago(61)))["a"]
    assert (found["tier"], found["moved"], found["below_exit"]) == ("inactive", None, 0)
    assert decide(entry("a", 10, tier="new", tier_since=days_ago(1)))["a"]["moved"] == "up"


def test_casual_is_left_without_a_conversion_in_the_window() -> None:
    kept = {"tier": "casual", "tier_since": days_ago(91), "below_exit": 1}
    assert decide(entry("a", 0, 1) | kept)["a"]["tier"] == "casual"
    assert decide(entry("a") | kept)["a"]["moved"] == "down"


def test_a_locked_one_keeps_its_tier_and_still_takes_a_place() -> None:
    found = decide(*crowd(10, p1={"tier": "inactive", "tier_since": days_ago(1), "locked": True, "below_exit": 1}))
    assert (found["p1"]["tier"], found["p1"]["moved"], found["p1"]["below_exit"]) == ("inactive", None, 1)
    assert found["p2"]["tier"] == "growth"


OWN = {
    "stay_days": 0,
    "tiers": [
        {"tier": "gold", "when": {"all": [{"field": "value", "op": "gte", "value": 1200},
                                          {"steady": {"at_least": 2, "months": 3}}]}},
        {"tier": "silver", "when": {"any": [{"field": "conversions", "op": "gt", "value": 4},
                                            {"field": "metrics.clicks", "op": "gte", "value": 100}]},
         "exit": {"field": "conversions", "op": "gte", "value": 1}},
        {"tier": "rest"},
    ],
}  # fmt: skip


def test_own_rules_join_thresholds_with_steadiness_and_have_their_own_exits() -> None:
    gold: Entry = {"tier": "gold", "tier_since": days_ago(1), "below_exit": 1}
    silver: Entry = gold | {"tier": "silver"}
    found = decide(
        entry("steady", 1200, months=[1, 0, 2]), entry("unsteady", 1200, months=[1, 0, 0, 5]),
        entry("clicks", metrics={"clicks": 100}), entry("band", 1000, months=[1, 1, 0], **gold),
        entry("below", 999, months=[1, 1, 0], **gold), entry("own exit", 1, 1, **silver), entry("out", **silver),
        rules=OWN,
    )  # fmt: skip
    assert {name: (one["tier"], one["moved"]) for name, one in found.items()} == {
        "steady": ("gold", None), "unsteady": ("rest", None), "clicks": ("silver", None), "band": ("gold", None),
        "below": ("rest", "down"), "own exit": ("silver", None), "out": ("rest", "down"),
    }  # fmt: skip


def test_at_most_marks_widen_upwards() -> None:
    young = {"tier": "young", "when": {"field": "enrolled_days", "op": "lte", "value": 100}}
    rules = {"stay_days": 0, "tiers": [young, {"tier": "rest"}]}
    kept: Entry = {"tier": "young", "tier_since": days_ago(10), "below_exit": 1}
    found = decide(
        entry("in", enrolled_at=days_ago(120), **kept), entry("out", enrolled_at=days_ago(121), **kept), rules=rules
    )  # fmt: skip
    assert (found["in"]["tier"], found["out"]["tier"]) == ("young", "rest")


def test_rules_may_rank_by_count() -> None:
    rules = {"metric": "count", "tiers": [{"tier": "top", "when": {"share": "50%"}}, {"tier": "rest"}]}
    found = decide(entry("a", 900, 1), entry("b", 1, 5), rules=rules)
    assert (found["b"]["tier"], found["a"]["tier"]) == ("top", "rest")
    assert "conversions would pass" in found["a"]["reason"]


def test_what_would_be_needed_is_said() -> None:
    found = decide(*crowd(10))
    assert "A value above 999997 would pass the last one inside growth today" in found["p7"]["reason"]
    assert "would pass" not in found["p1"]["reason"]


def test_the_strategic_track_is_the_first_fifth() -> None:
    field = [Standing(str(place), NOW, place, 1) for place in range(11)]
    assert [one.id for one in strategic_track(field)] == ["10", "9", "8"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"as_of": "soon"}, "/as_of"),
        ({"as_of": None}, "/as_of"),
        ({"field": None}, "/field"),
        ({"field": [entry("a"), entry("a")]}, "/field/1/id"),
        ({"field": [entry("a", tier="gold")]}, "/field/0/tier"),
        ({"field": [entry("a", value=-1)]}, "/field/0/value"),
        ({"field": [entry("a") | {"conversions": 1.5}]}, "/field/0/conversions"),
        ({"field": [entry("a", months=["x"])]}, "/field/0/months"),
        ({"field": [entry("a", metrics={"clicks": "many"})]}, "/field/0/metrics/clicks"),
        ({"field": [entry("a", metrics=[])]}, "/field/0/metrics"),
        ({"field": [{"id": "a"}]}, "/field/0/enrolled_at"),
        ({"field": [entry("a", colour="red")]}, "/field/0/colour"),
        ({"rules": {}}, "/rules/tiers"),
        ({"rules": {"metric": "luck", "tiers": [{"tier": "a"}]}}, "/rules/metric"),
        ({"rules": {"tiers": [{"tier": "a"}, {"tier": "b"}]}}, "/rules/tiers/0/when"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"share": "10%"}}]}}, "/rules/tiers/0/when"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"share": "10%"}}, {"tier": "a"}]}}, "/rules/tiers/1/tier"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"share": "101%"}}, {"tier": "b"}]}}, "/rules/tiers/0/when/share"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"share": "ten"}}, {"tier": "b"}]}}, "/rules/tiers/0/when/share"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"all": []}}, {"tier": "b"}]}}, "/rules/tiers/0/when/all"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"field": "luck", "op": "gt", "value": 1}}, {"tier": "b"}]}},
         "/rules/tiers/0/when/field"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"field": "value", "op": "in", "value": 1}}, {"tier": "b"}]}},
         "/rules/tiers/0/when/op"),
        ({"rules": {"tiers": [{"tier": "a", "when": {"steady": {"at_least": 4, "months": 3}}}, {"tier": "b"}]}},
         "/rules/tiers/0/when/steady/at_least"),
        ({"rules": {"tiers": [
            {"tier": "a", "when": {"all": [{"any": [{"all": [{"any": [{"share": "1%"}]}]}]}]}}, {"tier": "b"}]}},
         "/rules/tiers/0/when/all/0/any/0/all/0"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        preview({"rules": None, "as_of": NOW.isoformat(), "field": [entry("a")], **change})
    assert pointer in [problem.pointer for problem in caught.value.problems]


ORDER = ["power", "growth", "casual", "new", "inactive"]
ENTRIES = st.builds(
    lambda value, sold, age, tier, since, below: {
        "enrolled_at": days_ago(age), "value": value, "conversions": sold, "tier": tier, "tier_since": days_ago(since),
        "below_exit": below,
    },
    st.sampled_from([0, 0, 10, 20, 30]), st.integers(0, 2), st.sampled_from([10, 59.9, 60, 300]),
    st.sampled_from([None, *ORDER]), st.sampled_from([1, 89.9, 90, 200]), st.integers(0, 3),
)  # fmt: skip


def naive(field: list[Entry], one: Entry) -> tuple[str, int, str | None, int]:
    """Read the rules aloud for one enrolment."""

    def better(other: Entry) -> bool:
        mine = (one["value"], one["conversions"], [-ord(letter) for letter in one["enrolled_at"]])
        theirs = (other["value"], other["conversions"], [-ord(letter) for letter in other["enrolled_at"]])
        return theirs > mine or (theirs == mine and other["id"] < one["id"])

    rank = 1 + sum(better(other) for other in field if other is not one)
    n = len(field)
    sells = one["value"] > 0
    if sells and rank <= math.ceil(Fraction(10, 100) * n):
        given = "power"
    elif sells and rank <= math.ceil(Fraction(30, 100) * n):
        given = "growth"
    elif one["conversions"] >= 1:
        given = "casual"
    elif NOW - datetime.fromisoformat(one["enrolled_at"]) < timedelta(days=60):
        given = "new"
    else:
        given = "inactive"
    tier = one["tier"]
    if tier is None or tier == given or (tier == "new" and given == "inactive"):
        return given, rank, None, 0
    if ORDER.index(given) < ORDER.index(tier):
        return given, rank, "up", 0
    inside = {
        "power": sells and rank <= math.ceil(Fraction(12, 100) * n),
        "growth": sells and rank <= math.ceil(Fraction(36, 100) * n),
        "casual": one["conversions"] >= 1,
    }[tier]
    if inside:
        return tier, rank, None, 0
    stayed = NOW - datetime.fromisoformat(one["tier_since"]) >= timedelta(days=90)
    return (given, rank, "down", 0) if one["below_exit"] >= 1 and stayed else (tier, rank, None, one["below_exit"] + 1)


@settings(max_examples=300, deadline=None)
@given(st.lists(ENTRIES, min_size=1, max_size=30))
def test_any_field_is_decided_as_the_text_says(entries: list[Entry]) -> None:
    field = [one | {"id": f"e{number:02}"} for number, one in enumerate(entries)]
    found = decide(*field)
    for one in field:
        got = found[one["id"]]
        assert (got["tier"], got["rank"], got["moved"], got["below_exit"]) == naive(field, one)
