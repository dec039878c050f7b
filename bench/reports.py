"""How quickly Overview and the partner pages answer over ten thousand partners and a million conversions' rollups.

Server time of whole pages, as a manager who is signed in sees them, without the edge and the network between.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.crowd import make_partners, make_rollups
from bench.program import open_installation

PARTNERS, TRIES = 10_000, 20
PERIODS = ("30d", "7d", "90d", "12m")


def run(partners: int = PARTNERS, tries: int = TRIES) -> dict[str, Any]:
    """Measure and return the figures; `pages` has each page's own."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "reports", **_measured(partners, tries)}


def _measured(partners: int, tries: int) -> dict[str, Any]:
    from django.db import connection, transaction
    from django.test import Client

    from hanse.kernel import clock
    from hanse.kernel.clock import local_day
    from hanse.kernel.ids import text_id
    from hanse.people.access.actions import create_team_member
    from hanse.programs.enrolments.models import Enrolment
    from hanse.programs.programs.actions import create_program

    now = clock.now()
    told: Any = {"now": now - timedelta(days=420), "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="Europe/London", **told)
        person = create_team_member(email="ruth@bench.example", name="Ruth", role="manager", **told)
        enrolments = make_partners(program, partners, now)
    with transaction.atomic():
        clicks, sales = make_rollups(program, enrolments, local_day(now, program.time_zone))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    person.refresh_from_db()
    client.force_login(person)
    busy = [text_id("prt", row.partner_id) for row in Enrolment.objects.order_by("id")[:3]]
    pages = [
        *(f"/console/overview?period={period}" for period in PERIODS),
        "/console/partners", *(f"/console/partners/{one}" for one in busy),
    ]  # fmt: skip
    found = {page: _page(client, page, tries) for page in pages}
    times_ms = sorted(one for page in found.values() for one in page["times_ms"])
    return {
        "p95_ms": round(times_ms[int(len(times_ms) * 0.95)]),
        "max_queries": max(page["queries"] for page in found.values()),
        "pages": {path: _told(page) for path, page in found.items()},
        "partners": partners, "clicks": clicks, "conversions": sales,
    }  # fmt: skip


def _page(client: Any, path: str, tries: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    queries = len(captured)  # now: the next request empties the log
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code} {answer.headers.get('location', '')}")
    times_ms, cpu_ms = [], []
    for _ in range(tries):
        began, cpu = time.perf_counter(), time.process_time()
        client.get(path)
        times_ms.append((time.perf_counter() - began) * 1000)
        cpu_ms.append((time.process_time() - cpu) * 1000)
    return {"queries": queries, "times_ms": times_ms, "cpu_ms": cpu_ms}


def _told(page: dict[str, Any]) -> dict[str, int]:
    times_ms, cpu_ms = page["times_ms"], page["cpu_ms"]
    return {"p95_ms": round(_p95(times_ms)), "p95_cpu_ms": round(_p95(cpu_ms)), "queries": page["queries"]}


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else PARTNERS)))
