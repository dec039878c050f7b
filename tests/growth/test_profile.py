"""The ideal partner: scores add up from what is known, reach is capped, and the test on known partners is honest."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from hanse.growth.mentions.actions import take_answers
from hanse.growth.mentions.models import Candidate
from hanse.growth.mentions.types import GivenAnswer
from hanse.growth.profile import actions, queries, rules
from hanse.growth.profile.types import CRITERIA, DEFAULT_WEIGHTS, Known, Score, Weighing
from hanse.growth.prospects.actions import add_from_candidate, add_prospect
from hanse.growth.prospects.models import Prospect
from hanse.insight.rollups.models import EnrolmentMonth
from hanse.kernel.errors import Invalid
from tests import make
from tests.cast import Cast, build

NOW, BY = make.NOON, "ruth@harbour.example"
EQUAL = Weighing(dict.fromkeys(CRITERIA, 10), reach_cap=100)


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def test_a_score_is_weight_times_value_over_all_weights() -> None:
    found = rules.score(Weighing({"trust": 3, "fit": 1}), {"trust": Known(8), "fit": Known(4)})
    assert (found.tenths, found.points) == (700, 70)


def test_what_is_not_known_gives_nothing_and_says_so() -> None:
    found = rules.score(EQUAL, {"trust": Known(10)})
    assert found.points == 17
    assert [one.criterion for one in found.reasons if one.known is None] == [one for one in CRITERIA if one != "trust"]


@pytest.mark.parametrize("weight", [1, 5, 50, 100])
def test_reach_never_gives_more_than_its_cap(weight: int) -> None:
    weighing = Weighing(dict.fromkeys(CRITERIA, 10) | {"reach": weight}, reach_cap=10)
    found = rules.score(weighing, {"reach": Known(10)})
    assert found.tenths <= 100
    assert next(one for one in found.reasons if one.criterion == "reach").is_capped is (weight > 5)


def test_reach_alone_cannot_beat_trust() -> None:
    weighing = Weighing(dict.fromkeys(CRITERIA, 10) | {"reach": 100}, reach_cap=5)
    assert rules.score(weighing, {"reach": Known(10)}).tenths < rules.score(weighing, {"trust": Known(10)}).tenths


def test_ties_share_the_mean_of_their_ranks() -> None:
    assert rules.ranks2([50, 70, 50, 10]) == [5, 2, 5, 8]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3, 4, 5], [10, 20, 30, 40, 50], 1.0),
        ([1, 2, 3], [9, 5, 1], -1.0),
        # Hours of television and intelligence, the worked example of many textbooks.
        ([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -29 / 165),
        ([1, 2, 2, 3], [1, 3, 2, 4], 4.5 / (4.5 * 5) ** 0.5),
    ],
)
def test_spearman_gives_the_known_values(one: list[int], other: list[int], expected: float) -> None:
    assert rules.spearman(one, other) == pytest.approx(expected, abs=1e-12)


def test_spearman_says_nothing_where_all_are_alike_or_there_is_one() -> None:
    assert rules.spearman([1, 1, 1], [1, 2, 3]) is None
    assert rules.spearman([1], [1]) is None


def row(name: str, value: int, tenths: int) -> tuple[Any, str, int, Score]:
    return (uuid4(), name, value, Score(tenths, ()))


def test_the_best_tenth_is_shown_with_the_rank_that_the_profile_gives_them() -> None:
    rows = [row("Best", 9_000, 300), row("Second", 8_000, 900), *[row(f"N{n}", n, 400 - n) for n in range(10)]]
    found = rules.back_test(rows)
    assert [(one.name, one.score_rank2 / 2) for one in found.best] == [("Best", 12.0), ("Second", 1.0)]
    assert (found.n, found.found) == (12, 1)


def test_nobody_is_found_by_having_no_score() -> None:
    assert rules.back_test([row(str(n), n, 0) for n in range(5)]).found == 0


def test_mentions_fill_overlap_and_trust_and_a_persons_word_stands_before_them(cast: Cast) -> None:
    given = [GivenAnswer("Paper Moon", NOW, person=str(place)) for place in range(4)]
    take_answers(cast.program, given, now=NOW, by=BY)
    prospect = add_from_candidate(Candidate.objects.get(), now=NOW, by=BY)
    actions.judge(prospect, "trust", value=1, note="Bought followers", now=NOW, by=BY)
    found = {one.criterion: one for one in queries.scores_of(cast.program.pk, [prospect])[prospect.pk].reasons}
    assert found["audience"].known == Known(7, count=4)
    assert found["trust"].known == Known(1, "Bought followers", BY)
    actions.forget_judgement(prospect, "trust", now=NOW, by=BY)
    again = {one.criterion: one for one in queries.scores_of(cast.program.pk, [prospect])[prospect.pk].reasons}
    assert again["trust"].known == Known(5, count=4)


def test_a_former_partners_sales_are_evidence(cast: Cast) -> None:
    EnrolmentMonth.objects.create(
        program_id=cast.program.pk, enrolment_id=cast.anas.pk, month=date(2026, 4, 1), conversions=12, value_minor=900
    )
    prospect = add_prospect(cast.program, name="Ana again", now=NOW, by=BY)
    Prospect.objects.filter(pk=prospect.pk).update(partner=cast.ana)
    prospect.refresh_from_db()
    found = queries.scores_of(cast.program.pk, [prospect])[prospect.pk]
    assert next(one.known for one in found.reasons if one.criterion == "evidence") == Known(6, count=12)


def test_sales_foretell_nothing_in_the_test_on_known_partners(cast: Cast) -> None:
    EnrolmentMonth.objects.create(
        program_id=cast.program.pk, enrolment_id=cast.anas.pk, month=date(2026, 4, 1), conversions=99, value_minor=900
    )
    take_answers(cast.program, [GivenAnswer("Ben", NOW, person="1")], now=NOW, by=BY)
    found = queries.back_test_of(cast.program.pk)
    assert [(one.name, one.value_minor, one.score.tenths) for one in found.best] == [("Ana", 900, 0)]
    assert (found.n, found.known, found.found, found.correlation) == (2, 1, 0, -1.0)


def test_scores_cost_as_many_queries_for_many(cast: Cast, django_assert_max_num_queries: Any) -> None:
    rows = [add_prospect(cast.program, name=f"P{place}", now=NOW, by=BY) for place in range(8)]
    with django_assert_max_num_queries(5):
        queries.scores_of(cast.program.pk, rows)


def test_weights_out_of_bounds_or_all_nothing_are_refused(cast: Cast) -> None:
    for weights in ({"trust": 101}, {"size": 5}, dict.fromkeys(CRITERIA, 0)):
        with pytest.raises(Invalid):
            actions.set_profile(cast.program, weights=weights, reach_cap=10, qualify_at=50, now=NOW, by=BY)
    actions.set_profile(cast.program, weights=DEFAULT_WEIGHTS, reach_cap=7, qualify_at=60, now=NOW, by=BY)
    assert queries.weighing_of(cast.program.pk).reach_cap == 7


def test_a_judgement_needs_a_note_and_a_value_up_to_ten(cast: Cast) -> None:
    prospect = add_prospect(cast.program, name="P", now=NOW, by=BY)
    for value, note in ((11, "x"), (-1, "x"), (5, " ")):
        with pytest.raises(Invalid):
            actions.judge(prospect, "fit", value=value, note=note, now=NOW, by=BY)


def test_every_candidate_has_a_score_and_what_is_said_of_one_holds_in_the_pipeline(cast: Cast) -> None:
    given = [GivenAnswer("Paper Moon", NOW, person=str(place)) for place in range(4)]
    take_answers(cast.program, given, now=NOW, by=BY)
    candidate = Candidate.objects.get()
    from_data = queries.scores_of_candidates(cast.program.pk, [candidate])[candidate.pk]
    assert {one.criterion for one in from_data.reasons if one.known} == {"audience", "trust"}
    actions.judge(candidate, "fit", value=8, note="Same tone", now=NOW, by=BY)
    judged = queries.scores_of_candidates(cast.program.pk, [candidate])[candidate.pk]
    assert judged.tenths == from_data.tenths + 80  # 10 of 100 times 8 of 10
    row = add_from_candidate(candidate, now=NOW, by=BY)
    assert queries.scores_of(cast.program.pk, [row])[row.pk].tenths == judged.tenths
    actions.judge(row, "fit", value=2, note="Met them", now=NOW, by=BY)
    for found in (
        queries.scores_of(cast.program.pk, [row])[row.pk],
        queries.scores_of_candidates(cast.program.pk, [candidate])[candidate.pk],
    ):
        assert found.tenths == from_data.tenths + 20
    assert actions.forget_judgement(candidate, "fit", now=NOW, by=BY)
    assert not actions.forget_judgement(candidate, "fit", now=NOW, by=BY)


def test_the_test_on_known_partners_counts_only_who_named_them_in_this_program(cast: Cast) -> None:
    other = make.program("other")
    make.enrolment(cast.ben, other)
    take_answers(other, [GivenAnswer("Ben", NOW, person=str(place)) for place in range(12)], now=NOW, by=BY)
    assert queries.back_test_of(other.pk).known == 1
    assert queries.back_test_of(cast.program.pk).known == 0
