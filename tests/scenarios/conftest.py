"""One running installation for the scenarios of a module, with a program and two partners made through the API."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.served import Served, served, until

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Scene:
    """The program, its partners and the verbs that a shop's server has."""

    product: Served
    api: httpx.Client
    program: dict[str, Any]
    offer: dict[str, Any]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def post(self, path: str, body: dict[str, Any], *codes: int) -> Any:
        answer = self.api.post(path, json=body)
        assert answer.status_code in (codes or (200, 201)), f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def get(self, path: str, **query: str) -> Any:
        answer = self.api.get(path, params=query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def partner(self, name: str) -> dict[str, Any]:
        """Make a partner with an enrolment, a link and a coupon."""
        word = f"{name.lower()}{next(self.numbers)}"
        partner = self.post("/v1/partners", {"name": name, "email": f"{word}@partners.example"})
        enrolment = self.post("/v1/enrolments", {"partner": partner["id"], "program": self.program["id"]})
        link = self.post("/v1/links", {"enrolment": enrolment["id"], "offer": self.offer["id"], "slug": word})
        coupon = self.post("/v1/coupons", {"enrolment": enrolment["id"], "code": word.upper()})
        return {"partner": partner, "enrolment": enrolment, "link": link, "coupon": coupon}

    def click(self, partner: dict[str, Any]) -> str:
        """Go through a partner's link as a browser does; returns the token."""
        with self.product.client() as browser:

            def answer() -> httpx.Response | None:
                found = browser.get(f"/{partner['link']['slug']}")
                return found if "hz_click" in found.headers.get("location", "") else None

            response = until(answer)  # a new link reaches the edge within a second
        assert response.status_code == 302
        return parse_qs(urlsplit(response.headers["location"]).query)["hz_click"][0]

    def order(self, amount: int, **more: Any) -> dict[str, Any]:
        """Send a sale and wait for the verdict."""
        body = {"goal": "sale", "external_id": f"o{next(self.numbers)}", "amount": amount, "currency": "EUR", **more}
        return {**body, **self.post("/v1/conversions?wait=1", body)}

    def refund(self, order: str, amount: int, **more: Any) -> dict[str, Any]:
        body = {
            "external_id": f"r{next(self.numbers)}",
            "conversion": order,
            "amount": amount,
            "currency": "EUR",
            **more,
        }
        return {**body, **self.post("/v1/refunds?wait=1", body)}

    def balance(self, partner: dict[str, Any]) -> dict[str, int]:
        row = self.get("/v1/balances", enrolment=partner["enrolment"]["id"])["data"][0]
        return {pot: row[pot] for pot in ("held", "payable", "in_transit", "paid")}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with served(tmp_path_factory.mktemp("served"), at=START) as product:
        key = product.hanse("keys", "create", "scenario", "--scopes", "all")["key"]
        with product.client(key) as api:
            program = {"name": "Harbour", "slug": "harbour", "currency": "EUR", "time_zone": "Europe/Berlin"}
            scene = Scene(product, api, {}, {})
            scene.program = scene.post("/v1/programs", {**program, "fallback_url": "https://shop.example/"})
            scene.offer = scene.post(
                "/v1/offers",
                {"program": scene.program["id"], "name": "Shop", "destination_url": "https://shop.example/gifts"},
            )
            percent = {"kind": "percent", "rate": "20%", "goal": "sale"}
            scene.post("/v1/terms", {"program": scene.program["id"], "body": {"clauses": [percent]}})
            yield scene
