"""Breakdowns over the API: the numbers of one program, refused where they are another's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.ids import text_id
from tests import make
from tests.api.caller import Caller
from tests.cast import build
from tests.conftest import Clock
from tests.sending import World

DAYS = "from=2026-05-01&to=2026-05-16"


@pytest.fixture
def shop(db: None, journal: SqliteJournal, clock: Clock) -> World:
    clock.set(make.NOON)
    world = World(build(), journal)
    for place, country in enumerate(("DE", "DE", "PL")):
        token = world.click(1, make.at(-3, minutes=place), f"v{place}", country=country)
        world.sell(f"A-{place}", 1_000, make.at(-2), click=token.text)
    world.click(2, make.at(-3), "w")
    world.run()
    return world


def keys(groups: Sequence[dict[str, object]]) -> list[object]:
    return [group["key"] for group in groups]


def test_groups_stand_by_value_and_add_up_to_the_total(shop: World) -> None:
    found = Caller("read").get(f"/reports/breakdown?by=country&{DAYS}", 200)
    assert keys(found["groups"]) == ["DE", "PL", ""]
    assert found["groups"][0]["now"] == {"clicks": 2, "conversions": 2, "value": 2_000, "commission": 400}
    assert found["groups"][2]["kind"] == "rest"
    assert sum(group["now"]["clicks"] for group in found["groups"]) == found["total"]["clicks"] == 4
    assert (found["currency"], date.fromisoformat(found["last_day"])) == ("GBP", date(2026, 5, 15))


def test_it_narrows_to_an_enrolment_and_to_a_link(shop: World) -> None:
    bens, link = text_id("enr", shop.cast.bens.pk), text_id("lnk", shop.cast.anas_link.pk)
    ben = Caller("read").get(f"/reports/breakdown?by=link&enrolment={bens}&{DAYS}", 200)
    assert (keys(ben["groups"]), ben["total"]["clicks"]) == (["2"], 1)
    ana = Caller("read").get(f"/reports/breakdown?by=country&link={link}&{DAYS}", 200)
    assert (keys(ana["groups"]), ana["total"]["conversions"]) == (["DE", "PL"], 3)
    Caller("read").get(f"/reports/breakdown?link={link}&enrolment={bens}&{DAYS}", 422)


@pytest.mark.parametrize(
    "query", ["by=nothing", "from=2026-13-01", "from=2026-05-02&to=2026-05-01", "from=2020-01-01&to=2026-01-01",
              "enrolment=enr_x", "by=tier&enrolment={bens}"],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(shop: World, query: str) -> None:
    query = query.replace("{bens}", text_id("enr", shop.cast.bens.pk))
    answer = Caller("read").get(f"/reports/breakdown?{query}", 422)
    assert answer["errors"][0]["pointer"].startswith("/query/")


def test_a_key_of_another_program_does_not_know_of_it(shop: World) -> None:
    other = make.program("pine")
    caller = Caller("read", program=other)
    program, link = text_id("prg", shop.cast.program.pk), text_id("lnk", shop.cast.anas_link.pk)
    caller.get(f"/reports/breakdown?program={program}", 422)
    caller.get(f"/reports/breakdown?link={link}", 422)
    assert caller.get(f"/reports/breakdown?{DAYS}", 200)["groups"] == []
