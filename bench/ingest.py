"""How fast orders get from the door to the ledger, on SQLite, durable first: the door, then the pipeline.

A third of the orders is credited by click or code under percent terms with conditions. Rates count wall time; beside
them stand the facts for each second of processor time, which a crowded machine changes less.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench.orders import Order, Shop
from bench.program import BEGAN_AT, Stage, make_stage, open_installation
from bench.sender import post_all
from bench.servers import edge_serving, gauge

SIZE, BATCH, AT_ONCE = 200_000, 500, 20_000
MANY_LINES = 18


def run(size: int = SIZE) -> dict[str, Any]:
    """Measure and return the figures. Raises RuntimeError when not every order reached the books."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        folder = Path(name)
        open_installation(folder)
        return {"bench": "ingest", **_measured(folder, make_stage(), size)}


def _measured(folder: Path, stage: Stage, size: int) -> dict[str, Any]:
    from django.conf import settings

    from hanse.edge.capture import capture_clicks
    from hanse.journal.sqlite import SqliteJournal
    from hanse.kernel.signing import derive
    from hanse.kernel.tokens import ClickTokens

    tokens, few = ClickTokens(derive(settings.HANSE_MASTER_KEY, "click-token")), max(100, size // 40)
    shop, journal = Shop(stage, tokens, BEGAN_AT, size), SqliteJournal(folder / "journal.sqlite3")
    try:
        clicks = Shop(stage, tokens, BEGAN_AT, size).clicks_before(size)
        capture_clicks(journal, clicks)
        clicked = _applied(journal, len(clicks))
        door = _through_the_door(folder, stage, shop.orders("A", size))
        pipeline = _applied(journal, size)
        capture = _captured(journal, stage, shop.orders("B", few, MANY_LINES))
        many = _applied(journal, few)
    finally:
        journal.close()
    return {
        **door, **pipeline, "capture_18_lines_per_s": capture, "pipeline_18_lines_per_s": many["pipeline_per_s"],
        "clicks_per_s": clicked["pipeline_per_s"], "conversions": size, "commissions": _commissions(),
    }  # fmt: skip


def _through_the_door(folder: Path, stage: Stage, orders: Iterator[Order]) -> dict[str, Any]:
    """Post everything in batches; making the bodies is not counted."""
    sent, seconds = 0, 0.0
    with edge_serving(folder) as port:
        cpu_s = gauge(port, "hanse_edge_cpu_seconds")
        while chunk := list(islice(orders, AT_ONCE)):
            bodies = [json.dumps(chunk[at : at + BATCH]).encode() for at in range(0, len(chunk), BATCH)]
            seconds += post_all(port, stage.key, bodies)
            sent += len(chunk)
        cpu_s = gauge(port, "hanse_edge_cpu_seconds") - cpu_s
    return {"door_per_s": round(sent / seconds), "door_per_cpu_s": round(sent / cpu_s)}


def _captured(journal: Any, stage: Stage, orders: Iterator[Order]) -> int:
    """Check and write orders in this process, as importers do; return how many a second."""
    from hanse.edge.capture import capture_facts
    from hanse.kernel.facts import FactDefaults

    objects = list(orders)
    defaults = FactDefaults("GBP", BEGAN_AT, b"a key for hashing e-mail in here")
    began = time.perf_counter()
    capture_facts(journal, "bench", stage.program_id, "conversion", objects, BEGAN_AT, defaults)
    return round(len(objects) / (time.perf_counter() - began))


def _applied(journal: Any, expected: int) -> dict[str, Any]:
    """Apply what the journal holds, batch by batch as the worker does but without its rests; the tenths by facts."""
    from hanse.runtime.pipeline import Pipeline

    pipeline, done = Pipeline(journal), 0
    marks = [(0, time.perf_counter(), time.process_time())]
    while facts := pipeline.run_once().facts:
        done += facts
        marks.append((done, time.perf_counter(), time.process_time()))
    if done != expected:
        raise RuntimeError(f"{expected} facts were sent and {done} came out of the journal")
    tenth = done / 10
    first = [mark for mark in marks if mark[0] <= tenth] or marks[:2]
    last = [mark for mark in marks if mark[0] >= done - tenth]
    last = last if len(last) > 1 else marks[-2:]
    first = first if len(first) > 1 else marks[:2]
    return {
        "pipeline_per_s": round(_rate(marks, 1)), "pipeline_per_cpu_s": round(_rate(marks, 2)),
        "last_tenth_ratio": round(_rate(last, 1) / _rate(first, 1), 2),
        "last_tenth_cpu_ratio": round(_rate(last, 2) / _rate(first, 2), 2),
    }  # fmt: skip


def _rate(marks: list[tuple[int, float, float]], clock: int) -> float:
    begin, end = marks[0], marks[-1]
    return (end[0] - begin[0]) / max(1e-6, end[clock] - begin[clock])


def _commissions() -> int:
    from hanse.money.commissions.models import Commission

    return Commission.objects.count()


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)))
