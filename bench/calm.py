"""How calm clicks and pages stay while the pipeline is busy: the whole product, with orders piled up before it.

Clicks come at 200 and at 2,000 a second, a manager reads pages one after the other, and batches run back to back.
Client and product share the machine's processors.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import urllib.request
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from bench.orders import Shop
from bench.paced import paced_latencies_ms
from bench.program import BEGAN_AT, PARTNERS, Stage, make_stage, open_installation
from bench.servers import gauge, product_serving

RATES = (200, 2_000)
BACKLOG, AT_ONCE = 60_000, 10
PAGES = ("/console/", "/console/overview", "/console/partners", "/console/traffic/conversions", "/console/money")


def run(seconds: float = 10.0, backlog: int = BACKLOG) -> dict[str, Any]:
    """Measure and return the figures. Raises RuntimeError when the pipeline ran out of work before the end."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        folder = Path(name)
        open_installation(folder)
        cookie = _prepared(folder, make_stage(), backlog)
        with product_serving(folder) as port:
            paced_latencies_ms(port, PARTNERS, 100, 2, "go-")  # warm
            rates = {f"at_{rate}": _calm(port, cookie, rate, seconds) for rate in RATES}
            left = gauge(port, "hanse_pipeline_lag_records")
        if not left:
            raise RuntimeError("the pipeline had nothing left to do; measure with a larger backlog")
    return {
        "bench": "calm", "click_p99_ms": max(one["click_p99_ms"] for one in rates.values()),
        "page_p95_ms": max(one["page_p95_ms"] for one in rates.values()), **rates, "seconds": seconds,
    }  # fmt: skip


def _prepared(folder: Path, stage: Stage, backlog: int) -> str:
    """Pile orders up in the journal and sign a manager in; return the cookie."""
    from django.conf import settings
    from django.db import connections
    from django.test import Client

    from hanse.edge.capture import capture_facts
    from hanse.journal.sqlite import SqliteJournal
    from hanse.kernel.facts import FactDefaults
    from hanse.kernel.tokens import ClickTokens
    from hanse.people.access.actions import create_team_member

    journal = SqliteJournal(folder / "journal.sqlite3")
    defaults = FactDefaults("GBP", BEGAN_AT, b"a key for hashing e-mail in here")
    orders = list(Shop(stage, ClickTokens(b"any key of the click tokens here"), BEGAN_AT, backlog).orders("A", backlog))
    for place in range(0, backlog, AT_ONCE):
        part = orders[place : place + AT_ONCE]
        capture_facts(journal, "bench", stage.program_id, "conversion", part, BEGAN_AT, defaults)
    journal.close()
    person = create_team_member(email="ruth@bench.example", name="Ruth", role="manager", now=BEGAN_AT, by="bench")
    client = Client()
    client.force_login(person)
    connections.close_all()
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _calm(port: int, cookie: str, rate: int, seconds: float) -> dict[str, float]:
    """Click at a rate while a second process reads pages."""
    spawning = get_context("spawn")
    told, enough = spawning.SimpleQueue(), spawning.Event()
    reader = spawning.Process(target=_read_pages, args=(port, cookie, enough, told))
    applied, began = gauge(port, "hanse_pipeline_position"), time.monotonic()
    reader.start()
    clicks = sorted(paced_latencies_ms(port, PARTNERS, rate, seconds, "go-"))
    enough.set()
    pages = sorted(told.get())
    reader.join()
    applied = gauge(port, "hanse_pipeline_position") - applied
    return {
        "click_p50_ms": round(clicks[len(clicks) // 2], 2), "click_p99_ms": round(clicks[int(len(clicks) * 0.99)], 2),
        "page_p50_ms": round(pages[len(pages) // 2]), "page_p95_ms": round(pages[int(len(pages) * 0.95)]),
        "pages": len(pages), "records_applied_per_s": round(applied / (time.monotonic() - began)),
    }  # fmt: skip


def _read_pages(port: int, cookie: str, enough: Event, told: Any) -> None:
    """Read one page after the other until it is enough; tell the milliseconds of each."""
    times_ms = []
    while not enough.is_set():
        for page in PAGES:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{page}", headers={"cookie": cookie})
            began = time.perf_counter()
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # our own
                answer.read()
            times_ms.append((time.perf_counter() - began) * 1000)
    told.put(times_ms)


if __name__ == "__main__":
    print(json.dumps(run(seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)))
