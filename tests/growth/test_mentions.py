"""Mentions: answers are taken once, whole or not at all, and a person's decisions stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from hanse.bridges.files.answers import read_answers
from hanse.growth.mentions.actions import (
    dismiss_candidate,
    lay_over_partners,
    match_partner,
    merge_candidates,
    name_in_answer,
    split_spelling,
    take_answers,
)
from hanse.growth.mentions.models import Answer, Candidate, Mention
from hanse.growth.mentions.queries import candidates_of, never_named, spellings_of, suggested_merges, unclear_answers
from hanse.growth.mentions.types import GivenAnswer
from hanse.growth.profile.actions import judge
from hanse.growth.profile.models import Judgement
from hanse.growth.prospects.actions import add_from_candidate
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.programs.models import Program
from tests import make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
BY = "ruth@hanse.example"


def said(*texts: str, days_ago: int = 1) -> list[GivenAnswer]:
    at = NOW - timedelta(days=days_ago)
    return [GivenAnswer(text, at, person=f"c{number}") for number, text in enumerate(texts)]


def take(program: Program, *texts: str, days_ago: int = 1) -> None:
    take_answers(program, said(*texts, days_ago=days_ago), now=NOW, by=BY)


def named(program: Program) -> dict[str, tuple[int, int]]:
    return {row.name: (row.times, row.people) for row in candidates_of(program.pk, NOW)}


def candidate(program: Program, name: str) -> Candidate:
    return Candidate.objects.get(program=program, name=name)


@pytest.fixture
def program() -> Program:
    return make.program()


def test_spellings_of_one_name_become_one_candidate_with_people_counted_once(program: Program) -> None:
    take(program, "Slow Kitchen", "slow kitchen podcast, Nina's Nest", "@slowkitchen", "none")
    take_answers(program, [GivenAnswer("Slow  Kitchen!", NOW, question="other", person="c0")], now=NOW, by=BY)
    assert named(program) == {"Slow Kitchen": (4, 3), "Nina's Nest": (1, 1)}


def test_the_same_answers_again_change_nothing(program: Program) -> None:
    first = take_answers(program, said("Slow Kitchen", "Paper Moon"), now=NOW, by=BY)
    second = take_answers(program, said("Slow Kitchen", "Paper Moon"), now=NOW + timedelta(days=3), by=BY)
    assert (first.new, first.known, second.new, second.known) == (2, 0, 0, 2)
    assert Mention.objects.count() == 2


def test_what_was_merged_stays_together_in_later_imports(program: Program) -> None:
    take(program, "Treehouse", "Team Treehouse")
    merge_candidates(candidate(program, "Treehouse"), [candidate(program, "Team Treehouse")], now=NOW, by=BY)
    take(program, "team treehouse", "treehouse", days_ago=0)
    assert named(program) == {"Treehouse": (4, 2)}


def test_a_merge_keeps_the_prospect_and_what_people_judged(program: Program) -> None:
    take(program, "Developer Tea", "The Tea Dev", "The Tea Dev")
    into, gone = candidate(program, "Developer Tea"), candidate(program, "The Tea Dev")
    prospect = add_from_candidate(gone, now=NOW, by=BY)
    judge(gone, "trust", value=9, note="Known to us", now=NOW, by=BY)
    judge(gone, "fit", value=2, note="Hm", now=NOW, by=BY)
    judge(into, "fit", value=8, note="Good", now=NOW, by=BY)
    merge_candidates(into, [gone], now=NOW, by=BY)
    prospect.refresh_from_db()
    assert prospect.candidate_id == into.pk
    found = Judgement.objects.filter(candidate=into).values_list("criterion", "value")
    assert dict(found) == {"trust": 9, "fit": 8}


def test_what_was_split_stays_apart_in_later_imports(program: Program) -> None:
    take(program, "Ruby Rogues", "Ruby Rogues", "Ruby Rouges")
    assert named(program) == {"Ruby Rogues": (3, 3)}
    split_spelling(candidate(program, "Ruby Rogues"), "rubyrouges", now=NOW, by=BY)
    take(program, "ruby rouges", days_ago=0)
    assert named(program) == {"Ruby Rogues": (2, 2), "Ruby Rouges": (2, 2)}


def test_splitting_off_the_leading_spelling_leaves_the_others_together(program: Program) -> None:
    take(program, "Ruby Rogues", "Ruby Rogues", "Ruby Rouges")
    split_spelling(candidate(program, "Ruby Rogues"), "rubyrogues", now=NOW, by=BY)
    assert named(program) == {"Ruby Rogues": (2, 2), "Ruby Rouges": (1, 1)}


def test_the_only_spelling_cannot_be_split_off(program: Program) -> None:
    take(program, "Paper Moon")
    with pytest.raises(Refused):
        split_spelling(candidate(program, "Paper Moon"), "papermoon", now=NOW, by=BY)


def test_pairs_that_may_be_one_are_offered_until_somebody_decided(program: Program) -> None:
    take(program, "Treehouse", "Team Treehouse")
    assert [(one.name, other.name) for one, other in suggested_merges(program.pk)] == [("Treehouse", "Team Treehouse")]
    merge_candidates(candidate(program, "Treehouse"), [candidate(program, "Team Treehouse")], now=NOW, by=BY)
    assert suggested_merges(program.pk) == []


def test_an_unclear_answer_waits_for_a_person_who_reads_it(program: Program) -> None:
    take(program, "the lady on our market who sells those lovely candles")
    answer = unclear_answers(program.pk).get()
    assert name_in_answer(answer, ["Candle Lane"], now=NOW) == 1
    assert not unclear_answers(program.pk).exists()
    assert named(program) == {"Candle Lane": (1, 1)}


def test_an_answer_that_a_person_read_as_nobody_names_nobody(program: Program) -> None:
    take(program, "well I would have to think about that for quite some time")
    name_in_answer(unclear_answers(program.pk).get(), [], now=NOW)
    assert Answer.objects.get().status == Answer.Status.NOBODY


def test_candidates_who_are_partners_are_known_by_any_of_their_names(program: Program) -> None:
    partner = make.partner(name="Helen Moon", website="https://www.papermoon.example")
    make.enrolment(partner, program)
    quiet = make.enrolment(make.partner(name="Quiet One"), program).partner
    take(program, "Paper Moon", "Slow Kitchen")
    assert candidate(program, "Paper Moon").partner == partner
    assert candidate(program, "Slow Kitchen").partner is None
    assert list(never_named(program.pk)) == [quiet]


def test_a_persons_word_about_who_is_who_is_kept(program: Program) -> None:
    make.enrolment(make.partner(name="Paper Moon"), program)
    take(program, "Paper Moon")
    match_partner(candidate(program, "Paper Moon"), None, now=NOW, by=BY)
    lay_over_partners(program)
    assert candidate(program, "Paper Moon").partner is None


def test_a_dismissed_candidate_stays_dismissed_when_named_again(program: Program) -> None:
    take(program, "Paper Moon")
    dismiss_candidate(candidate(program, "Paper Moon"), reason="A rival", now=NOW, by=BY)
    take(program, "paper moon", days_ago=0)
    assert candidate(program, "Paper Moon").dismissed_why == "A rival"


def test_spellings_are_shown_with_the_way_most_people_write_them(program: Program) -> None:
    take(program, "Ruby Rogues", "RubyRogues", "Ruby Rogues", "Ruby Rouges")
    found = spellings_of(candidate(program, "Ruby Rogues").pk)
    assert found == [("rubyrogues", "Ruby Rogues", 3), ("rubyrouges", "Ruby Rouges", 1)]


def test_taking_answers_costs_as_many_queries_for_many_as_for_few(
    program: Program, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(12):
        take(program, *(f"shop number{number:04}x" for number in range(500)))


def test_a_file_gives_answers_and_the_rows_that_are_none_with_the_reason() -> None:
    body = (
        "Respondent;Response;Date;Source\nr1;Slow Kitchen;2026-05-01;\nr2;Paper Moon;yesterday;\nr3;Nina;2027-01-01;\n"
    )
    body += "\nr5;Helen;01.05.2026;tv\nanna@x.example;Nina;2026-05-02 10:00;support\nr7;" + "x" * 2001 + ";;\n"
    found = read_answers(body.encode("cp1252"), now=NOW, zone="Europe/London")
    assert [(one.text, one.source) for one in found.answers] == [("Slow Kitchen", "survey"), ("Nina", "support")]
    assert found.answers[0].named_at == datetime(2026, 4, 30, 23, tzinfo=UTC)
    assert "@" not in found.answers[1].person
    assert [row.row for row in found.refused] == [2, 3, 5, 7]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "no_column"), (b"who,where\x00\n", "not_text"), (b"colour,size\nred,2\n", "no_column"),
     (b"answer\n" + b"x" * 10_000_001, "too_large"), (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text")],
)  # fmt: skip
def test_a_file_that_holds_no_answers_is_refused_whole(body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_answers(body, now=NOW, zone="UTC")
    assert refused.value.problems[0].code == code


def test_files_of_other_writings_are_read() -> None:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        found = read_answers("answer\nCafé Zürich\n".encode(encoding), now=NOW, zone="UTC")
        assert [one.text for one in found.answers] == ["Café Zürich"]


@pytest.mark.parametrize("date", ["0001-01-01", "0001-01-01 00:00:00", "9999-12-31T23:59:59-05:00"])
def test_a_date_at_the_edge_of_the_calendar_is_refused_at_its_row(date: str) -> None:
    """Other systems write the first day there is for "no date"."""
    body = f"answer,date\nPaper Moon,{date}\nBlue Note,2026-05-01\n".encode()
    read = read_answers(body, now=NOW, zone="Europe/Berlin")
    assert [one.row for one in read.refused] == [1]
    assert [one.text for one in read.answers] == ["Blue Note"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_customers_who_name_the_same_new_one_at_once_are_all_heard() -> None:
    with transaction.atomic():
        program = make.program()

    def answer(place: int) -> None:
        try:
            with transaction.atomic():
                given = GivenAnswer("Paper Moon, Blue Note", NOW, person=f"c{place}")
                take_answers(program, [given], now=NOW, by="survey page")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(answer, range(6)))
    assert Answer.objects.count() == 6
    assert Candidate.objects.count() == 2


@pytest.mark.parametrize("column", ["question", "person"])
def test_what_no_database_keeps_is_refused_at_its_row_in_every_column(column: str) -> None:
    filler = "Blue Note,\n" * 500  # what lies deep in a file is not seen by a look at its beginning
    body = f"answer,{column}\n{filler}Paper Moon,a\x00b\n".encode()
    read = read_answers(body, now=NOW, zone="Europe/London")
    assert [one.row for one in read.refused] == [501]
