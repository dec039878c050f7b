"""How fast the edge redirects, each click durable first, against nginx that only answers 302 and logs a line.

Needs nginx and wrk (`apt install nginx-light wrk`); without them an own, paced client measures latency alone, and the
line says so. Nothing is installed by this command.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import links as many_links
from bench.door_tables import make_doors
from bench.paced import paced_latencies_ms
from bench.servers import edge_serving, gauge, nginx_serving
from bench.visitors import write_script

LINKS, CONNECTIONS = 100_000, 32
MISSING = "nginx or wrk is missing (`apt install nginx-light wrk`): an own client sends 500 clicks a second instead."


def run(seconds: float = 8.0, pairs: int = 3, links: int = LINKS) -> dict[str, Any]:
    """Measure and return the figures; `ratio` and `nginx_per_s` are None without nginx and wrk."""
    more = {"in_memory": many_links.run(links)} if links > LINKS else {}
    return {**_clicked(seconds, pairs, links), **more}


def _clicked(seconds: float, pairs: int, links: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        folder = Path(name)
        make_doors(folder, links)
        disk_ms = fdatasync_p50_ms(folder)
        nginx, wrk = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"), shutil.which("wrk")
        if not nginx or not wrk:
            print(MISSING, file=sys.stderr)
            return {**_paced(folder, seconds, links), "fdatasync_p50_ms": disk_ms}
        return {**_against_nginx(folder, nginx, wrk, seconds, pairs, links), "fdatasync_p50_ms": disk_ms}


def _against_nginx(folder: Path, nginx: str, wrk: str, seconds: float, pairs: int, links: int) -> dict[str, Any]:
    ours: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    with edge_serving(folder) as port, nginx_serving(folder, nginx) as other_port:
        _wait_for_links(port, links)
        _load(wrk, port, folder, links, seed=1, seconds=2.0)  # warm: bots judged, pages mapped
        cpu_s, clicks = gauge(port, "hanse_edge_cpu_seconds"), _clicks(port)
        for number in range(pairs):
            ours.append(_load(wrk, port, folder, links, seed=10 + number, seconds=seconds))
            theirs.append(_load(wrk, other_port, folder, links, seed=10 + number, seconds=seconds))
        cpu_s, clicks = gauge(port, "hanse_edge_cpu_seconds") - cpu_s, _clicks(port) - clicks
        unrecorded = gauge(port, "hanse_clicks_unrecorded_total")
    rates = [one["requests"] / one["seconds"] for one in ours]
    nginx_rates = [one["requests"] / one["seconds"] for one in theirs]
    return {
        "bench": "edge",
        "rate_per_s": round(statistics.median(rates)),
        "nginx_per_s": round(statistics.median(nginx_rates)),
        "ratio": round(statistics.median(a / b for a, b in zip(rates, nginx_rates, strict=True)), 3),
        "p50_ms": round(statistics.median(one["p50_ms"] for one in ours), 2),
        "p99_ms": round(statistics.median(one["p99_ms"] for one in ours), 2),
        "cpu_s_per_1000": round(cpu_s / clicks * 1000, 4),
        "failed": int(sum(one["failed"] for one in ours)),
        "unrecorded": int(unrecorded),
        "client": "wrk -t1 -c32",
        "pairs": pairs,
        "links": links,
    }


def _paced(folder: Path, seconds: float, links: int) -> dict[str, Any]:
    with edge_serving(folder) as port:
        _wait_for_links(port, links)
        paced_latencies_ms(port, links, rate_per_s=200, seconds=1)
        cpu_s, clicks = gauge(port, "hanse_edge_cpu_seconds"), _clicks(port)
        latencies_ms = sorted(paced_latencies_ms(port, links, rate_per_s=500, seconds=seconds))
        cpu_s, clicks = gauge(port, "hanse_edge_cpu_seconds") - cpu_s, _clicks(port) - clicks
    return {
        "bench": "edge",
        "rate_per_s": round(len(latencies_ms) / seconds),
        "nginx_per_s": None,
        "ratio": None,
        "p50_ms": round(latencies_ms[len(latencies_ms) // 2], 2),
        "p99_ms": round(latencies_ms[int(len(latencies_ms) * 0.99)], 2),
        "cpu_s_per_1000": round(cpu_s / max(1, clicks) * 1000, 4),
        "client": "own, paced at 500/s",
        "links": links,
    }


def _load(wrk: str, port: int, folder: Path, links: int, seed: int, seconds: float) -> dict[str, float]:
    script = write_script(folder, links, seed)
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(script), f"http://127.0.0.1:{port}/"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    found: dict[str, float] = json.loads(output.rpartition("RESULT ")[2])
    return found


def _wait_for_links(port: int, links: int) -> None:
    until = time.monotonic() + 300
    while gauge(port, "hanse_links") < links and time.monotonic() < until:
        time.sleep(0.2)


def _clicks(port: int) -> float:
    return gauge(port, "hanse_clicks_total")


def fdatasync_p50_ms(folder: Path) -> float:
    """Return how long this disk takes to keep 8 KiB, in the middle of 200 tries."""
    times_ms = []
    descriptor = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)
    for _ in range(200):
        os.write(descriptor, bytes(8192))
        began = time.perf_counter()
        os.fdatasync(descriptor)
        times_ms.append((time.perf_counter() - began) * 1000)
    os.close(descriptor)
    return round(statistics.median(times_ms), 3)


if __name__ == "__main__":
    print(json.dumps(run(seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 8.0)))
