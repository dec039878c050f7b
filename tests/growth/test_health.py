"""Health: a hundred points in five areas, each explained, never more and never fewer."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.health.actions import keep_scores
from hanse.growth.health.models import Health
from hanse.growth.health.queries import points_of
from hanse.growth.health.rules import AREAS, score_of
from hanse.growth.health.types import Known
from hanse.growth.health.words import area_name, evidence_of, point_name
from hanse.runtime.relations import look_again
from tests import make
from tests.cast import build

PERFECT = Known(
    uuid4(), now_minor=2000, before_minor=1000, program_now_minor=100, program_before_minor=100, is_click_quiet=False,
    is_sale_quiet=False, days_since_click=1, days_since_sale=2, days_since_login=3, clicks_30d=50,
    clicks_60d_before=100, has_link=True, has_terms=True, has_payout_details=True, held_minor=1, days_since_we_spoke=30,
    days_since_they_spoke=0,
)  # fmt: skip


def of_area(known: Known, area: str) -> int:
    return sum(point.points for point in score_of(known).points if point.area == area)


def test_the_areas_weigh_as_the_domain_says() -> None:
    assert AREAS == {"trend": 35, "engagement": 25, "enablement": 15, "pipeline": 15, "relationship": 10}
    assert score_of(PERFECT).total == 100
    assert score_of(Known(uuid4())).total == 0
    for area, most in AREAS.items():
        assert of_area(PERFECT, area) == most
        assert sum(point.of for point in score_of(PERFECT).points if point.area == area) == most


def test_the_trend_is_measured_beside_the_programs_own() -> None:
    half = Known(uuid4(), now_minor=500, before_minor=1000)
    assert of_area(half, "trend") == 18, "half of 35, rounded"
    tide = replace(half, program_now_minor=50, program_before_minor=100)
    assert of_area(tide, "trend") == 35, "everybody fell by half"
    assert of_area(Known(uuid4(), now_minor=1), "trend") == 35, "something where nothing was before"


def test_a_signal_that_never_was_earns_nothing() -> None:
    assert of_area(Known(uuid4(), is_click_quiet=None, is_sale_quiet=True), "engagement") == 0


def test_thirty_days_ago_is_recent_and_thirty_one_is_not() -> None:
    assert of_area(Known(uuid4(), days_since_we_spoke=30), "relationship") == 5
    assert of_area(Known(uuid4(), days_since_we_spoke=31), "relationship") == 0


numbers = st.integers(0, 10**9)


@given(numbers, numbers, numbers, numbers, st.integers(-500, 10**6), st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_a_score_lies_between_nothing_and_a_hundred(a: int, b: int, c: int, d: int, clicks: int, before: int) -> None:
    known = Known(
        uuid4(), now_minor=a - d, before_minor=b, program_now_minor=c, program_before_minor=d, clicks_30d=clicks,
        clicks_60d_before=before,
    )  # fmt: skip
    for point in score_of(known).points:
        assert 0 <= point.points <= point.of


@pytest.mark.parametrize("language", ["en", "pl", "es", "ru", "zh-hant"])
def test_every_point_says_what_it_rests_on(language: str) -> None:
    with translation.override(language):
        for known in (PERFECT, Known(uuid4())):
            for point in score_of(known).points:
                assert area_name(point.area)
                assert point_name(point)
                assert "%(" not in evidence_of(point, "GBP")


@pytest.mark.django_db
def test_a_score_is_stored_once_with_a_point_a_week() -> None:
    cast = build()
    for days in (0, 1, 7, 7):
        look_again(cast.program, make.at(days))
    row = Health.objects.get(enrolment=cast.anas)
    assert [day for day, _score in row.trail] == ["2026-05-16", "2026-05-22"], "Friday and Saturday are one week"
    assert sum(point.points for point in points_of(row)) == row.score


@pytest.mark.django_db
def test_who_left_has_no_health() -> None:
    cast = build()
    look_again(cast.program, make.at())
    make.change_status(cast.anas, "ended", make.at())
    look_again(cast.program, make.at())
    assert list(Health.objects.values_list("enrolment_id", flat=True)) == [cast.bens.id]
    keep_scores(cast.program, [], make.at().date(), make.at())
    assert Health.objects.count() == 1
