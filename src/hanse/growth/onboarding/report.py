"""Onboarding in numbers: funnel, times and retention, each one walk of the database over the program's rows.

Ten thousand objects of the ORM would cost more than a page may: the database adds up, and we read what it found.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connections, router

from hanse.growth.onboarding.models import Onboarding
from hanse.growth.onboarding.types import (
    ENGAGED_CLICKS,
    FIRST_MONTH_DAYS,
    MORE_TIMED,
    TIMED,
    WAY,
    Group,
    Reached,
    Report,
    Retention,
)
from hanse.insight.survival.rules import curve, part, ratio
from hanse.insight.survival.types import Curve, Part

BY = ("cohort", "type", "source")
KEPT_FROM_DAYS, KEPT_UNTIL_DAYS = 91, 180
RETENTION_DAYS = 730
BESIDE = ("terms", "piece", "details")
_MOST_GROUPS = 60
_FUNNEL = [
    f"COUNT(COALESCE({', '.join(f'o.{step}_on' for step in WAY[place:])}, NULL))"  # one alone needs a second
    for place in range(len(WAY))
]
_COUNTS = [*_FUNNEL, *(f"COUNT(o.{step}_on)" for step in BESIDE)]
_KEYS = {
    "cohort": "SUBSTR(CAST(o.joined_on AS TEXT), 1, 7)", "type": "CAST(p.types AS TEXT)", "source": "p.source",
}  # fmt: skip
_FOUND = {  # the first of days is read by an index and stops there; our own words
    "engaged": (
        "SELECT d.day FROM insight_enrolmentday d WHERE d.enrolment_id = a.enrolment_id AND d.day >= a.joined_on"  # noqa: S608
        f" AND d.clicks >= {ENGAGED_CLICKS} ORDER BY d.day LIMIT 1"
    ),
    "referral": (
        "SELECT MIN(b.joined_on) FROM programs_enrolment mine"
        " JOIN people_partner r ON r.recruited_by_id = mine.partner_id"
        " JOIN programs_enrolment theirs ON theirs.partner_id = r.id AND theirs.program_id = a.program_id"
        " JOIN growth_onboarding b ON b.enrolment_id = theirs.id WHERE mine.id = a.enrolment_id"
    ),
}
_PEOPLE = " JOIN programs_enrolment e ON e.id = o.enrolment_id JOIN people_partner p ON p.id = e.partner_id"


class _Sums:
    """What one group adds up to."""

    __slots__ = ("counts", "early", "fresh", "had", "waiting")

    def __init__(self) -> None:
        self.counts = [0] * (1 + len(_COUNTS))
        self.fresh = self.early = 0
        self.had, self.waiting = Counter[int](), Counter[int]()


def report_of(program_id: UUID, today: date, since: date, by: str = "cohort") -> Report:
    """Return everything about those who joined from `since` to today, in groups by cohort, type or source.

    Somebody of two types stands in both groups. Who left without a sale was watched until then. Eight queries.
    """
    groups = _grouped(program_id, today, since, by)
    whole = groups[""] if by == "type" else _added(groups.values())
    times = {step: _curve(program_id, today, since, step) for step in TIMED} | _more_times(program_id, today, since)
    listed = [_group(key, sums) for key, sums in groups.items() if key or by != "type"]
    listed.sort(key=lambda one: (0, one.key) if by == "cohort" else (-one.joined, one.key))
    return Report(
        since=since, joined=whole.counts[0], fresh=whole.fresh, steps=_funnel(whole.counts),
        beside=dict(zip(BESIDE, whole.counts[1 + len(WAY) :], strict=True)), times=times,
        first_month=_first_month(whole), retention=_retention(program_id, today), by=by,
        groups=listed[-_MOST_GROUPS:] if by == "cohort" else listed[:_MOST_GROUPS],
    )  # fmt: skip


def _grouped(program_id: UUID, today: date, since: date, by: str) -> dict[str, _Sums]:
    """Return the sums of each group; of types also those of everybody, under ""."""
    key, people = _KEYS[by], "" if by == "cohort" else _PEOPLE
    fresh_from = today - timedelta(days=FIRST_MONTH_DAYS)
    counted = _rows(
        f"SELECT {key}, COUNT(*), {', '.join(_COUNTS)},"  # noqa: S608  # our own words
        " COUNT(CASE WHEN o.joined_on > %s AND o.sale_on IS NULL THEN 1 END),"
        " COUNT(CASE WHEN o.joined_on > %s AND o.sale_on IS NOT NULL THEN 1 END)"
        f" FROM growth_onboarding o{people} WHERE o.program_id = %s AND o.joined_on BETWEEN %s AND %s GROUP BY 1",
        [fresh_from, fresh_from, _id(program_id), since, today],
    )
    days, params = _days("sale", today)
    timed = _rows(
        f"SELECT {key}, CASE WHEN o.sale_on IS NULL THEN 0 ELSE 1 END, {days}, COUNT(*)"  # noqa: S608
        f" FROM growth_onboarding o{people} WHERE o.program_id = %s AND o.joined_on BETWEEN %s AND %s GROUP BY 1, 2, 3",
        [*params, _id(program_id), since, today],
    )
    groups: defaultdict[str, _Sums] = defaultdict(_Sums)
    for text, *counts, fresh, early in counted:
        for one in _names(text, by):
            groups[one].counts = [a + b for a, b in zip(groups[one].counts, counts, strict=True)]
            groups[one].fresh += fresh
            groups[one].early += early
    for text, had, after, count in timed:
        for one in _names(text, by):
            (groups[one].had if had else groups[one].waiting)[max(0, after)] += count
    if by == "type" and not groups:
        groups[""] = _Sums()
    return groups


def _names(text: str | None, by: str) -> Sequence[str]:
    if by != "type":
        return (text or "",)
    return ("", *(map(str, json.loads(text or "[]")) if text not in (None, "[]") else ("none",)))


def _added(groups: Iterable[_Sums]) -> _Sums:
    whole = _Sums()
    for one in groups:
        whole.counts = [a + b for a, b in zip(whole.counts, one.counts, strict=True)]
        whole.fresh += one.fresh
        whole.early += one.early
        whole.had.update(one.had)
        whole.waiting.update(one.waiting)
    return whole


def _group(key: str, sums: _Sums) -> Group:
    until_sale = curve(sums.had, sums.waiting)
    return Group(key, sums.counts[0], sums.fresh, _funnel(sums.counts), until_sale, _first_month(sums))


def _funnel(counts: Sequence[int]) -> list[Reached]:
    steps, before = [Reached("joined", counts[0], 0)], counts[0]
    for key, count in zip(WAY, counts[1 : 1 + len(WAY)], strict=True):
        steps.append(Reached(key, count, before - count))
        before = count
    return steps


def _first_month(sums: _Sums) -> Part:
    """Return who sold within 30 days, of those who joined 30 days ago or earlier and did not leave before.

    Whoever is newer counts in neither: of them only the winners would be known.
    """
    won = sum(count for days, count in sums.had.items() if days <= FIRST_MONTH_DAYS) - sums.early
    late = sum(count for days, count in sums.had.items() if days > FIRST_MONTH_DAYS)
    waited = sum(count for days, count in sums.waiting.items() if days >= FIRST_MONTH_DAYS)
    return part(won, won + late + waited)


def _more_times(program_id: UUID, today: date, since: date) -> dict[str, Curve]:
    """Return the times to firsts that are no step; one that nobody has had is left out: there may be no data of it."""
    found = {step: _curve(program_id, today, since, step, _FOUND[step]) for step in MORE_TIMED}
    return {step: curve for step, curve in found.items() if curve.events}


def _curve(program_id: UUID, today: date, since: date, step: str, found: str = "") -> Curve:
    """Read the days to a step. `found` is the SQL of its day where the table of onboardings has no column for it."""
    days, params = _days(step, today)
    more = f", ({found}) AS {step}_on" if found else ""
    rows = _rows(
        f"SELECT CASE WHEN o.{step}_on IS NULL THEN 0 ELSE 1 END, {days}, COUNT(*)"  # noqa: S608  # our own words
        f" FROM (SELECT a.*{more} FROM growth_onboarding a"
        " WHERE a.program_id = %s AND a.joined_on BETWEEN %s AND %s) o GROUP BY 1, 2",
        [*params, _id(program_id), since, today],
    )
    had, waiting = Counter[int](), Counter[int]()
    for happened, after, count in rows:
        (had if happened else waiting)[max(0, after)] += count
    return curve(had, waiting)


def _retention(program_id: UUID, today: date) -> Retention:
    """Compare who sold in days 91 to 180, of everybody who joined half a year to two and a half years ago."""
    won = _between("o.joined_on", "o.sale_on")
    kept = " AND ".join((
        "d.enrolment_id = o.enrolment_id", f"d.day >= {_later('o.joined_on', KEPT_FROM_DAYS)}",
        f"d.day <= {_later('o.joined_on', KEPT_UNTIL_DAYS)}", "d.conversions > 0",
    ))  # fmt: skip
    until = today - timedelta(days=KEPT_UNTIL_DAYS)
    rows = _rows(
        f"SELECT CASE WHEN o.sale_on IS NOT NULL AND {won} <= {FIRST_MONTH_DAYS} THEN 1 ELSE 0 END,"  # noqa: S608
        f" CASE WHEN o.sale_on IS NOT NULL AND EXISTS (SELECT 1 FROM insight_enrolmentday d WHERE {kept})"
        " THEN 1 ELSE 0 END, COUNT(*)"
        " FROM growth_onboarding o WHERE o.program_id = %s AND o.joined_on BETWEEN %s AND %s GROUP BY 1, 2",
        [_id(program_id), until - timedelta(days=RETENTION_DAYS), until],
    )
    counts: Mapping[tuple[int, int], int] = {(won, kept): count for won, kept, count in rows}

    def kept_of(won: int) -> Part:
        return part(counts.get((won, 1), 0), counts.get((won, 1), 0) + counts.get((won, 0), 0))

    with_win, without = kept_of(1), kept_of(0)
    return Retention(with_win, without, ratio(with_win, without))


def _days(step: str, today: date) -> tuple[str, list[Any]]:
    """Return the SQL of the days from joining to a step, or to the last day on which somebody was watched for it."""
    reached = _between("o.joined_on", f"o.{step}_on")
    place = "CAST(%s AS DATE)" if _vendor() != "sqlite" else "%s"
    watched = _between("o.joined_on", f"COALESCE(o.left_on, {place})")
    return f"CASE WHEN o.{step}_on IS NULL THEN {watched} ELSE {reached} END", [today]


def _between(first: str, last: str) -> str:
    if _vendor() == "sqlite":
        return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"
    return f"({last} - {first})"


def _later(day: str, days: int) -> str:
    return f"date({day}, '+{days} days')" if _vendor() == "sqlite" else f"({day} + {days})"


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    connection = connections[router.db_for_read(Onboarding)]
    if connection.vendor == "sqlite":
        params = [one.isoformat() if isinstance(one, date) else one for one in params]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _id(key: UUID) -> object:
    return key.hex if _vendor() == "sqlite" else key


def _vendor() -> str:
    return connections[router.db_for_read(Onboarding)].vendor
