# ruff: noqa: S608  # statements of our own names
"""How long watch takes to judge a million links beside their own past, and to choose and judge the pages behind them.

SQLite only, on rollups that the database makes itself: a few links bring most, as in life. Some busy links stop
selling two weeks before the end; the look has to find these and no others.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.crowd import make_partners
from bench.program import open_installation

LINKS, DAYS, PLANTED, PAGES = 1_000_000, 118, 20, 20_000
# of a hundred links so many have clicks on so many of the days, with so many clicks on each
_KINDS = ((2, 80, 40), (18, 6, 5), (80, 1, 1))
_STOPPED_DAYS = 14


def run(links: int = LINKS) -> dict[str, Any]:
    """Measure and return the figures: `judged_in_s` for all links, in `queries` statements however many there are."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "watch", **_measured(links)}


def _measured(links: int) -> dict[str, Any]:
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from hanse.growth.watch.actions import keep_looks
    from hanse.growth.watch.destinations import due_destinations
    from hanse.growth.watch.failing import broken_pages
    from hanse.growth.watch.finding import stopped_links, today_of
    from hanse.kernel import clock
    from hanse.runtime.planner import tell_planner

    now = clock.now()
    program, made_in, rows = _stage(links, now)
    tell_planner()  # as the schedule does every hour
    today = today_of(program, now)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as caught:
        looked, faults = stopped_links(program, today, now)
    judged = time.perf_counter()
    with transaction.atomic():
        keep_looks(program, looked.judgement, looked.compared, now)
    kept = time.perf_counter()
    due = due_destinations(now, 60)
    chosen = time.perf_counter()
    pages = broken_pages(program, now)
    done = time.perf_counter()
    stopped = {number for fault in faults for number in _numbers(fault)}
    return {
        "links": links, "rows": rows, "judged_in_s": round(judged - began, 2), "queries": len(caught),
        "links_per_s": round(links / (judged - began)), "able": looked.judgement.looked_at,
        "comparisons": looked.judgement.able, "planted": PLANTED,
        "found": len(stopped & set(_planted(links))), "false": len(stopped - set(_planted(links))),
        "kept_in_ms": round(1000 * (kept - judged)), "chosen_in_ms": round(1000 * (chosen - kept)), "due": len(due),
        "pages_in_ms": round(1000 * (done - chosen)), "broken": len(pages), "made_in_s": round(made_in),
        "load_average": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _numbers(fault: Any) -> list[int]:
    return list(fault.about["links"] or [])


def _planted(links: int) -> list[int]:
    """Return the numbers of the busy links that stop: they lie evenly among all."""
    busy = links * _KINDS[0][0] // 100
    return [1 + place * (busy // PLANTED) for place in range(PLANTED)]


def _stage(links: int, now: Any) -> tuple[Any, float, int]:
    from django.db import connection, transaction

    from hanse.growth.watch.destinations import note_destination
    from hanse.kernel.clock import local_day
    from hanse.programs.offers.actions import create_offer
    from hanse.programs.programs.actions import create_program

    began = time.perf_counter()
    told: Any = {"now": now - timedelta(days=420), "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="Europe/London", **told)
        enrolments = make_partners(program, max(100, links // 100), now)
        offer = create_offer(program, name="Shop", destination_url="https://shop.example/", **told)
    today = local_day(now, program.time_zone)
    first = today - timedelta(days=DAYS)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("CREATE TEMP TABLE owner AS SELECT ROW_NUMBER() OVER (ORDER BY id) - 1 AS place, id"
                       " FROM programs_enrolment")  # fmt: skip
        cursor.execute("CREATE UNIQUE INDEX owner_place ON owner (place)")
        cursor.execute(_link_rows(links, len(enrolments), offer.pk.hex))
        for statement in _day_rows(links, program.pk.hex, str(first), str(today)):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
        cursor.execute("SELECT COUNT(*) FROM insight_sliceday")
        rows = int(cursor.fetchone()[0])
    for _look in range(2):
        for page in (5, 6, 7):
            note_destination(f"https://shop.example/{page}", reason="status_404", now=now)
    return program, time.perf_counter() - began, rows


def _link_rows(links: int, owners: int, offer: str) -> str:
    return f"""INSERT INTO traffic_link (id, number, slug, enrolment_id, offer_id, destination_url, label, initiative,
        routes, created_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {links})
        SELECT printf('%032x', i), i, 'go-' || i, (SELECT id FROM owner WHERE place = i % {owners}), '{offer}',
        'https://shop.example/' || (i % {PAGES}), '', '', '{{}}', '2026-01-01 00:00:00' FROM n"""


def _day_rows(links: int, program: str, first: str, today: str) -> list[str]:
    found, low = [], 0
    for share, days, clicks in _KINDS:
        high = low + links * share // 100
        sales = (
            f"CASE WHEN (i * 7919 + d * 104729) % 100 < 4 * {clicks} THEN (1 + (i + d) % 3) * {clicks} / 30 ELSE 0 END"
        )
        stopped = (
            f"(i - 1) % {max(1, links * _KINDS[0][0] // 100 // PLANTED)} = 0 AND i <= {links * _KINDS[0][0] // 100}"
        )
        found.append(f"""INSERT INTO insight_sliceday (program_id, dimension, day, value, clicks, conversions,
            click_conversions, new_customers, value_minor, refunded_minor, commission_minor)
            WITH RECURSIVE n(i) AS (SELECT {low + 1} UNION ALL SELECT i + 1 FROM n WHERE i < {high}),
            t(d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM t WHERE d < {days - 1})
            SELECT '{program}', 'link', day, value, clicks, sales, sales, 0, 0, 0, 0 FROM (
              SELECT date('{first}', (d * {DAYS} / {days} + i % max(1, {DAYS} / {days})) || ' days') AS day,
                CAST(i AS TEXT) AS value, {clicks} + (i + d) % 3 AS clicks,
                CASE WHEN {stopped} AND date('{first}', (d * {DAYS} / {days} + i % max(1, {DAYS} / {days})) || ' days')
                  >= date('{today}', '-{_STOPPED_DAYS} days') THEN 0 ELSE {sales} END AS sales
              FROM n CROSS JOIN t) WHERE day < '{today}'""")
        low = high
    return found


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else LINKS)))
