"""The measurement of the ingest in short: bars are held on quiet machines; here it must work and tell the truth."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.house.sources import ROOT


@pytest.mark.slow
def test_the_measurement_of_the_ingest_says_what_it_promised() -> None:
    command = [sys.executable, "-m", "hanse.runtime.cli", "bench", "ingest", "--size", "1000"]
    done = subprocess.run(command, cwd=ROOT / "src", capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.keys() >= {"door_per_s", "pipeline_per_s", "last_tenth_ratio", "pipeline_per_cpu_s"}
    assert told["conversions"] == 1000
    assert 250 < told["commissions"] < 450
    assert all(value > 0 for value in told.values() if not isinstance(value, str))


@pytest.mark.slow
def test_the_measurement_of_the_pages_says_what_it_promised() -> None:
    command = [sys.executable, "-m", "hanse.runtime.cli", "bench", "reports", "--partners", "100"]
    done = subprocess.run(command, cwd=ROOT / "src", capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["p95_ms"] > 0
    assert 5 < told["max_queries"] <= 30
    assert told["conversions"] > 5_000


@pytest.mark.slow
def test_the_measurement_of_calm_says_what_it_promised() -> None:
    command = [
        sys.executable, "-m", "hanse.runtime.cli", "bench", "calm", "--seconds", "1", "--backlog", "12000",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT / "src", capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["click_p99_ms"] > 0
    assert told["at_2000"]["pages"] >= 5
