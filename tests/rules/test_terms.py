"""Terms as they are written: what is read, what is refused where, which version counts, how they sound."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.utils import translation

from hanse.kernel.errors import Invalid
from hanse.kernel.money import parse_rate_ppm
from hanse.programs.terms.rules import body_hash, choose_terms, parse_terms
from hanse.programs.terms.sentences import sentences
from hanse.programs.terms.types import DatedTerms, Percent, Recurring, TermsBody

GOALS = ("lead", "sale", "renewal")
STEPS = [{"from": 0, "rate": "4%"}, {"from": 20000, "rate": "6%"}]


def parse(*clauses: Any, goals: tuple[str, ...] | None = GOALS) -> TermsBody:
    return parse_terms({"clauses": list(clauses)}, currency="GBP", goals=goals)


def pointers(*clauses: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        parse(*clauses)
    return [problem.pointer for problem in caught.value.problems]


def test_a_clause_is_read_into_a_value() -> None:
    (clause,) = parse({"kind": "percent", "rate": "2.9%", "goal": "renewal", "recurring": {"months": 12}}).clauses
    assert isinstance(clause, Percent)
    assert (clause.rate_ppm, clause.scope.goal, clause.recurring) == (29_000, "renewal", Recurring(months=12))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ({"kind": "percent", "rate": "20"}, ["/rate"]),
        ({"kind": "percent", "rate": 20}, ["/rate"]),
        ({"kind": "percent", "rate": "-5%"}, ["/rate"]),
        ({"kind": "percent", "rate": "1001%"}, ["/rate"]),
        ({"kind": "percent"}, ["/rate"]),
        ({"kind": "percent", "rate": "20%", "amount": 5}, ["/amount"]),
        ({"kind": "percent", "rate": "20%", "goal": "order"}, ["/goal"]),
        ({"kind": "percent", "rate": "20%", "recurring": {"months": 0}}, ["/recurring/months"]),
        ({"kind": "percent", "rate": "20%", "recurring": {"months": 1, "payments": 2}}, ["/recurring"]),
        ({"kind": "percent", "rate": "20%", "recurring": {}}, ["/recurring"]),
        ({"kind": "percent", "rate": "20%", "recurring": "forever"}, ["/recurring"]),
        ({"kind": "fixed", "amount": 0}, ["/amount"]),
        ({"kind": "fixed", "amount": 5.5}, ["/amount"]),
        ({"kind": "fixed", "amount": True}, ["/amount"]),
        ({"kind": "fixed", "amount": 500, "per": "day"}, ["/per"]),
        ({"kind": "ladder", "metric": "value", "period": "week", "mode": "marginal", "steps": STEPS}, ["/period"]),
        ({"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": []}, ["/steps"]),
        (
            {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": [STEPS[1], STEPS[0]]},
            ["/steps/1/from"],
        ),
        (
            {"kind": "ladder", "metric": "count", "period": "year", "mode": "bonus", "steps": STEPS},
            ["/steps/0/rate", "/steps/0/from", "/steps/0/amount", "/steps/1/rate", "/steps/1/amount"],
        ),
        ({"kind": "multiplier", "factor": 2}, ["/factor"]),
        ({"kind": "multiplier", "factor": "-2"}, ["/factor"]),
        ({"kind": "multiplier", "factor": "100.5"}, ["/factor"]),
        ({"kind": "milestone", "metric": "clicks", "at": 1, "amount": 5}, ["/metric"]),
        ({"kind": "cap", "per": "conversion"}, ["/amount"]),
        ({"kind": "cap", "per": "conversion", "amount": 1, "count": 1}, ["/amount", "/count"]),
        ({"kind": "cap", "per": "conversion", "count": 1}, ["/count"]),
        ({"kind": "cap", "per": "period", "amount": 1}, ["/period"]),
        ({"kind": "cap", "per": "customer", "period": "month", "amount": 1}, ["/period"]),
        ({"kind": "cap", "per": "conversion", "amount": 1, "when": {"field": "line.sku", "op": "exists"}}, ["/when"]),
        ({"kind": "gift"}, ["/kind"]),
        ({"rate": "20%"}, ["/kind"]),
        ("percent", [""]),
        (
            {"kind": "percent", "rate": "20%", "when": {"field": "goal", "op": "eq", "value": "lead"}, "goal": "sale"},
            ["/when"],
        ),
        ({"kind": "percent", "rate": "20%", "when": {"field": "colour", "op": "exists"}}, ["/when/field"]),
    ],
)
def test_mistakes_are_told_with_their_place(clause: Any, expected: list[str]) -> None:
    found = pointers({"kind": "percent", "rate": "1%"}, clause)
    assert sorted(found) == sorted(f"/clauses/1{part}" for part in expected)


@pytest.mark.parametrize(
    ("body", "expected"),
    [({}, ["/clauses"]), ({"clauses": []}, ["/clauses"]), ([], [""]), ({"clauses": {}}, ["/clauses"]), (None, [""])],
)
def test_a_body_that_is_no_list_of_clauses_is_refused(body: Any, expected: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        parse_terms(body, currency="GBP", goals=None)
    assert [problem.pointer for problem in caught.value.problems] == expected


def test_all_mistakes_are_told_at_once() -> None:
    assert pointers({"kind": "percent"}, {"kind": "fixed"}) == ["/clauses/0/rate", "/clauses/1/amount"]


def test_a_milestone_that_would_never_be_paid_is_refused() -> None:
    milestone = {"kind": "milestone", "metric": "count", "at": 1, "amount": 500}
    assert pointers(milestone, {**milestone, "amount": 900}) == ["/clauses/1/at"]


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert body_hash({"a": 1, "b": 2}, "x") == body_hash({"b": 2, "a": 1}, "x") != body_hash({"a": 1, "b": 2}, "y")


# --- which version counts ---------------------------------------------------------------------------------------------

ROOT = UUID(int=3)
PROGRAM, TIER, MINE = (uuid5(ROOT, name) for name in ("program", "tier", "enrolment"))


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def version(
    number: int, start: int, end: int | None = None, *, tier: UUID | None = None, enrolment: UUID | None = None
) -> DatedTerms:
    body = parse({"kind": "percent", "rate": "1%"})
    ends_at = day(end) if end else None
    return DatedTerms(
        uuid5(ROOT, f"{number} {tier} {enrolment}"), PROGRAM, tier, enrolment, number, day(start), ends_at, body
    )


ROWS = (
    version(1, 1), version(2, 10), version(1, 5, tier=TIER), version(2, 12, 14, tier=TIER),
    version(1, 20, 25, enrolment=MINE), version(9, 1, enrolment=uuid5(ROOT, "other")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("at", "tier", "expected"),
    [
        (1, None, ROWS[0]), (9, None, ROWS[0]), (10, None, ROWS[1]), (4, TIER, ROWS[0]), (5, TIER, ROWS[2]),
        (12, TIER, ROWS[3]), (13, TIER, ROWS[3]), (14, TIER, ROWS[2]), (20, TIER, ROWS[4]), (25, TIER, ROWS[2]),
        (24, None, ROWS[4]), (25, None, ROWS[1]),
    ],
)  # fmt: skip
def test_negotiated_terms_go_before_the_tiers_and_those_before_the_programs(
    at: int, tier: UUID | None, expected: DatedTerms
) -> None:
    for rows in (ROWS, ROWS[::-1]):
        assert choose_terms(rows, MINE, tier, PROGRAM, day(at)) is expected


def test_before_the_first_version_there_are_no_terms() -> None:
    assert choose_terms(ROWS, MINE, TIER, PROGRAM, datetime(2025, 12, 31, tzinfo=UTC)) is None
    assert choose_terms(ROWS, MINE, TIER, uuid5(ROOT, "other program"), day(20)) is None


# --- in words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ({"kind": "percent", "rate": "20%", "goal": "sale"}, "20% of each sale"),
        ({"kind": "percent", "rate": "2.9%", "recurring": {"months": 12}},
         "2.9% of each conversion, for 12 months from the customer’s first order on"),
        ({"kind": "percent", "rate": "5%", "recurring": {"months": 1}},
         "5% of each conversion, for 1 month from the customer’s first order on"),
        ({"kind": "percent", "rate": "5%", "recurring": {"payments": 3}},
         "5% of each conversion, for the customer’s first 3 payments"),
        ({"kind": "percent", "rate": "5%", "recurring": "life"},
         "5% of each conversion, for as long as the customer stays"),
        ({"kind": "fixed", "amount": 500, "per": "conversion", "goal": "lead"}, "£5.00 for each lead"),
        ({"kind": "fixed", "amount": 150, "per": "unit", "goal": "sale"}, "£1.50 for each unit of a sale"),
        ({"kind": "percent", "rate": "20%", "goal": "sale",
          "when": {"field": "line.category", "op": "in", "value": ["books", "games"]}},
         "20% of each sale, on lines of category books or games"),
        ({"kind": "multiplier", "factor": "1.5", "when": {"field": "customer.is_new", "op": "eq", "value": True}},
         "times 1.5, for new customers"),
        ({"kind": "cap", "per": "period", "period": "month", "amount": 600000}, "never more than £6,000.00 each month"),
        ({"kind": "cap", "per": "customer", "count": 1}, "only 1 paid conversion for one customer"),
        ({"kind": "milestone", "metric": "count", "at": 10, "amount": 5000, "goal": "sale"},
         "£50.00 once, at sale number 10"),
        ({"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal", "steps": STEPS},
         "of what a partner brings each month, each slice at its own rate: 4%; 6% above £200.00"),
        ({"kind": "percent", "rate": "9%", "when": {"all": [
            {"field": "order.amount", "op": "gte", "value": 5000},
            {"any": [{"field": "customer.country", "op": "eq", "value": "PL"},
                     {"field": "metadata.plan", "op": "exists"}]}]}},
         "9% of each conversion, if the order’s value is at least £50.00 and (the customer’s country is PL or “plan” is"
         " known)"),
    ],
)  # fmt: skip
def test_terms_read_as_plain_sentences(clause: Any, expected: str) -> None:
    assert sentences(parse(clause), "GBP") == [expected]


def test_sentences_use_the_programs_names_and_the_readers_figures() -> None:
    body = parse(
        {"kind": "percent", "rate": "2.9%", "goal": "sale"}, {"kind": "fixed", "amount": 123456, "goal": "sale"}
    )
    with translation.override("pl"):
        first, second = sentences(body, "EUR", {"sale": "Order"})
    assert first.startswith("2,9%")
    assert second.startswith("1\xa0234,56\xa0€")
    assert sentences(body, "JPY")[1] == "¥123,456 for each sale"


@pytest.mark.parametrize("rate", ["１%", "٣%", "1e2%", "-1%", "0.00001%", "1_0%", "%"])
def test_a_rate_is_written_with_plain_digits(rate: str) -> None:
    with pytest.raises(Invalid):
        parse_rate_ppm(rate)
