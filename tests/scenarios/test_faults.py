"""A checkout on a host that nobody listed, and a page that is gone: from the break to the repair, over the API."""

from __future__ import annotations

from typing import Any

from tests.scenarios.conftest import Scene
from tests.served import until

PAY = {"origin": "https://pay.shop.example"}


def incidents(scene: Scene, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = scene.get("/v1/incidents")["data"]
    return [row for row in rows if row["kind"] == kind]


def test_orders_that_lose_their_click_at_a_new_checkout_are_found_credited_and_told_of(scene: Scene) -> None:
    """The page tells the door, which refuses it; the shop's server tells without a click; one call mends it."""
    ana, ben = scene.partner("Ana"), scene.partner("Ben")
    changed = scene.api.patch(f"/v1/programs/{scene.program['id']}", json={"browser_conversions": True})
    assert changed.status_code == 200, changed.text
    orders = []
    for number, partner in enumerate((ana, ben, ana, ana)):
        sale = {"goal": "sale", "external_id": f"pay-{number}", "amount": 5_000, "currency": "EUR"}
        click = scene.click(partner)

        def refused(told: dict[str, Any] = {**sale, "click": click}) -> bool:  # noqa: B006  # of this very order
            with scene.product.client() as browser:
                answer = browser.post("/v1/browser/conversions", json=told, headers=PAY)
                return answer.status_code == 403 and "is kept" in answer.json()["detail"]

        until(refused)  # the door opens within a second
        orders.append(sale)
        assert scene.post("/v1/conversions?wait=1", sale)["status"] == "recorded"
    assert scene.balance(ana)["held"] == 0
    scene.product.move(hours=1)  # the clock moves, and what is due by it runs
    found = until(lambda: incidents(scene, "token_lost"), 30)[0]
    assert (found["about"]["host"], found["ends_at"], found["repair"]) == ("pay.shop.example", None, "add_host")
    assert (found["orders"], found["value"], found["partners"], found["closed_as"]) == (4, 20_000, 2, "")
    assert scene.post(f"/v1/incidents/{found['id']}/repair", {}) == {"repair": "add_host", "count": 4}
    assert scene.api.post(f"/v1/incidents/{found['id']}/repair", json={}).status_code == 409
    mended = until(lambda: closed(scene, found["id"]), 60)
    assert (mended["closed_as"], mended["evidence"]["found_orders"]) == ("mended", 4)
    assert mended["evidence"]["found_commission_minor"] == 4_000
    assert {one["commission"] for one in mended["touched"]} == {3_000, 1_000}
    assert (scene.balance(ana)["held"], scene.balance(ben)["held"]) == (3_000, 1_000)
    until(lambda: len(letters_about(scene, "looked at these orders")) == 2, 60)  # they get their words when they go
    assert len(incidents(scene, "token_lost")) == 1
    assert scene.get("/v1/watch")["open_incidents"] == []
    assert scene.product.hanse("verify")["ok"] is True


def letters_about(scene: Scene, words: str) -> list[dict[str, Any]]:
    return [row for row in scene.get("/v1/sends")["data"] if words in row["subject"]]


def closed(scene: Scene, incident: str) -> dict[str, Any] | None:
    scene.product.move(minutes=1)
    row: dict[str, Any] = scene.get(f"/v1/incidents/{incident}")
    return row if row["closed_at"] else None
