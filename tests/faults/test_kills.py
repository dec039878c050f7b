"""kill -9 of each role under a load of clicks and orders: what was answered is there, once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hanse.runtime.master_key import master_key
from tests.faults.conftest import Shop
from tests.faults.load import Load
from tests.faults.oracle import complaints, read_stores
from tests.faults.processes import holder_of, kill
from tests.served import until

BUGS = Path(__file__).parent / "bugs"
ROLES = ("edge", "web", "work")
SERVING_AGAIN_SECONDS = 3.0
BETWEEN_SECONDS = 0.7
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def kill_under_load(shop: Shop, roles: list[str]) -> tuple[Load, list[float]]:
    """Kill roles one after the other under load; return the load's log and how long each silence of answers was."""
    silences = []
    with Load(shop.product.url, shop.key, shop.slug) as load:
        time.sleep(BETWEEN_SECONDS)
        for role in roles:
            killed = kill(shop.product.data, role)
            began = time.monotonic()
            until(lambda role=role, killed=killed: holder_of(shop.product.data, role) not in (0, killed))
            until(lambda began=began: any(at > began + 0.02 for at in load.answered_at[-50:]))
            silences.append(min(at for at in load.answered_at if at > began + 0.02) - began)
            time.sleep(BETWEEN_SECONDS)
    return load, silences


def examine(shop: Shop, load: Load) -> list[str]:
    load.log.clicks_asked += shop.clicks_before
    shop.wait_until_applied()
    stored = read_stores(shop.product.data, shop.database_url)
    return complaints(load.log, stored, master_key(shop.product.data))


def survive(shop: Shop, times: int) -> None:
    load, silences = kill_under_load(shop, list(ROLES) * times)
    assert len(load.log.orders_answered) > 10 * times, "the load was no load"
    assert len(load.log.tokens) > 10 * times, "the load was no load"
    assert examine(shop, load) == []
    crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # the bar is for a machine of one's own
    assert max(silences) <= SERVING_AGAIN_SECONDS * crowd, f"silent for {max(silences):.1f} s"
    assert shop.product.hanse("verify")["ok"] is True


def test_each_role_killed_under_load_loses_and_doubles_nothing(shop: Shop) -> None:
    survive(shop, times=1)


@pytest.mark.postgres
def test_each_role_killed_under_load_loses_and_doubles_nothing_on_postgresql(shop: Shop) -> None:
    survive(shop, times=1)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_each_role_killed_twenty_times_under_load_loses_and_doubles_nothing(shop: Shop) -> None:
    survive(shop, times=20)


def test_a_killed_supervisor_leaves_no_writer_behind(shop: Shop) -> None:
    holders = {role: holder_of(shop.product.data, role) for role in ROLES}
    assert all(holders.values())
    assert shop.product.process is not None
    shop.product.process.kill()
    shop.product.process.wait()
    until(lambda: not any(holder_of(shop.product.data, role) for role in ROLES), seconds=5)
    shop.product.start()
    assert shop.product.hanse("doctor")["ok"] is True


class TestPlantedBug:
    """An edge that answers before the journal is safe."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        """Let every process of the product load the planted bug."""
        return {"PYTHONPATH": f"{BUGS / 'answer_first'}:{BUGS.parents[2] / 'src'}"}

    def test_an_edge_that_answers_before_the_disk_does_is_found_out(self, shop: Shop) -> None:
        load, _silences = kill_under_load(shop, ["edge", "edge"])
        assert any("was answered and is lost" in line for line in examine(shop, load))
