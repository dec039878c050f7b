"""What very many links cost the edge: memory, loading time, the longest pause of others, time until a change is there.

Runs in a process of its own that does what the edge does: the directory's thread loads while another thread ticks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

CHANGED = 50_000
_SWITCH_S = 0.0001  # as the edge sets it


def run(links: int = 1_000_000, changed: int = CHANGED) -> dict[str, Any]:
    """Measure in a fresh process and return the figures."""
    from bench.door_tables import make_doors

    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        make_doors(Path(name), links)
        command = [sys.executable, "-m", "bench.links", name, str(links), str(min(changed, links))]
        root = Path(__file__).parents[1]
        environment = {"PYTHONPATH": f"{root}:{root / 'src'}", "PATH": ""}
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603
        figures: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
        return figures


def measure(data_dir: Path, links: int, changed: int) -> dict[str, Any]:
    """Load links, change many of them, then one; tell what it cost."""
    from hanse.edge.directory import Directory
    from hanse.edge.doors import Doors

    sys.setswitchinterval(_SWITCH_S)
    before_mb = resident_mb()
    directory, began = Directory(Doors(data_dir)), time.perf_counter()
    with Ticking() as loading:
        directory.start()
        _wait_for(lambda: len(directory.links) == links, 300)
    load_s = time.perf_counter() - began
    memory_mb = resident_mb() - before_mb
    used_s = time.process_time()
    with Ticking() as refreshing:
        refresh_s = _change(data_dir, directory, changed)
    used_s = time.process_time() - used_s
    one_s = _change(data_dir, directory, 1)
    look_up_us = _look_up_us(directory, links)
    directory.stop()
    return {
        "bench": "links",
        "links": links,
        "memory_mb": round(memory_mb),
        "load_s": round(load_s, 2),
        "longest_pause_loading_ms": round(loading.longest_ms, 1),
        "longest_own_pause_ms": round(max(loading.longest_own_ms, refreshing.longest_own_ms), 1),
        "changed": changed,
        "refresh_changed_s": round(refresh_s, 2),
        "refresh_changed_cpu_s": round(used_s, 2),
        "longest_pause_changing_ms": round(refreshing.longest_ms, 1),
        "refresh_one_s": round(one_s, 2),
        "memory_after_changes_mb": round(resident_mb() - before_mb),
        "look_up_us": look_up_us,
    }


class Ticking:
    """A thread that wishes to run every millisecond, and how long it was kept from it at the most.

    `longest_own_ms` leaves out what other programs took: of each pause only what this process used of the processor.
    """

    def __init__(self) -> None:
        self.longest_ms = self.longest_own_ms = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Ticking:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _tick(self) -> None:
        last, last_used = time.perf_counter(), time.process_time()
        while not self._stopped.is_set():
            time.sleep(0.001)
            now, used = time.perf_counter(), time.process_time()
            pause_ms = (now - last) * 1000 - 1
            self.longest_ms = max(self.longest_ms, pause_ms)
            self.longest_own_ms = max(self.longest_own_ms, min(pause_ms, (used - last_used) * 1000))
            last, last_used = now, used


def _change(data_dir: Path, directory: Any, changed: int) -> float:
    """Give links another destination under one version; return the seconds until the last of them leads there."""
    from hanse.journal.engine import sqlite

    mark = f"https://shop.example/moved/{changed}"
    connection = sqlite.connect(str(data_dir / "main.sqlite3"), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE spine_doorstate SET version = version + 1")
    connection.execute(
        "UPDATE spine_doorlink SET destination = ?, version = (SELECT version FROM spine_doorstate) WHERE number <= ?",
        (mark, changed),
    )
    connection.execute("COMMIT")
    connection.close()
    began = time.perf_counter()
    _wait_for(lambda: directory.links.get(f"l{changed - 1}").destination == mark, 60)
    return time.perf_counter() - began


def _look_up_us(directory: Any, links: int) -> float:
    slugs = [f"l{number * 7919 % links}" for number in range(20_000)]
    began = time.perf_counter()
    for slug in slugs:
        directory.links.get(slug)
    return round((time.perf_counter() - began) / len(slugs) * 1e6, 2)


def _wait_for(happened: Any, at_most_s: float) -> None:
    until = time.perf_counter() + at_most_s
    while not happened():
        if time.perf_counter() > until:
            raise RuntimeError("the links did not come")
        time.sleep(0.005)


def resident_mb() -> float:
    """Return the memory this process holds, its share of what is shared."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
