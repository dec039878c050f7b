"""The same order ten times, eight at once, across a restart and days later: one effect."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import Shop
from tests.faults.oracle import read_stores
from tests.faults.processes import holder_of, kill
from tests.served import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
NO_IDENTITY = Path(__file__).parent / "bugs" / "no_identity"
ORDER = {
    "goal": "sale", "external_id": "once", "amount": 4500, "currency": "EUR", "occurred_at": "2026-11-17T09:00:00Z",
}  # fmt: skip


def send(shop: Shop, body: dict[str, object] = ORDER, path: str = "/v1/conversions") -> httpx.Response:
    with shop.product.client(shop.key) as api:
        return api.post(path, json=body)


def effects(shop: Shop) -> int:
    shop.wait_until_applied()
    return [one for one, _amount in read_stores(shop.product.data, shop.database_url).conversions].count("once")


def deliver_ten_times(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: send(shop), range(8)))
    kill(shop.product.data, "edge")
    until(lambda: holder_of(shop.product.data, "edge") and _serves(shop))
    kill(shop.product.data, "work")
    answers += [send(shop), send(shop, path="/v1/conversions?wait=1")]
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len({answer.json()["id"] for answer in answers}) == 1, "the same fact has the same id each time"
    assert effects(shop) == 1


def _serves(shop: Shop) -> bool:
    try:
        return httpx.get(f"{shop.product.url}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def test_ten_deliveries_of_one_order_are_one_order(shop: Shop) -> None:
    deliver_ten_times(shop)
    other = send(shop, {**ORDER, "amount": 4501}, "/v1/conversions?wait=1")
    assert other.status_code == 409, "the same order with another amount contradicts the first"
    assert effects(shop) == 1


@pytest.mark.postgres
def test_ten_deliveries_of_one_order_are_one_order_on_postgresql(shop: Shop) -> None:
    deliver_ten_times(shop)


class TestPlantedBug:
    """A pipeline that remembers nothing, on a database without its unique keys."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        """Let every process of the product load the planted bug."""
        return {"PYTHONPATH": f"{NO_IDENTITY}:{NO_IDENTITY.parents[3] / 'src'}"}

    def test_a_pipeline_without_identity_is_found_out(self, shop: Shop) -> None:
        environment = {**shop.product.environment, "DJANGO_SETTINGS_MODULE": "hanse.runtime.settings"}
        subprocess.run([sys.executable, NO_IDENTITY / "drop_constraints.py"], env=environment, check=True)
        for _ in range(3):
            send(shop)
        assert effects(shop) > 1


class TestDaysLater:
    """The clock stands in November; four days pass between two deliveries."""

    @pytest.fixture
    def environment(self, tmp_path: object) -> dict[str, str]:
        """Give every process the clock of the test."""
        path = Path(str(tmp_path)) / "clock"
        path.write_text(datetime(2026, 11, 17, 9, tzinfo=UTC).isoformat())
        return {"HANSE_CLOCK": str(path)}

    def test_an_order_delivered_again_four_days_later_is_the_same_order(
        self, shop: Shop, environment: dict[str, str]
    ) -> None:
        first = send(shop, path="/v1/conversions?wait=1")
        shop.product.move_to(datetime(2026, 11, 17, 9, tzinfo=UTC) + timedelta(days=4))
        second = send(shop, path="/v1/conversions?wait=1")
        assert (first.status_code, second.status_code) == (200, 200)
        assert first.json()["conversion"] == second.json()["conversion"]
        assert effects(shop) == 1
