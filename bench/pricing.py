"""How quickly what-if prices a year of a million credited conversions under terms of five clauses, as the page does.

The orders are written straight into the tables; only reading and pricing them is measured.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.crowd import make_partners
from bench.program import CATEGORIES, open_installation

SIZE, PARTNERS, CUSTOMERS, PORTION = 1_000_000, 2_000, 100_000, 20_000
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
BEFORE = {"clauses": [{"kind": "percent", "rate": "10%", "goal": "sale"}]}
AFTER = {
    "clauses": [
        {"kind": "percent", "rate": "12%", "goal": "sale",
         "when": {"field": "line.category", "op": "in", "value": ["books", "toys"]}},
        {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
         "steps": [{"from": 0, "rate": "4%"}, {"from": 200_000, "rate": "6%"}, {"from": 400_000, "rate": "8%"}]},
        {"kind": "multiplier", "factor": "1.5", "when": {"field": "customer.is_new", "op": "eq", "value": True}},
        {"kind": "milestone", "metric": "count", "at": 10, "amount": 5_000},
        {"kind": "cap", "per": "period", "period": "month", "amount": 200_000},
    ]
}  # fmt: skip


def run(size: int = SIZE) -> dict[str, Any]:
    """Measure and return the figures. Raises RuntimeError when not every conversion was priced."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "pricing", **_measured(size)}


def _measured(size: int) -> dict[str, Any]:
    from hanse.money.whatif.queries import what_if
    from hanse.money.whatif.types import Draft
    from hanse.programs.terms.rules import parse_terms

    program = _history(size)
    before_mb, body = _peak_mb(), parse_terms(AFTER, currency="GBP", goals=None)
    began, cpu = time.perf_counter(), time.process_time()
    workers = len(os.sched_getaffinity(0))
    found = what_if(Draft(program.pk, None, None, body), SINCE, UNTIL, workers=workers)
    seconds = time.perf_counter() - began
    cpu_s = time.process_time() - cpu + _children().ru_utime + _children().ru_stime
    if found.orders != size:
        raise RuntimeError(f"{found.orders} of {size} conversions were priced")
    return {
        "seconds": round(seconds, 1), "conversions": size,
        "rss_mb": _peak_mb() + workers * (_children().ru_maxrss // 1024), "rss_before_mb": before_mb,
        "workers": workers,
        "cpu_seconds": round(cpu_s, 1), "load_average": round(os.getloadavg()[0], 1), "clauses": len(body.clauses),
        "before_minor": found.before_minor, "after_minor": found.after_minor, "gain": found.gain, "lose": found.lose,
    }  # fmt: skip


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _children() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def _history(size: int) -> Any:
    """Write a program with partners, orders, credits and commissions, durable only as far as a measurement needs."""
    from django.db import connection, transaction

    from hanse.programs.programs.actions import create_program
    from hanse.programs.terms.actions import publish_terms

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("PRAGMA foreign_keys = OFF")
    told: Any = {"now": SINCE - timedelta(days=500), "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="Europe/London", **told)
        terms = publish_terms(program=program, body=BEFORE, starts_at=told["now"], **told)
        enrolments = make_partners(program, PARTNERS, SINCE - timedelta(days=5))
    goal_id, chance = program.goals.get(key="sale").pk, random.Random(5)  # noqa: S311  # the same orders each time
    customers = _customers(program.pk)
    for first in range(0, size, PORTION):
        with transaction.atomic():
            _write(list(_orders(range(first, min(size, first + PORTION)), size, chance)), chance,
                   program.pk, terms.pk, goal_id, enrolments, customers)  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
    return program


def _customers(program_id: Any) -> list[Any]:
    from django.db import transaction

    from hanse.kernel.ids import new_id
    from hanse.spine.bulk import insert_many
    from hanse.traffic.customers.models import Customer

    rows = [
        {"id": new_id(), "program_id": program_id, "external_id": f"C-{place}", "first_seen_at": SINCE}
        for place in range(CUSTOMERS)
    ]
    with transaction.atomic():
        insert_many(Customer, rows)
    return [row["id"] for row in rows]


def _orders(places: range, size: int, chance: random.Random) -> Iterator[tuple[datetime, str, list[list[Any]], int]]:
    for place in places:
        at = SINCE + (UNTIL - SINCE) * place / size
        lines = [
            [f"SKU-{chance.randrange(4_000)}", chance.choice(CATEGORIES), chance.randint(1, 6),
             chance.randint(150, 9_000)]
            for _ in range(chance.choice((1, 1, 2, 3)))
        ]  # fmt: skip
        yield at, f"A-{place}", lines, sum(line[3] for line in lines)


def _write(
    orders: list[Any], chance: random.Random, program_id: Any, terms_id: Any, goal_id: Any, enrolments: list[Any],
    customers: list[Any],
) -> None:  # fmt: skip
    from hanse.kernel.ids import new_id
    from hanse.money.commissions.models import Commission
    from hanse.spine.bulk import insert_many
    from hanse.traffic.attribution.models import Credit
    from hanse.traffic.conversions.models import Conversion

    conversions: list[dict[str, Any]] = []
    credits: list[dict[str, Any]] = []
    commissions: list[dict[str, Any]] = []
    for at, name, lines, minor in orders:
        id, enrolment_id, refunded = new_id(), enrolments[int(len(enrolments) * chance.random() ** 3)], 0
        if chance.random() < 0.05:
            refunded = lines[0][3]
        conversions.append({
            "id": id, "program_id": program_id, "goal_id": goal_id, "external_id": name, "occurred_at": at,
            "received_at": at, "source": "bench", "content_hash": "", "amount_minor": minor, "currency": "GBP",
            "lines": lines, "customer_id": chance.choice(customers), "is_new": chance.random() < 0.3, "country": "GB",
            "metadata": {"channel": "web"}, "refunded_minor": refunded,
            "refunded_lines": [refunded, *[0] * (len(lines) - 1)] if refunded else None,
        })  # fmt: skip
        credits.append({
            "id": new_id(), "conversion_id": id, "enrolment_id": enrolment_id, "share_ppm": 1_000_000,
            "occurred_at": at,
        })  # fmt: skip
        commissions.append({
            "id": new_id(), "program_id": program_id, "enrolment_id": enrolment_id, "conversion_id": id,
            "terms_id": terms_id, "share_ppm": 1_000_000, "value_minor": minor, "earned_minor": minor // 10,
            "owed_minor": (minor - refunded) // 10, "currency": "GBP", "explanation": {}, "occurred_at": at,
            "accrued_at": at, "held_until": at + timedelta(days=30),
        })  # fmt: skip
    insert_many(Conversion, conversions)
    insert_many(Credit, credits)
    insert_many(Commission, commissions)


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)))
