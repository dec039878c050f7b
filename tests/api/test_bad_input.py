"""Bad input: a problem that names the place, and nothing changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from tests import make
from tests.api.caller import Caller
from tests.api.everything import beginnings_in, everything_in
from tests.api.test_isolation import ALL, BODIES, body_of, filled, takes_body

pytestmark = pytest.mark.django_db
_UNCOUNTED = {"KeptAnswer"}
WITH_BODY = [each for each in ALL if each[2] in BODIES and takes_body(each[0], each[1])]

HOSTILE_URLS = [
    "javascript:alert(1)", "//evil.example", "https://shop.example@evil.example/", "https://evil.example/",
    "https://shop.example.evil.example/", "https://shop.example\\@evil.example", "data:text/html,x", "ftp://shop.example/",
    "https://shop.example:8443/", "https://user:pw@shop.example/", "https://shop.example/\r\nSet-Cookie: a=b",
    "https://shop.example/ x", "http:///shop.example", "https://", "shop.example", "https://xn--shp-0ua.example/",
    "https://shop.example%2eevil.example/", "https://shop。example@evil.example/", "\thttps://shop.example/\x00",
]  # fmt: skip


def counts() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("hanse") and model.__name__ not in _UNCOUNTED
    }


@pytest.fixture
def ids() -> dict[str, str]:
    return beginnings_in(make.program("harbour"), "Ana")


def test_a_link_leads_nowhere_but_to_the_offers_hosts(ids: dict[str, str]) -> None:
    api, before = Caller(), counts()
    for url in HOSTILE_URLS:
        body = {"enrolment": ids["enrolment_id"], "offer": ids["offer_id"], "destination_url": url}
        problem = api.post("/links", body, 422)
        assert [error["pointer"] for error in problem["errors"]] == ["/destination_url"], url
    assert counts() == before


@pytest.mark.parametrize(
    ("path", "body", "pointers"),
    [
        ("/programs", {"name": "", "slug": "No Slug", "currency": "EURO", "time_zone": "Mars"},
         ["/currency", "/name", "/slug", "/time_zone"]),
        ("/programs", {"name": "N", "slug": "console", "currency": "EUR"}, ["/slug"]),
        ("/programs", {"name": "N", "slug": "harbour", "currency": "EUR"}, ["/slug"]),
        ("/programs", {"name": "N", "slug": "n", "currency": "EUR", "website": "javascript:x", "token_param": "a b"},
         ["/token_param", "/website"]),
        ("/programs", {"name": "N", "slug": "n", "currency": "EUR", "minimum_payout": 2.5, "extra": 1},
         ["/extra", "/minimum_payout"]),
        ("/partners", {"name": "N", "email": "nobody", "country": "ZZ", "time_zone": "x", "types": ["wizard"]},
         ["/country", "/email", "/time_zone", "/types"]),
        ("/partners", {"name": "N\x00", "email": "n@x.example"}, ["/name"]),
        ("/partners", {"name": "N\u202e", "email": "n@x.example", "company": "\u2066N"}, ["/company", "/name"]),
        ("/partners", {"name": 5, "email": None}, ["/email", "/name"]),
        ("/offers", {"program": "{program_id}", "name": "N", "destination_url": "https://a.example",
                     "allowed_hosts": ["https://b.example/"]}, ["/allowed_hosts"]),
        ("/offers", {"program": "{program_id}", "name": "N", "destination_url": "https://a.example",
                     "allowed_hosts": ["b.example"]}, ["/destination_url"]),
        ("/coupons", {"enrolment": "{enrolment_id}", "code": "TEN %<>", "starts_at": "2026-05-02T00:00:00Z",
                      "ends_at": "2026-05-01T00:00:00Z"}, ["/code", "/ends_at"]),
        ("/coupons", {"enrolment": "{enrolment_id}", "code": "ana10"}, ["/code"]),
        ("/coupons", {"enrolment": "{enrolment_id}", "code": "N", "starts_at": "2026-05-02"}, ["/starts_at"]),
        ("/links", {"enrolment": "{enrolment_id}", "offer": "off_WRONG"}, ["/offer"]),
        ("/links", {"enrolment": "{enrolment_id}", "offer": "{offer_id}", "slug": "console"}, ["/slug"]),
        ("/links", {"enrolment": "{enrolment_id}", "offer": "{offer_id}", "slug": "a/b"}, ["/slug"]),
        ("/links", {"enrolment": "{enrolment_id}", "offer": "{offer_id}", "expires_at": "2001-01-01T00:00:00Z"},
         ["/expires_at"]),
        ("/enrolments", {"partner": "{partner_id}", "status": "suspended"}, ["/status"]),
        ("/enrolments/{enrolment_id}/status", {"status": "ended"}, ["/reason"]),
        ("/terms", {"program": "{program_id}", "body": {"clauses": [{"kind": "percent"}, {"kind": "magic"}]}},
         ["/body/clauses/0/rate", "/body/clauses/1/kind"]),
        ("/keys", {"name": "", "scopes": ["everything"]}, ["/name", "/scopes/0"]),
        ("/applications/{application_id}/ask", {"question": ""}, ["/question"]),
    ],
)  # fmt: skip
def test_every_problem_is_named_and_nothing_changes(
    path: str, body: dict[str, Any], pointers: list[str], ids: dict[str, str]
) -> None:
    api = Caller()
    before = counts()
    sent = {
        name: ids[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value
        for name, value in body.items()
    }
    problem = api.post(filled(path, ids), sent, 422)
    assert sorted(error["pointer"] for error in problem["errors"]) == pointers
    assert all(error["message"] and error["code"] for error in problem["errors"])
    assert counts() == before


def test_a_taken_name_comes_with_one_that_is_free(ids: dict[str, str]) -> None:
    api = Caller()
    taken = api.post("/programs", {"name": "N", "slug": "harbour", "currency": "EUR"}, 422)
    assert "“harbour-2” is free" in taken["errors"][0]["message"]
    body = {"enrolment": ids["enrolment_id"], "offer": ids["offer_id"], "slug": "Go-1"}
    assert "“go-1-2” is free" in api.post("/links", body, 422)["errors"][0]["message"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"5", b"\xff\xfe", b'"text"', b"null", b'{"name": NaN}', b"[" * 5000]
)
def test_a_body_that_is_no_object_is_a_problem(body: bytes) -> None:
    api = Caller()
    before = counts()
    answer = api.send("POST", "/partners", body)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"
    assert counts() == before


def test_a_field_that_is_not_known_is_refused_everywhere() -> None:
    ids = everything_in(make.program("harbour"), "Ana")
    api, before = Caller(), counts()
    for method, path, name in WITH_BODY:
        answer = api.send(method, filled(path, ids), (body_of(name, ids) or {}) | {"surprise": 1})
        assert answer.status_code == 422, name
        assert "/surprise" in {error["pointer"] for error in answer.json()["errors"]}, name
    assert counts() == before


@pytest.mark.parametrize(
    "query", ["?surprise=1", "?limit=0", "?limit=x", "?limit=100000", "?cursor=%00", "?cursor=WzFd"]
)
def test_a_query_that_is_not_known_is_refused(query: str) -> None:
    assert Caller().get(f"/partners{query}", 422)["errors"][0]["pointer"].startswith("/query/")


def test_methods_addresses_and_ids_that_are_not_there_are_problems() -> None:
    api = Caller()
    answer = api.send("DELETE", "/partners")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert answer["Content-Type"] == "application/problem+json"
    for path in (
        "/nothing",
        "/partners/prt_x",
        "/partners/enr_01M804WEPQE1SV42NWMPM8VSRN",
        "/clicks/clk_%00",
        "/partners/",
    ):
        assert api.get(path, 404)["status"] == 404


@pytest.mark.parametrize(
    "body", [b'{"name": NaN}', b"[" * 10_000, b'{"a": Infinity}', b"\xff", b"{", b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_a_body_that_is_not_json_is_a_problem(body: bytes) -> None:
    assert Caller().post("/terms", body, 400)["status"] == 400
    assert Caller().post("/terms/preview", body, 400)["status"] == 400


def test_a_body_that_is_too_large_is_a_problem() -> None:
    assert Caller().post("/partners", b"x" * 9_000_000, 413)["status"] == 413


def test_a_key_that_asks_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    from hanse.faces.api import entrance
    from hanse.faces.api.access import Rate

    monkeypatch.setattr(entrance, "RATE", Rate(per_minute=60, burst=2))
    api = Caller()
    assert [api.send("GET", "/partners").status_code for _index in range(3)] == [200, 200, 429]
    assert int(api.send("GET", "/partners")["Retry-After"]) >= 1


def test_texts_are_stored_as_they_were_given() -> None:
    name = '=HYPERLINK("x") <script>alert(1)</script>'
    assert Caller().post("/partners", {"name": name, "email": "n@x.example"})["name"] == name.strip()


def test_the_description_and_its_page_need_no_key() -> None:
    document = Client().get("/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"get", "post"} <= document["paths"]["/v1/conversions"].keys()
    page = Client().get("/v1/docs").content.decode()
    for path in document["paths"]:
        assert path in page
    assert "https://cdn" not in page
