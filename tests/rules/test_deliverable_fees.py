"""Fees for deliverables: due with the acceptance, once, under the terms that promised them; tried without storing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import text_id
from hanse.money.pricing.preview import preview
from hanse.money.pricing.types import Earner
from hanse.money.promises.rules import promised_lines, total_of
from hanse.money.promises.types import Accepted, Facts, PeriodLine, Pool, Stay
from hanse.programs.terms.types import DatedTerms
from tests.rules.sales import ROOT, terms

WORK, OTHER = uuid5(ROOT, "work"), uuid5(ROOT, "other work")
TEN = {"kind": "percent", "rate": "10%"}
JANUARY, FEBRUARY, MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 6))


def fee(amount: int, work: UUID = WORK) -> dict[str, Any]:
    return {"kind": "fee", "amount": amount, "due": {"deliverable": text_id("dlv", work)}}


def promised(
    versions: list[DatedTerms], until: datetime, accepted: dict[UUID, datetime], stay: Stay | None = None
) -> list[PeriodLine]:
    def version_at(at: datetime) -> DatedTerms | None:
        rows = [row for row in versions if row.in_force(at)]
        return max(rows, key=lambda row: (row.enrolment_id is not None, row.starts_at, row.number), default=None)

    earner = Earner(uuid5(ROOT, "e"), "UTC", JANUARY, version_at, tuple(versions))
    facts = Facts(
        stay or Stay("UTC", ((JANUARY, None),)), Pool(()), {},
        accepted={id: Accepted(at, "A film") for id, at in accepted.items()},
    )  # fmt: skip
    return promised_lines(earner, facts, lambda _span: (JANUARY, until), until, ahead=True)


def short(lines: list[PeriodLine]) -> list[tuple[str, datetime, int]]:
    return [(line.kind, line.starts_at, line.amount_minor) for line in lines]


def test_a_fee_is_due_when_its_deliverable_is_accepted_and_names_it() -> None:
    versions = [terms(fee(700), TEN)]
    assert promised(versions, APRIL, {}) == []
    assert promised(versions, APRIL, {OTHER: MARCH}) == []
    assert promised(versions, FEBRUARY, {WORK: MARCH}) == []
    (line,) = promised(versions, APRIL, {WORK: MARCH})
    assert (line.kind, line.starts_at, line.ends_at, line.amount_minor, line.note) == (
        "fee", MARCH, MARCH, 700, "A film",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "versions", "accepted_at", "found"),
    [
        ("terms that promise it later pay it when they begin",
         [terms(TEN), terms(fee(700), starts_at=MARCH, number=2)], FEBRUARY, [(MARCH, 700)]),
        ("a later version that repeats it with another sum pays that sum",
         [terms(fee(700)), terms(fee(900), starts_at=FEBRUARY, number=2)], MARCH, [(MARCH, 900)]),
        ("accepted before the later version, the first one's sum stands",
         [terms(fee(700)), terms(fee(900), starts_at=APRIL, number=2)], MARCH, [(MARCH, 700)]),
        ("terms that were replaced by others without it promise it no more",
         [terms(fee(700)), terms(TEN, starts_at=FEBRUARY, number=2)], MARCH, []),
        ("terms that ended by themselves still pay work that was agreed under them",
         [terms(TEN), terms(fee(700), starts_at=FEBRUARY, ends_at=MARCH, number=2)], APRIL, [(APRIL, 700)]),
        ("also when other terms begin at the very moment of that end",
         [terms(fee(700), ends_at=MARCH), terms(TEN, starts_at=MARCH, number=2)], APRIL, [(APRIL, 700)]),
        ("a version that returns by itself pays what it says when another named it too",
         [terms(fee(700)), terms(fee(900), starts_at=FEBRUARY, ends_at=APRIL, number=2)], MARCH, [(MARCH, 900)]),
    ],
)  # fmt: skip
def test_which_version_pays_for_accepted_work(
    name: str, versions: list[DatedTerms], accepted_at: datetime, found: list[tuple[datetime, int]]
) -> None:
    lines = promised(versions, MAY, {WORK: accepted_at})
    assert [(line.starts_at, line.amount_minor) for line in lines] == found, name


def test_one_acceptance_pays_once_though_terms_of_two_scopes_name_it() -> None:
    own = terms(fee(900), starts_at=FEBRUARY, ends_at=APRIL, number=1, enrolment=uuid5(ROOT, "e"))
    assert short(promised([terms(fee(700)), own], MAY, {WORK: MARCH})) == [("fee", MARCH, 900)]


def test_two_clauses_of_one_version_for_one_deliverable_both_pay() -> None:
    assert [line.amount_minor for line in promised([terms(fee(700), fee(50))], MAY, {WORK: MARCH})] == [700, 50]


def test_who_has_left_is_paid_for_work_that_was_promised_before_and_nobody_for_work_promised_after() -> None:
    gone = Stay("UTC", ((JANUARY, FEBRUARY),))
    assert short(promised([terms(fee(700))], MAY, {WORK: MARCH}, gone)) == [("fee", MARCH, 700)]
    assert promised([terms(TEN), terms(fee(700), starts_at=MARCH, number=2)], MAY, {WORK: APRIL}, gone) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 100), st.sampled_from([None, 100, 200, 300]), st.sampled_from([None, 10, 40]), st.booleans()
        ),
        min_size=1, max_size=6,
    ),
    st.integers(0, 120), st.integers(0, 200), st.randoms(use_true_random=False),
)  # fmt: skip
def test_whatever_terms_follow_each_other_one_acceptance_is_paid_at_most_once_and_in_no_order_else(
    drawn: list[tuple[int, int | None, int | None, bool]], accepted_day: int, until_day: int, random: Any
) -> None:
    versions = []
    for number, (day, amount, lasts, own) in enumerate(drawn, 1):
        starts_at = JANUARY + timedelta(days=day)
        ends_at = starts_at + timedelta(days=lasts) if lasts else None
        clauses = [fee(amount), TEN] if amount else [TEN]
        enrolment = uuid5(ROOT, "e") if own else None
        versions.append(terms(*clauses, starts_at=starts_at, ends_at=ends_at, number=number, enrolment=enrolment))
    accepted_at, until = JANUARY + timedelta(days=accepted_day), JANUARY + timedelta(days=until_day)
    lines = promised(versions, until, {WORK: accepted_at})
    assert len(lines) <= 1
    assert total_of(lines) in {0, *(amount for _day, amount, _lasts, _own in drawn if amount)}
    assert all(accepted_at <= line.starts_at <= until for line in lines)
    in_force = max(
        (row for row in versions if row.in_force(accepted_at)),
        key=lambda row: (row.enrolment_id is not None, row.starts_at, row.number), default=None,
    )  # fmt: skip
    if in_force is not None and in_force.body.clauses[0].scope and drawn[in_force.number - 1][1]:
        expected = [drawn[in_force.number - 1][1]] if accepted_at <= until else []
        assert [line.amount_minor for line in lines] == expected
    mixed = list(versions)
    random.shuffle(mixed)
    assert short(promised(mixed, until, {WORK: accepted_at})) == short(lines)


def test_a_dry_run_takes_accepted_deliverables_as_given() -> None:
    asked = {"terms": {"clauses": [fee(5), TEN]}, "conversions": [], "until": "2026-05-01T00:00:00Z"}
    nothing = preview(asked)
    assert (nothing["periods"], nothing["total"]) == ([], 0)
    work = [{"id": str(WORK), "accepted_at": "2026-04-02"}, {"id": str(OTHER), "accepted_at": "2026-04-03"}]
    found = preview({**asked, "deliverables": work})
    (line,) = found["periods"]
    assert (line["kind"], line["clause"], line["from"][:10], line["amount"], found["total"]) == (
        "fee", 1, "2026-04-02", 5, 5,
    )  # fmt: skip
    assert preview({**asked, "until": "2026-04-01", "deliverables": work})["total"] == 0


@pytest.mark.parametrize(
    ("given_work", "pointer"),
    [
        ([{"id": "x", "accepted_at": "2026-04-02"}], "/deliverables/0/id"),
        ([{"id": str(WORK)}], "/deliverables/0/accepted_at"),
        ([{"id": str(WORK), "accepted_at": "soon"}], "/deliverables/0/accepted_at"),
        ([{"accepted_at": "2026-04-02"}], "/deliverables/0/id"),
        ([{"id": str(WORK), "accepted_at": "2026-04-02"}] * 2, "/deliverables/1/id"),
        ([{"id": str(WORK), "accepted_at": "2026-04-02", "fee": 5}], "/deliverables/0/fee"),
        ("dlv", "/deliverables"),
    ],
)  # fmt: skip
def test_mistakes_about_accepted_work_are_told(given_work: object, pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        preview({"terms": {"clauses": [TEN]}, "deliverables": given_work})
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
