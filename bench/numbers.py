# ruff: noqa: E501, S608  # statements of one piece, made of our own names
"""More than a hundred million clicks' worth of rollups, made by the database itself: few partners bring most.

SQLite only. The same numbers each time: what looks like chance is a hash of the place and the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bench.crowd import DAYS

HOURS_DAYS = 60  # link × hour, which one page reads 48 of, is made for so many days
# of a hundred partners so many have numbers on such a share (‰) of days, with so many clicks on each
_KINDS = ((20, 1000, 120), (30, 500, 12), (17, 100, 4), (33, 0, 0))
_PARTS = (
    ("country", "GB", 44), ("country", "US", 21), ("country", "DE", 12), ("country", "FR", 9), ("country", "PL", 7),
    ("device", "phone", 58), ("device", "desktop", 34), ("device", "tablet", 6), ("referrer", "t.co", 22),
    ("referrer", "youtube.com", 19), ("referrer", "google.com", 14), ("referrer", "blog.example", 8),
    ("sub:sub1", "newsletter", 31), ("sub:sub1", "video", 17),
)  # fmt: skip
_COUNTS = "clicks, invalid_clicks, conversions, click_conversions, new_customers, value_minor, refunded_minor, commission_minor, held_minor"
_SOLD = "conversions, click_conversions, new_customers, value_minor, refunded_minor, commission_minor"


def make_numbers(program_id: str, last: date) -> dict[str, int]:
    """Write every rollup of the program's partners; return how many clicks and sales they stand for, and rows."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        for statement in _scaffold(program_id, last):
            cursor.execute(statement)
        for statement in _statements():
            with transaction.atomic():
                cursor.execute(statement)
        cursor.execute("ANALYZE")
        found = {}
        cursor.execute("SELECT SUM(clicks), SUM(conversions) FROM insight_programday")
        found["clicks"], found["conversions"] = cursor.fetchone()
        tables = ("enrolmentday", "enrolmentmonth", "linkhour", "linkday", "saleday", "sliceday", "slicemonth")
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM insight_{table}")
            found[f"rows_{table}"] = cursor.fetchone()[0]
    return found


def _scaffold(program_id: str, last: date) -> Iterator[str]:
    first = last - timedelta(days=DAYS - 1)
    yield "CREATE TEMP TABLE part (dimension, value, share)"
    yield "INSERT INTO part VALUES " + ", ".join(f"('{d}', '{v}', {share})" for d, v, share in _PARTS)
    yield "CREATE TEMP TABLE hour (hour, share)"
    yield "INSERT INTO hour VALUES " + ", ".join(f"({hour}, {20 + 4 * (hour % 12)})" for hour in range(24))
    yield (
        "CREATE TEMP TABLE day AS WITH RECURSIVE d(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM d"
        f" WHERE n < {DAYS - 1}) SELECT n, date('{first}', n || ' days') AS day FROM d"
    )
    kinds, low = [], 0
    for share, density, usual in _KINDS:
        kinds.append(f"WHEN p BETWEEN {low} AND {low + share - 1} THEN {density * 1000 + usual}")
        low += share
    yield (
        "CREATE TEMP TABLE who AS SELECT number, enrolment, kind / 1000 AS density, kind % 1000 AS usual FROM"
        f" (SELECT number, enrolment_id AS enrolment, CASE {' '.join(kinds)} END AS kind FROM"
        " (SELECT number, enrolment_id, (number * 37) % 100 AS p FROM traffic_link))"
    )
    yield (
        "CREATE TEMP VIEW raw AS SELECT number, enrolment, day,"
        f" '{program_id}' AS program, usual / 2 + (number * 48271 + n * 69621 + number * n % 9973 * 31) % (usual * 3 / 2 + 1)"
        " AS clicks, (number * 16807 + n * 7919) % 100 AS luck, (number * 271 + n * 8191 + number * n % 769) % 8000 AS price"
        " FROM who CROSS JOIN day WHERE usual > 0 AND (number * 131 + n * 977 + number * n % 613) % 1000 < density"
    )


def _statements() -> Iterator[str]:
    sums = ", ".join(f"SUM({name.strip()})" for name in _COUNTS.split(","))
    sold = ", ".join(f"SUM({name.strip()})" for name in _SOLD.split(","))
    yield (
        f"INSERT INTO insight_enrolmentday (program_id, enrolment_id, day, {_COUNTS})"
        " SELECT program, enrolment, day, clicks, clicks / 5, sales, sales, sales / 2, sales * (1000 + price),"
        " sales * (1000 + price) / 20, sales * (1000 + price) / 10, 0 FROM"
        " (SELECT *, clicks / 100 + (luck < clicks % 100) AS sales FROM raw)"
    )
    yield (
        f"INSERT INTO insight_enrolmentmonth (program_id, enrolment_id, month, {_COUNTS}) SELECT program_id,"
        f" enrolment_id, substr(day, 1, 7) || '-01', {sums} FROM insight_enrolmentday GROUP BY 1, 2, 3"
    )
    yield (
        f"INSERT INTO insight_programday (program_id, day, {_COUNTS}) SELECT program_id, day, {sums}"
        " FROM insight_enrolmentday GROUP BY 1, 2"
    )
    yield (
        "INSERT INTO insight_enrolmentmark (enrolment_id, program_id, first_click, last_click, first_sale, last_sale)"
        " SELECT enrolment_id, program_id, MIN(day) FILTER (WHERE clicks > 0), MAX(day) FILTER (WHERE clicks > 0),"
        " MIN(day) FILTER (WHERE conversions > 0), MAX(day) FILTER (WHERE conversions > 0)"
        " FROM insight_enrolmentday GROUP BY 1, 2"
    )
    yield "CREATE TEMP VIEW mine AS SELECT d.*, w.number FROM who w JOIN insight_enrolmentday d ON d.enrolment_id = w.enrolment"
    yield (
        "INSERT INTO insight_linkday (link_number, dimension, day, value, clicks)"
        " SELECT number, '', day, '', clicks FROM mine"
    )
    yield (
        "INSERT INTO insight_linkday (link_number, dimension, day, value, clicks) SELECT number, dimension, day, value,"
        " clicks * share / 100 FROM mine CROSS JOIN part WHERE clicks * share >= 100"
    )
    yield (
        "INSERT INTO insight_linkhour (link_number, hour_at, clicks, invalid_clicks, conversions, value_minor,"
        " refunded_minor, commission_minor) SELECT number, day || printf(' %02d:00:00', hour), clicks * share / 1000, 0, 0, 0,"
        f" 0, 0 FROM mine CROSS JOIN hour WHERE clicks * share >= 1000 AND day IN (SELECT day FROM day WHERE n >= {DAYS - HOURS_DAYS})"
    )
    yield (
        f"INSERT INTO insight_saleday (enrolment_id, dimension, day, link_number, value, {_SOLD})"
        f" SELECT enrolment_id, '', day, number, '', {_SOLD} FROM mine WHERE conversions > 0"
    )
    yield (
        f"INSERT INTO insight_saleday (enrolment_id, dimension, day, link_number, value, {_SOLD})"
        f" SELECT enrolment_id, p.dimension, day, number, p.value, {_SOLD} FROM mine JOIN part p"
        " ON p.value IN ('GB', 'phone', 't.co') WHERE conversions > 0"
    )
    for table, source, column in (("sliceday", "programday", "day"), ("slicemonth", None, "month")):
        whole = source or "enrolmentmonth"
        place = f"program_id, {column}"
        yield (
            f"INSERT INTO insight_{table} (program_id, dimension, {column}, value, clicks, {_SOLD}) SELECT program_id,"
            f" dimension, {column}, value, clicks * share / 100, conversions * share / 100, click_conversions * share / 100,"
            " new_customers * share / 100, value_minor * share / 100, refunded_minor * share / 100, commission_minor * share / 100"
            f" FROM (SELECT {place}, SUM(clicks) AS clicks, {_as(sold)} FROM insight_{whole} GROUP BY 1, 2) CROSS JOIN part"
        )
    yield (
        f"INSERT INTO insight_sliceday (program_id, dimension, day, value, clicks, {_SOLD})"
        f" SELECT program_id, 'link', day, CAST(number AS TEXT), clicks, {_SOLD} FROM mine"
    )
    yield (
        f"INSERT INTO insight_slicemonth (program_id, dimension, month, value, clicks, {_SOLD}) SELECT program_id, 'link',"
        f" month, CAST(number AS TEXT), clicks, {_SOLD} FROM who JOIN insight_enrolmentmonth ON enrolment_id = enrolment"
    )


def _as(sums: str) -> str:
    names = [name.strip() for name in _SOLD.split(",")]
    return ", ".join(f"{one} AS {name}" for one, name in zip(sums.split(", "), names, strict=True))
