"""The supervisor: one line when ready, roles that fall come back, a quick end, and never two on one data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.processes import holder_of, kill
from tests.served import Served, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
ROLES = ("edge", "web", "work")
MEMORY_BAR_KIB = 350 * 1024


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running installation without a program."""
    served = Served(tmp_path_factory.mktemp("served"))
    served.start()
    yield served
    served.stop()


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def memory_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def test_every_role_holds_its_lock(product: Served) -> None:
    assert all(holder_of(product.data, role) for role in ROLES)


def test_all_processes_together_stay_within_the_memory_bar(product: Served) -> None:
    assert product.process is not None
    httpx.get(f"{product.url}/sign-in")
    assert sum(memory_kib(pid) for pid in family(product.process.pid)) <= MEMORY_BAR_KIB


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_falls_is_back_within_three_seconds(product: Served, role: str) -> None:
    killed = kill(product.data, role)
    began = time.monotonic()
    until(lambda: holder_of(product.data, role) not in (0, killed))
    until(lambda: _answers(f"{product.url}/sign-in"))
    assert time.monotonic() - began <= 3 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_second_one_on_the_same_folder_is_refused_in_one_line(product: Served) -> None:
    command = [sys.executable, "-m", "hanse.runtime.cli", "serve", "--port", str(product.port + 1)]
    done = subprocess.run(command, env=product.environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "already runs" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_refused_in_one_line(product: Served, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hanse.runtime.cli", "serve", "--port", str(product.port), "--data", str(tmp_path)]
    done = subprocess.run(command, env=product.environment, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Try another --port" in done.stderr


def test_it_ends_promptly_and_leaves_nothing_behind(tmp_path: Path) -> None:
    served = Served(tmp_path)
    served.start()
    assert served.process is not None
    processes = family(served.process.pid)
    began = time.monotonic()
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(timeout=20) == 0
    assert time.monotonic() - began < 5
    assert [pid for pid in processes if _lives(pid)] == []


def _lives(pid: int) -> bool:
    """Say whether a process still runs (a dead one that its new parent has not read yet does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_logs_are_json_lines_without_paths_or_people(product: Served) -> None:
    import json

    httpx.get(f"{product.url}/sign-in/a-very-secret-link?email=ada@x.example")
    until(lambda: b"sign-in/<str:secret>" in Path(product.log.name).read_bytes())
    lines = [line for line in Path(product.log.name).read_text().splitlines() if line.startswith("{")]
    assert all("event" in json.loads(line) for line in lines)
    text = Path(product.log.name).read_text()
    assert "a-very-secret-link" not in text
    assert "ada@x.example" not in text


def test_an_address_without_its_last_slash_is_sent_on(product: Served) -> None:
    answer = httpx.get(f"{product.url}/console")
    assert (answer.status_code, answer.headers["location"]) == (301, "/console/")


def test_a_page_that_is_not_there_is_a_page(product: Served) -> None:
    answer = httpx.get(f"{product.url}/join/nothing-here/at/all")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_static_files_with_their_mark_may_be_kept_for_ever(product: Served) -> None:
    page = httpx.get(f"{product.url}/sign-in").text
    address = page.split('href="/static/')[1].split('"')[0]
    marked = httpx.get(f"{product.url}/static/{address}")
    plain = httpx.get(f"{product.url}/static/{address.split('?')[0]}")
    assert "immutable" in marked.headers["cache-control"]
    assert "immutable" not in plain.headers["cache-control"]
