"""The two reads behind Overview that go through every enrolment: plain SQL, the same on both engines.

Each enrolment's sums of a span are one walk along a covering index, whole months and the days around them apart; the
ORM's objects for ten thousand enrolments alone would cost more than a page may.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from functools import lru_cache
from operator import add
from typing import Any
from uuid import UUID

from django.db import connections, router

from hanse.insight.overview.types import Brought, Joined, Key, Span
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.clock import add_months, day_starts_at, first_day_of

_WORTH_MONTHS = 3  # for fewer of them, one walk along all the days is shorter than one more walk
_Places = Mapping[str, tuple[str, str]]  # by "day" and "month": a table, and how its rows `d` belong to a row `m`
_MINE = "d.enrolment_id = m.enrolment_id"
_ENROLMENT_PLACES = {"day": ("insight_enrolmentday", _MINE), "month": ("insight_enrolmentmonth", _MINE)}
_OF_LINK = "d.program_id = m.program_id AND d.dimension = 'link' AND d.value = m.value"  # as its index says it
_LINK_PLACES = {"day": ("insight_sliceday", _OF_LINK), "month": ("insight_slicemonth", _OF_LINK)}


def brought_by_enrolment(program_id: UUID, span: Span) -> list[Brought]:
    """Return every enrolment that ever brought or earned anything. One query."""
    now_sql, now_params = _sums(("value_minor - refunded_minor", "commission_minor"), span)
    before_sql, before_params = _sums(("value_minor - refunded_minor",), span.before())
    rows = _rows(
        f"SELECT m.enrolment_id, {now_sql}, {before_sql} FROM insight_enrolmentmark m WHERE m.program_id = %s",  # noqa: S608
        [*now_params, *before_params, _id(program_id)],
    )
    parts = len(_parts(span))
    return [_brought(row, parts) for row in rows]


def sums_by_enrolment(program_id: UUID, span: Span, expressions: Sequence[str]) -> dict[Key, list[int]]:
    """Return sums of every enrolment over a span, in the order of the SQL expressions. One query."""
    sql, params = _sums(expressions, span)
    query = f"SELECT m.enrolment_id, {sql} FROM insight_enrolmentmark m WHERE m.program_id = %s"  # noqa: S608
    return _unpacked(_rows(query, [*params, _id(program_id)]))


def sums_by_link(program_id: UUID, span: Span, expressions: Sequence[str]) -> dict[str, list[int]]:
    """Return sums of every link of a program over a span by the link's number, as sums of enrolments. One query."""
    sql, params = _sums(expressions, span, _LINK_PLACES)
    months = (span.first.replace(day=1), span.last.replace(day=1))
    query = (
        f"SELECT m.value, {sql} FROM (SELECT DISTINCT program_id, value FROM insight_slicemonth"  # noqa: S608
        " WHERE program_id = %s AND dimension = 'link' AND month BETWEEN %s AND %s) m"
    )
    return _unpacked(_rows(query, [*params, _id(program_id), *months]))


def _unpacked(rows: Sequence[tuple[Any, ...]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = {}
    for key, *packed in rows:
        sums: list[int] | None = None
        for part in packed:
            if part is not None:
                more = list(map(int, part.split()))
                sums = more if sums is None else list(map(add, sums, more))
        if sums is not None:
            found[key] = sums
    return found


def _brought(row: tuple[Any, ...], parts: int) -> Brought:
    value = commission = 0
    for packed in row[1 : 1 + parts]:
        if packed is not None:
            more, earned = packed.split()
            value += int(more)
            commission += int(earned)
    before = 0
    for packed in row[1 + parts :]:
        if packed is not None:
            before += int(packed)
    return row[0], value, before, commission


def facts_of_enrolments(program_id: UUID, by: str) -> dict[Key, Sequence[str]]:
    """Return the tier's key (`by` "tier") or the partner's types ("type") of every enrolment. One query."""
    sql = "SELECT e.id, t.key FROM programs_enrolment e LEFT JOIN programs_tier t ON t.id = e.tier_id"
    if by == "type":
        sql = (
            "SELECT e.id, CAST(p.types AS TEXT) FROM programs_enrolment e JOIN people_partner p ON p.id = e.partner_id"
        )
    rows = _rows(f"{sql} WHERE e.program_id = %s", [_id(program_id)])
    known = {text: _words(text, by) for text in {text for _key, text in rows}}
    return {key: known[text] for key, text in rows}


def _words(text: str | None, by: str) -> Sequence[str]:
    if by == "tier":
        return (text or "",)
    return tuple(map(str, json.loads(text or "[]"))) or ("",)


class _Ordinals(dict[str | None, int | None]):
    """The ordinals of days by their texts: few days, many enrolments."""

    def __missing__(self, text: str | None) -> int | None:
        found = None if text is None else date.fromisoformat(text).toordinal()
        self[text] = found
        return found


def joined(program_id: UUID, zone: str, since: date, today: date) -> list[Joined]:
    """Return a program's enrolments with their firsts and last, test ones and applicants left out. One query.

    Who joined before `since` has no day of joining.
    """
    rows = _rows(
        "SELECT e.id, e.tier_id, e.status, CAST(e.enrolled_at AS TEXT), CAST(m.first_click AS TEXT),"
        " CAST(m.first_sale AS TEXT), CAST(m.last_sale AS TEXT)"
        " FROM programs_enrolment e LEFT JOIN insight_enrolmentmark m ON m.enrolment_id = e.id"
        " WHERE e.program_id = %s AND e.status <> 'pending' AND NOT e.is_test",
        [_id(program_id)],
    )
    starts, before, ordinals = _starts(zone, since, today), since.toordinal() - 1, _Ordinals()
    return [
        (key, tier, status != "ended", before + place if (place := bisect_right(starts, at)) else None,
         ordinals[click], ordinals[first], ordinals[last])
        for key, tier, status, at, click, first, last in rows
    ]  # fmt: skip


@lru_cache(maxsize=16)
def _starts(zone: str, first: date, last: date) -> list[str]:
    """Return the first moments of local days, a year ahead too, as texts that stand in order among moments' texts."""
    days = (last - first).days + 366
    moments = (day_starts_at(first + timedelta(days=offset), zone) for offset in range(days))
    return [at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") for at in moments]


def _sums(expressions: Sequence[str], span: Span, places: _Places = _ENROLMENT_PLACES) -> tuple[str, list[object]]:
    """Return the SQL of one `m`'s sums in each part of a span, written into one text: one walk finds them all."""
    packed = " || ' ' || ".join(f"CAST(SUM({expression}) AS TEXT)" for expression in expressions)
    columns, params = [], list[object]()
    for column, first, last in _parts(span):
        table, same = places[column]
        columns.append(
            f"(SELECT {packed} FROM {table} d WHERE {same} AND d.{column} BETWEEN %s AND %s)"  # noqa: S608  # our own
        )
        params += [first, last]
    return ", ".join(columns), params


def _parts(span: Span) -> list[tuple[str, date, date]]:
    months, days = whole_months(span)
    if months and (months[1] - months[0]).days < 31 * _WORTH_MONTHS:
        months, days = None, [(span.first, span.last)]
    parts = [("day", first, last) for first, last in days]
    return [("month", *months), *parts] if months else parts


def whole_months(span: Span) -> tuple[tuple[date, date] | None, list[tuple[date, date]]]:
    """Take a span apart into its whole months (the first and the last day, or None) and the days around them."""
    first = first_day_of(span.first, "month")
    first = first if first == span.first else add_months(first, 1)
    until = first_day_of(span.last + timedelta(days=1), "month")  # the first day behind the last whole month
    if first >= until:
        return None, [(span.first, span.last)]
    day = timedelta(days=1)
    edges = [(span.first, first - day), (until, span.last)]
    return (first, until - day), [(begin, end) for begin, end in edges if begin <= end]


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    connection = connections[router.db_for_read(EnrolmentMark)]
    if connection.vendor == "sqlite":
        params = [one.isoformat() if isinstance(one, date) else one for one in params]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _id(key: UUID) -> object:
    return key.hex if connections[router.db_for_read(EnrolmentMark)].vendor == "sqlite" else key


def id_of(key: Key) -> UUID:
    """Return the id that a key stands for."""
    return key if isinstance(key, UUID) else UUID(hex=key)
