"""How quickly Overview, partner pages and breakdowns answer over ten thousand partners and 100 M clicks' rollups.

Server time of whole pages, as a manager who is signed in sees them, without the edge and the network between.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.crowd import make_links, make_partners
from bench.numbers import make_numbers
from bench.program import open_installation

PARTNERS, TRIES = 10_000, 20
PERIODS = ("30d", "7d", "90d", "12m")
DIMENSIONS = ("country", "referrer", "sub:sub1", "link", "initiative", "tier", "type", "partner")
BUSY = 20  # the first kind of partners in bench.numbers


def run(partners: int = PARTNERS, tries: int = TRIES) -> dict[str, Any]:
    """Measure and return the figures; `pages` has each page's own."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "reports", **_measured(partners, tries)}


def _measured(partners: int, tries: int) -> dict[str, Any]:
    from django.test import Client

    from hanse.runtime.planner import tell_planner

    made, began = _stage(partners), time.perf_counter()
    numbers = make_numbers(made.program.pk.hex, made.today)
    tell_planner()  # as the schedule does every hour
    seconds = round(time.perf_counter() - began)
    manager, partner = Client(), Client()
    manager.force_login(made.person)
    partner.force_login(made.partner)
    manager.get("/console/overview")
    gc.collect()
    gc.freeze()  # as the web role does once everything is loaded
    found = {page: _page(manager, page, tries) for page in _console_pages(made)}
    found |= {page: _page(partner, page, tries) for page in ("/p/", "/p/numbers?by=country")}
    times_ms = sorted(one for page in found.values() for one in page["times_ms"])
    cpu_ms = sorted(one for page in found.values() for one in page["cpu_ms"])
    return {
        "p95_ms": round(_p95(times_ms)), "p95_cpu_ms": round(_p95(cpu_ms)),
        "max_queries": max(page["queries"] for page in found.values()),
        "pages": {path: _told(page) for path, page in found.items()}, "partners": partners,
        "load_average": round(os.getloadavg()[0], 1), "made_in_s": seconds, **numbers,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    program: Any
    person: Any
    partner: Any
    today: date
    busy: list[str]
    link: str


def _stage(partners: int) -> _Made:
    from django.db import transaction

    from hanse.kernel import clock
    from hanse.kernel.clock import local_day
    from hanse.kernel.ids import text_id
    from hanse.people.access.actions import create_partner_login, create_team_member
    from hanse.programs.enrolments.models import Enrolment
    from hanse.programs.programs.actions import create_program
    from hanse.traffic.links.models import Link

    now = clock.now()
    told: Any = {"now": now - timedelta(days=420), "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="Europe/London", **told)
        person = create_team_member(email="ruth@bench.example", name="Ruth", role="manager", **told)
        make_links(program, make_partners(program, partners, now), now)
        links = [row for row in Link.objects.order_by("number")[:200] if row.number * 37 % 100 < BUSY]
        busy = Enrolment.objects.select_related("partner").in_bulk([row.enrolment_id for row in links[:3]])
        rows = [busy[row.enrolment_id] for row in links[:3]]
        login = create_partner_login(rows[0].partner, **told)
    person.refresh_from_db()
    today = local_day(now, program.time_zone) - timedelta(days=1)
    return _Made(program, person, login, today, [text_id("prt", row.partner_id) for row in rows],
                 text_id("lnk", links[0].pk))  # fmt: skip


def _console_pages(made: _Made) -> list[str]:
    return [
        *(f"/console/overview?period={period}" for period in PERIODS), "/console/partners",
        *(f"/console/partners/{one}" for one in made.busy),
        *(f"/console/overview/by?by={by}&period={period}" for by in DIMENSIONS for period in ("30d", "12m")),
        f"/console/partners/{made.busy[0]}/by?by=referrer&period=12m",
        f"/console/traffic/links/{made.link}/numbers",
    ]  # fmt: skip


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
    return {
        "p95_ms": round(_p95(times_ms)), "p95_cpu_ms": round(_p95(cpu_ms)), "least_cpu_ms": round(min(cpu_ms)),
        "queries": page["queries"],
    }  # fmt: skip


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else PARTNERS)))
