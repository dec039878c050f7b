"""Clicks on PostgreSQL lie in months: made ahead, filled from a rest that takes everything, dropped whole when old.

The table's key is (id, occurred_at), since it must hold what it is cut by. An id is minted with its second, so one
click has one moment for good, and `record_clicks` looks for known ids before it inserts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connections, router

from hanse.traffic.clicks.models import Click

TABLE, REST = "traffic_click", "traffic_click_rest"
AHEAD, AT_ONCE = 3, 24
_NAME = re.compile(rf"{TABLE}_(\d{{4}})_(\d{{2}})")
_PARTS = """
SELECT c.relname, GREATEST(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = to_regclass(%s) ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in UTC."""

    year: int
    month: int

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def table(self) -> str:
        """The name of its part of the table."""
        return f"{TABLE}_{self.year:04d}_{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the table; `month` None is the rest. `rows` is PostgreSQL's own estimate."""

    month: Month | None
    rows: int
    size_bytes: int


def month_of(at: datetime) -> Month:
    """Return the month of a moment."""
    moment = at.astimezone(UTC)
    return Month(moment.year, moment.month)


def click_parts() -> list[Part]:
    """Return the parts that the table has, the rest first; nothing where it is not cut (SQLite)."""
    connection = connections[router.db_for_read(Click) or "default"]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [TABLE])
        rows = cursor.fetchall()
    parts = [Part(_named(name), int(count), int(size)) for name, count, size in rows]
    return sorted(parts, key=lambda part: part.month or Month(0, 1))


def missing_months(now: datetime) -> list[Month]:
    """Return the months from now on that have no part yet, and those whose clicks lie in the rest."""
    parts = click_parts()
    if not parts:
        return []
    wanted = {month_of(now)}
    for _ in range(AHEAD):
        wanted.add(max(wanted).next)
    return sorted((wanted | _months_of_rest()) - {part.month for part in parts})[: AT_ONCE + AHEAD]


def past_months(before: datetime) -> list[Month]:
    """Return the months that ended before a moment and still have a part."""
    return [part.month for part in click_parts() if part.month and part.month.next.starts_at <= before]


def make_month(month: Month) -> None:
    """Make a month's part beside the table, move its clicks from the rest, and only then join it.

    Needs a transaction of its own; OperationalError where a lock cannot be had within seconds: then later.
    """
    first, after = month.starts_at.isoformat(), month.next.starts_at.isoformat()
    with _in_haste() as cursor:
        cursor.execute(f"CREATE TABLE {month.table} (LIKE {TABLE} INCLUDING DEFAULTS)")
        cursor.execute(
            f"WITH moved AS (DELETE FROM {REST} WHERE occurred_at >= %s AND occurred_at < %s RETURNING *)"  # noqa: S608  # our own names
            f" INSERT INTO {month.table} SELECT * FROM moved",
            [first, after],
        )
        cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {month.table} FOR VALUES FROM ('{first}') TO ('{after}')")


def drop_month(month: Month) -> None:
    """Drop a month with all its clicks; nothing is read for it. Needs a transaction of its own, as `make_month`."""
    with _in_haste() as cursor:
        cursor.execute(f"DROP TABLE {month.table}")


def _months_of_rest() -> set[Month]:
    connection = connections[router.db_for_read(Click) or "default"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT date_trunc('month', occurred_at AT TIME ZONE 'UTC') FROM {REST}")  # noqa: S608
        return {Month(row[0].year, row[0].month) for row in cursor.fetchall()}


@contextmanager
def _in_haste() -> Iterator[Any]:
    """A cursor whose statements give up on a lock rather than make everybody wait behind them."""
    with connections[router.db_for_write(Click) or "default"].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        yield cursor


def _named(table: str) -> Month | None:
    found = _NAME.fullmatch(table)
    return Month(int(found[1]), int(found[2])) if found else None
