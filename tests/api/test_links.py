"""Links and domains over the API: routes, splits, many at once, hosts of a program's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.spine.doors.models import DoorLink, DoorProgram
from tests import make
from tests.api.caller import Caller
from tests.api.everything import beginnings_in

pytestmark = pytest.mark.django_db

ROUTES: dict[str, Any] = {
    "rules": [{"countries": ["AT", "DE"], "devices": ["phone"], "to": "https://shop.example/de"}],
    "split": [
        {"name": "a", "weight": 50, "to": ""},
        {"name": "b", "weight": 50, "to": "https://shop.example/b"},
    ],
}


@pytest.fixture
def ids() -> dict[str, str]:
    return beginnings_in(make.program("harbour"), "Ana")


@pytest.fixture
def api(ids: dict[str, str]) -> Caller:
    return Caller("all")


def new_link(ids: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"enrolment": ids["enrolment_id"], "offer": ids["offer_id"], **more}


def test_routes_are_kept_shown_and_told_to_the_edge(api: Caller, ids: dict[str, str]) -> None:
    link = api.post("/links", new_link(ids, slug="routed", routes=ROUTES))
    assert link["routes"] == ROUTES
    assert api.get(f"/links/{link['id']}")["routes"] == ROUTES
    assert '"devices":["phone"]' in DoorLink.objects.get(slug="routed").routes
    changed = api.send("PATCH", f"/links/{link['id']}", {"routes": None}).json()
    assert changed["routes"] == {}
    assert DoorLink.objects.get(slug="routed").routes == ""
    api.send("PATCH", f"/links/{link['id']}", {"routes": {"split": ROUTES["split"]}})
    api.send("PATCH", f"/links/{link['id']}", {"label": "Kept"})
    assert "split" in DoorLink.objects.get(slug="routed").routes


@pytest.mark.parametrize(
    ("routes", "pointer"),
    [
        ({"rules": [{"countries": ["DE"], "to": "https://evil.example/"}]}, "/routes/rules/0/to"),
        ({"rules": [{"countries": ["DE"], "to": "//shop.example/"}]}, "/routes/rules/0/to"),
        ({"rules": [{"countries": ["DE"], "to": "https://shop.example@evil.example/"}]}, "/routes/rules/0/to"),
        ({"rules": [{"countries": ["DE"], "to": "http://shop.example/"}]}, "/routes/rules/0/to"),
        ({"rules": [{"countries": ["DE"], "to": "https://shop.example/\r\nX: y"}]}, "/routes/rules/0/to"),
        ({"rules": [{"countries": ["DE"], "to": "https://shop.example/\ud800"}]}, "/routes/rules/0/to"),
        ({"rules": [{"countries": ["DE"]}]}, "/routes/rules/0/to"),
        ({"rules": [{"countries": ["de"], "to": "https://shop.example/"}]}, "/routes/rules/0/countries/0"),
        ({"rules": [{"countries": ["QQ"], "to": "https://shop.example/"}]}, "/routes/rules/0/countries"),
        ({"rules": [{"devices": ["fridge"], "to": "https://shop.example/"}]}, "/routes/rules/0/devices/0"),
        ({"rules": [{"to": "https://shop.example/"}]}, "/routes/rules/0"),
        ({"rules": [{"countries": [7], "to": "https://shop.example/"}]}, "/routes/rules/0/countries/0"),
        ({"rules": "DE"}, "/routes/rules"),
        ({"rules": [{"countries": ["DE"], "to": "https://shop.example/"}] * 51}, "/routes/rules"),
        ({"split": [{"name": "a", "weight": 1}]}, "/routes/split"),
        ({"split": [{"name": "a", "weight": 1}, {"name": "a", "weight": 1}]}, "/routes/split/1/name"),
        ({"split": [{"name": "a", "weight": 0}, {"name": "b", "weight": 0}]}, "/routes/split"),
        ({"split": [{"name": "a", "weight": -1}, {"name": "b", "weight": 1}]}, "/routes/split/0/weight"),
        ({"split": [{"name": "a", "weight": 1.5}, {"name": "b", "weight": 1}]}, "/routes/split/0/weight"),
        ({"split": [{"name": "a", "weight": True}, {"name": "b", "weight": 1}]}, "/routes/split/0/weight"),
        ({"split": [{"name": "", "weight": 1}, {"name": "b", "weight": 1}]}, "/routes/split/0/name"),
        ({"split": [{"weight": 1}, {"name": "b\x1f", "weight": 1}]}, "/routes/split/0/name"),
        ({"other": 1}, "/routes"),
        ({"\ud800": 1}, "/routes"),
    ],
)
def test_routes_that_would_lead_nowhere_or_elsewhere_are_refused(
    api: Caller, ids: dict[str, str], routes: dict[str, Any], pointer: str
) -> None:
    problem = api.post("/links", new_link(ids, slug="routed", routes=routes), 422)
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert not DoorLink.objects.filter(slug="routed").exists()


def test_many_links_are_made_in_a_fixed_number_of_queries(api: Caller, ids: dict[str, str]) -> None:
    counts = []
    for size in (10, 300):
        body = {"links": [new_link(ids, slug=f"n{size}-{n}") for n in range(size - 1)] + [new_link(ids)]}
        with CaptureQueriesContext(connection) as queries:
            made = api.post("/links/bulk", body)["data"]
        assert len({link["slug"] for link in made}) == size
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2
    assert DoorLink.objects.filter(slug="n300-298", status="").exists()


def test_of_many_links_all_are_made_or_none(api: Caller, ids: dict[str, str]) -> None:
    wrong = [
        new_link(ids, slug="fine"), new_link(ids, slug="FINE"), new_link(ids, slug="console"),
        new_link(ids, destination_url="https://evil.example/"), new_link(ids, routes={"x": 1}),
    ]  # fmt: skip
    before = DoorLink.objects.count()
    problem = api.post("/links/bulk", {"links": wrong}, 422)
    assert [error["pointer"] for error in problem["errors"]] == [
        "/links/1/slug", "/links/2/slug", "/links/3/destination_url", "/links/4/routes",
    ]  # fmt: skip
    lost = api.post("/links/bulk", {"links": [new_link(ids, offer="off_X"), new_link(ids, enrolment="enr_X")]}, 422)
    assert lost["errors"][0]["pointer"] == "/links/1/enrolment"
    assert api.post("/links/bulk", {"links": []}, 422)
    assert api.post("/links/bulk", {"links": [new_link(ids)] * 1001}, 422)
    assert DoorLink.objects.count() == before


def test_a_domain_is_added_told_to_the_edge_shown_on_links_and_removed(api: Caller, ids: dict[str, str]) -> None:
    program = ids["program_id"]
    link = api.post("/links", new_link(ids, slug="spring"))
    assert link["url"].startswith("http://go.ana.example")
    api.post(f"/domains/{ids['domain_id']}/remove", {}, 200)
    assert api.get(f"/links/{link['id']}")["url"].endswith("/spring")
    assert "ana.example" not in api.get(f"/links/{link['id']}")["url"]
    domain = api.post("/domains", {"program": program, "host": " Bücher.Example. "})
    assert domain["host"] == "xn--bcher-kva.example"
    assert DoorProgram.objects.get().click_hosts == ["xn--bcher-kva.example"]
    assert "//xn--bcher-kva.example" in api.get(f"/links/{link['id']}")["url"]
    assert api.get("/links")["data"][0]["url"].endswith("/spring")


@pytest.mark.parametrize(
    "host",
    [
        "https://go.shop.example", "go.shop.example/", "go.shop.example/path", "go.shop.example:8080", "*.shop.example",
        "*", "go_shop.example", "go shop.example", "localhost", "shop", "127.0.0.1", "[::1]", "::1", "10.1",
        "1.2.3.4.5",
        "user@shop.example", "go..example", ".example", "-go.example", "go-.example", "a" * 64 + ".example",
        ("a" * 60 + ".") * 5 + "example", "go.shop.example?x", "go.shop.example#x", "go.shop.example\\x",
        "xn--\u0000.a",
        "go.shop.example\r\nX: y", "", " ", "http:", "//go.shop.example", "shop.example,other.example",
        "xn--a.example.",
        "ｅｘａｍｐｌｅ", "\u202ego.example", "go。", "ha\u00adnse..x",
    ],
)  # fmt: skip
def test_what_is_no_domain_is_refused(api: Caller, ids: dict[str, str], host: str) -> None:
    problem = api.post("/domains", {"program": ids["program_id"], "host": host}, 422)
    assert problem["errors"][0]["pointer"] in ("/host", "")


def test_a_domain_belongs_to_one_program_only_and_never_to_the_installation(
    api: Caller, ids: dict[str, str], settings: Any
) -> None:
    settings.HANSE_PUBLIC_URL = "https://partners.harbour.example"
    other = beginnings_in(make.program("orchard"), "Ben")
    taken = api.post("/domains", {"program": other["program_id"], "host": "GO.ana.example"}, 422)
    assert taken["errors"][0]["code"] == "host_taken"
    own = api.post("/domains", {"program": ids["program_id"], "host": "partners.harbour.example"}, 422)
    assert own["errors"][0]["code"] == "own_host"
    link = api.post("/links", new_link(ids, slug="spring"))
    assert link["url"] == "https://go.ana.example/spring"
