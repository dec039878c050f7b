"""Rules of budgets: parts add up to the whole, the pace of weekdays, quarters, and when an offer is too much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.budgets import rules
from hanse.growth.budgets.fixed import fixed_sums, more_than, span_from
from hanse.growth.budgets.types import Member, OfferMade, Pace, Planned, Promised, Share, Standing, Sums
from hanse.kernel.errors import Invalid
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import TermsBody

PEOPLE = [UUID(int=number) for number in range(1, 7)]
FIRST = date(2026, 4, 1)
ZONE = "Europe/London"
SPAN = rules.span_of(FIRST, ZONE)
PLACES = st.tuples(st.sampled_from(["", "creator", "affiliate"]), st.sampled_from(["", "power", "new"]))
WHO = st.sampled_from([None, *PEOPLE])
AMOUNTS = st.dictionaries(WHO, st.integers(-50_000, 50_000))
PROMISED = st.lists(
    st.builds(Promised, st.just("floor"), WHO, st.integers(-5_000, 50_000), st.just(""), st.none(), st.booleans()),
    max_size=8,
)


def body(*clauses: dict[str, object]) -> TermsBody:
    return parse_terms({"clauses": list(clauses)}, currency="GBP", goals=None)


@settings(max_examples=60, deadline=None)
@given(st.lists(PLACES, min_size=6, max_size=6), AMOUNTS, AMOUNTS, AMOUNTS, PROMISED, st.integers(0, 90_000),
       st.lists(st.integers(0, 900), min_size=6, max_size=6))  # fmt: skip
def test_types_tiers_and_cells_add_up_to_the_program(
    places: list[tuple[str, str]], accrued: Mapping[UUID | None, int], paid: Mapping[UUID | None, int],
    in_kind: Mapping[UUID | None, int], promised: list[Promised], rest: int, weights: list[int],
) -> None:  # fmt: skip
    members = {
        who: Member(who, "", kind, tier, None, counts=True) for who, (kind, tier) in zip(PEOPLE, places, strict=True)
    }
    shares = rules.shared_pace(rest, dict(zip(PEOPLE, weights, strict=True)))
    assert sum(shares.values()) == (rest if any(weights) else 0)
    cells = rules.cells_of(members, accrued, paid, in_kind, promised, Pace(rest, 56, shares), is_over=False)
    found = Standing(SPAN, FIRST, cells, promised, Pace(), members, 0)
    assert found.whole.accrued_minor == sum(accrued.values())
    assert found.whole.paid_minor == sum(paid.values())
    assert found.whole.in_kind_minor == sum(in_kind.values())
    assert found.whole.committed_minor == sum(one.amount_minor for one in promised)
    parts = [
        [found.of(kind, "") for kind in ("creator", "affiliate")], [found.of("", tier) for tier in ("power", "new")],
    ]  # fmt: skip
    unnamed = [
        sum((sums.used_minor for (kind, _tier), sums in cells.items() if not kind), 0),
        sum((sums.used_minor for (_kind, tier), sums in cells.items() if not tier), 0),
    ]
    for sums, rest_minor in zip(parts, unnamed, strict=True):
        assert sum(one.used_minor for one in sums) + rest_minor == found.whole.used_minor
    expected = sum(accrued.values()) + sum(in_kind.values())
    assert found.whole.expected_minor >= expected + sum(shares.values()) + min(
        0, sum(one.amount_minor for one in promised if one.amount_minor < 0)
    )


def test_what_sales_cover_is_expected_only_beyond_the_partners_own_pace() -> None:
    who = PEOPLE[0]
    members = {who: Member(who, "", "creator", "new", None, counts=True)}
    floor = [Promised("top_up", who, 300, covered=True), Promised("fee", who, 50)]
    for pace, expected in ((0, 450), (200, 450), (400, 550)):
        cells = rules.cells_of(members, {who: 100}, {}, {}, floor, Pace(pace, 56, {who: pace}), is_over=False)
        assert cells["creator", "new"].expected_minor == expected
        assert cells["creator", "new"].committed_minor == 350


def test_each_weekday_counts_for_itself_and_today_by_what_is_left_of_it() -> None:
    monday = date(2026, 6, 15)
    noon = datetime(2026, 6, 15, 11, 0, tzinfo=UTC)  # 12:00 in London
    eight_weeks = {day: 8 * (day + 1) * 100 for day in range(7)}  # Mondays bring 1.00, Sundays 7.00
    found = rules.rest_at_pace(eight_weeks, 56, monday, SPAN, ZONE, noon)
    # half of today, two whole weeks but for today's day in the third: 16 June until 30 June
    assert found == 50 + 2 * 2_800 + 200 - 100 + 100
    assert rules.rest_at_pace(eight_weeks, 56, monday, SPAN, ZONE, SPAN.ends_at) == 0
    assert rules.rest_at_pace({}, 0, monday, SPAN, ZONE, noon) == 0


def test_a_quarter_to_come_counts_whole_and_a_young_program_by_its_days() -> None:
    today, now = date(2026, 6, 15), datetime(2026, 6, 15, 11, 0, tzinfo=UTC)
    later = rules.span_of(date(2026, 7, 1), ZONE)
    assert rules.rest_at_pace(dict.fromkeys(range(7), 700), 49, today, later, ZONE, now) == 92 * 100
    assert rules.rest_at_pace({0: 100, 1: 200}, 2, today, later, ZONE, now) == 92 * 150
    assert [rules.days_to_look_at(today, today - timedelta(days=days)) for days in (0, 3, 7, 20, 56, 400)] == [
        0, 3, 7, 14, 56, 56,
    ]  # fmt: skip
    assert rules.days_to_look_at(today, None) == 0


def test_days_of_23_and_25_hours_count_as_one() -> None:
    spring = rules.span_of(date(2026, 1, 1), ZONE)
    before_change = datetime(2026, 3, 28, 0, 0, tzinfo=UTC)
    even = dict.fromkeys(range(7), 5_600)  # 8 weeks of 7.00 a day
    assert rules.rest_at_pace(even, 56, date(2026, 3, 28), spring, ZONE, before_change) == 4 * 700


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q5", "2026-Q0", "2026Q2", "0000-Q1", "2026-Q２", "2026-Q11", "x026-Q1"]
)
def test_quarters_are_written_in_one_way(text: str) -> None:
    with pytest.raises(Invalid):
        rules.quarter_of(text)


def test_quarters_are_local() -> None:
    assert rules.quarter_of("2026-q2") == FIRST
    assert rules.quarter_text(date(2026, 12, 31)) == "2026-Q4"
    moment = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    assert rules.quarter_at(moment, "UTC") == date(2026, 1, 1)
    assert rules.quarter_at(moment, ZONE) == FIRST
    assert SPAN.starts_at == datetime(2026, 3, 31, 23, 0, tzinfo=UTC)


def test_a_plan_is_near_at_four_fifths_and_over_above_it() -> None:
    states = {minor: rules.state_of(1_000, Sums(minor, expected_minor=minor)) for minor in (0, 799, 800, 1_000, 1_001)}
    assert list(states.values()) == ["fine", "fine", "near", "near", "over"]
    assert rules.state_of(1_000, Sums(100, expected_minor=1_001)) == "will_be_over"
    assert rules.state_of(0, Sums()) == "fine"


def test_an_offer_counts_for_the_program_the_type_the_tier_and_both() -> None:
    who = PEOPLE[0]
    members = {who: Member(who, "", "creator", "power", None, counts=True)}
    plans = [
        Planned(uuid4(), kind, tier, 1_000)
        for kind, tier in (
            ("", ""),
            ("creator", ""),
            ("", "power"),
            ("creator", "power"),
            ("affiliate", ""),
            ("", "new"),
        )
    ]
    sums = {plan.budget_id: Sums(600, expected_minor=900) for plan in plans}
    days = (FIRST, date(2026, 7, 1))

    def places(minor: int, on: date = FIRST, to: UUID | None = who) -> list[tuple[str, str, bool, int]]:
        offer = OfferMade("k", "proposal", "t", [Share(on, minor, to)])
        found = rules.breaches_of(offer, FIRST, days, plans, sums, members)
        return [(one.type, one.tier, one.is_beyond, one.over_minor) for one in found]

    assert places(100) == []
    assert places(400) == [
        ("", "", False, 300), ("", "power", False, 300), ("creator", "", False, 300), ("creator", "power", False, 300)
    ]  # fmt: skip
    assert {place[2:] for place in places(401)} == {(True, 1)}
    assert places(5_000, to=None) == [("", "", True, 4_600)]
    assert places(5_000, on=date(2026, 7, 1)) == []
    assert places(-5_000) == []


def test_parts_planned_for_more_than_the_whole_are_named() -> None:
    def plan(kind: str, tier: str, minor: int) -> Planned:
        return Planned(uuid4(), kind, tier, minor)

    fits = [plan("", "", 100), plan("creator", "", 60), plan("affiliate", "", 40), plan("", "power", 100)]
    assert rules.parts_beyond(fits) == []
    assert rules.parts_beyond([*fits, plan("agency", "", 5)]) == [("type", "", 5)]
    assert rules.parts_beyond([*fits, plan("creator", "power", 61)]) == [("tier", "creator", 1)]
    assert rules.parts_beyond([plan("creator", "", 60), plan("affiliate", "", 40)]) == []


def test_floors_fall_on_the_last_day_of_their_period_by_the_days_they_hold() -> None:
    floors = body(
        {"kind": "percent", "rate": "5%"}, {"kind": "floor", "amount": 3_000, "period": "month", "mode": "added"},
        {"kind": "floor", "amount": 9_100, "period": "quarter", "mode": "greater_of"},
        {"kind": "floor", "amount": 5_000, "period": "month", "mode": "recoupable", "carry": True},
        {"kind": "fee", "amount": 700, "due": "signing"}, {"kind": "fee", "amount": 70, "due": "2026-06-30"},
        {"kind": "fee", "amount": 7, "due": "2026-07-01"},
        {"kind": "benefit", "name": "Box", "worth": 20, "period": "month"},
    )  # fmt: skip
    middle = datetime(2026, 5, 16, 8, 0, tzinfo=UTC)
    found = [(one.on.isoformat(), one.amount_minor, one.covered) for one in
             fixed_sums(floors, span_from(middle, None), SPAN, ZONE)]  # fmt: skip
    assert sorted(found) == [
        ("2026-05-16", 20, False), ("2026-05-16", 700, False), ("2026-05-31", 1_548, False), ("2026-06-01", 20, False),
        ("2026-06-30", 70, False), ("2026-06-30", 3_000, False), ("2026-06-30", 4_600, True),
    ]  # fmt: skip
    assert more_than(floors, floors, span_from(middle, None), SPAN, ZONE) == (0, 0)
    assert more_than(body({"kind": "percent", "rate": "5%"}), floors, span_from(middle, None), SPAN, ZONE) == (
        -(20 + 700 + 1_548 + 20 + 70 + 3_000), -4_600,
    )  # fmt: skip
