"""The rollups by link and hour, by link, day and dimension: exact in any order of arrival, and the same anew."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db.models import Model, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hanse.insight.breakdown.queries import breakdown
from hanse.insight.breakdown.types import Scope
from hanse.insight.overview.types import Span
from hanse.insight.rollups.facets import KEPT, OTHER
from hanse.insight.rollups.models import (
    CountedCredit,
    EnrolmentDay,
    EnrolmentMark,
    EnrolmentMonth,
    LinkDay,
    LinkHour,
    ProgramDay,
    SaleDay,
    SliceDay,
    SliceMonth,
)
from hanse.insight.rollups.rebuilding import compare_rollups, rebuild_rollups, rebuild_steps
from hanse.money.commissions.actions import release_holds, void_commission
from hanse.money.commissions.models import Commission
from hanse.traffic.links.models import Link
from tests import make
from tests.sending import World

ALL = (EnrolmentDay, EnrolmentMonth, ProgramDay, EnrolmentMark, LinkHour, LinkDay, SaleDay, SliceDay, SliceMonth,
       CountedCredit)  # fmt: skip


def everything() -> dict[str, list[object]]:
    """Return the contents of every rollup, without rows of nothing and without keys that count up."""
    found: dict[str, list[object]] = {}
    for model in ALL:
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        rows = [tuple(map(str, row)) for row in model._default_manager.values_list(*names)]
        kept: list[object] = [row for row in rows if not _is_nothing(model, names, row)]
        found[model.__name__] = sorted(kept, key=str)
    return found


def _is_nothing(model: type, names: list[str], row: tuple[str, ...]) -> bool:
    if model is EnrolmentMark:
        return set(row[2:]) == {"None"}
    counters = [
        value
        for name, value in zip(names, row, strict=True)
        if name.endswith(("_minor", "clicks", "conversions", "customers"))
    ]
    return set(counters) == {"0"}


def slices(dimension: str) -> dict[str, tuple[int, int]]:
    rows = (
        SliceMonth.objects.filter(dimension=dimension).values_list("value").annotate(Sum("clicks"), Sum("conversions"))
    )
    return {value: (clicks, sales) for value, clicks, sales in rows if clicks or sales}


@pytest.mark.django_db
def test_a_click_and_its_sale_count_in_their_own_hour_day_and_parts(world: World) -> None:
    at = make.at(-3)
    token = world.click(
        1, at, country="DE", referrer="www.blog.example/post", agent="Mozilla/5.0 (iPhone)", subs={"sub1": "spring"}
    )
    world.click(1, at, "v2", reason="bot_declared")
    world.sell("A-1", 10_000, make.at(-1), click=token.text, customer={"external_id": "c", "country": "FR"})
    world.run()
    assert LinkHour.objects.get(clicks=1).hour_at == at.replace(minute=0)
    assert LinkHour.objects.get(conversions=1).hour_at == make.at(-1).replace(minute=0)
    assert slices("country") == {"DE": (1, 1)}
    assert slices("referrer") == {"blog.example": (1, 1)}
    assert slices("device") == {"phone": (1, 1)}
    assert slices("sub:sub1") == {"spring": (1, 1)}
    assert slices("reason") == {"bot_declared": (1, 0)}
    assert compare_rollups() == []


@pytest.mark.django_db
def test_a_click_record_that_comes_after_its_sale_moves_the_sale_to_its_parts(world: World) -> None:
    token = world.click(1, make.at(-3), record=False)
    world.sell("A-1", 10_000, click=token.text)
    world.run()
    assert slices("country") == {}
    world.record_click(token, 1, make.at(-3), country="PL")
    world.run()
    assert slices("country") == {"PL": (1, 1)}
    assert compare_rollups() == []


@pytest.mark.django_db
def test_what_was_booked_and_waits_to_be_counted_is_no_mistake(world: World) -> None:
    """A hold is let go between two batches: whoever proves the books then must not be told of wrong numbers."""
    token = world.click(1, make.at(-3), country="PL")
    world.sell("A-1", 10_000, click=token.text)
    world.sell("A-2", 5_000, click=token.text)
    world.run()
    assert EnrolmentDay.objects.get(conversions=2).held_minor > 0
    assert release_holds(make.at(60), 10) == 2
    void_commission(Commission.objects.get(conversion__external_id="A-2"), "fraud", make.at(60), "ruth@harbour.example")
    assert compare_rollups() == []
    world.run()
    assert compare_rollups() == []
    assert EnrolmentDay.objects.get(conversions=2).held_minor == 0
    EnrolmentDay.objects.update(held_minor=1)
    assert {one.message for one in compare_rollups()} == {"1 is stored, 0 is right"}


@pytest.mark.django_db
def test_refunds_voids_and_duplicates_move_the_parts_and_never_count_twice(world: World) -> None:
    token = world.click(1, make.at(-3), country="PL")
    for _ in range(3):
        world.sell("A-1", 10_000, click=token.text)
        world.refund("R-1", "A-1", 4_000)
    world.run()
    row = SaleDay.objects.get(dimension="country")
    assert (row.conversions, row.value_minor, row.refunded_minor, row.commission_minor) == (1, 10_000, 4_000, 1_200)
    void_commission(Commission.objects.get(), "fraud", make.NOON, "ruth@harbour.example")
    world.sell("A-2")
    world.run()
    row.refresh_from_db()
    assert row.commission_minor == 0
    assert compare_rollups() == []


@pytest.mark.django_db
def test_a_day_with_too_many_values_names_the_same_ones_whatever_came_first(world: World) -> None:
    values = [f"v{place}" for place in range(KEPT + 40)]
    random.Random(3).shuffle(values)
    for place, value in enumerate(values):
        world.click(1, make.at(-2, minutes=place), f"visitor{place}", subs={"clickid": value})
        if place % 50 == 0:
            world.run()
    world.run()
    found = slices("sub:clickid")
    assert len(found) == KEPT + 1
    assert found[OTHER][0] == 40
    assert sum(clicks for clicks, _ in found.values()) == len(values)
    assert {name for name in found if name != OTHER} == set(sorted(values, key=lambda one: (len(one), one))[:KEPT])
    before = everything()
    assert compare_rollups() == []
    rebuild_rollups(make.NOON)
    assert everything() == before


FACTS = st.lists(st.tuples(st.sampled_from("csrxdvw"), st.integers(0, 5), st.integers(-4, 0)), min_size=1, max_size=12)


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FACTS, st.randoms(use_true_random=False))
def test_whatever_the_order_of_facts_adding_up_anew_changes_nothing(
    world: World, facts: list[tuple[str, int, int]], chance: random.Random
) -> None:
    stamp = chance.randrange(10**9)  # the examples share one database: their outside ids differ
    tokens = {number: world.click(1 + number % 2, make.at(-5), f"v{number}", record=False) for number in range(6)}
    chance.shuffle(facts)
    for kind, number, days in facts:
        at, name = make.at(days, minutes=number), f"{stamp}-{number}"
        if kind == "c":
            world.record_click(
                tokens[number], 1 + number % 2, make.at(-5), f"v{number}", country="DE", subs={"a": str(number)}
            )
        elif kind in "sx":
            world.sell(name, 1_000 + number, make.at(-5 + number), click=tokens[number].text)
        elif kind == "r":
            world.refund(f"R{name}", name, 300 + number)
        elif kind == "d":
            world.sell(f"{name}c", 500, at, coupon="ANA10", customer={"external_id": f"c{number % 2}"})
        elif kind == "v":
            world.click(2, at, f"v{number}", country="PL", referrer="news.example")
        else:
            world.run()
    world.run()
    found = everything()
    assert compare_rollups() == []
    for step in rebuild_steps(make.NOON):
        step()
    assert everything() == found


@pytest.mark.django_db
@pytest.mark.parametrize("model", [LinkHour, LinkDay, SaleDay, SliceDay, SliceMonth, EnrolmentMark, CountedCredit])
def test_what_is_wrong_is_found_and_mended(world: World, model: type[Model]) -> None:
    world.sell("A-1", 10_000, click=world.click(1, make.at(-3), country="PL").text)
    world.run()
    right = everything()
    name = "clicks" if model in (LinkHour, LinkDay, SliceDay, SliceMonth) else "value_minor"
    change: dict[str, object] = {"first_sale": None} if model is EnrolmentMark else {name: 77}
    model._default_manager.update(**change)
    assert any(one.subject.startswith(model.__name__) for one in compare_rollups())
    rebuild_rollups(make.NOON)
    assert compare_rollups() == []
    assert everything() == right


@pytest.mark.django_db
def test_a_rebuild_that_stops_half_way_leaves_nothing_wrong_that_was_right(world: World) -> None:
    for days in range(3):
        world.sell(f"A-{days}", 10_000, make.at(-days), click=world.click(1, make.at(-days - 1)).text)
    world.run()
    right = everything()
    for step in rebuild_steps(make.NOON)[:2]:
        step()
    assert everything() == right
    assert [
        day for day in {row.day for row in EnrolmentDay.objects.all()} if day > make.NOON.date() + timedelta(1)
    ] == []


@pytest.mark.django_db
def test_a_click_belongs_to_the_initiative_it_names_and_else_to_its_links(world: World) -> None:
    Link.objects.filter(number=1).update(initiative="summer")
    for place, subs in enumerate(({}, {}, {"initiative": "own"})):
        token = world.click(1, make.at(-3, minutes=place), f"v{place}", subs=subs)
        world.sell(f"A-{place}", 1_000, make.at(-2), click=token.text)
    world.click(2, make.at(-3), "w")
    world.run()
    span = Span(make.NOON.date() - timedelta(days=9), make.NOON.date())
    for scope in (Scope(world.cast.program.pk), Scope(world.cast.program.pk, world.cast.anas.pk)):
        found = breakdown(scope, "initiative", span)
        named = {one.key: one.now[:3] for one in found.groups if one.kind == "value"}
        assert named == {"summer": (2, 2, 2_000), "own": (1, 1, 1_000)}
        assert sum(one.now.clicks for one in found.groups) == found.now.clicks
