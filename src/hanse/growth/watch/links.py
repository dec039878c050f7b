"""Every link beside its own past: one query over a program's days, however many links there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Min, Q, Sum

from hanse.growth.watch.replay import ALL, REACH, Days, Series
from hanse.growth.watch.rules import FEWEST_SALES, LINK_SPANS, PAST_DAYS, judge_links, program_change, spread_of
from hanse.growth.watch.types import Compared, Counts, Judgement
from hanse.insight.rollups.facets import LINK
from hanse.insight.rollups.models import SliceDay
from hanse.programs.programs.models import Program

REPLAYED_LINKS = 300  # the busiest; of the rest hardly anything could ever be told
REPLAYED_DAYS = 365
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at all links found: the judgement, and each able link's comparison that says most."""

    judgement: Judgement
    compared: list[Compared]


def look_at_links(program: Program, today: date) -> Looked:
    """Judge all links of a program over its whole days before `today`. Two queries, three where something stopped."""
    found = list(_compared(program, today))
    first = judge_links(found)
    stopped = {one.compared.key for one in first.alarms}
    if not stopped:
        return Looked(first, _telling(found))
    series = series_of(program, stopped, today - timedelta(days=REACH), today)
    judgement = judge_links(found, lambda one: _spread(series, one))
    return Looked(judgement, _telling(found))


def series_of(program: Program, keys: Collection[str], first: date, until: date) -> dict[str, list[tuple[int, int]]]:
    """Return clicks and sales of links (or of all) on each day of [first, until). One query, two with all."""
    length = (until - first).days
    found: dict[str, list[tuple[int, int]]] = {key: [(0, 0)] * length for key in keys}
    rows = SliceDay.objects.filter(program_id=program.pk, dimension=LINK, day__gte=first, day__lt=until)
    named = rows.filter(value__in=[key for key in keys if key != ALL])
    for value, day, clicks, sales in named.values_list("value", "day", "clicks", "conversions"):
        found[value][(day - first).days] = (clicks, sales)
    if ALL in found:
        sums = rows.order_by().values("day").annotate(n=Sum("clicks"), k=Sum("conversions"))
        for day, clicks, sales in sums.values_list("day", "n", "k"):
            found[ALL][(day - first).days] = (clicks, sales)
    return found


def days_to_replay(program: Program, today: date) -> tuple[Days, int]:
    """Return the last year's days of a program's busiest links, and where their judging begins. Two queries."""
    first = today - timedelta(days=REPLAYED_DAYS + PAST_DAYS)
    rows = SliceDay.objects.filter(program_id=program.pk, dimension=LINK, day__gte=first, day__lt=today)
    oldest = rows.aggregate(first=Min("day"))["first"]
    if oldest is None:
        return Days(today, {}), 0
    first = max(first, oldest)
    busiest = rows.order_by().values("value").annotate(k=Sum("conversions")).filter(k__gte=FEWEST_SALES)
    keys = list(busiest.order_by("-k", "value").values_list("value", flat=True)[:REPLAYED_LINKS])
    series: dict[str, Series] = dict(series_of(program, keys, first, today))
    return Days(first, series), min(PAST_DAYS, (today - first).days)


def _compared(program: Program, today: date) -> Iterator[Compared]:
    """Yield the comparisons of all links that have sold enough to say anything, and of all together."""
    every: dict[int, tuple[Counts, Counts]] = {}
    together = _rows(program, today).aggregate(**_sums(today), oldest=Min("day"))
    for span in LINK_SPANS:
        every[span] = _pair(together, span)
        yield Compared(ALL, span, *every[span], _past_days(together["oldest"], span, today))
    rows = _rows(program, today).order_by().values("value").annotate(**_sums(today), oldest=Min("day"), k=_SALES)
    for row in rows.filter(k__gte=FEWEST_SALES).iterator(chunk_size=5_000):
        for span in LINK_SPANS:
            now, past = _pair(row, span)
            change = program_change(*every[span], now, past)
            yield Compared(row["value"], span, now, past, _past_days(row["oldest"], span, today), change)


_SALES = Sum("conversions", default=0)


def _rows(program: Program, today: date) -> Any:
    first = today - timedelta(days=REACH)
    return SliceDay.objects.filter(program_id=program.pk, dimension=LINK, day__gte=first, day__lt=today)


def _sums(today: date) -> dict[str, Sum]:
    """Return clicks and sales of each span, and of the days before it, as columns of one query."""
    found = {}
    for span in LINK_SPANS:
        begin = today - timedelta(days=span)
        for part, days in (("now", Q(day__gte=begin)),
                           ("past", Q(day__lt=begin, day__gte=begin - timedelta(days=PAST_DAYS)))):  # fmt: skip
            found[f"clicks_{part}_{span}"] = Sum("clicks", filter=days, default=0)
            found[f"sales_{part}_{span}"] = Sum("conversions", filter=days, default=0)
    return found


def _pair(row: Any, span: int) -> tuple[Counts, Counts]:
    now, past = (
        Counts(int(row[f"clicks_{part}_{span}"]), int(row[f"sales_{part}_{span}"])) for part in ("now", "past")
    )
    return now, past


def _past_days(oldest: date | None, span: int, today: date) -> int:
    begin = today - timedelta(days=span)
    return max(1, min(PAST_DAYS, (begin - oldest).days)) if oldest else PAST_DAYS


def _spread(series: dict[str, list[tuple[int, int]]], one: Compared) -> float:
    length = min(one.span_days, _WEEK)
    days = series[one.key][: -one.span_days][-one.past_days :]
    spans = [days[at : at + length] for at in range(len(days) % length, len(days), length)]
    return spread_of([Counts(sum(day[0] for day in span), sum(day[1] for day in span)) for span in spans])


def _telling(found: list[Compared]) -> list[Compared]:
    """Return for each link the longest comparison that could be made: what a table shows beside its verdict."""
    best: dict[str, Compared] = {}
    grouped: dict[str, list[Compared]] = defaultdict(list)
    for one in found:
        grouped[one.key].append(one)
    for key, many in grouped.items():
        usable = [one for one in many if one.now.tries and one.past.tries]
        if usable:
            best[key] = max(usable, key=lambda one: one.span_days)
    return list(best.values())
