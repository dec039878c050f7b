"""Questions and answers: found by words with slips, for whom they are, in the language that is read best."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.growth.faq.actions import Said, archive_entry, keep_entry, restore_entry, vote
from hanse.growth.faq.models import FaqEntry
from hanse.growth.faq.queries import answers_for, entries_of
from hanse.growth.faq.searching import Document, search
from hanse.growth.resources.types import Target
from hanse.kernel.errors import Invalid
from hanse.programs.programs.models import Program
from tests import make
from tests.growth.resources.test_library import reader

NOW: dict[str, Any] = {"now": make.NOON, "by": "ruth@harbour.example"}
TEXTS = [
    Document("paid", "When am I paid?", "Money", "A sale is held for 30 days. Then it goes into the next payout."),
    Document("coupon", "May I share my code on coupon sites?", "Links", "Please do not: those sales are not credited."),
    Document("stories", "How do I show the shop in Stories?", "Content", "The link sticker goes into the lower third."),
    Document("polish", "Kiedy dostanę wypłatę za żółwia?", "Pieniądze", "Po trzydziestu dniach."),
    Document("chinese", "什麼時候可以收到佣金？", "款項", "三十天之後。"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("when paid", "paid"), ("payout", "paid"), ("payot", "paid"), ("coupns", "coupon"), ("share code", "coupon"),
        ("STORYS", "stories"), ("sticker", "stories"), ("zolwia", "polish"), ("wyplate", "polish"), ("佣金", "chinese"),
        ("收到", "chinese"), ("how do i show stories", "stories"), ("credited", "coupon"),
    ],
)  # fmt: skip
def test_answers_are_found_by_words_with_slips_and_without_accents(query: str, first: str) -> None:
    assert search(query, TEXTS)[:1] == [first]


def test_what_nothing_answers_finds_nothing_and_no_query_finds_all() -> None:
    for query in ("tax return", "xyzzy", "paid xyzzy", "💰", "'; DROP TABLE --", "\\", "%"):
        assert search(query, TEXTS[:3]) in ([], ["paid", "coupon", "stories"]), query
    assert search("paid xyzzy", TEXTS) == []
    assert search("", TEXTS) == ["paid", "coupon", "stories", "polish", "chinese"]
    assert len(search("what is it", TEXTS)) <= 5
    assert search("a" * 10_000, TEXTS) == []


@pytest.mark.django_db
class TestForPartners:
    """What one partner finds."""

    @pytest.fixture
    def harbour(self) -> Program:
        return make.program("harbour")

    def kept(self, program: Program, question: str, place: str = "partners", **more: Any) -> FaqEntry:
        target = Target(**more.pop("to", {}))
        return keep_entry(program, place, Said(question, "Answer", "Topic"), target, **more, **NOW)

    def asked(self, enrolment: Any, query: str = "") -> list[str]:
        return [row.question for row in answers_for(enrolment, query)]

    def test_the_playbook_never_shows(self, harbour: Program) -> None:
        self.kept(harbour, "How high may we go?", "team")
        self.kept(harbour, "When?")
        ana = reader(harbour, "Ana")
        assert self.asked(ana) == ["When?"]
        assert self.asked(ana, "how high may we go") == []
        assert self.kept(harbour, "Ours", "team", to={"tiers": ["power"]}).tiers == []

    def test_stories_are_answered_to_instagram_partners_only(self, harbour: Program) -> None:
        self.kept(harbour, "How do I show it in Stories?", to={"channels": ["instagram"]})
        assert self.asked(reader(harbour, "Ina", channels=["Instagram"])) == ["How do I show it in Stories?"]
        assert self.asked(reader(harbour, "Bo", channels=["Blog"]), "stories") == []

    def test_an_answer_found_in_one_language_is_shown_in_the_readers_own(self, harbour: Program) -> None:
        english = self.kept(harbour, "When am I paid?", to={"language": "en"})
        self.kept(harbour, "Kiedy dostanę wypłatę?", to={"language": "pl"}, original=english)
        ola = reader(harbour, "Ola", language="pl")
        assert self.asked(ola) == ["Kiedy dostanę wypłatę?"]
        assert self.asked(ola, "paid") == ["Kiedy dostanę wypłatę?"]
        with pytest.raises(Invalid):
            self.kept(harbour, "Jeszcze raz", to={"language": "pl"}, original=english)

    def test_the_last_vote_counts_and_what_is_put_away_is_gone(self, harbour: Program) -> None:
        entry, ana = self.kept(harbour, "When?"), reader(harbour, "Ana")
        vote(entry, ana, False, now=make.NOON)
        vote(entry, ana, True, now=make.NOON)
        row = entries_of(harbour.pk, "partners").get()
        assert (row.helped, row.heard) == (1, 1)  # type: ignore[attr-defined]  # counted by the query
        archive_entry(entry, **NOW)
        assert self.asked(ana) == []
        restore_entry(entry, **NOW)
        assert self.asked(ana) == ["When?"]

    def test_bad_words_and_readers_are_refused(self, harbour: Program) -> None:
        for said, target in (
            (Said("", "A", "T"), Target()), (Said("Q", "", "T"), Target()), (Said("Q", "A", ""), Target()),
            (Said("Q", "A\u202e", "T"), Target()), (Said("Q", "A", "T"), Target(tiers=["golden"])),
            (Said("Q", "A", "T"), Target(channels=["fax"])),
        ):  # fmt: skip
            with pytest.raises(Invalid):
                keep_entry(harbour, "partners", said, target, **NOW)
        with pytest.raises(Invalid):
            keep_entry(harbour, "everybody", Said("Q", "A", "T"), **NOW)
        assert not FaqEntry.objects.exists()
