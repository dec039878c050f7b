"""How long it takes to read and keep 50,000 feeds' worth of pieces, and to count what each of them brought.

Each feed holds ten entries with the partner's own link, every tenth is broken and has to be mended. The network is left
out: what is measured is reading, recognising links, storing, and counting clicks and sales, in batches as at work.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.crowd import make_links, make_partners
from bench.program import BEGAN_AT, TERMS, open_installation

FEEDS, ENTRIES, AT_ONCE, COUNTED_AT_ONCE = 50_000, 10, 30, 50
NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
_CLICK_DAYS = 5


def run(feeds: int = FEEDS) -> dict[str, Any]:
    """Measure and return the figures."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "content", **_measured(feeds), "load_average": round(os.getloadavg()[0], 1)}


def _measured(count: int) -> dict[str, Any]:
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from hanse.growth.content.counting import count_pieces, keep_counts
    from hanse.growth.content.feeding import keep_looks
    from hanse.growth.content.models import Piece
    from hanse.kernel.clock import local_day
    from hanse.runtime.planner import tell_planner

    program, feeds = _stage(count)
    gc.collect()
    gc.freeze()  # what was made for the bench alone is not walked by the collector again and again
    cpu_began = time.process_time()
    took = {"read": 0.0, "store": 0.0, "count": 0.0}
    longest = 0.0
    for start in range(0, count, AT_ONCE):
        part = feeds[start : start + AT_ONCE]
        began = time.perf_counter()
        looks = [(feed, _looked(feed, start + place)) for place, feed in enumerate(part)]
        took["read"] += time.perf_counter() - began
        began = time.perf_counter()
        with transaction.atomic():
            keep_looks(looks, now=NOW)
        held = time.perf_counter() - began
        took["store"] += held
        longest = max(longest, held)
    tell_planner()  # as the schedule does every hour
    ids, today, queries = [feed.enrolment_id for feed in feeds], local_day(NOW, program.time_zone), list[int]()
    for start in range(0, count, COUNTED_AT_ONCE):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            counts = count_pieces(program, ids[start : start + COUNTED_AT_ONCE], today)
            with transaction.atomic():
                keep_counts(program, counts, NOW)
        queries.append(len(asked))
        took["count"] += time.perf_counter() - began
    known = Piece.objects.filter(program=program)
    pieces, with_clicks = known.count(), known.filter(clicks__gt=0).count()
    seconds = sum(took.values())
    return {
        "seconds": round(seconds, 1), "cpu_s": round(time.process_time() - cpu_began, 1), "feeds": count,
        "pieces": pieces, "with_clicks": with_clicks, "pieces_per_s": round(pieces / seconds),
        "read_s": round(took["read"], 1), "store_s": round(took["store"], 1),
        "count_s": round(took["count"], 1), "longest_lock_ms": round(longest * 1000),
        "queries_per_batch": max(queries), "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def _stage(count: int) -> tuple[Any, list[Any]]:
    """Make partners with a link and a feed each, and clicks and sales by the parameters of their entries."""
    from django.db import transaction

    from hanse.growth.content.models import Feed
    from hanse.insight.rollups.models import LinkDay, SaleDay
    from hanse.kernel.ids import new_id
    from hanse.programs.programs.actions import create_program
    from hanse.programs.terms.actions import publish_terms
    from hanse.spine.bulk import insert_many

    told = {"now": BEGAN_AT, "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="Europe/London", **told)
        publish_terms(program=program, body=TERMS, starts_at=BEGAN_AT - timedelta(days=400), **told)
        ids = make_partners(program, count, BEGAN_AT)
        make_links(program, ids, BEGAN_AT)
        insert_many(Feed, [
            {"id": new_id(), "program_id": program.pk, "enrolment_id": who, "address": f"https://p{place}.example/feed",
             "address_key": f"{place:032d}", "kind": "site", "added_at": BEGAN_AT, "added_by": "bench",
             "next_look_at": NOW}
            for place, who in enumerate(ids)
        ])  # fmt: skip
        for start in range(0, count, 5_000):
            _traffic(ids[start : start + 5_000], start, LinkDay, SaleDay)
    feeds = {feed.enrolment_id: feed for feed in Feed.objects.select_related("program")}
    for feed in feeds.values():
        feed.program = program
    return program, [feeds[who] for who in ids]


def _traffic(ids: list[Any], first: int, link_day: Any, sale_day: Any) -> None:
    from hanse.spine.bulk import insert_many

    clicks, sales = [], []
    for place, who in enumerate(ids, first):
        for ago in range(_CLICK_DAYS):
            day = (NOW - timedelta(days=ago)).date()
            for dimension, value, number in (("", "", 12), ("sub:sub1", f"e{ago}", 7), ("referrer", "news.example", 3)):
                clicks.append({"link_number": place + 1, "dimension": dimension, "day": day, "value": value,
                               "clicks": number})  # fmt: skip
        for dimension, value in (("", ""), ("sub:sub1", "e0")):
            sales.append({"enrolment_id": who, "dimension": dimension, "day": NOW.date(), "link_number": place + 1,
                          "value": value, "conversions": 1, "value_minor": 4_000})  # fmt: skip
    insert_many(link_day, clicks)
    insert_many(sale_day, sales)


def _looked(feed: Any, place: int) -> Any:
    from hanse.growth.content.finding import Looked
    from hanse.growth.content.reading import read_feed

    return Looked(feed.address, "", read_feed(_document(place), "application/rss+xml", feed.address))


def _document(place: int) -> bytes:
    entries = "".join(
        f"<item><title>Entry {number} &amp; more</title><link>https://p{place}.example/{number}</link>"
        f"<guid isPermaLink=\"false\">{place}-{number}</guid>"
        f"<pubDate>{NOW - timedelta(days=7 * number + 8):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description><![CDATA[<p>Words about things. {'And more words. ' * 20}"
        f'<a href="http://127.0.0.1:8000/go-{place}?sub1=e{number}">look</a></p>]]></description></item>'
        for number in range(ENTRIES)
    )  # fmt: skip
    broken = "<item><title>Cut & broken" if place % 10 == 0 else "</channel></rss>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Site {place}</title>{entries}{broken}'.encode()


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else FEEDS))
