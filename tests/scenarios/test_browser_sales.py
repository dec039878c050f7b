"""A sale told by the buyer's browser, through the public door: held until the shop tells of it."""

from __future__ import annotations

from typing import Any

from tests.scenarios.conftest import Scene
from tests.served import until


def cases_of(scene: Scene, partner: dict[str, Any]) -> list[str] | None:
    """Return the open cases of a partner's only commission, None while there is none yet."""
    rows = scene.get("/v1/commissions", enrolment=partner["enrolment"]["id"])["data"]
    return scene.get(f"/v1/commissions/{rows[0]['id']}")["cases"] if rows else None


def test_a_browsers_sale_waits_until_the_shop_tells_of_it(scene: Scene) -> None:
    eve = scene.partner("Eve")
    changed = scene.api.patch(f"/v1/programs/{scene.program['id']}", json={"browser_conversions": True})
    assert changed.status_code == 200, changed.text
    sale = {"goal": "sale", "external_id": "web-1", "amount": 5000, "currency": "EUR", "click": scene.click(eve)}

    def told() -> bool:
        with scene.product.client() as browser:
            origin = {"origin": "https://shop.example"}
            return browser.post("/v1/browser/conversions", json=sale, headers=origin).status_code == 202

    until(told)  # the door opens within a second
    assert until(lambda: cases_of(scene, eve)) == ["from_browser"]

    confirmed = scene.post("/v1/conversions?wait=1", {key: sale[key] for key in sale if key != "click"})
    assert confirmed["status"] == "credited"
    assert cases_of(scene, eve) == []
    assert scene.product.hanse("verify")["ok"] is True
