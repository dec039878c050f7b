"""The measurement of watch in short: here it must work and tell the truth."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.house.sources import ROOT


@pytest.mark.slow
def test_the_measurement_of_watch_says_what_it_promised() -> None:
    command = [sys.executable, "-m", "hanse.runtime.cli", "bench", "watch", "--size", "20000"]
    done = subprocess.run(command, cwd=ROOT / "src", capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["links"], told["planted"], told["false"]) == (20_000, 20, 0)
    assert told["found"] >= 19
    assert told["queries"] <= 6
