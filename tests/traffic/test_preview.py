"""The dry run of a decision: models, windows and levels, against a naive oracle with fractions."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal, getcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.kernel.errors import Invalid
from hanse.traffic.attribution.preview import preview

SOLD = datetime(2026, 5, 1, 12, tzinfo=UTC)
Touchpoint = dict[str, Any]
LEVELS = ["deal", "owner", "click", "coupon", "email", "survey"]


def touch(enrolment: str, days: float, kind: str = "click") -> Touchpoint:
    return {"enrolment": enrolment, "kind": kind, "occurred_at": (SOLD - timedelta(days=days)).isoformat()}


def ask(touchpoints: list[Touchpoint], **policy: Any) -> dict[str, Any]:
    return preview({
        "policy": policy, "touchpoints": touchpoints, "conversion": {"occurred_at": SOLD.isoformat()},
    })  # fmt: skip


def credits(answer: dict[str, Any]) -> dict[str, int]:
    return {one["enrolment"]: one["ppm"] for one in answer["credits"]}


def verdicts(answer: dict[str, Any]) -> list[str]:
    return [one["verdict"] for one in answer["evidence"]]


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
def test_each_model_shares_three_clicks(model: str, expected: dict[str, int]) -> None:
    assert credits(ask([touch("b", 7), touch("c", 0), touch("a", 14)], model=model)) == expected


def test_the_window_holds_to_its_very_end() -> None:
    found = ask([touch("a", 30), touch("b", 30 + 1 / 86_400), touch("c", -1 / 86_400)], model="linear")
    assert credits(found) == {"a": 1_000_000}
    assert [(one["enrolment"], one["verdict"], one["reason"]) for one in found["evidence"]] == [
        ("a", "won", "shared"), ("b", "excluded", "outside_window"), ("c", "excluded", "after_conversion"),
    ]  # fmt: skip


def test_coupons_deals_and_owners_need_no_window_unless_one_is_set() -> None:
    assert credits(ask([touch("a", 400, "coupon")])) == {"a": 1_000_000}
    assert credits(ask([touch("a", 400, "coupon")], windows={"coupon": 30})) == {}
    assert credits(ask([touch("a", 31, "email"), touch("b", 400, "owner")])) == {"b": 1_000_000}


def test_coupon_first_is_a_matter_of_the_order() -> None:
    touches = [touch("a", 1), touch("b", 2, "coupon")]
    assert (credits(ask(touches)), verdicts(ask(touches))) == ({"a": 1_000_000}, ["won", "lost"])
    assert credits(ask(touches, order=["deal", "coupon", "owner", "click"])) == {"b": 1_000_000}


def test_what_is_on_the_order_needs_no_time() -> None:
    assert credits(ask([{"enrolment": "a", "kind": "coupon"}])) == {"a": 1_000_000}
    owners = [{"enrolment": "a", "kind": "owner", "share": "25%"}, {"enrolment": "b", "kind": "owner", "share": "75%"}]
    assert credits(ask(owners)) == {"a": 250_000, "b": 750_000}
    alike = [{"enrolment": name, "kind": "owner"} for name in "ab"]
    assert credits(ask(alike, model="linear")) == {"a": 500_000, "b": 500_000}


def test_another_touch_of_the_winner_agrees() -> None:
    assert verdicts(ask([touch("a", 3), touch("b", 2), touch("a", 1), touch("a", 0, "coupon")])) == [
        "agrees", "lost", "won", "agrees",
    ]  # fmt: skip


def test_evidence_comes_back_as_it_was_sent_and_in_its_order() -> None:
    sent = [touch("b", 1) | {"id": "x"}, touch("a", 2)]
    found = ask(sent)["evidence"]
    assert [{key: one[key] for key in was} for one, was in zip(found, sent, strict=True)] == sent


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"policy": {"model": "magic"}}, "/policy/model"),
        ({"policy": {"window_days": -1}}, "/policy/window_days"),
        ({"policy": {"window_days": 1.5}}, "/policy/window_days"),
        ({"policy": {"half_life_days": 0}}, "/policy/half_life_days"),
        ({"policy": {"order": ["click", "click"]}}, "/policy/order/1"),
        ({"policy": {"order": ["karma"]}}, "/policy/order/0"),
        ({"policy": {"order": [["click"]]}}, "/policy/order/0"),
        ({"policy": {"windows": {"karma": 1}}}, "/policy/windows/karma"),
        ({"policy": {"more": 1}}, "/policy/more"),
        ({"touchpoints": [{"kind": "click", "occurred_at": "2026-01-01T00:00:00Z"}]}, "/touchpoints/0/enrolment"),
        ({"touchpoints": [{"enrolment": "a", "kind": "click"}]}, "/touchpoints/0/occurred_at"),
        ({"touchpoints": [{"enrolment": "a", "kind": "karma"}]}, "/touchpoints/0/kind"),
        ({"touchpoints": [touch("a", 1) | {"occurred_at": "0001-01-01T00:00:00+14:00"}]}, "/touchpoints/0/occurred_at"),
        ({"touchpoints": [5]}, "/touchpoints/0"),
        ({"touchpoints": {}}, "/touchpoints"),
        ({"conversion": {}}, "/conversion/occurred_at"),
        ({"conversion": []}, "/conversion"),
    ],
)
def test_mistakes_are_told_with_their_place(change: dict[str, Any], pointer: str) -> None:
    request = {"policy": {}, "touchpoints": [touch("a", 1)], "conversion": {"occurred_at": SOLD.isoformat()}}
    with pytest.raises(Invalid) as caught:
        preview(request | change)
    assert pointer in [problem.pointer for problem in caught.value.problems]


def naive(touchpoints: list[Touchpoint], policy: dict[str, Any]) -> dict[str, int]:
    """Decide by the words of domain.md §4, slowly."""
    getcontext().prec = 50

    def age(one: Touchpoint) -> timedelta:
        return SOLD - datetime.fromisoformat(one["occurred_at"])

    def counts(one: Touchpoint) -> bool:
        windowless = one["kind"] in ("deal", "owner", "coupon")
        return timedelta(0) <= age(one) and (windowless or age(one) <= timedelta(days=policy["window_days"]))

    usable = sorted(filter(counts, touchpoints), key=lambda one: (one["occurred_at"], one["enrolment"]))
    order = [*policy["order"], *(level for level in LEVELS if level not in policy["order"])]
    level = next((level for level in order if any(one["kind"] == level for one in usable)), None)
    chosen = [one for one in usable if one["kind"] == level]
    count, model = len(chosen), policy["model"]
    if not count:
        return {}
    if model in ("last", "first"):
        weights = [Fraction(int(place == (count - 1 if model == "last" else 0))) for place in range(count)]
    elif model == "linear" or (count < 3 and model == "position"):
        weights = [Fraction(1, count)] * count
    elif model == "position":
        middle = Fraction(20, 100) / (count - 2)
        weights = [Fraction(40, 100), *([middle] * (count - 2)), Fraction(40, 100)]
    else:
        seconds = [Decimal(age(one) / timedelta(seconds=1)) for one in chosen]
        decayed = [Decimal(2) ** (-part / (policy["half_life_days"] * 86_400)) for part in seconds]
        weights = [Fraction(part) for part in decayed]
    sums: dict[str, Fraction] = {}
    for one, weight in zip(chosen, weights, strict=True):
        if weight:
            sums[one["enrolment"]] = sums.get(one["enrolment"], Fraction(0)) + weight
    whole = sum(sums.values())
    exact = {name: weight / whole * 1_000_000 for name, weight in sums.items()}
    parts = {name: math.floor(part) for name, part in exact.items()}
    places = list(sums)
    for name in sorted(places, key=lambda name: (-(exact[name] - parts[name]), places.index(name)))[
        : 1_000_000 - sum(parts.values())
    ]:
        parts[name] += 1
    return {name: part for name, part in parts.items() if part}


TOUCHES = st.lists(
    st.builds(
        lambda name, kind, hours: touch(name, hours / 24, kind),
        st.sampled_from("abcd"), st.sampled_from(LEVELS), st.integers(-10, 24 * 40),
    ), max_size=9,
)  # fmt: skip
POLICIES = st.fixed_dictionaries({
    "model": st.sampled_from(["last", "first", "linear", "position", "time_decay"]),
    "window_days": st.integers(0, 40), "half_life_days": st.integers(1, 30),
    "order": st.lists(st.sampled_from(LEVELS), unique=True, max_size=6),
})  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(TOUCHES, POLICIES)
def test_any_table_is_shared_as_the_rules_say(touchpoints: list[Touchpoint], policy: dict[str, Any]) -> None:
    found = credits(ask(touchpoints, **policy))
    assert found == naive(touchpoints, policy)
    assert sum(found.values()) in (0, 1_000_000)
