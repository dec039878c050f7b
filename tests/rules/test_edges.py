"""Edges of pricing and promises that tables and invented sales seldom reach."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from hanse.kernel.clock import Period
from hanse.kernel.errors import Invalid
from hanse.money.pricing.preview import preview
from hanse.money.pricing.types import Earner
from hanse.money.pricing.words import Arithmetic
from hanse.money.promises.rules import promised_lines
from hanse.money.promises.types import Earning, Facts, PeriodLine, Pool, Stay
from hanse.money.referrals.rules import referred
from hanse.programs.terms.types import DatedTerms
from tests.rules.sales import ROOT, START, owed, priced, sale, terms

TEN = {"kind": "percent", "rate": "10%"}
ADVANCE = {"kind": "floor", "amount": 1_000, "period": "month", "mode": "recoupable", "carry": True}
JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3, 4))


def promised(
    versions: list[DatedTerms], until: datetime, *earned: tuple[datetime, int], ahead: bool = False,
    signed: dict[UUID, datetime] | None = None, stay: Stay | None = None,
) -> list[PeriodLine]:  # fmt: skip
    def version_at(at: datetime) -> DatedTerms | None:
        return max((row for row in versions if row.in_force(at)), key=lambda row: row.starts_at, default=None)

    earner = Earner(uuid5(ROOT, "e"), "UTC", JANUARY, version_at, tuple(versions))
    pool = Pool(Earning(at, str(place), minor, minor) for place, (at, minor) in enumerate(earned))
    facts = Facts(stay or Stay("UTC", ((JANUARY, None),)), pool, signed or {})
    return promised_lines(earner, facts, lambda _span: (JANUARY, until), until, ahead=ahead)


def short(lines: list[PeriodLine]) -> list[tuple[str, int, int]]:
    return [(line.kind, line.starts_at.month, line.amount_minor) for line in lines]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        (FEBRUARY - timedelta(seconds=1), [("advance", 1, 1_000)]),
        (FEBRUARY, [("advance", 1, 1_000), ("advance", 2, 1_000)]),
    ],
)
def test_an_advance_is_paid_when_its_period_begins_and_not_before(
    until: datetime, found: list[tuple[str, int, int]]
) -> None:
    assert short(promised([terms(ADVANCE, TEN)], until, ahead=True)) == found
    assert len(promised([terms(ADVANCE, TEN)], until)) == len(found) - 1


def test_what_is_outstanding_is_paid_back_under_later_terms_without_a_floor() -> None:
    versions = [terms(ADVANCE, TEN), terms(TEN, starts_at=FEBRUARY, number=2)]
    found = promised(versions, APRIL, (FEBRUARY, 600), (MARCH, 900))
    assert short(found) == [("advance", 1, 1_000), ("recouped", 2, 600), ("recouped", 3, 400)]


def test_a_fee_waits_until_its_version_is_in_force_and_somebody_is_there() -> None:
    later = terms({"kind": "fee", "amount": 700, "due": "signing"}, starts_at=FEBRUARY, number=2)
    (line,) = promised([terms(TEN), later], APRIL, signed={later.id: JANUARY})
    assert (line.starts_at, line.amount_minor) == (FEBRUARY, 700)
    assert promised([terms(TEN), later], APRIL) == []
    gone = Stay("UTC", ((JANUARY, datetime(2026, 1, 20, tzinfo=UTC)),))
    assert promised([terms(TEN), later], APRIL, signed={later.id: JANUARY}, stay=gone) == []


def test_a_fee_that_a_later_version_repeats_is_paid_once() -> None:
    fee = {"kind": "fee", "amount": 700, "due": "2026-02-10"}
    versions = [terms(fee, TEN), terms({**fee, "amount": 900}, TEN, starts_at=FEBRUARY, number=2)]
    assert [line.amount_minor for line in promised(versions, APRIL)] == [900]
    assert [line.amount_minor for line in promised([*versions[:1]], APRIL)] == [700]
    assert promised(versions[:1], datetime(2026, 2, 9, 23, tzinfo=UTC)) == []


def test_terms_that_end_return_to_nothing_inside_a_month() -> None:
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
              "steps": [{"from": 0, "rate": "10%"}, {"from": 1_000, "rate": "20%"}]}  # fmt: skip
    first, second = terms(ladder), terms(TEN, starts_at=START + timedelta(days=2), number=2)
    found = priced([sale(1_000, day=0), sale(1_000, day=3), sale(1_000, day=40)], first, second)
    assert [one.owed_minor for one in found] == [100, 200, 100]


def test_a_month_cap_of_earlier_terms_goes_on_to_the_months_end() -> None:
    cap = {"kind": "cap", "per": "period", "period": "month", "amount": 150}
    first, second = terms(TEN, cap), terms(TEN, starts_at=START + timedelta(days=2), number=2)
    found = priced([sale(1_000, day=day) for day in (0, 3, 4, 40)], first, second)
    assert [one.owed_minor for one in found] == [100, 50, 0, 100]


def test_milestones_and_bonuses_count_their_own_goal_and_lines() -> None:
    milestone = {"kind": "milestone", "metric": "count", "at": 2, "amount": 50, "goal": "renewal"}
    books = {"field": "line.category", "op": "eq", "value": "books"}
    bonus = {"kind": "ladder", "metric": "value", "period": "life", "mode": "bonus",
             "steps": [{"from": 100, "amount": 7}], "when": books}  # fmt: skip
    goals = [sale(day=0, goal="renewal", lines=[(100, "books")]), sale(100, day=1), sale(100, day=2, goal="renewal")]
    assert owed(goals, TEN, milestone, bonus) == [17, 10, 60]


def test_a_partner_who_left_reaches_no_milestone_and_no_bonus() -> None:
    life = {**TEN, "recurring": "life"}
    bonus = {"kind": "ladder", "metric": "count", "period": "life", "mode": "bonus"}
    top: list[dict[str, Any]] = [
        {"kind": "milestone", "metric": "count", "at": 1, "amount": 50},
        {**bonus, "steps": [{"from": 1, "amount": 5}]},
    ]
    assert owed([sale(100)], life, *top, unpaid_reason="partner_ended") == [10]
    assert owed([sale(100)], life, *top, unpaid_reason="self_referral") == [0]


def test_a_ladder_scales_by_factors_also_when_it_changes_the_past() -> None:
    ladder = {"kind": "ladder", "metric": "value", "period": "life", "mode": "retroactive",
              "steps": [{"from": 0, "rate": "10%"}, {"from": 1_000, "rate": "20%"}]}  # fmt: skip
    double = {"kind": "multiplier", "factor": "2", "when": {"field": "customer.is_new", "op": "eq", "value": True}}
    assert owed([sale(1_000, day=0, is_new=True), sale(500, day=1)], ladder, double) == [200, 300]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"enrolment": {"types": [1]}}, "/enrolment/types"),
        ({"enrolment": {"country": "Poland"}}, "/enrolment/country"),
        ({"enrolment": {"since": "1969-01-01T00:00:00Z"}}, "/enrolment/since"),
        ({"enrolment": []}, "/enrolment"),
        ({"from": "2026-03-02", "until": "2026-03-01"}, "/until"),
        ({"from": "2300-01-01"}, "/from"),
        ({"until": "0001-01-01T00:00:00+23:00"}, "/until"),
        ({"conversions": [{"id": "a", "occurred_at": "2026-03-02", "amount": 1, "currency": "XXX"}]},
         "/conversions/0/currency"),
        ({"conversions": [{"id": "a", "occurred_at": "2026-03-02", "amount": 1, "customer": {"country": "pl"}}]},
         "/conversions/0/customer/country"),
        ({"conversions": [{"id": "a", "occurred_at": "2026-03-02", "amount": 1}],
          "refunds": [{"conversion": "a", "amount": 2, "lines": [{"amount": 1}]}]}, "/refunds/0/amount"),
        ({"conversions": [{"id": "a", "occurred_at": "2026-03-02", "amount": 1}],
          "refunds": [{"conversion": "a", "amount": 2, "reverses": "x"}]}, "/refunds/0/reverses"),
    ],
)  # fmt: skip
def test_mistakes_of_a_dry_run_have_their_place(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        preview({"terms": {"clauses": [TEN]}, "conversions": [], **change})
    assert pointer in [problem.pointer for problem in caught.value.problems]


def test_a_day_alone_is_local_and_a_moment_without_offset_too() -> None:
    floor = {"kind": "floor", "amount": 100, "period": "month", "mode": "added"}
    at = {"id": "a", "occurred_at": "2026-03-01T00:30:00", "amount": 1}
    asked = {"terms": {"clauses": [TEN, floor]}, "time_zone": "Europe/Warsaw", "conversions": [at]}
    assert [line["from"] for line in preview(asked)["periods"]] == ["2026-02-28T23:00:00+00:00"]
    assert preview({**asked, "until": "2026-04-01"})["total"] == 100
    assert preview({**asked, "until": "2026-03-31"})["total"] == 0


def test_steps_of_tests_and_refunds_have_words() -> None:
    body = terms(TEN).body
    words = Arithmetic(body, ["Teapot", ""], "GBP")
    said = words.lines([
        {"step": "test_order", "amount": -5}, {"step": "repriced", "of": "cap", "line": None, "amount": 1},
        {"step": "refund", "of": "percent", "line": 0, "clause": 1, "taken": 100, "amount": -10},
        {"step": "none", "line": 1, "reason": "no_clause", "amount": 0},
    ])  # fmt: skip
    assert [line.label for line in said] == [
        "A test order: nothing is paid", "Counted anew with all that is known now", "Teapot came back",
        "Line 2: no clause pays for it",
    ]  # fmt: skip
    assert said[2].formula == "£1.00 of its value"


@pytest.mark.parametrize(
    ("day", "parts"),
    [
        (date(2026, 2, 27), ((1, 100_000, 10), (2, 50_000, 5))),
        (date(2026, 2, 28), ((2, 50_000, 5),)),
        (date(2026, 3, 31), None),
    ],
)
def test_each_clause_for_recruits_has_its_own_months(day: date, parts: Any) -> None:
    version = terms(
        {"kind": "referral", "rate": "10%", "months": 1}, {"kind": "referral", "rate": "5%", "months": 2}, TEN
    )
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    found = referred(100, at, datetime(2026, 1, 31, tzinfo=UTC), "UTC", None, version)
    assert (found.parts if found is not None else None) == parts
    assert referred(100, at, at, "UTC", None, None) is None
    assert referred(100, at, at, "UTC", terms(TEN), terms(TEN)) is None


def test_a_total_exactly_at_a_step_shows_no_empty_slice() -> None:
    steps = [{"from": 0, "rate": "4%"}, {"from": 20_000, "rate": "6%"}]
    ladder = {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": steps}
    first, second = priced([sale(20_000, day=0), sale(100, day=1)], terms(ladder))
    assert first.steps[0]["slices"] == [[20_000_000_000, 40_000]]
    assert second.steps[0]["slices"] == [[100_000_000, 60_000]]


def test_what_was_brought_before_counts_to_the_last_minor_unit() -> None:
    below = {**TEN, "when": {"field": "enrolment.value", "op": "lte", "value": 1_000_000}}
    assert owed([sale(1_000_000, day=0), sale(100, day=1)], below) == [100_000, 10]
    assert owed([sale(1_000_001, day=0), sale(100, day=1)], below) == [100_000, 0]


def test_advances_take_nothing_from_a_commission_below_zero() -> None:
    ids = [uuid5(ROOT, name) for name in "ab"]
    rows = [Earning(JANUARY, "1", -5, -5, ids[0]), Earning(JANUARY, "2", 10, 10, ids[1])]
    pool = Pool(rows)
    assert pool.take(Period(JANUARY, FEBRUARY), 8) == 5
    assert pool.taken == {ids[1]: 5}


def test_a_reason_that_comes_from_the_database_is_known_by_its_text() -> None:
    reason = "_".join(["partner", "ended"])
    assert owed([sale(100)], {**TEN, "recurring": "life"}, unpaid_reason=reason) == [10]


def test_of_two_versions_with_the_same_fee_the_first_that_is_due_pays() -> None:
    fee = {"kind": "fee", "amount": 700, "due": "signing"}
    versions = [terms(fee, TEN), terms({**fee, "amount": 900}, TEN, starts_at=FEBRUARY, number=2)]
    signed = {versions[0].id: JANUARY + timedelta(days=3), versions[1].id: FEBRUARY}
    for order in (versions, versions[::-1]):
        (line,) = promised(order, APRIL, signed=signed)
        assert (line.starts_at.month, line.amount_minor) == (1, 700)


def test_a_part_of_a_minor_unit_is_not_yet_one() -> None:
    nothing_yet = {**TEN, "when": {"field": "enrolment.value", "op": "lt", "value": 1}}
    assert owed([sale(3, day=0), sale(1_000, day=1)], nothing_yet, share_ppm=333_333) == [0, 33]
