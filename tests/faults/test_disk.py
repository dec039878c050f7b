"""A disk that is full, fails or is slow: no answer with a token or a 2xx without a row, and visitors get on."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from hanse.runtime.master_key import master_key
from tests.faults import disk
from tests.faults.conftest import Shop
from tests.faults.load import Load
from tests.faults.oracle import complaints, read_stores
from tests.faults.processes import holder_of
from tests.served import BROWSER, until

BUGS = Path(__file__).parent / "bugs"
ORDER = {"goal": "sale", "amount": 4500, "currency": "EUR", "occurred_at": "2026-11-17T09:00:00Z"}
UNDER_FAULT_SECONDS = 1.5
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def edge_of(shop: Shop) -> int:
    return holder_of(shop.product.data, "edge")


def click(shop: Shop) -> httpx.Response:
    return httpx.get(f"{shop.product.url}/{shop.slug}", headers={"user-agent": BROWSER}, timeout=5)


def order(shop: Shop, external_id: str) -> httpx.Response:
    with shop.product.client(shop.key) as api:
        return api.post("/v1/conversions", json={**ORDER, "external_id": external_id})


def told(shop: Shop, path: str) -> httpx.Response:
    return httpx.get(f"{shop.product.url}{path}", timeout=5)


def live_through(shop: Shop, fault: AbstractContextManager[Any]) -> list[str]:
    """Load the product before, during and after a fault; return what the oracle has to say."""
    with Load(shop.product.url, shop.key, shop.slug) as load:
        time.sleep(0.5)
        with fault:
            time.sleep(UNDER_FAULT_SECONDS)
        again = len(load.answered_at)
        until(lambda: len(load.answered_at) > again + 20, seconds=10)
    load.log.clicks_asked += shop.clicks_before
    shop.wait_until_applied()
    assert len(load.log.orders_answered) > 10
    stored = read_stores(shop.product.data, shop.database_url)
    return complaints(load.log, stored, master_key(shop.product.data))


def test_on_a_full_disk_visitors_get_on_and_shops_are_asked_to_come_again(shop: Shop) -> None:
    with disk.full(edge_of(shop)):
        passed = click(shop)
        assert (passed.status_code, passed.headers["location"]) == (302, "https://shop.example/gifts")
        assert "set-cookie" not in passed.headers
        refused = order(shop, "while-full")
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        alive = told(shop, "/healthz").json()
        assert (alive["ok"], alive["journal"], alive["unrecorded"]) == (False, "failing", 1)
        assert told(shop, "/readyz").status_code == 503
    until(lambda: "hz_click=" in click(shop).headers["location"])
    assert told(shop, "/healthz").json()["ok"] is True
    assert told(shop, "/readyz").status_code == 200
    assert order(shop, "afterwards").status_code == 202
    shop.wait_until_applied()
    held = [one for one, _amount in read_stores(shop.product.data, shop.database_url).conversions]
    assert held == ["afterwards"]


def test_a_disk_that_fills_up_under_load_loses_and_invents_nothing(shop: Shop) -> None:
    assert live_through(shop, disk.full(edge_of(shop))) == []


def test_a_worker_whose_disk_is_full_goes_on_where_it_was(shop: Shop) -> None:
    assert live_through(shop, disk.full(holder_of(shop.product.data, "work"))) == []
    assert shop.product.hanse("verify")["ok"] is True


@pytest.mark.parametrize("first", [1, 2, 5])
def test_syncs_that_fail_from_the_nth_on_lose_and_invent_nothing(shop: Shop, first: int) -> None:
    assert live_through(shop, disk.failing_sync(edge_of(shop), first)) == []


def test_a_worker_whose_syncs_fail_goes_on_where_it_was(shop: Shop) -> None:
    assert live_through(shop, disk.failing_sync(holder_of(shop.product.data, "work"), 1)) == []


def test_a_disk_that_takes_200_ms_for_a_sync_slows_answers_and_loses_nothing(shop: Shop) -> None:
    assert live_through(shop, disk.slow_sync(edge_of(shop), 200)) == []


def test_a_visitor_waits_no_longer_than_the_edges_patience_for_a_slow_disk(shop: Shop) -> None:
    with disk.slow_sync(edge_of(shop), 2_000):
        began = time.monotonic()
        passed = click(shop)
        assert time.monotonic() - began < 1.5
    assert passed.headers["location"] == "https://shop.example/gifts", "not recorded, so without a token"


class TestPlantedBug:
    """An edge that hands out tokens for clicks that were never written."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        """Let every process of the product load the planted bug."""
        return {"PYTHONPATH": f"{BUGS / 'token_anyway'}:{BUGS.parents[2] / 'src'}"}

    def test_tokens_for_clicks_that_were_never_written_are_found_out(self, shop: Shop) -> None:
        said = live_through(shop, disk.full(edge_of(shop)))
        assert any("was answered and is lost" in line for line in said)
