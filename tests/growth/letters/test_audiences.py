"""Audiences: whom a condition means, asked at the moment of sending, in a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.audiences.actions import archive_audience, keep_audience
from hanse.growth.audiences.fields import FIELDS
from hanse.growth.audiences.queries import audience_by_id, meant_by, members_of, read_condition
from hanse.growth.audiences.rows import rows_for
from hanse.growth.audiences.words import field_names, sentence_of
from hanse.growth.health.models import Health
from hanse.growth.silence.models import Silence
from hanse.insight.facts.models import PartnerFact
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark
from hanse.kernel.errors import Invalid, NotFound
from hanse.programs.tiers.models import Tier
from tests import make
from tests.cast import Cast, build

NOW = make.at(60)
DAY = NOW.date()


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def meant(cast: Cast, condition: Any) -> set[str]:
    ids = members_of(cast.program.pk, read_condition(condition), NOW)
    return {name for name, row in (("ana", cast.anas), ("ben", cast.bens)) if row.pk in ids}


def test_every_field_finds_what_is_known_of_a_partner(cast: Cast) -> None:
    cast.ana.country, cast.ana.tags, cast.ana.language = "PL", ["gifts"], "pl"
    cast.ana.save()
    EnrolmentDay.objects.create(
        program_id=cast.program.pk, enrolment_id=cast.anas.pk, day=DAY - timedelta(days=3), clicks=12, conversions=2,
        value_minor=10_000, refunded_minor=1_000,
    )  # fmt: skip
    EnrolmentMark.objects.create(
        program_id=cast.program.pk, enrolment_id=cast.anas.pk, first_sale=DAY - timedelta(days=3),
        last_sale=DAY - timedelta(days=3),
    )  # fmt: skip
    PartnerFact.objects.create(
        program_id=cast.program.pk, enrolment_id=cast.anas.pk, kind="best_product", period_from=DAY, period_to=DAY,
        n=12, found_on=DAY,
    )  # fmt: skip
    Silence.objects.create(
        enrolment=cast.anas, program=cast.program, cause="link_cold", since=DAY - timedelta(days=5), found_on=DAY
    )
    Health.objects.create(enrolment=cast.anas, program=cast.program, score=42, found_on=DAY)
    for field, op, value in (
        ("partner.country", "eq", "PL"), ("partner.tags", "in", ["gifts", "x"]),
        ("partner.types", "contains", "affiliate"),
        ("partner.language", "starts_with", "p"), ("enrolment.tier", "eq", "new"), ("figures.clicks_7d", "gte", 12),
        ("figures.value_30d_minor", "eq", 9_000), ("figures.days_since_sale", "lt", 4),
        ("rates.value_per_sale_90d_minor", "eq", 4_500), ("facts.best_product", "gte", 10),
        ("silence.cause", "eq", "link_cold"),
        ("silence.days", "eq", 5), ("health.score", "lt", 50), ("events.first_sale", "eq", 3),
        ("events.link_made", "gt", 0), ("events.enrolled", "gt", 0),
    ):  # fmt: skip
        found = meant(cast, {"field": field, "op": op, "value": value})
        assert "ana" in found, field
    assert meant(cast, {"field": "facts.best_product", "op": "exists"}) == {"ana"}
    assert meant(cast, {"field": "silence.cause", "op": "exists", "value": False}) == {"ben"}


def test_a_share_of_nothing_is_absent_and_no_condition_about_it_holds(cast: Cast) -> None:
    for op in ("gte", "lte", "eq", "ne"):
        assert meant(cast, {"field": "rates.refunds_90d_ppm", "op": op, "value": 0}) == set()
    assert meant(cast, {"field": "rates.refunds_90d_ppm", "op": "exists", "value": False}) == {"ana", "ben"}


def test_only_active_partners_are_meant_unless_a_status_is_asked_for(cast: Cast) -> None:
    make.change_status(cast.anas, "paused", NOW)
    test = make.enrolment(make.partner("Tess"), cast.program, is_test=True)
    assert meant(cast, None) == {"ben"}
    assert meant(cast, {"field": "enrolment.status", "op": "eq", "value": "paused"}) == {"ana"}
    assert test.pk not in members_of(cast.program.pk, None, NOW)
    cast.ben.archived_at = NOW
    cast.ben.save()
    assert meant(cast, None) == set()


def test_an_audience_is_asked_again_at_every_send(cast: Cast) -> None:
    row = keep_audience(
        cast.program, name="Power", condition={"field": "enrolment.tier", "op": "eq", "value": "power"}, now=NOW, by="t"
    )
    assert meant(cast, row.condition) == set()
    cast.anas.tier = Tier.objects.get(program=cast.program, key="power")
    cast.anas.save()
    assert meant(cast, row.condition) == {"ana"}


@pytest.mark.parametrize(
    ("condition", "pointer"),
    [
        ({"field": "figures.value_90d_minor / 0", "op": "gt", "value": 1}, "/condition/field"),
        ({"all": [{"field": "figures.clicks_7d", "op": "gt", "value": "many"}]}, "/condition/all/0/value"),
        ({"all": []}, "/condition/all"),
        ({"field": "partner.email", "op": "eq", "value": "x"}, "/condition/field"),
        ({"field": "partner.country", "op": "gt", "value": "GB"}, "/condition/op"),
        ("everybody", "/condition"),
        ({"all": [{"any": [{"all": [{"any": [{"field": "health.score", "op": "exists"}]}]}]}]}, "/condition/all/0"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_asked_is_refused_with_its_place(cast: Cast, condition: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        keep_audience(cast.program, name="Odd", condition=condition, now=NOW, by="t")
    assert any(problem.pointer.startswith(pointer) for problem in refused.value.problems)


def test_a_name_is_taken_once_until_it_is_put_away_and_programs_do_not_meet(cast: Cast) -> None:
    row = keep_audience(cast.program, name="All", condition=None, now=NOW, by="t")
    with pytest.raises(Invalid):
        keep_audience(cast.program, name="All", condition=None, now=NOW, by="t")
    other = make.program("orchard")
    keep_audience(other, name="All", condition=None, now=NOW, by="t")
    with pytest.raises(NotFound):
        audience_by_id(other.pk, row.pk)
    archive_audience(row, now=NOW, by="t")
    keep_audience(cast.program, name="All", condition=None, now=NOW, by="t")


def test_rows_of_many_take_no_more_queries_than_of_few(cast: Cast) -> None:
    ids = [make.enrolment(make.partner(f"P{number}"), cast.program).pk for number in range(12)]

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert set(rows_for(cast.program.pk, ids[:count], NOW)) == set(ids[:count])
        return len(caught)

    assert queries(1) == queries(12) <= 26
    with CaptureQueriesContext(connection) as caught:
        rows_for(cast.program.pk, ids, NOW, {"partner.country"})
    assert len(caught) == 2
    assert set(rows_for(cast.program.pk, None, NOW)) >= set(ids)


def test_a_sample_is_spread_and_the_count_is_whole(cast: Cast) -> None:
    for number in range(20):
        make.enrolment(make.partner(f"P{number}"), cast.program)
    found = meant_by(cast.program.pk, None, NOW, 5)
    assert (found.count, found.of, len(found.sample)) == (22, 22, 5)


def test_every_field_has_words(cast: Cast) -> None:
    assert {field for field in FIELDS if not field.endswith("*")} <= set(field_names())
    words = sentence_of(read_condition({"any": [
        {"field": "figures.value_90d_minor", "op": "gte", "value": 50_000},
        {"all": [
            {"field": "enrolment.tier", "op": "eq", "value": "new"}, {"field": "facts.record_day", "op": "exists"},
        ]},
    ]}), "GBP", {"new": "New"})  # fmt: skip
    assert "value in 90 days is at least £500.00 or (tier is New and " in words
