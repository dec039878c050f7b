"""Floors and fees: what is owed for a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import text_id
from hanse.money.pricing.types import Earner
from hanse.money.promises.rules import promised_lines, total_of
from hanse.money.promises.types import Earning, Facts, PeriodLine, Pool, Stay
from hanse.programs.terms.rules import deliverables_in, parse_terms
from hanse.programs.terms.sentences import sentences
from hanse.programs.terms.types import DatedTerms

Q1, Q2, Q3 = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 4, 7))


def lines(
    clauses: dict[str, Any] | list[dict[str, Any]], *earned: tuple[datetime, int], until: datetime = Q3,
    stay: Stay | None = None,
) -> list[PeriodLine]:  # fmt: skip
    of = clauses if isinstance(clauses, list) else [clauses]
    body = parse_terms({"clauses": of}, currency="USD", goals=None)
    terms = DatedTerms(UUID(int=1), UUID(int=2), None, None, 1, datetime(2020, 1, 1, tzinfo=UTC), None, body)
    stay = stay or Stay("UTC")
    since = stay.times[0][0] or terms.starts_at
    earner = Earner(UUID(int=3), stay.zone, since, lambda _at: terms, (terms,))
    pool = Pool(Earning(at, str(place), owed, owed) for place, (at, owed) in enumerate(earned))
    facts = Facts(stay, pool, {terms.id: max(Q1, since)})
    return promised_lines(earner, facts, lambda _span: (Q1, until), until, ahead=False)


def short(found: list[PeriodLine]) -> list[tuple[str, int, int]]:
    return [(line.kind, line.starts_at.month, line.amount_minor) for line in found]


def floor(mode: str, **more: Any) -> dict[str, Any]:
    return {"kind": "floor", "amount": 2_000_000, "period": "quarter", "mode": mode, **more}


def test_example_2_an_added_floor_and_a_fee_stand_beside_what_sales_earn() -> None:
    found = lines(floor("added"), (Q1, 3_000_000), until=Q2)
    assert 3_000_000 + total_of(found) == 5_000_000
    fee = {"kind": "fee", "amount": 2_000_000, "due": "signing"}
    assert 2_000_000 + total_of(lines(fee, (Q1, 2_000_000))) == 4_000_000


@pytest.mark.parametrize(("earned", "owed"), [(3_000_000, 3_000_000), (1_200_000, 2_000_000), (0, 2_000_000)])
def test_example_3_the_greater_of_both_is_topped_up_at_the_close(earned: int, owed: int) -> None:
    assert earned + total_of(lines(floor("greater_of"), (Q1, earned), until=Q2)) == owed


def test_example_4_an_advance_is_paid_back_out_of_what_sales_earn() -> None:
    sales = ((Q1, 1_200_000), (Q2, 1_200_000))
    assert short(lines(floor("recoupable", carry=True), *sales)) == [
        ("advance", 1, 2_000_000), ("recouped", 1, 1_200_000), ("advance", 4, 2_000_000), ("recouped", 4, 1_200_000),
    ]  # fmt: skip
    assert short(lines(floor("recoupable"), *sales)) == [
        ("advance", 1, 2_000_000), ("recouped", 1, 1_200_000), ("forgiven", 1, 800_000), ("advance", 4, 2_000_000),
        ("recouped", 4, 1_200_000), ("forgiven", 4, 800_000),
    ]  # fmt: skip
    later = (*sales, (Q3, 5_000_000))
    found = lines(floor("recoupable", carry=True), *later, until=datetime(2026, 10, 1, tzinfo=UTC))
    assert short(found)[-1] == ("recouped", 7, 3_600_000)


def test_what_is_carried_is_paid_back_out_of_later_sales_and_leaving_counts_days_once() -> None:
    stay = Stay("UTC", ((None, datetime(2026, 1, 10, 8, tzinfo=UTC)), (datetime(2026, 1, 10, 9, tzinfo=UTC), None)))
    month = {**floor("recoupable", carry=True), "period": "month", "amount": 3100}
    found = lines(month, (Q2, 99_999), stay=stay, until=datetime(2026, 5, 1, tzinfo=UTC))
    assert short(found)[-1] == ("recouped", 4, 4 * 3100)


def test_a_period_counts_when_it_is_closed() -> None:
    assert len(lines(floor("added"), until=Q2)) == 1
    assert lines(floor("added"), until=datetime(2026, 3, 31, 23, tzinfo=UTC)) == []


def test_joining_or_leaving_inside_a_period_counts_local_days() -> None:
    month = {**floor("added"), "period": "month", "amount": 3100}
    joined = Stay("UTC", ((datetime(2026, 1, 17, 15, tzinfo=UTC), None),))
    assert short(lines(month, stay=joined, until=datetime(2026, 2, 1, tzinfo=UTC))) == [("floor", 1, 1500)]
    left = Stay("UTC", ((None, datetime(2026, 1, 10, tzinfo=UTC)),))
    assert short(lines(month, stay=left, until=datetime(2026, 3, 1, tzinfo=UTC))) == [("floor", 1, 1000)]


@pytest.mark.parametrize(
    ("due", "until", "paid"), [("2026-02-01", Q1, 0), ("2026-02-01", Q2, 500), ("signing", Q1, 500)]
)
def test_a_fee_is_paid_once_when_it_is_due(due: str, until: datetime, paid: int) -> None:
    assert total_of(lines({"kind": "fee", "amount": 500, "due": due}, until=until)) == paid


@pytest.mark.parametrize(
    ("clause", "pointer"),
    [
        ({**floor("added"), "period": "life"}, "/clauses/0/period"),
        (floor("often"), "/clauses/0/mode"),
        ({**floor("added"), "goal": "sale"}, "/clauses/0/goal"),
        ({"kind": "fee", "amount": 5, "due": "soon"}, "/clauses/0/due"),
        ({"kind": "fee", "amount": 5}, "/clauses/0/due"),
        ({"kind": "fee", "amount": 5, "due": {"deliverable": "x"}}, "/clauses/0/due/deliverable"),
    ],
)
def test_mistakes_in_floors_and_fees_are_told(clause: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        lines(clause)
    assert [problem.pointer for problem in caught.value.problems] == [pointer]


def test_a_fee_names_its_deliverable_in_either_form_of_an_id() -> None:
    id = UUID("019f607f-8e00-750e-accc-5952abe17e79")
    for text in (str(id), text_id("dlv", id)):
        due = {"kind": "fee", "amount": 5, "due": {"deliverable": text}}
        assert deliverables_in(parse_terms({"clauses": [due]}, currency="USD", goals=None)) == {id: 1}


def test_floors_and_fees_read_as_sentences() -> None:
    clauses = [floor("added"), floor("recoupable"), {"kind": "fee", "amount": 500, "due": "2026-12-31"}]
    body = parse_terms({"clauses": clauses}, currency="USD", goals=None)
    assert sentences(body, "USD") == [
        "$20,000.00 each quarter, added to what sales earn",
        "an advance of $20,000.00 each quarter, which what sales earn pays back, the rest is forgiven at the end",
        "$5.00 once, on December 31, 2026",
    ]


def test_two_advances_are_not_paid_back_out_of_the_same_commission() -> None:
    monthly = {"kind": "floor", "amount": 10_000, "period": "month", "mode": "recoupable"}
    clauses = [monthly, {**monthly, "period": "quarter", "amount": 20_000}]
    found = lines(clauses, (Q1, 15_000), until=Q2)
    assert [line.amount_minor for line in found if line.kind == "recouped"] == [10_000, 5_000]
    assert 15_000 + total_of(found) == 3 * 10_000 + 20_000
