"""The page of types and the rules between types."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.demarcation.actions import discard_draft, draft_from, keep_draft, publish_types
from hanse.growth.demarcation.models import TypesPage, TypeSuggestion
from hanse.growth.demarcation.queries import draft, open_suggestions, page_now, published_versions
from hanse.growth.demarcation.rules import difference, page_json, read_page
from hanse.growth.demarcation.suggesting import (
    accept_suggestion,
    decline_suggestion,
    keep_type_rule,
    remove_type_rule,
    suggest_types,
)
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.errors import Invalid, Refused
from hanse.people.partners.actions import change_partner, save_partner_type
from hanse.people.partners.models import PartnerType
from tests import make
from tests.cast import Cast, build
from tests.make import at

pytestmark = pytest.mark.django_db
BY = "ruth@harbour.example"
TEN_SALES = {"field": "figures.conversions_90d", "op": "gte", "value": 10}


@pytest.fixture
def cast() -> Cast:
    cast = build()
    for slug, name in (("affiliate", "Affiliate"), ("ambassador", "Ambassador"), ("agency", "Agency")):
        save_partner_type(slug=slug, name=name, description=f"{name}: what it is", now=at(), by=BY)
    PartnerType.objects.exclude(slug__in=("affiliate", "ambassador", "agency")).delete()
    return cast


def _page(*slugs: str, **changes: Any) -> dict[str, Any]:
    return {
        "intro": "Who is what.",
        "types": [
            {"slug": slug, "name": slug.title(), "is": "It is this.", "owes": "That.", "gets": "Those.", "excludes": []}
            | changes.get(slug, {})
            for slug in slugs
        ],
    }  # fmt: skip


def _publish(*slugs: str, note: str = "First words", days: float = 0, **changes: Any) -> TypesPage:
    keep_draft(_page(*slugs, **changes), now=at(days), by=BY)
    return publish_types(note=note, now=at(days), by=BY)


def _sales(cast: Cast, count: int, enrolment: Any = None) -> None:
    EnrolmentDay.objects.create(
        program_id=cast.program.pk, enrolment_id=(enrolment or cast.anas).pk, day=at(-3).date(), conversions=count,
        value_minor=count * 1000,
    )  # fmt: skip


def test_before_anybody_publishes_the_page_tells_what_the_types_usually_are(cast: Cast) -> None:
    page = page_now()
    assert [one.slug for one in page.types] == ["affiliate", "agency", "ambassador"]
    assert all(one.owes and one.gets for one in page.types)


def test_a_draft_is_not_public_until_it_is_published_with_a_note(cast: Cast) -> None:
    keep_draft(_page("affiliate", "ambassador", "agency"), now=at(), by=BY)
    assert not published_versions().exists()
    with pytest.raises(Invalid):
        publish_types(note=" ", now=at(), by=BY)
    row = publish_types(note="First words", now=at(), by=BY)
    assert (row.number, row.note, draft()) == (1, "First words", None)
    assert page_now().intro == "Who is what."


def test_old_versions_stay_readable_and_differences_are_told(cast: Cast) -> None:
    _publish("affiliate", "ambassador", "agency")
    _publish("affiliate", "friend", "ambassador", days=1, affiliate={"owes": "More."})
    second, first = published_versions()
    changed = difference(read_page(first.body), read_page(second.body))
    assert (changed.added, changed.dropped, changed.changed) == (["Friend"], ["Agency"], ["Affiliate"])
    assert read_page(first.body).types[0].owes == "That."
    assert set(PartnerType.objects.values_list("slug", flat=True)) == {"affiliate", "friend", "ambassador"}


def test_a_type_that_somebody_is_cannot_be_left_out(cast: Cast) -> None:
    keep_draft(_page("ambassador", "agency"), now=at(), by=BY)
    with pytest.raises(Refused, match="2 partners"):
        publish_types(note="Without affiliates", now=at(), by=BY)


def test_the_same_words_are_not_published_twice(cast: Cast) -> None:
    _publish("affiliate", "ambassador", "agency")
    draft_from(None, now=at(1), by=BY)
    with pytest.raises(Refused, match="same"):
        publish_types(note="Again", now=at(1), by=BY)
    assert discard_draft(now=at(1), by=BY)
    assert draft() is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/types"),
        ({"types": []}, "/types"),
        ({"types": ["x"]}, "/types/0"),
        (_page("a", "a"), "/types/1/slug"),
        (_page("a", a={"is": ""}), "/types/0/is"),
        (_page("a", a={"excludes": ["b"]}), "/types/0/excludes/0"),
        (_page("a", a={"excludes": ["a"]}), "/types/0/excludes/0"),
        (_page("a", a={"name": 7}), "/types/0/name"),
        (_page("a", a={"script": "x"}), "/types/0/script"),
        (_page("Not a key"), "/types/0/slug"),
    ],
)
def test_what_cannot_stand_on_the_page_is_refused_with_its_place(body: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_page(body)
    assert pointer in [problem.pointer for problem in refused.value.problems]


def test_a_page_reads_back_as_it_was_written() -> None:
    body = _page("a", "b", a={"excludes": ["b"]})
    assert page_json(read_page(body)) == body


def test_nobody_is_two_types_that_exclude_each_other(cast: Cast) -> None:
    _publish("affiliate", "ambassador", "agency", agency={"excludes": ["affiliate"]})
    with pytest.raises(Invalid, match="at once"):
        change_partner(cast.ana, types=["affiliate", "agency"], now=at(), by=BY)
    change_partner(cast.ana, types=["affiliate", "ambassador"], now=at(), by=BY)
    assert cast.ana.types == ["affiliate", "ambassador"]


def test_a_rule_suggests_with_the_numbers_that_it_saw(cast: Cast) -> None:
    keep_type_rule(cast.program, name="Sells much", adds="ambassador", condition=TEN_SALES, now=at(), by=BY)
    _sales(cast, 12)
    _sales(cast, 3, cast.bens)
    assert suggest_types(cast.program, at()) == 1
    assert suggest_types(cast.program, at(hours=1)) == 0
    (one,) = open_suggestions(cast.program.pk)
    assert one.partner == cast.ana
    assert one.evidence == [{"field": "figures.conversions_90d", "op": "gte", "wanted": 10, "found": 12}]


def test_accepting_changes_the_partners_types(cast: Cast) -> None:
    keep_type_rule(
        cast.program, name="Grows up", adds="ambassador", drops="affiliate", condition=TEN_SALES, now=at(), by=BY
    )  # fmt: skip
    _sales(cast, 12)
    suggest_types(cast.program, at())
    (one,) = open_suggestions(cast.program.pk)
    assert accept_suggestion(one, now=at(1), by=BY).types == ["ambassador"]
    assert one.state == "accepted"
    assert suggest_types(cast.program, at(2)) == 0
    with pytest.raises(Refused):
        decline_suggestion(one, reason="Too late", now=at(2), by=BY)


def test_declining_needs_a_reason_and_rests_for_ninety_days(cast: Cast) -> None:
    keep_type_rule(cast.program, name="Sells much", adds="ambassador", condition=TEN_SALES, now=at(), by=BY)
    _sales(cast, 12)
    suggest_types(cast.program, at())
    (one,) = open_suggestions(cast.program.pk)
    with pytest.raises(Invalid):
        decline_suggestion(one, reason="", now=at(), by=BY)
    decline_suggestion(one, reason="She asked not to be one.", now=at(), by=BY)
    assert suggest_types(cast.program, at(80)) == 0
    assert suggest_types(cast.program, at(86)) == 0
    _sales_again = EnrolmentDay.objects.update(day=at(88).date())
    assert _sales_again
    assert suggest_types(cast.program, at(91)) == 1


def test_a_suggestion_lapses_when_its_numbers_no_longer_hold(cast: Cast) -> None:
    rule = keep_type_rule(cast.program, name="Sells much", adds="ambassador", condition=TEN_SALES, now=at(), by=BY)
    _sales(cast, 12)
    suggest_types(cast.program, at())
    EnrolmentDay.objects.update(conversions=2)
    suggest_types(cast.program, at(1))
    assert TypeSuggestion.objects.get().state == "lapsed"
    EnrolmentDay.objects.update(conversions=20)
    assert suggest_types(cast.program, at(2)) == 1
    remove_type_rule(rule, now=at(3), by=BY)
    assert not open_suggestions(cast.program.pk).exists()


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"adds": "", "drops": ""}, "/adds"),
        ({"adds": "wizard"}, "/adds"),
        ({"adds": "agency", "drops": "agency"}, "/drops"),
        ({"adds": "agency", "condition": {"field": "partner.email", "op": "eq", "value": "x"}}, "/condition/field"),
        ({"adds": "agency", "condition": None}, "/condition"),
        ({"adds": "agency", "name": ""}, "/name"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(cast: Cast, said: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        keep_type_rule(cast.program, **({"name": "Rule", "condition": TEN_SALES} | said), now=at(), by=BY)
    assert pointer in [problem.pointer for problem in refused.value.problems]


def test_nothing_is_suggested_that_could_not_be_accepted(cast: Cast) -> None:
    _publish("affiliate", "ambassador", "agency", agency={"excludes": ["affiliate"]})
    _sales(cast, 12)
    rule = {"condition": TEN_SALES, "now": at(), "by": BY}
    keep_type_rule(cast.program, name="Also an agency", adds="agency", **rule)
    assert suggest_types(cast.program, at()) == 0
    keep_type_rule(cast.program, name="An agency now", adds="agency", drops="affiliate", **rule)
    assert suggest_types(cast.program, at()) == 1


def test_many_partners_cost_no_more_queries(cast: Cast) -> None:
    keep_type_rule(cast.program, name="Sells much", adds="ambassador", condition=TEN_SALES, now=at(), by=BY)
    _sales(cast, 12)
    with CaptureQueriesContext(connection) as few:
        suggest_types(cast.program, at())
    for number in range(12):
        _sales(cast, 12, make.enrolment(make.partner(f"Eve {number}"), cast.program))
    with CaptureQueriesContext(connection) as many:
        suggest_types(cast.program, at(1))
    assert len(many) <= len(few) + 1
