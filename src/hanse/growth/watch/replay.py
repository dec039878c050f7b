"""A past year again, day by day, with today's rule: which alarms it would have raised, and which were false. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from typing import Final

from hanse.growth.watch.rules import (
    BACK_DAYS,
    LINK_SPANS,
    PAST_DAYS,
    UNCLICKED_DAYS,
    has_healed,
    judge_links,
    program_change,
    spread_of,
)
from hanse.growth.watch.types import Compared, Counts, Replayed

ALL: Final = "all"  # the key under which all links together are compared
BACK_WITHIN_DAYS: Final = 28
REACH: Final = PAST_DAYS + max(LINK_SPANS)
_WEEK = 7

Series = Sequence[tuple[int, int]]  # clicks and sales, a pair a day


class Days:
    """The days of many links, summed up from the left, so that any span costs two looks."""

    def __init__(self, first: date, series: Mapping[str, Series]) -> None:
        self.first, self.length = first, max((len(days) for days in series.values()), default=0)
        whole = [(sum(one[0] for one in day), sum(one[1] for one in day)) for day in zip(*series.values(), strict=True)]
        self._sums = {key: _summed(days) for key, days in {**series, ALL: whole}.items()}
        self._lively = {
            key: [at for at, day in enumerate(days) if any(day)] for key, days in {**series, ALL: whole}.items()
        }

    @property
    def keys(self) -> list[str]:
        """The links, and all of them together."""
        return list(self._sums)

    def between(self, key: str, begin: int, end: int) -> Counts:
        """Return what lies in [begin, end) of the days."""
        clicks, sales = self._sums[key]
        begin = max(0, begin)
        return Counts(clicks[end] - clicks[begin], sales[end] - sales[begin]) if end > begin else Counts()

    def compared(self, end: int) -> Iterator[Compared]:
        """Yield each link's last days beside its own past, as they were known when the day before `end` was over."""
        for span in LINK_SPANS:
            begin = end - span
            if begin <= 0:
                continue
            every = self.between(ALL, begin, end), self.between(ALL, begin - PAST_DAYS, begin)
            for key in self._sums:
                now, past = self.between(key, begin, end), self.between(key, begin - PAST_DAYS, begin)
                change = 1.0 if key == ALL else program_change(*every, now, past)
                yield Compared(key, span, now, past, self._past_days(key, begin, end), change)

    def _past_days(self, key: str, begin: int, end: int) -> int:
        """Return how long the past of a link is: since its first lively day of those that a look reads."""
        lively = self._lively[key]
        place = bisect_left(lively, end - REACH)
        return max(1, min(PAST_DAYS, begin - lively[place])) if place < len(lively) else PAST_DAYS

    def spread(self, one: Compared, end: int) -> float:
        """Return how much the spans before a comparison's own differ, as long as it is or a week."""
        length = min(one.span_days, _WEEK)
        begin = end - one.span_days
        starts = range(begin - length, max(-1, begin - one.past_days - 1), -length)
        return spread_of([self.between(one.key, start, start + length) for start in starts])

    def next_sale(self, key: str, after: int) -> int | None:
        """Return the first day from `after` on with a sale, None where none came any more."""
        sales = self._sums[key][1]
        return next((day for day in range(after, self.length) if sales[day + 1] > sales[day]), None)


def replay(days: Days, begin: int) -> Replayed:
    """Judge every day from `begin` on as if it were today: faults open, go on and heal as they do live."""
    looks = alarms = false = 0
    open_ones: dict[str, float] = {}  # the usual share of each
    for end in range(begin, days.length + 1):
        open_ones = {key: usual for key, usual in open_ones.items() if not _has_healed(days, key, usual, end)}
        judgement = judge_links(days.compared(end), partial(days.spread, end=end))
        looks += judgement.looked_at
        found = {one.compared.key: one.compared.past.share for one in judgement.alarms}
        found = {ALL: found[ALL]} if ALL in found else found  # where all stopped it is one fault
        for key in found.keys() - open_ones.keys():
            back = days.next_sale(key, end)
            alarms += 1
            false += back is not None and back - end < BACK_WITHIN_DAYS
        open_ones |= found
    last = days.first + timedelta(days=max(0, days.length - 1))
    return Replayed(days.first + timedelta(days=begin), last, len(days.keys) - 1, looks, alarms, false)


def _has_healed(days: Days, key: str, usual_share: float, end: int) -> bool:
    lately, unclicked = days.between(key, end - BACK_DAYS, end), days.between(key, end - UNCLICKED_DAYS, end)
    return has_healed(lately, usual_share) or not unclicked.tries


def _summed(days: Series) -> tuple[list[int], list[int]]:
    return (
        list(accumulate((one[0] for one in days), initial=0)), list(accumulate((one[1] for one in days), initial=0)),
    )  # fmt: skip
