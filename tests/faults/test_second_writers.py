"""Never two that write: a supervisor killed while everything is busy, a start right behind it, one port for two."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import Shop
from tests.faults.load import Load
from tests.faults.processes import holder_of
from tests.faults.test_kills import ROLES, examine
from tests.served import Served, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill_the_supervisor_and_start_at_once(shop: Shop) -> None:
    product = shop.product
    with Load(product.url, shop.key, shop.slug) as load:
        for _ in range(2):
            time.sleep(1)
            before = [holder_of(product.data, role) for role in ROLES]
            assert all(before)
            assert product.process is not None
            product.process.kill()
            product.start()  # at once: what is left of the first must be gone before the second one writes
            after = [holder_of(product.data, role) for role in ROLES]
            assert not set(before) & set(after)
            until(lambda before=before: not any(map(lives, before)), seconds=2)
        time.sleep(0.5)
    assert len(load.log.orders_answered) > 20, "the load was no load"
    assert examine(shop, load) == []


def test_a_supervisor_killed_while_busy_and_started_at_once_leaves_one_writer(shop: Shop) -> None:
    kill_the_supervisor_and_start_at_once(shop)


@pytest.mark.postgres
def test_a_supervisor_killed_while_busy_and_started_at_once_leaves_one_writer_on_postgresql(shop: Shop) -> None:
    kill_the_supervisor_and_start_at_once(shop)


def test_two_started_at_the_same_moment_on_one_folder_are_one(tmp_path: Path) -> None:
    products = [Served(tmp_path), Served(tmp_path)]
    command = [sys.executable, "-m", "hanse.runtime.cli", "serve", "--port"]
    started = [
        subprocess.Popen([*command, str(one.port)], env=one.environment, stderr=subprocess.PIPE, text=True)
        for one in products
    ]
    try:
        until(lambda: any(process.poll() is not None for process in started), seconds=40)
        lost = next(process for process in started if process.poll() is not None)
        assert lost.returncode == 2
        assert "The serve role already runs" in str(lost.communicate()[1])
        kept = products[1 - started.index(lost)]
        until(lambda: _ready(kept.url), seconds=40)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=20)
        for one in products:
            one.log.close()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_an_edge_on_a_port_that_another_edge_has_is_refused_in_one_line(shop: Shop, tmp_path: Path, host: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret.key").write_text((shop.product.data / "secret.key").read_text())
    for module in ("hanse.edge", "hanse.runtime.cli"):
        verb = ["edge"] if module.endswith("cli") else []
        command = [sys.executable, "-m", module, *verb, "--data", str(other), "--host", host]
        done = subprocess.run(
            [*command, "--port", str(shop.product.port)], env={**shop.product.environment, "HANSE_LOG": "error"},
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        assert "Try another --port" in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr
